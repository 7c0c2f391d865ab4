package verify_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/qbls/qbls/compiler/launch"
	"github.com/qbls/qbls/compiler/runtime/workspace"
	"github.com/qbls/qbls/compiler/verify"
)

// mutant is an emitted backend with one guard removed.
type mutant struct {
	file string
	what string
	text string // of the whole file
}

// TestNoGuardCanBeRemoved takes guards out of the compiled sample, one at a time: the suite must notice each.
func TestNoGuardCanBeRemoved(t *testing.T) {
	dir, project := compiled(t, "recruiting", "bun")
	suite := verify.New(project)
	var mutants []mutant
	for _, file := range []string{
		"src/features/applications/applications.resource.ts", "src/features/jobs/jobs.resource.ts", "src/features/candidates/candidates.resource.ts",
	} {
		mutants = append(mutants, weakened(t, dir, file, "member")...)
	}
	mutants = append(mutants, disabled(t, dir)...)
	if len(mutants) < 80 {
		t.Fatalf("only %d mutants: the emitted files have another form", len(mutants))
	}
	hunt(t, dir, suite, mutants)
}

// hunt runs the suite on each mutant of a backend: it must notice every one.
func hunt(t *testing.T, dir string, suite *verify.Suite, mutants []mutant) {
	t.Helper()
	slots := make(chan struct{}, 2)
	for _, m := range mutants {
		t.Run(m.file+" "+m.what, func(t *testing.T) {
			t.Parallel()
			slots <- struct{}{}
			defer func() { <-slots }()
			if !killed(t, dir, m, suite) {
				t.Error("the suite does not notice it")
			}
		})
	}
}

// killed says whether the suite finds a wrong answer of the mutant. A mutant that does not even start is no survivor either.
func killed(t *testing.T, dir string, m mutant, suite *verify.Suite) bool {
	t.Helper()
	copied := t.TempDir()
	for _, name := range []string{"src", "quickback", "openapi.json", "package.json"} {
		if err := copyTo(filepath.Join(dir, name), filepath.Join(copied, name)); err != nil {
			t.Fatal(err)
		}
	}
	workspace.Link(t, copied)
	if err := os.WriteFile(filepath.Join(copied, m.file), []byte(m.text), 0o644); err != nil {
		t.Fatal(err)
	}
	found := false
	_, err := suite.Prove(context.Background(), launch.Options{Dir: copied, Data: filepath.Join(copied, "data")}, func(r verify.Result) bool {
		found = r.Fault != ""
		return !found
	})
	if err != nil {
		t.Fatalf("the mutant must run, or it proves nothing: %v", err)
	}
	return found
}

func copyTo(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return os.CopyFS(to, os.DirFS(from))
	}
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o644)
}

var (
	rolesList = regexp.MustCompile(`roles: \[([^\]]*)\]`)
	whereRule = regexp.MustCompile(`where: \{ \w+: \{[^{}]*\} \}`)
	rowsAtom  = regexp.MustCompile(`\w+: \{ equals: '\$ctx\.\w+' \}, `) // without deletedAt a soft delete does not even load
	maskLine  = regexp.MustCompile(`\n    \w+: \{ type: '\w+', show: .*\},`)
	guardedBy = regexp.MustCompile(`\w+: \['[a-z-]+'(?:, '[a-z-]+')*\](, )?`)
	reference = regexp.MustCompile(`\w+: '[a-z-]+'(, )?`)
)

// weakened are the ways to weaken one policy. more is a role that its lists of roles do not have; "" leaves them.
func weakened(t *testing.T, dir, file, more string) (out []mutant) {
	t.Helper()
	text := read(t, dir, file)
	replace := func(what string, at []int, with string) {
		out = append(out, mutant{file, fmt.Sprintf("%s at %d", what, at[0]), text[:at[0]] + with + text[at[1]:]})
	}
	masks, masksEnd := strings.Index(text, "\n  masks: "), 0
	if masks >= 0 {
		end := " },\n" // in one line
		if strings.HasPrefix(text[masks:], "\n  masks: {\n") {
			end = "\n  },"
		}
		masksEnd = masks + strings.Index(text[masks:], end)
	}
	for _, at := range rolesList.FindAllStringSubmatchIndex(text, -1) {
		role := more
		if masks >= 0 && at[0] > masks && at[0] < masksEnd {
			role = reader(file) // whoever sees no row has no use for a mask that is open
		}
		if role == "" || strings.Contains(text[at[2]:at[3]], "'"+role+"'") {
			continue // it is there already
		}
		replace("a role more", at, "roles: ["+text[at[2]:at[3]]+", '"+role+"']")
	}
	for _, at := range whereRule.FindAllStringIndex(text, -1) {
		replace("no condition", at, "where: { id: { isNull: false } }")
	}
	for _, at := range within(text, rowsAtom, "  rows: ", "\n") {
		replace("no "+text[at[0]:at[0]+8], at, "")
	}
	for _, at := range maskLine.FindAllStringIndex(text, -1) {
		replace("no mask", at, "")
	}
	if at := strings.Index(text, "    create: ['name', "); at >= 0 {
		replace("create of a column more", []int{at, at + len("    create: [")}, "    create: ['ssn', ")
	}
	for _, at := range within(text, guardedBy, "    protected: { ", " },\n") {
		replace("no longer protected", at, "")
	}
	for _, at := range within(text, reference, "  references: { ", "\n") {
		replace("no reference", at, "")
	}
	if at := strings.Index(text, "  hidden: true,\n"); at >= 0 {
		replace("not hidden", []int{at, at + len("  hidden: true,\n")}, "")
	}
	return out
}

// reader is a role that sees rows of a resource, but masked.
func reader(file string) string {
	switch {
	case strings.HasSuffix(file, "jobs.resource.ts"):
		return "recruiter"
	case strings.HasSuffix(file, "products.resource.ts"):
		return "viewer"
	}
	return "interviewer"
}

// within are the matches between a prefix and an end.
func within(text string, what *regexp.Regexp, prefix, end string) (out [][]int) {
	start := strings.Index(text, prefix)
	if start < 0 {
		return nil
	}
	start += len(prefix)
	length := strings.Index(text[start:], end)
	for _, at := range what.FindAllStringIndex(text[start:start+length], -1) {
		out = append(out, []int{at[0] + start, at[1] + start})
	}
	return out
}

func read(t *testing.T, dir, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
