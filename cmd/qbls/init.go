package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qbls/qbls/compiler/project"
)

func initCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init [dir]",
		Short: "Add the structure for definitions to an existing project",
		Long:  "Adds quickback/quickback.config.ts, quickback/features, the type declarations of the definition API with a tsconfig.json\nthat leads the editor to them, and entries of .gitignore. Files that are there already are kept. Running it again refreshes\nthe type declarations of an older version, unless they were edited.\n\nExit codes: 0 done, 2 usage or unreadable files, 3 qbls itself failed.",
		Args:  takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			folder := "."
			if len(args) > 0 {
				folder = args[0]
			}
			return initialize(folder, cmd.OutOrStdout())
		},
	}
}

func initialize(folder string, out io.Writer) error {
	absolute, err := filepath.Abs(folder)
	if err != nil {
		return unreadable("cannot read %s: %w", folder, err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return unreadable("cannot read %s: %w. To make a new project, run qbls create", folder, err)
	}
	defer root.Close()
	steps, err := project.Init(root.FS(), project.NameFor(filepath.Base(absolute)))
	if err != nil {
		return unreadable("cannot read what is in %s: %w", folder, err)
	}
	for _, s := range steps {
		if err := apply(root, s); err != nil {
			return unreadable("cannot write to %s: %w", folder, err)
		}
		line := fmt.Sprintf("%-9s %s", s.Action, s.Path)
		if s.Note != "" {
			line += ": " + s.Note
		}
		fmt.Fprintln(out, line)
	}
	fmt.Fprintf(out, "\nNext: declare a table in a file such as features/todos/todos.ts, and run qbls check.\n%s", missingPackages(root))
	return nil
}

// apply carries out one step. What has appeared since the plan was made is not replaced.
func apply(root *os.Root, s project.Step) error {
	switch {
	case s.Action == project.Keep:
		return nil
	case strings.HasSuffix(s.Path, "/"):
		return root.MkdirAll(filepath.FromSlash(strings.TrimSuffix(s.Path, "/")), 0o755)
	case s.Action == project.Create:
		return add(root, s.Path, s.Content)
	}
	return root.WriteFile(filepath.FromSlash(s.Path), []byte(s.Content), 0o644)
}

// add writes a new file.
func add(root *os.Root, name, content string) error {
	local := filepath.FromSlash(name)
	if err := root.MkdirAll(filepath.Dir(local), 0o755); err != nil {
		return err
	}
	f, err := root.OpenFile(local, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, content)
	return errors.Join(err, f.Close())
}

// missingPackages says what the editor's types lack. Their absence is no error: qbls needs none of them.
func missingPackages(root *os.Root) string {
	have, err := root.ReadFile("package.json")
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return ""
	}
	var missing []string
	for _, p := range project.Packages() {
		if !strings.Contains(string(have), `"`+p[0]+`"`) {
			missing = append(missing, p[0]+"@"+p[1])
		}
	}
	if len(missing) == 0 {
		return ""
	}
	return "The editor's types of tables and schemas come from packages that package.json does not name; without them they are unchecked there,\nand qbls check still checks them:\n  npm install --save-dev " + strings.Join(missing, " ") + "\n"
}
