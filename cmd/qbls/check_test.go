package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/diagnostics/render"
)

// codes are the findings of a check by code, in order.
func codes(t *testing.T, args ...string) (out []string, code int) {
	t.Helper()
	text, errs, code := qbls(t, append([]string{"check", "--format", "json"}, args...)...)
	var report struct {
		Projects []struct {
			Diagnostics []struct{ Code, Severity string }
		}
	}
	if err := json.Unmarshal([]byte(text), &report); err != nil {
		t.Fatalf("%v\n%s\n%s", err, text, errs)
	}
	for _, p := range report.Projects {
		for _, d := range p.Diagnostics {
			out = append(out, d.Code+" "+d.Severity)
		}
	}
	slices.Sort(out)
	return out, code
}

const (
	jobsFile         = "quickback/features/jobs/jobs.ts"
	applicationsFile = "quickback/features/applications/applications.ts"
	configFile       = "quickback/quickback.config.ts"
)

func TestASuppressionLetsTheCompileGoOn(t *testing.T) {
	folder := copyOf(t, recruiting)
	file := filepath.Join(folder, applicationsFile)
	edit(t, file, "updatable: ['notes', 'referredById'],", "updatable: ['notes', 'referredById', 'stage'],")
	if got, code := codes(t, folder); code != exitErrors || !slices.Equal(got, []string{"QB5003 error"}) {
		t.Fatalf("%v, exit %d", got, code)
	}
	if _, _, code := qbls(t, "compile", folder); code != exitErrors {
		t.Errorf("compiled with an error: exit %d", code)
	}
	edit(t, file, "    updatable:", "    // qbls-ignore QB5003: the form sends it back unchanged\n    updatable:")
	if got, code := codes(t, folder); code != exitOK || len(got) > 0 {
		t.Fatalf("%v, exit %d", got, code)
	}
	if out, errs, code := qbls(t, "compile", folder); code != exitOK {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	policy, err := os.ReadFile(filepath.Join(folder, "backend/src/features/applications/applications.resource.ts"))
	if err != nil || !strings.Contains(string(policy), "advance-stage") {
		t.Errorf("the protection is not in the backend (%v):\n%s", err, policy)
	}

	out, _, code := qbls(t, "check", "--suppressions", folder)
	for _, want := range []string{applicationsFile + ":36 QB5003: the form sends it back unchanged", "1 finding suppressed"} {
		if code != exitOK || !strings.Contains(out, want) {
			t.Errorf("exit %d, no %q in\n%s", code, want, out)
		}
	}
	out, _, _ = qbls(t, "check", "--suppressions", "--format", "json", folder)
	var list []suppression
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list) != 1 || list[0].Code != "QB5003" || list[0].Line != 36 {
		t.Errorf("%v: %s", err, out)
	}
	sarif, _, _ := qbls(t, "check", "--format", "sarif", folder)
	if !strings.Contains(sarif, `"justification": "the form sends it back unchanged"`) {
		t.Error("SARIF lacks the suppression")
	}
}

func TestSuppressionsThatDoNothingAreReportedAndMended(t *testing.T) {
	folder := copyOf(t, recruiting)
	file := filepath.Join(folder, jobsFile)
	for _, test := range []struct{ comment, want string }{
		{"// qbls-ignore QB5003: was needed once", "QB1202 warning"},
		{"// qbls-ignore QB5003", "QB1201 error"},
		{"// qbls-ignore QB5999: typo", "QB1203 warning"},
		{"// qbls-ignore QB1101: not understood", "QB1203 warning"},
	} {
		edit(t, file, "  firewall: {", "  "+test.comment+"\n  firewall: {")
		if got, _ := codes(t, folder); !slices.Equal(got, []string{test.want}) {
			t.Errorf("%s gives %v", test.comment, got)
		}
		edit(t, file, "  "+test.comment+"\n", "")
	}
	edit(t, file, "  firewall: {", "  // qbls-ignore QB5003: was needed once\n  firewall: {")
	if _, errs, _ := qbls(t, "check", "--fix", folder); !strings.Contains(errs, "1 finding fixed in 1 file") {
		t.Error(errs)
	}
	same(t, contents(t, folder), contents(t, recruiting))
}

