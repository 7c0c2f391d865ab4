package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// planted are twelve mistakes as people make them: in the sample's file, old becomes new. What the finding must point at stands
// between « and ».
var planted = []struct{ file, old, new, code, severity string }{
	{"features/candidates/candidates.ts", "createable: ['name', 'phone',", "createable: ['name', '«phne»',", "QB5001", "error"},
	{"features/candidates/candidates.ts", "phone: { type: 'phone',", "phone: { type: '«phon»',", "QB6001", "error"},
	{"features/candidates/candidates.ts", "maxPageSize: 50", "«maxPageSzie»: 50", "QB1101", "error"},
	{"features/candidates/candidates.ts", "fields: ['id', 'name', 'email', 'phone'],", "fields: ['id', 'name', '«emial»', 'phone'],", "QB2011", "error"},
	{"features/jobs/jobs.ts", "delete: { access: { roles: ['owner'] } },", "delete: { access: { roles: ['«*»'] } },", "QB4001", "error"},
	{"features/jobs/jobs.ts", "record: { status: { notEquals: 'closed' } }", "record: { status: { notEquals: '«close»' } }", "QB2014", "error"},
	{"features/jobs/departments.ts", "defineTable(departments, {", "defineTable(departments, {\n  firewall: { exception: «true», organization: {} },", "QB3002", "error"},
	{"features/applications/applications.ts", "updatable: ['notes', 'referredById'],", "updatable: ['notes', 'referredById', '«stage»'],", "QB5003", "error"},
	{"features/applications/actions.ts", "description: 'End an application and say why',\n", "", "QB7004", "warning"},
	{"features/applications/actions.ts", "handler: './handlers/pipeline-report'", "handler: '«./handlers/pipeline-reprt»'", "QB7002", "error"},
	{"features/interview-notes/interview-notes.ts", "access: { roles: ['interviewer+'], record: { ownerId: { equals: '$ctx.userId' } } },\n    },\n    // A", "access: { roles: ['interviewer+'], record: { ownerId: { «equal»: '$ctx.userId' } } },\n    },\n    // A", "QB2013", "error"},
	{"quickback.config.ts", "emailAndPassword: {", "«emailAndPasword»: {", "QB1101", "error"},
}

// expected is one finding as both the command and the editor show it.
type expected struct {
	file, code, severity string
	start, end           position
}

