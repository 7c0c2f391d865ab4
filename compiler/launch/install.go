package launch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// Install brings the packages of the emitted package.json with npm, when they are not there or are other ones. say is called before the
// work begins. A cancelled context is no error: its owner knows.
func Install(ctx context.Context, dir string, say func()) error {
	manifest, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if err != nil {
		return fmt.Errorf("read the emitted package.json: %w", err)
	}
	want := sha256.Sum256(manifest)
	mark := filepath.Join(dir, "node_modules", ".qbls-installed")
	if was, err := os.ReadFile(mark); err == nil && bytes.Equal(was, want[:]) {
		return nil
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return errors.New("npm is not there, and the backend's packages come from it. Install Node.js 20 or newer, then run this again")
	}
	say()
	cmd := exec.CommandContext(ctx, npm, "install", "--no-audit", "--no-fund", "--loglevel=error")
	cmd.Dir = dir
	output, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return fmt.Errorf("npm install failed in %s (is the package registry reachable?): %w\n%s", dir, err, output)
	}
	return os.WriteFile(mark, want[:], 0o644)
}

// bun is the program that npm has installed. It is started itself, not through a wrapper, so that ending it ends everything.
func bun(dir string) (string, error) {
	name := filepath.Join(dir, "node_modules", "bun", "bin", "bun.exe") // called so on every system
	if _, err := os.Stat(name); err == nil {
		return name, nil
	}
	if path, err := exec.LookPath("bun"); err == nil {
		return path, nil
	}
	return "", fmt.Errorf("bun is not in %s: npm has no build of it for %s/%s, or ran without install scripts", filepath.Join(dir, "node_modules"), runtime.GOOS, runtime.GOARCH)
}