func TestLevelsOfTheConfiguration(t *testing.T) {
	for _, test := range []struct {
		levels string
		want   []string
		code   int
	}{
		{"", []string{"QB7004 warning"}, exitOK},
		{"QB7004: 'error'", []string{"QB7004 error"}, exitErrors},
		{"QB7004: 'info'", []string{"QB7004 info"}, exitOK},
		{"QB7004: 'off'", nil, exitOK},
		{"'actions': 'error'", []string{"QB7004 error"}, exitErrors},
		{"actions: 'error', QB7004: 'off'", nil, exitOK},
		{"QB5003: 'off'", []string{"QB7004 warning", "QB8301 error"}, exitErrors},
		{"QB1101: 'warning'", []string{"QB7004 warning", "QB8301 error"}, exitErrors},
		{"QB5003: 'error'", []string{"QB7004 warning"}, exitOK},
		{"guards: 'off'", []string{"QB7004 warning"}, exitOK},
		{"QB7999: 'off'", []string{"QB1101 error", "QB7004 warning"}, exitErrors},
		{"action: 'off'", []string{"QB1101 error", "QB7004 warning"}, exitErrors},
		{"QB7004: 'of'", []string{"QB1102 error", "QB7004 warning"}, exitErrors},
		{"QB7004: false", []string{"QB1102 error", "QB7004 warning"}, exitErrors},
	} {
		folder := copyOf(t, recruiting)
		edit(t, filepath.Join(folder, "quickback/features/applications/actions.ts"), "    description: 'End an application and say why',\n", "")
		edit(t, filepath.Join(folder, configFile), "  build: {", "  compiler: { diagnostics: { "+test.levels+" } },\n\n  build: {")
		if got, code := codes(t, folder); !slices.Equal(got, test.want) || code != test.code {
			t.Errorf("%s: %v, exit %d; want %v, %d", test.levels, got, code, test.want, test.code)
		}
	}
}

// The editor shows what the command does: a suppressed finding vanishes, and a level changes the severity.
func TestTheEditorKeepsToSuppressionsAndLevels(t *testing.T) {
	folder := copyOf(t, recruiting)
	edit(t, filepath.Join(folder, applicationsFile), "updatable: ['notes', 'referredById'],", "updatable: ['notes', 'referredById', 'stage'], // qbls-ignore QB5003: sent back unchanged")
	edit(t, filepath.Join(folder, "quickback/features/applications/actions.ts"), "    description: 'End an application and say why',\n", "")
	edit(t, filepath.Join(folder, configFile), "  build: {", "  compiler: { diagnostics: { QB7004: 'info' } },\n\n  build: {")
	c := connect(t, folder)
	shown := map[string][]finding{}
	const actions = "quickback/features/applications/actions.ts"
	c.published(shown, func() bool { return len(shown[actions]) > 0 })
	if f := shown[actions]; len(f) != 1 || f[0].Code != "QB7004" || f[0].Severity != 3 {
		t.Errorf("%+v", f)
	}
	content, err := os.ReadFile(filepath.Join(folder, applicationsFile))
	if err != nil {
		t.Fatal(err)
	}
	c.open(applicationsFile, string(content))
	c.published(shown, func() bool { _, told := shown[applicationsFile]; return told })
	if f := shown[applicationsFile]; len(f) > 0 {
		t.Errorf("the editor shows %+v", f)
	}
	c.change(applicationsFile, strings.Replace(string(content), "qbls-ignore QB5003: sent back unchanged", "", 1))
	c.published(shown, func() bool { return len(shown[applicationsFile]) == 1 && shown[applicationsFile][0].Code == "QB5003" })
}

func TestOnlyAndStrict(t *testing.T) {
	folder, _ := plant(t, few()...)
	for _, test := range []struct {
		args []string
		want []string
		code int
	}{
		{[]string{"--only", "guards"}, []string{"QB5001 error", "QB5003 error"}, exitErrors},
		{[]string{"--only", "QB7004"}, []string{"QB7004 warning"}, exitOK},
		{[]string{"--only", "qb7004", "--strict"}, []string{"QB7004 warning"}, exitErrors},
		{[]string{"--only", "QB7004,firewall"}, []string{"QB3002 error", "QB7004 warning"}, exitErrors},
		{[]string{"--only", "QB5002"}, nil, exitOK},
	} {
		if got, code := codes(t, append(test.args, folder)...); !slices.Equal(got, test.want) || code != test.code {
			t.Errorf("%v: %v, exit %d; want %v, %d", test.args, got, code, test.want, test.code)
		}
	}
}

func TestWrongCombinationsAreRefused(t *testing.T) {
	for _, args := range [][]string{
		{"--only", "QB9"}, {"--only", "guard"}, {"--dry-run"}, {"--fix", "--since", "HEAD"}, {"--suppressions", "--fix"},
		{"--suppressions", "--format", "junit"}, {"--since", "HEAD"}, {"--format", "xml"},
	} {
		folder := copyOf(t, recruiting) // not in a repository
		if out, errs, code := qbls(t, append([]string{"check", folder}, args...)...); code != exitUsage || errs == "" {
			t.Errorf("%v: exit %d, %s%s", args, code, out, errs)
		}
	}
}

