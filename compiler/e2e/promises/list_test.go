package promises

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEveryPromiseHasItsTests shows that docs/promises.md names tests that exist, and every test of this package.
func TestEveryPromiseHasItsTests(t *testing.T) {
	root := repository(t)
	content, err := os.ReadFile(filepath.Join(root, "docs", "promises.md"))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]map[string]bool{}
	in := func(folder string) map[string]bool {
		if tests[folder] == nil {
			tests[folder] = testsOf(t, filepath.Join(root, filepath.FromSlash(folder)))
		}
		return tests[folder]
	}
	named, lines := map[string]bool{}, 0
	for _, line := range strings.Split(string(content), "\n") {
		cells := strings.Split(line, " | ")
		if len(cells) != 2 || !strings.Contains(line, "`compiler/") {
			continue
		}
		lines++
		folder, found := "", 0
		for _, word := range regexp.MustCompile("`(compiler/[a-z0-9/]+)`|(Test\\w+)").FindAllStringSubmatch(cells[1], -1) {
			if word[1] != "" {
				folder = word[1]
				continue
			}
			if found++; !in(folder)[word[2]] {
				t.Errorf("%s has no %s: %s", folder, word[2], cells[0])
			}
			if folder == "compiler/e2e/promises" {
				named[word[2]] = true
			}
		}
		if found == 0 {
			t.Errorf("a promise that no test shows: %s", line)
		}
	}
	if lines < 40 {
		t.Errorf("only %d promises were found", lines)
	}
	for name := range in("compiler/e2e/promises") {
		if name != t.Name() && name != "TestMain" && !named[name] {
			t.Errorf("%s shows no promise", name)
		}
	}
}

// testsOf are the names of the tests in a folder.
func testsOf(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no tests in %s: %v", folder, err)
	}
	names := map[string]bool{}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllStringSubmatch(string(source), -1) {
			names[found[1]] = true
		}
	}
	return names
}
