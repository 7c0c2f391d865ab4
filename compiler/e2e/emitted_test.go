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

// TestCompilingTwice shows that the same definitions give the same bytes, beside them and in the output.
func TestCompilingTwice(t *testing.T) {
	var first map[string]string
	for range 2 {
		project, out := filepath.Join(t.TempDir(), "recruiting"), filepath.Join(t.TempDir(), "backend")
		emit(t, sample(t, project), out)
		all := map[string]string{}
		for root, dir := range map[string]string{"project/": project, "output/": out} {
			for path, content := range files(t, dir) {
				all[root+path] = generatedAt.ReplaceAllString(content, `"generatedAt": ""`)
			}
		}
		if first == nil {
			first = all
			continue
		}
		equal(t, "files", slices.Sorted(maps.Keys(all)), slices.Sorted(maps.Keys(first)))
		for path, content := range all {
			if content != first[path] {
				t.Errorf("%s differs", path)
			}
		}
	}
}

// TestCompilingAgain shows that compiling over an output changes nothing in it.
func TestCompilingAgain(t *testing.T) {
	project, out := filepath.Join(t.TempDir(), "recruiting"), filepath.Join(t.TempDir(), "backend")
	emit(t, sample(t, project), out)
	before := files(t, out)
	emit(t, project, out)
	after := files(t, out)
	for path, content := range before {
		if generatedAt.ReplaceAllString(content, "") != generatedAt.ReplaceAllString(after[path], "") {
			t.Errorf("%s changed", path)
		}
	}
	equal(t, "files", slices.Sorted(maps.Keys(after)), slices.Sorted(maps.Keys(before)))
}

// TestEmittedCodeReads shows that the code of a resource stays small: policy and routes of candidates in under a hundred lines,
// without `any`.
func TestEmittedCodeReads(t *testing.T) {
	out := emitted(t)
	lines := 0
	for _, name := range []string{"candidates.resource.ts", "candidates.routes.ts"} {
		content, err := os.ReadFile(filepath.Join(out, "src", "features", "candidates", name))
		if err != nil {
			t.Fatal(err)
		}
		lines += strings.Count(string(content), "\n")
		if found := regexp.MustCompile(`\bas any\b|:\s*any\b|<any>`).FindString(string(content)); found != "" {
			t.Errorf("%s has %q", name, found)
		}
	}
	if lines >= 100 {
		t.Errorf("candidates takes %d lines", lines)
	}
}
