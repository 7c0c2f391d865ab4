//go:build unix && !linux

package main

import (
	"os"
	"testing"
)

// readOnly lets nothing be written in a folder.
func readOnly(t *testing.T, folder string) {
	t.Helper()
	if os.Getuid() == 0 {
		t.Skip("root writes everywhere")
	}
	locked(t, folder)
}
