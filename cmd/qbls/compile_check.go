package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/contract"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/diagnostics/text"
)

// stale compares the output on disk with what a compilation now makes of the definitions, and lists the files that differ. Nothing is
// written. The time that the output says it was made at is taken over, so that only what the definitions mean counts.
func stale(ctx context.Context, w *workspace, root text.Path, out string, print io.Writer) error {
	settings := contract.SettingsOf(w.Current().Project(root).Config.Source)
	result, err := made(ctx, w, root, out, compiler.Options{GeneratedAt: committedAt(out, settings), Unsigned: true}, print)
	if err != nil {
		return err
	}
	key, _ := settings.SigningKey(os.Getenv)
	found, err := differing(out, result, func(p text.Path) bool {
		// Without the key that signed the committed report its signature cannot be made again.
		return key == nil && (p == reportPath(settings.SignaturePath) || p == reportPath(contract.EnvelopePath(settings.Path)))
	})
	if err != nil {
		return failed(err)
	}
	if len(found) == 0 {
		fmt.Fprintf(print, "%s is up to date: %d files.\n", out, len(result.Files))
		return nil
	}
	for _, line := range found {
		fmt.Fprintln(print, line)
	}
	return exit{exitErrors, fmt.Errorf("%s is stale: %d files are not what the definitions say. Run qbls compile and commit what it writes", out, len(found))}
}

func reportPath(p string) text.Path { return text.Path(path.Join(contract.Folder, p)) }

// committedAt is the time that the committed report says; now when there is none.
func committedAt(out string, s contract.Settings) time.Time {
	for _, file := range []string{path.Join(contract.Folder, s.Path), "schema-registry.json"} {
		content, err := os.ReadFile(filepath.Join(out, filepath.FromSlash(file)))
		if err != nil {
			continue
		}
		var doc struct {
			GeneratedAt time.Time `json:"generatedAt"`
		}
		if json.Unmarshal(content, &doc) == nil && !doc.GeneratedAt.IsZero() {
			return doc.GeneratedAt
		}
	}
	return generatedAt()
}

// differing lists the files on disk that are not what was compiled, sorted, each with what is wrong.
func differing(out string, r *compiler.Result, skip func(text.Path) bool) ([]string, error) {
	var found []string
	wanted := map[text.Path]bool{}
	for _, f := range r.Files {
		wanted[f.Path] = true
		if skip(f.Path) {
			continue
		}
		content, err := os.ReadFile(filepath.Join(out, filepath.FromSlash(string(f.Path))))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			found = append(found, string(f.Path)+": missing")
		case err != nil:
			return nil, err
		case !bytes.Equal(content, f.Content):
			found = append(found, string(f.Path)+": changed")
		}
	}
	gone, err := leftOver(out, wanted)
	found = append(found, gone...)
	slices.Sort(found)
	return found, err
}

// leftOver lists what nothing emits any more: files of the manifest, and files in src.
func leftOver(out string, wanted map[text.Path]bool) ([]string, error) {
	var found []string
	manifest, err := output.ReadManifest(output.Dir(out))
	if err != nil {
		return nil, err
	}
	seen := map[text.Path]bool{}
	for p := range manifest.Owned {
		seen[p] = true
		if _, err := os.Stat(filepath.Join(out, filepath.FromSlash(string(p)))); err == nil && !wanted[p] {
			found = append(found, string(p)+": no longer emitted")
		}
	}
	err = fs.WalkDir(os.DirFS(out), "src", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !wanted[text.Path(p)] && !seen[text.Path(p)] {
			found = append(found, p+": not emitted")
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return found, err
}
