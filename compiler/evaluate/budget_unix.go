//go:build unix

package evaluate

import (
	"syscall"
	"time"
)

// processorTime is what this process has used, of all its threads.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0 // cannot be with these arguments (getrusage(2)); the parent has a limit of its own
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