// repository runs git in a folder, as somebody.
func repository(t *testing.T, folder string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main", "-c", "commit.gpgsign=false"}, args...)...)
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func TestSinceShowsFindingsOnChangedLines(t *testing.T) {
	folder := copyOf(t, recruiting)
	edit(t, filepath.Join(folder, jobsFile), "displayColumn: 'title'", "displayColumn: 'tilte'") // an old mistake
	repository(t, folder, "init", "-q")
	repository(t, folder, "add", ".")
	repository(t, folder, "commit", "-qm", "first")
	repository(t, folder, "checkout", "-qb", "work")

	if got, code := codes(t, "--since", "main", folder); len(got) > 0 || code != exitOK {
		t.Errorf("unchanged: %v, exit %d", got, code)
	}
	edit(t, filepath.Join(folder, applicationsFile), "  guards: {\n", "  guards: {\n    // moved down\n") // what is old stays old when it moves
	edit(t, filepath.Join(folder, applicationsFile), "updatable: ['notes',", "updatable: ['nots',")
	repository(t, folder, "commit", "-qam", "second")
	edit(t, filepath.Join(folder, configFile), "emailAndPassword:", "emailAndPasword:") // not committed
	fresh := filepath.Join(folder, "quickback/features/jobs/größe \"neu\".ts")
	if err := os.WriteFile(fresh, []byte("import { defineTable } from '@quickback/compiler';\nexport default defineTable(nothing, {});\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	got, code := codes(t, "--since", "main", folder)
	for _, want := range []string{"QB1101 error", "QB5001 error", "QB2001 error"} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is missing in %v", want, got)
		}
	}
	if slices.Contains(got, "QB2011 error") || code != exitErrors {
		t.Errorf("the old mistake is shown: %v, exit %d", got, code)
	}
	for _, wrong := range []string{"nothing", "--output=x"} {
		if _, errs, code := qbls(t, "check", "--since="+wrong, folder); code != exitUsage || !strings.Contains(errs, "no revision") {
			t.Errorf("%s: exit %d, %s", wrong, code, errs)
		}
	}
}

// What is deleted stands on no line: the findings that it causes stand elsewhere, and count as new.
func TestSinceShowsWhatDeletionsCause(t *testing.T) {
	folder := copyOf(t, recruiting)
	edit(t, filepath.Join(folder, jobsFile), "displayColumn: 'title'", "displayColumn: 'tilte'") // an old mistake
	repository(t, folder, "init", "-q")
	repository(t, folder, "add", ".")
	repository(t, folder, "commit", "-qm", "first")

	for _, deletion := range []struct {
		name   string
		delete func(folder string)
		want   []string
	}{
		{"nothing", func(string) {}, nil},
		{"a line of a comment", func(folder string) {
			edit(t, filepath.Join(folder, jobsFile), "  // A closed job is history.", "  // Closed is closed.")
		}, nil},
		{"a line", func(folder string) {
			edit(t, filepath.Join(folder, applicationsFile), "      stage: ['advance-stage', 'reject'],\n", "")
			edit(t, filepath.Join(folder, applicationsFile), "    updatable: ['notes', 'referredById'],\n", "")
		}, []string{"QB5013 warning"}},
		{"an action that guards of another file name", func(folder string) {
			edit(t, filepath.Join(folder, "quickback/features/jobs/actions.ts"), "  publish: {", "  announce: {")
		}, []string{"QB5006 error"}},
		{"a file", func(folder string) {
			if err := os.Remove(filepath.Join(folder, "quickback/features/applications/handlers/pipeline-report.ts")); err != nil {
				t.Fatal(err)
			}
		}, []string{"QB7002 error"}},
	} {
		t.Run(deletion.name, func(t *testing.T) {
			repository(t, folder, "checkout", "-q", ".")
			deletion.delete(folder)
			got, _ := codes(t, "--since", "HEAD", folder)
			if !slices.Equal(got, deletion.want) && !(len(got) == 0 && len(deletion.want) == 0) {
				t.Errorf("%v, want %v", got, deletion.want)
			}
		})
	}
}

func TestEveryFormatIsPrinted(t *testing.T) {
	folder, want := plant(t, planted...)
	for _, format := range render.Names() {
		out, errs, code := qbls(t, "check", "--format", format, folder)
		if code != exitErrors || errs != "" {
			t.Errorf("%s: exit %d, %s", format, code, errs)
		}
		for _, w := range want {
			if !strings.Contains(out, w.code) {
				t.Errorf("%s lacks %s", format, w.code)
			}
		}
	}
}
