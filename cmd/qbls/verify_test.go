package main

import (
	"crypto/sha256"
	"encoding/json"
	"encoding/xml"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	npm "github.com/qbls/qbls/compiler/runtime/workspace"
)

// installed gives a compiled backend its packages, as `qbls dev` leaves them.
func installed(t *testing.T, backend string) {
	t.Helper()
	from, to := filepath.Join(npm.Dir(t), "node_modules"), filepath.Join(backend, "node_modules")
	if err := os.Mkdir(to, 0o755); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() == ".qbls-installed" {
			continue
		}
		if err := os.Symlink(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	manifest, err := os.ReadFile(filepath.Join(backend, "package.json"))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(manifest)
	if err := os.WriteFile(filepath.Join(to, ".qbls-installed"), sum[:], 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestVerify(t *testing.T) {
	folder := copyOf(t, recruiting)
	if out, errs, code := qbls(t, "compile", folder); code != exitOK {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	installed(t, filepath.Join(folder, "backend"))
	junit := filepath.Join(folder, "junit.xml")
	out, errs, code := qbls(t, "verify", folder, "--format", "json", "--junit", junit)
	if code != exitOK {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	var report struct {
		Project string
		Probes  int
		Faults  []any
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil || report.Project != "recruiting" || report.Probes < 1000 || len(report.Faults) > 0 {
		t.Errorf("%v: %+v", err, report)
	}
	content, err := os.ReadFile(junit)
	if err != nil {
		t.Fatal(err)
	}
	var suites struct {
		Tests int `xml:"tests,attr"`
		Cases []struct {
			Name string `xml:"name,attr"`
		} `xml:"testsuite>testcase"`
	}
	if err := xml.Unmarshal(content, &suites); err != nil || suites.Tests != report.Probes || len(suites.Cases) != report.Probes {
		t.Errorf("JUnit has %d cases of %d: %v", len(suites.Cases), report.Probes, err)
	}
	if _, err := os.Lstat(filepath.Join(folder, ".qbls", "verify", "node_modules")); err != nil {
		t.Errorf("the packages were not lent: %v", err)
	}
	table := onOther(t, folder, "node", "node", "libsql", "@hono/node-server")
	onOther(t, folder, "workerd", "cloudflare", "cloudflare-d1", "wrangler") // whose databases are others than those of before
	for _, want := range []string{"resource ", "inconclusive", "wrong", "candidates", "view pipeline", " requests answered as declared."} {
		if !strings.Contains(table, want) {
			t.Errorf("the table of --runtime node does not say %q:\n%s", want, table)
		}
	}
	if _, errs, code := qbls(t, "verify", folder, "--runtime", "php"); code != exitUsage || !strings.Contains(errs, "bun, node or workerd") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

// onOther verifies a project, whose configuration says Bun and which was verified on another runtime before, and returns what a person is
// shown. The packages that npm would bring are put where it would, and those that were lent to Bun's backend stay as they are.
func onOther(t *testing.T, folder, runtime, named, database, dependency string) string {
	t.Helper()
	other := copyOf(t, recruiting)
	config := filepath.Join(other, "quickback", "quickback.config.ts")
	content, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer("defineRuntime('bun')", "defineRuntime('"+named+"')", "'better-sqlite3'", "'"+database+"'").Replace(string(content))
	if err := os.WriteFile(config, []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, errs, code := qbls(t, "compile", other); code != exitOK {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	installed(t, filepath.Join(other, "backend"))
	out := filepath.Join(folder, ".qbls", "verify")
	if err := os.RemoveAll(filepath.Join(out, "node_modules")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(other, "backend", "node_modules"), filepath.Join(out, "node_modules")); err != nil {
		t.Fatal(err)
	}
	said, errs, code := qbls(t, "verify", folder, "--runtime", runtime)
	if code != exitOK {
		t.Fatalf("exit %d\n%s%s", code, said, errs)
	}
	manifest, err := os.ReadFile(filepath.Join(out, "package.json"))
	if err != nil || !strings.Contains(string(manifest), dependency) {
		t.Errorf("what was verified is no backend for %s: %v\n%s", runtime, err, manifest)
	}
	return said
}

func TestVerifySaysWhatABackendSaidLast(t *testing.T) {
	var l lastWords
	failed := errors.New("exit status 1")
	if got := l.told(failed); got != failed {
		t.Errorf("got %v", got)
	}
	for range 1000 {
		_, _ = l.Write([]byte("a line\n"))
	}
	_, _ = l.Write([]byte("error: no such module\n"))
	if got := l.told(failed).Error(); !strings.HasPrefix(got, "exit status 1. ") || !strings.HasSuffix(got, "error: no such module") || len(got) > 2100 {
		t.Errorf("got %d bytes: %s", len(got), got)
	}
}

// TestLentPackagesAreTakenBack: a link to the packages of the project's own backend is gone before other packages are installed.
func TestLentPackagesAreTakenBack(t *testing.T) {
	own, verified := t.TempDir(), t.TempDir()
	write := func(dir, name, content string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(own, "package.json", "one")
	write(own, "node_modules/.qbls-installed", "")
	write(verified, "package.json", "one")
	modules := filepath.Join(verified, "node_modules")
	for _, c := range []struct {
		manifest string
		lent     bool
	}{{"one", true}, {"one", true}, {"another", false}, {"one", true}} {
		write(verified, "package.json", c.manifest)
		if err := lendPackages(own, verified); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Lstat(modules); (err == nil) != c.lent {
			t.Errorf("with %s packages lent: %v", c.manifest, err == nil)
		}
	}
}
