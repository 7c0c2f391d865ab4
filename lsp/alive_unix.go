//go:build !windows

package lsp

import (
	"errors"
	"os"
	"syscall"
)

// alive asks the system whether a process runs; one of another user counts.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, os.ErrPermission)
}
