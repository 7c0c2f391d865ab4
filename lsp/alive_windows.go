package lsp

import "os"

// alive asks the system whether a process runs: on Windows a process that is gone cannot be opened.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	return p.Release() == nil
}
