// Command generate writes the pages of the rules into a folder, and removes those of rules that are gone.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/qbls/qbls/compiler/catalogue"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: generate FOLDER")
		os.Exit(2)
	}
	if err := generate(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

var page = regexp.MustCompile(`^QB\d{4}\.md$`)

func generate(folder string) error {
	all, err := catalogue.All()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	pages := catalogue.Pages(all)
	old, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, f := range old {
		if _, stays := pages[f.Name()]; !stays && page.MatchString(f.Name()) {
			if err := os.Remove(filepath.Join(folder, f.Name())); err != nil {
				return err
			}
		}
	}
	for name, content := range pages {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}
