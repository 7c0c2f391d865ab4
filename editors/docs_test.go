package editors_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	docLink  = regexp.MustCompile(`\[([^\]]+)\]\(([^)]+)\)`)
	testName = regexp.MustCompile(`^Test\w+$`)
)

// TestTheTableOfCapabilities: in docs/editors.md every row has nine columns; what qbls can do is linked to a test that is there and runs, and
// what it cannot or leaves to others says so and links to none.
func TestTheTableOfCapabilities(t *testing.T) {
	const folder = "../docs"
	page, err := os.ReadFile(filepath.Join(folder, "editors.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "| capability | qbls | test |")
	_, table, _ = strings.Cut(table, "\n") // the rest of the head
	rows := 0
	for i, line := range strings.Split(table, "\n") {
		if i == 0 { // |---|
			continue
		}
		if !strings.HasPrefix(line, "|") {
			break
		}
		rows++
		cells := strings.Split(strings.Trim(line, "|"), "|")
		if len(cells) != 11 {
			t.Errorf("%s has %d columns", line, len(cells))
			continue
		}
		name, ours, links := strings.TrimSpace(cells[0]), strings.TrimSpace(cells[1]), docLink.FindAllStringSubmatch(cells[2], -1)
		if ours == "" {
			t.Errorf("%s: it is not said whether qbls can", name)
		}
		if can := strings.HasPrefix(ours, "●") || strings.HasPrefix(ours, "◐"); can != (len(links) > 0) {
			t.Errorf("%s: qbls %q is linked to %d tests", name, ours, len(links))
		}
		for _, l := range links {
			checkTest(t, name, l[1], filepath.Join(folder, filepath.FromSlash(l[2])))
		}
	}
	if rows < 50 {
		t.Errorf("%d rows", rows)
	}
}

// checkTest looks for a test at the other end of a link: a file of tests, in it the function that the link is called after, or a fixture with
// markers of which it has any.
func checkTest(t *testing.T, row, title, file string) {
	t.Helper()
	content, err := os.ReadFile(file)
	switch {
	case err != nil:
		t.Errorf("%s: %v", row, err)
	case testName.MatchString(title):
		if !strings.Contains(string(content), "func "+title+"(t *testing.T)") {
			t.Errorf("%s: there is no %s in %s", row, title, file)
		}
	case strings.HasSuffix(file, ".txtar"):
		if !strings.Contains(string(content), "//") || !strings.Contains(string(content), "^ ") {
			t.Errorf("%s: %s has no markers", row, file)
		}
	case strings.HasSuffix(file, "_test.go"):
		if !strings.Contains(string(content), "\nfunc Test") {
			t.Errorf("%s: %s has no tests", row, file)
		}
	case !strings.HasSuffix(file, ".test.ts") && !strings.HasSuffix(file, ".mjs"):
		t.Errorf("%s: %s is no test", row, file)
	}
}
