// Package workspace gives tests the pinned npm workspace in testdata/runtime: Hono, Drizzle, Better Auth, TypeScript and
// bun at the versions that emitted backends depend on.
//
// It is installed once, by whichever test comes first: a lock file keeps the tests of other packages, which run as
// processes of their own, waiting until the installation is whole.
package workspace

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// stamp is the file in node_modules that says for which lock file they were installed.
const stamp = ".qbls-installed"

var install = sync.OnceValues(func() (string, error) {
	return prepare("runtime", "node", filepath.Join("node_modules", "bun", "install.js")) // bun's own postinstall fetches nothing: it links its binary
})

// Dir installs the workspace if it is missing or stale and returns its absolute path. It ends the test with a message
// that says what to do when that is not possible.
func Dir(t testing.TB) string {
	t.Helper()
	dir, err := install()
	if err != nil {
		t.Fatalf("npm workspace for emitted backends: %v\nInstall it by hand with: cd testdata/runtime && npm ci --ignore-scripts && node node_modules/bun/install.js", err)
	}
	return dir
}

// Link makes the workspace's packages available to the project in dir.
func Link(t testing.TB, dir string) {
	t.Helper()
	if err := os.Symlink(filepath.Join(Dir(t), "node_modules"), filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
}

// Bun returns the path of the pinned bun.
func Bun(t testing.TB) string { return command(t, "bun") }

// Tsc returns the path of the pinned TypeScript compiler.
func Tsc(t testing.TB) string { return command(t, "tsc") }

func command(t testing.TB, name string) string {
	t.Helper()
	return filepath.Join(Dir(t), "node_modules", ".bin", name)
}

// prepare installs the packages of a folder of testdata, when they are not there, and then runs a step of its own if one is given.
func prepare(name string, step ...string) (string, error) {
	dir, err := find(name)
	if err != nil {
		return "", err
	}
	want, err := wanted(dir)
	if err != nil {
		return "", err
	}
	unlock, err := acquire(filepath.Join(os.TempDir(), "qbls-workspace-"+want[:16]+".lock"))
	if err != nil {
		return "", err
	}
	defer unlock()
	if have, err := os.ReadFile(filepath.Join(dir, "node_modules", stamp)); err == nil && string(have) == want {
		return dir, nil
	}
	steps := [][]string{{"npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"}}
	if len(step) > 0 {
		steps = append(steps, step)
	}
	for _, step := range steps {
		if err := run(dir, step); err != nil {
			return "", err
		}
	}
	return dir, os.WriteFile(filepath.Join(dir, "node_modules", stamp), []byte(want), 0o644)
}

// find looks for a folder of testdata above this source file, so that tests of any package find it.
func find(name string) (string, error) {
	_, source, _, ok := runtime.Caller(0)
	if !ok {
		return "", errors.New("the path of the sources is not known")
	}
	dir := filepath.Join(filepath.Dir(source), "..", "..", "..", "testdata", name)
	if _, err := os.Stat(filepath.Join(dir, "package-lock.json")); err != nil {
		return "", fmt.Errorf("no package-lock.json: %w", err)
	}
	return dir, nil
}

func wanted(dir string) (string, error) {
	lock, err := os.ReadFile(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(lock)
	return hex.EncodeToString(sum[:]) + "\n", nil
}

func run(dir string, step []string) error {
	if _, err := exec.LookPath(step[0]); err != nil {
		return fmt.Errorf("%s is needed (Node.js 20 or newer): %w", step[0], err)
	}
	cmd := exec.Command(step[0], step[1:]...)
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%v: %w\n%s", step, err, out.Bytes())
	}
	return nil
}
