//go:build unix

package evaluate

import (
	"runtime"
	"syscall"
)

// peakOf is the most memory that an ended child had, in bytes.
func peakOf(p *process) int64 {
	usage, ok := p.cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 1 << 62
	}
	if runtime.GOOS == "darwin" {
		return usage.Maxrss
	}
	return usage.Maxrss << 10
}
