package dev

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

// install brings the packages of the emitted package.json, when they are not there or are other ones.
func (l *loop) install(ctx context.Context) error {
	manifest, err := os.ReadFile(filepath.Join(l.Out, "package.json"))
	if err != nil {
		return fmt.Errorf("read the emitted package.json: %w", err)
	}
	want := sha256.Sum256(manifest)
	mark := filepath.Join(l.Out, "node_modules", ".qbls-installed")
	if was, err := os.ReadFile(mark); err == nil && bytes.Equal(was, want[:]) {
		return nil
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return errors.New("npm is not there, and the backend's packages come from it. Install Node.js 20 or newer, then run this again")
	}
	l.say("Installing packages (npm install) …")
	cmd := exec.CommandContext(ctx, npm, "install", "--no-audit", "--no-fund", "--loglevel=error")
	cmd.Dir = l.Out
	output, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return fmt.Errorf("npm install failed in %s (is the package registry reachable?): %w\n%s", l.Out, err, output)
	}
	return os.WriteFile(mark, want[:], 0o644)
}

// bun is the program that npm has installed. It is started itself, not through a wrapper, so that ending it ends everything.
func bun(out string) (string, error) {
	name := filepath.Join(out, "node_modules", "bun", "bin", "bun.exe") // called so on every system
	if _, err := os.Stat(name); err == nil {
		return name, nil
	}
	if path, err := exec.LookPath("bun"); err == nil {
		return path, nil
	}
	return "", fmt.Errorf("bun is not in %s: npm has no build of it for %s/%s, or ran without install scripts", filepath.Join(out, "node_modules"), runtime.GOOS, runtime.GOARCH)
}
