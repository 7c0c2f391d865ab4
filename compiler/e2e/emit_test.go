package e2e

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// repository is the folder of go.mod.
func repository() string {
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		panic("e2e: the test binary does not know its own source")
	}
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}

// qbls builds the command once a run. Its own binary is used, not the packages behind it, because that is what people run.
var qbls = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(scratch, "qbls")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	build := exec.Command("go", "build", "-o", binary, "./cmd/qbls")
	build.Dir = repository()
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building qbls: %w\n%s", err, out)
	}
	return binary, nil
})

// sample copies the sample project to a new folder, because compiling writes migrations and reports beside the definitions.
func sample(dir string) error {
	return os.CopyFS(dir, os.DirFS(filepath.Join(repository(), "testdata", "projects", "recruiting")))
}

// emit compiles the project into out and makes it runnable there.
func emit(project, out string) error {
	binary, err := qbls()
	if err != nil {
		return err
	}
	compile := exec.Command(binary, "compile", project, "--out", out)
	if said, err := compile.CombinedOutput(); err != nil {
		return fmt.Errorf("qbls compile: %w\n%s", err, said)
	}
	return linkModules(out)
}

// linkModules gives the emitted project the packages of testdata/runtime, which are those its package.json pins.
func linkModules(out string) error {
	modules := filepath.Join(repository(), "testdata", "runtime", "node_modules")
	if _, err := os.Stat(modules); err != nil {
		return fmt.Errorf("the packages that emitted backends need are not installed: run `npm ci` in testdata/runtime: %w", err)
	}
	if err := os.Symlink(modules, filepath.Join(out, "node_modules")); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// bun is the path of the pinned Bun.
func bun() string {
	return filepath.Join(repository(), "testdata", "runtime", "node_modules", "bun", "bin", "bun.exe")
}

// emitted is the sample compiled once a run.
var emitted = sync.OnceValues(func() (string, error) {
	project, out := filepath.Join(scratch, "recruiting"), filepath.Join(scratch, "backend")
	if err := sample(project); err != nil {
		return "", err
	}
	return out, emit(project, out)
})

// scratch is the folder of this run, set and removed by TestMain.
var scratch string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "qbls-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	scratch = dir
	defer stopShared()
	return m.Run()
}

// files reads every regular file below dir, without node_modules.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.Name() == "node_modules" {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if !entry.Type().IsRegular() {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(dir, path)
		found[filepath.ToSlash(relative)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
