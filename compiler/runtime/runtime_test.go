package runtime_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/qbls/qbls/compiler/runtime"
	"github.com/qbls/qbls/compiler/runtime/workspace"
)

// project copies the library, the golden app and their tests to a folder of their own, with the pinned packages.
func project(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, folder := range []string{"lib", "app", "test"} {
		if err := os.CopyFS(filepath.Join(dir, folder), os.DirFS(folder)); err != nil {
			t.Fatal(err)
		}
	}
	config, err := os.ReadFile("tsconfig.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "tsconfig.json"), config, 0o644); err != nil {
		t.Fatal(err)
	}
	workspace.Link(t, dir)
	return dir
}

// The types of a policy must not make a large project slow: what a resource costs the compiler in a project of 500 is
// bounded, whatever the machine. The ceiling is stated in docs/performance.md.
func TestTypesScale(t *testing.T) {
	const resources, ceiling = 500, 400
	few, many := instantiations(t, 5), instantiations(t, resources)
	each := (many - few) / (resources - 5)
	t.Logf("%d type instantiations for each of %d resources", each, resources)
	if each > ceiling {
		t.Errorf("a resource costs %d type instantiations, more than %d", each, ceiling)
	}
}

// instantiations counts those of n copies of the golden app's largest resource.
func instantiations(t *testing.T, n int) int {
	t.Helper()
	dir := project(t)
	for i := range n {
		text, err := os.ReadFile(filepath.Join(dir, "app", "candidates.resource.ts"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "app", "copy"+strconv.Itoa(i)+".resource.ts"), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	only := []byte(`{"extends": "./tsconfig.json", "include": ["app/copy*.ts", "app/register.ts"]}`)
	if err := os.WriteFile(filepath.Join(dir, "copies.json"), only, 0o644); err != nil {
		t.Fatal(err)
	}
	out := run(t, dir, workspace.Tsc(t), "-p", "copies.json", "--extendedDiagnostics")
	found := regexp.MustCompile(`Instantiations: +(\d+)`).FindStringSubmatch(out)
	if found == nil {
		t.Fatalf("no count of instantiations:\n%s", out)
	}
	count, err := strconv.Atoi(found[1])
	if err != nil {
		t.Fatal(err)
	}
	return count
}

func run(t *testing.T, dir, command string, args ...string) string {
	t.Helper()
	cmd := exec.Command(command, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", filepath.Base(command), strings.Join(args, " "), err, out)
	}
	return string(out)
}

// The strictest settings are silent, and the mistakes of app/negative.ts do not compile.
func TestTypes(t *testing.T) {
	run(t, project(t), workspace.Tsc(t), "-p", "tsconfig.json")
}

func TestBehaviour(t *testing.T) {
	dir := project(t)
	out := run(t, dir, workspace.Bun(t), "test", "--timeout", "60000") // signing up hashes passwords, slowly on purpose
	if !regexp.MustCompile(`(?m)^ *[1-9]\d* pass$`).MatchString(out) || strings.Contains(out, " skip\n") {
		t.Fatalf("tests were not run:\n%s", out)
	}
}

// The gate and its transactions hold on every driver, not on Bun's alone.
func TestGateOnEveryDriver(t *testing.T) {
	dir := project(t)
	for _, driver := range []string{"libsql", "d1"} {
		t.Setenv("DRIVER", driver)
		out := run(t, dir, workspace.Bun(t), "test", "--timeout", "60000", "test/gate.test.ts", "test/transaction.test.ts", "test/scoped-upgrade.test.ts", "test/scoped-rows.test.ts", "test/raw.test.ts")
		if found := regexp.MustCompile(`(?m)^ *(\d+) pass$`).FindStringSubmatch(out); found == nil || len(found[1]) < 3 || strings.Contains(out, " skip\n") {
			t.Errorf("%s: the list of more than a hundred tests was not run:\n%s", driver, out)
		}
	}
}

func TestFiles(t *testing.T) {
	files := runtime.Files()
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = file.Name
		text := string(file.Content)
		if !strings.HasPrefix(text, "// ") {
			t.Errorf("%s does not begin with a line that says what it is for", file.Name)
		}
		if lines := strings.Count(text, "\n"); lines > 400 {
			t.Errorf("%s has %d lines", file.Name, lines)
		}
	}
	for _, name := range []string{"access.ts", "driver.ts", "policy.ts", "routes.ts"} {
		if !slices.Contains(names, name) {
			t.Errorf("no %s among %v", name, names)
		}
	}
	if !slices.IsSorted(names) {
		t.Errorf("not sorted: %v", names)
	}
}

// Every module that has a policy in its hands is typed throughout.
func TestNoAnyInPolicyPath(t *testing.T) {
	loose := regexp.MustCompile(`\bany\b`)
	code := regexp.MustCompile(`//.*|/\*[\s\S]*?\*/|'[^'\n]*'|` + "`[^`\n]*`")
	for _, name := range []string{
		"access.ts", "answer.ts", "batch.ts", "body.ts", "columns.ts", "conditions.ts", "context.ts", "errors.ts",
		"put.ts", "read.ts", "resource.ts", "routes.ts", "values.ts", "views.ts", "write.ts",
	} {
		text, err := os.ReadFile(filepath.Join("lib", name))
		if err != nil {
			t.Fatal(err)
		}
		stripped := code.ReplaceAllString(string(text), "")
		for _, line := range strings.Split(stripped, "\n") {
			if loose.MatchString(line) && regexp.MustCompile(`[:<(|,] *any\b|\bas any\b`).MatchString(line) && !strings.Contains(line, "any:") {
				t.Errorf("%s: %s", name, strings.TrimSpace(line))
			}
		}
	}
}

// A policy stays short enough to be read: ten columns in under eighty lines.
func TestEmittedFormIsShort(t *testing.T) {
	for _, name := range []string{"jobs", "candidates", "applications"} {
		text, err := os.ReadFile(filepath.Join("app", name+".resource.ts"))
		if err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(string(text), "\n"); lines >= 80 {
			t.Errorf("%s: its policy has %d lines", name, lines)
		}
	}
}
