//go:build !unix

package workspace

import (
	"fmt"
	"os"
)

// acquire refuses when another process is installing: there is no lock here that outlives a crash safely.
func acquire(path string) (release func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("another process is installing the workspace (or %s was left behind): %w", path, err)
	}
	return func() { _ = file.Close(); _ = os.Remove(path) }, nil
}
