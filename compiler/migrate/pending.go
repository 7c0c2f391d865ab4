package migrate

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/qbls/qbls/compiler/output"
)

// PendingFolder holds the migration that the next compilation would add, relative to the output. qbls owns it; git does not see it.
const PendingFolder = ".qbls/pending"

// WritePending replaces what is in PendingFolder of a folder of output, at once: whoever looks sees the migration of before, none, or the
// whole new one. Without files the folder is gone.
func WritePending(out string, files []output.File) error {
	folder := filepath.Join(out, filepath.FromSlash(PendingFolder))
	next := folder + ".new" // also what a process left that was killed here
	if err := os.RemoveAll(next); err != nil {
		return fmt.Errorf("keep the pending migration: %w", err)
	}
	for _, f := range files {
		name := filepath.Join(next, filepath.FromSlash(strings.TrimPrefix(string(f.Path), Folder+"/")))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return fmt.Errorf("keep the pending migration: %w", err)
		}
		if err := os.WriteFile(name, f.Content, 0o644); err != nil {
			return fmt.Errorf("keep the pending migration: %w", err)
		}
	}
	if err := os.RemoveAll(folder); err != nil {
		return fmt.Errorf("clear the pending migration: %w", err)
	}
	if len(files) == 0 {
		return nil
	}
	if err := os.Rename(next, folder); err != nil {
		return fmt.Errorf("keep the pending migration: %w", err)
	}
	return nil
}
