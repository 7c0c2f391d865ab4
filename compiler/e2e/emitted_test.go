package e2e

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/compiler/runtime/workspace"
)

// TestSampleIsClean shows that nothing is said about the sample: no error, no warning, no information.
func TestSampleIsClean(t *testing.T) {
	said, err := exec.Command(qbls(t), "check", "--format", "json", samplePath(t)).Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	var found struct {
		Summary  map[string]int
		Projects []object
	}
	if err := json.Unmarshal(said, &found); err != nil {
		t.Fatal(err)
	}
	equal(t, "summary", found.Summary, map[string]int{"errors": 0, "warnings": 0, "infos": 0})
	equal(t, "projects", len(found.Projects), 1)
}

// TestEmittedCodeTypeChecks shows that the compiler of TypeScript has nothing to say in strict mode, to the emitted code or to
// the definitions and handlers that it links.
func TestEmittedCodeTypeChecks(t *testing.T) {
	out := emitted(t)
	var settings struct {
		CompilerOptions struct {
			Strict bool `json:"strict"`
		} `json:"compilerOptions"`
	}
	written, err := os.ReadFile(filepath.Join(out, "tsconfig.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(written, &settings); err != nil {
		t.Fatal(err)
	}
	equal(t, "strict", settings.CompilerOptions.Strict, true)

	check := exec.Command(workspace.Tsc(t), "--noEmit", "--project", ".")
	check.Dir = out
	if said, err := check.CombinedOutput(); err != nil || len(said) > 0 {
		t.Errorf("tsc: %v\n%s", err, said)
	}
}

// generatedAt is the only clock in what is emitted.
var generatedAt = regexp.MustCompile(`"generatedAt":\s*"[^"]*"`)

// compiled is everything that compiling a fresh copy of the sample leaves: in the output and beside the definitions. What qbls
// keeps for itself in .qbls is no part of it.
func compiled(t *testing.T) map[string]string {
	t.Helper()
	project, out := sample(t, filepath.Join(t.TempDir(), "recruiting")), filepath.Join(t.TempDir(), "backend")
	emit(t, project, out)
	all := map[string]string{}
	for root, dir := range map[string]string{"project/": project, "output/": out} {
		for path, content := range files(t, dir) {
			if !strings.HasPrefix(path, ".qbls/") {
				all[root+path] = content
			}
		}
	}
	return all
}

// same compares two sets of files after taking out what the pattern matches.
func same(t *testing.T, first, second map[string]string, except *regexp.Regexp) {
	t.Helper()
	equal(t, "files", slices.Sorted(maps.Keys(second)), slices.Sorted(maps.Keys(first)))
	for path, content := range second {
		if except.ReplaceAllString(content, "") != except.ReplaceAllString(first[path], "") {
			t.Errorf("%s differs", path)
		}
	}
}

// TestCompilingTwice shows that the same definitions give the same bytes: but for generatedAt, and with SOURCE_DATE_EPOCH that
// as well.
func TestCompilingTwice(t *testing.T) {
	first, second := compiled(t), compiled(t)
	for _, files := range []map[string]string{first, second} { // hashes in the reports follow from generatedAt
		maps.DeleteFunc(files, func(path, _ string) bool { return strings.Contains(path, "quickback/reports/") })
	}
	same(t, first, second, generatedAt)
	t.Setenv("SOURCE_DATE_EPOCH", "1767225600")
	fixed := compiled(t)
	same(t, fixed, compiled(t), regexp.MustCompile(`$^`))
	if !strings.Contains(fixed["output/schema-registry.json"], "2026-01-01T00:00:00") {
		t.Error("generatedAt is not that of SOURCE_DATE_EPOCH")
	}
}

// TestCompilingAgain shows that compiling over an output changes nothing in it.
func TestCompilingAgain(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1767225600")
	project, out := filepath.Join(t.TempDir(), "recruiting"), filepath.Join(t.TempDir(), "backend")
	emit(t, sample(t, project), out)
	before := files(t, out)
	emit(t, project, out)
	after := files(t, out)
	for _, state := range []map[string]string{before, after} {
		maps.DeleteFunc(state, func(path, _ string) bool { return strings.HasPrefix(path, ".qbls/") })
	}
	same(t, before, after, regexp.MustCompile(`$^`))
}

// TestEmittedCodeReads shows that the code of a resource stays small: the policy of candidates, from which its routes follow, in under seventy lines,
// without `any`.
func TestEmittedCodeReads(t *testing.T) {
	out := emitted(t)
	content, err := os.ReadFile(filepath.Join(out, "src", "features", "candidates", "candidates.resource.ts"))
	if err != nil {
		t.Fatal(err)
	}
	if found := regexp.MustCompile(`\bas any\b|:\s*any\b|<any>`).FindString(string(content)); found != "" {
		t.Errorf("candidates has %q", found)
	}
	if lines := strings.Count(string(content), "\n"); lines >= 70 {
		t.Errorf("candidates takes %d lines", lines)
	}
}
