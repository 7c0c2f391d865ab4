package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestCompileIntoWhatIsNoFolder: the answer names what is in the way, and it stays.
func TestCompileIntoWhatIsNoFolder(t *testing.T) {
	folder := copyOf(t, recruiting)
	out := filepath.Join(folder, "backend")
	if err := os.WriteFile(out, []byte("notes"), 0o644); err != nil {
		t.Fatal(err)
	}
	expectRun(t, 2, "backend is a file", "compile", folder)
	if content, err := os.ReadFile(out); err != nil || string(content) != "notes" {
		t.Errorf("%q %v", content, err)
	}
}
