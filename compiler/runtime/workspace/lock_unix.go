//go:build unix

package workspace

import (
	"fmt"
	"os"
	"syscall"
)

// acquire waits for the lock file. The system lets go of it when the process ends, however it ends.
func acquire(path string) (release func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot open the workspace's lock: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("cannot lock the workspace: %w", err)
	}
	return func() { _ = file.Close() }, nil
}
