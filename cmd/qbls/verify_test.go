package main

import (
	"crypto/sha256"
	"encoding/json"
	"encoding/xml"
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
	if _, errs, code := qbls(t, "verify", folder, "--runtime", "php"); code != exitUsage || !strings.Contains(errs, "bun, node or workerd") {
		t.Errorf("exit %d: %s", code, errs)
	}
}