// plant makes a copy of the sample with the mistakes in it.
func plant(t *testing.T) (folder string, want []expected) {
	t.Helper()
	folder = copyOf(t, recruiting)
	texts := map[string]string{}
	for _, p := range planted {
		file := "quickback/" + p.file
		if texts[file] == "" {
			content, err := os.ReadFile(filepath.Join(folder, file))
			if err != nil {
				t.Fatal(err)
			}
			texts[file] = string(content)
		}
		if strings.Count(texts[file], p.old) != 1 {
			t.Fatalf("%s does not hold exactly one %q", p.file, p.old)
		}
		texts[file] = strings.Replace(texts[file], p.old, p.new, 1)
	}
	for _, p := range planted {
		file := "quickback/" + p.file
		line := p.new
		if p.new == "" { // the missing description is reported at the action's name
			line = "«reject»: {\n"
			texts[file] = strings.Replace(texts[file], "  reject: {", "  «reject»: {", 1)
		}
		before, rest, _ := strings.Cut(line, "«")
		marked, _, _ := strings.Cut(rest, "»")
		at := strings.Index(texts[file], before+"«"+marked+"»") + len(before)
		clean := strings.NewReplacer("«", "", "»", "")
		text := clean.Replace(texts[file])
		offset := len(clean.Replace(texts[file][:at]))
		want = append(want, expected{file, p.code, p.severity, place(text, offset), place(text, offset+len(marked))})
	}
	for file, text := range texts {
		write(t, filepath.Join(folder, file), strings.NewReplacer("«", "", "»", "").Replace(text))
	}
	sortExpected(want)
	return folder, want
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// place is the position of a byte offset, counted here in its own way: lines by newlines, characters in UTF-16.
func place(text string, offset int) position {
	before := text[:offset]
	line := before[strings.LastIndex(before, "\n")+1:]
	return position{strings.Count(before, "\n"), len(utf16.Encode([]rune(line)))}
}

func sortExpected(list []expected) {
	slices.SortFunc(list, func(a, b expected) int {
		if c := strings.Compare(a.file, b.file); c != 0 {
			return c
		}
		if a.start.Line != b.start.Line {
			return a.start.Line - b.start.Line
		}
		return a.start.Character - b.start.Character
	})
}

func TestTheSampleIsClean(t *testing.T) {
	out, errs, code := qbls(t, "check", recruiting)
	if code != exitOK || strings.Contains(out, "QB") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
}

func TestCheckReportsThePlantedMistakes(t *testing.T) {
	folder, want := plant(t)
	out, errs, code := qbls(t, "check", folder, "--format", "json")
	if code != exitErrors {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var report struct {
		Version  int
		Projects []struct {
			Diagnostics []struct {
				Code, Severity, Message, File string
				Range                         struct{ Start, End position }
			}
		}
		Summary struct{ Errors, Warnings, Infos int }
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	var got []expected
	for _, d := range report.Projects[0].Diagnostics {
		got = append(got, expected{d.File, d.Code, d.Severity, d.Range.Start, d.Range.End})
	}
	sortExpected(got)
	compare(t, got, want)
	if report.Version != 1 || report.Summary.Errors != 11 || report.Summary.Warnings != 1 {
		t.Errorf("summary: %+v", report.Summary)
	}
}

func compare(t *testing.T, got, want []expected) {
	t.Helper()
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("missing    %+v", w)
		}
	}
	for _, g := range got {
		if !slices.Contains(want, g) {
			t.Errorf("unexpected %+v", g)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d findings, want %d", len(got), len(want))
	}
}

func TestTheEditorReportsThePlantedMistakes(t *testing.T) {
	folder, want := plant(t)
	c := connect(t, folder)
	shown := map[string][]finding{}
	all := func() (list []expected) {
		for file, findings := range shown {
			for _, f := range findings {
				list = append(list, expected{file, f.Code, []string{"", "error", "warning", "info"}[f.Severity], f.Range.Start, f.Range.End})
			}
		}
		sortExpected(list)
		return list
	}
	settled := func() bool { return slices.Equal(all(), want) }
	t.Cleanup(func() {
		if t.Failed() {
			compare(t, all(), want)
		}
	})
	c.published(shown, settled)

	// The file is broken in mid-edit, then mended.
	const file = "quickback/features/candidates/candidates.ts"
	content, err := os.ReadFile(filepath.Join(folder, file))
	if err != nil {
		t.Fatal(err)
	}
	text := string(content)
	c.open(file, text)
	half := text[:strings.Index(text, "updatable:")] + "updatable: ['na"
	c.change(file, half)
	c.published(shown, func() bool { return !settled() && len(shown[file]) > 0 })
	c.change(file, text)
	c.published(shown, settled)
}

func TestHalfTypedListsAreCompleted(t *testing.T) {
	folder := copyOf(t, recruiting)
	c := connect(t, folder)
	const file = "quickback/features/jobs/departments.ts"
	content, err := os.ReadFile(filepath.Join(folder, file))
	if err != nil {
		t.Fatal(err)
	}
	head := string(content)[:strings.Index(string(content), "export default")]
	labels := func(text string) (out []string) {
		c.change(file, text)
		var result struct{ Items []struct{ Label string } }
		answer := c.request("textDocument/completion", map[string]any{"textDocument": map[string]any{"uri": c.uri(file)}, "position": place(text, len(text))})
		if err := json.Unmarshal(answer, &result); err != nil {
			if err := json.Unmarshal(answer, &result.Items); err != nil {
				t.Fatalf("%s", answer)
			}
		}
		for _, i := range result.Items {
			out = append(out, i.Label)
		}
		slices.Sort(out)
		return out
	}
	c.open(file, string(content))

	columns := labels(head + "export default defineTable(departments, {\n  guards: {\n    createable: [\"")
	for _, want := range []string{"name", "code"} {
		if !slices.Contains(columns, want) {
			t.Errorf("createable offers %v, not %s", columns, want)
		}
	}
	if slices.Contains(columns, "title") || slices.Contains(columns, "organizationId") || slices.Contains(columns, "createdAt") {
		t.Errorf("createable offers what it must not list: %v", columns)
	}

	roles := labels(head + "export default defineTable(departments, {\n  crud: {\n    list: { access: { roles: [\"")
	for _, want := range []string{"owner", "hiring-manager", "recruiter", "interviewer", "recruiter+"} {
		if !slices.Contains(roles, want) {
			t.Errorf("roles offers %v, not %s", roles, want)
		}
	}
}

func TestExitCodes(t *testing.T) {
	cases := []struct {
		args []string
		code int
		says string
	}{
		{[]string{"check", recruiting}, exitOK, ""},
		{[]string{"check", t.TempDir()}, exitUsage, "no Quickback project"},
		{[]string{"check", filepath.Join(t.TempDir(), "missing")}, exitUsage, "cannot read"},
		{[]string{"check", "--format", "xml"}, exitUsage, "pretty"},
		{[]string{"check", "a", "b"}, exitUsage, ""},
		{[]string{"compiel"}, exitUsage, "compile"},
		{[]string{"version"}, exitOK, ""},
	}
	for _, c := range cases {
		if _, errs, code := qbls(t, c.args...); code != c.code || !strings.Contains(errs, c.says) {
			t.Errorf("qbls %s: exit %d, %s", strings.Join(c.args, " "), code, errs)
		}
	}
}
