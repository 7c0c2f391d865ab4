package main

import (
	"os"
	"syscall"
	"testing"
)

// readOnly lets nothing be written in a folder, also not by root: it is then mounted to be read only.
func readOnly(t *testing.T, folder string) {
	t.Helper()
	if os.Getuid() != 0 {
		locked(t, folder)
		return
	}
	if err := syscall.Mount(folder, folder, "", syscall.MS_BIND, ""); err != nil {
		t.Skipf("root writes everywhere, and nothing can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(folder, syscall.MNT_DETACH) })
	if err := syscall.Mount(folder, folder, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skipf("root writes everywhere, and nothing can be mounted to be read only here: %v", err)
	}
}
