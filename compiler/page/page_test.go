package page_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/contract"
	"github.com/qbls/qbls/compiler/page"
	"github.com/qbls/qbls/compiler/runtime/workspace"
)

// drawn is the page of a sample, with the report of its compilation or without.
func drawn(t *testing.T, dir string, reported bool) string {
	t.Helper()
	set, errs := source.Load(source.OS(dir))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	s := analysis.NewWorkspace(set).Current()
	var report *contract.Report
	if reported {
		report = reportOf(t, s)
	}
	var b bytes.Buffer
	if err := page.Write(&b, s, s.Projects()[0], report); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func reportOf(t *testing.T, s *analysis.Snapshot) *contract.Report {
	t.Helper()
	result, err := compiler.Compile(context.Background(), s, s.Projects()[0], compiler.Options{Version: "0.1.0", GeneratedAt: time.Unix(1767225600, 0).UTC()})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range result.Files {
		if strings.HasSuffix(string(f.Path), ".report.json") {
			var report contract.Report
			if err := json.Unmarshal(f.Content, &report); err != nil {
				t.Fatal(err)
			}
			return &report
		}
	}
	t.Fatal("the compilation made no report")
	return nil
}

const recruiting = "../../testdata/projects/recruiting"

func TestWhatThePageSays(t *testing.T) {
	got := drawn(t, recruiting, false)
	for _, part := range []string{
		`data-say="interviewer, list: rows where`, // a condition for those who point at it
		"status = &#39;open&#39;",
		`own rows, else <code>*****6789</code>`, // the mask of a social security number
		"advance-stage, reject",                 // what writes the stage
		">ownerId = ctx.userId — not for owner, hiring-manager<",
		"What is out of reach does not exist: 404.",
		"States of stage",
		"have not been checked against the definitions",
	} {
		if !strings.Contains(got, part) {
			t.Errorf("the page does not say %q", part)
		}
	}
	if outside := regexp.MustCompile(`(?:src|href)="(?:https?:)?//[^"]*"|url\(|@import`).FindString(got); outside != "" {
		t.Errorf("the page asks for %s", outside)
	}
	if strings.Contains(got, "ZgotmplZ") {
		t.Error("the template refused a value")
	}
}

// A hostile definition cannot write into the page of an auditor.
func TestNamesAreEscaped(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(recruiting)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "quickback", "features", "applications", "applications.ts")
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	evil := strings.ReplaceAll(string(content), "'rejected'", `'</text><script>alert(1)</script>'`)
	if err := os.WriteFile(file, []byte(evil), 0o644); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(drawn(t, dir, false), "<script>alert(1)") {
		t.Error("a value of an enum has become code")
	}
}

// Declared transitions are drawn as arcs between the states, with the action on them.
func TestStateMachinesAreDrawn(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(recruiting)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "quickback", "features", "jobs", "actions.ts")
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	moved := strings.Replace(string(content), "    input: z.object({ closesAt:", "    transition: { field: 'status', fromTo: { draft: ['open'], closed: ['open'] }, to: 'open' },\n    input: z.object({ closesAt:", 1)
	if err := os.WriteFile(file, []byte(moved), 0o644); err != nil {
		t.Fatal(err)
	}
	got := drawn(t, dir, false)
	if !strings.Contains(got, "publish leads from draft to open; publish leads from closed to open") || strings.Count(got, `class="step"`) != 2 {
		t.Errorf("%d steps are drawn: %s", strings.Count(got, `class="step"`), regexp.MustCompile(`States of status: [^<]*`).FindString(got))
	}
}

type looked struct {
	Console    []string `json:"console"`
	Requests   []string `json:"requests"`
	Violations []string `json:"violations"`
	First      string   `json:"first"`
	Moved      string   `json:"moved"`
	Focused    string   `json:"focused"`
	Found      string   `json:"found"`
	Shown      int      `json:"shown"`
	Sections   int      `json:"sections"`
}

// TestThePageInABrowser opens the page in Chromium, in light and dark: no errors, no requests, usable by the keyboard alone, and nothing that
// axe-core objects to. With QBLS_SCREENSHOTS set to a folder it leaves pictures there.
func TestThePageInABrowser(t *testing.T) {
	if _, err := os.Stat("/usr/bin/chromium"); err != nil {
		if os.Getenv("CI") == "" {
			t.Skip("Chromium is not installed: apt-get install chromium (.ci/packages does)")
		}
		t.Fatal("Chromium is not installed: .ci/packages installs it")
	}
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(drawn(t, recruiting, true)), 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{"testdata/look.mjs", file, workspace.Dir(t)}
	if folder := os.Getenv("QBLS_SCREENSHOTS"); folder != "" {
		args = append(args, folder, "report")
	}
	cmd := exec.Command("node", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var got looked
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Console) > 0 || len(got.Violations) > 0 {
		t.Errorf("console: %v\naxe: %s", got.Console, strings.Join(got.Violations, "\n"))
	}
	for _, request := range got.Requests {
		if !strings.HasPrefix(request, "file://") {
			t.Errorf("the page asked for %s", request)
		}
	}
	if got.First == "" || got.Moved == got.First || got.Moved != got.Focused {
		t.Errorf("arrow keys: first %q, then %q, focused %q", got.First, got.Moved, got.Focused)
	}
	if got.Shown != 1 || got.Sections < 5 || !strings.Contains(got.Found, " of ") {
		t.Errorf("search shows %d of %d sections and says %q", got.Shown, got.Sections, got.Found)
	}
}
