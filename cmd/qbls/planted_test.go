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

// expected is one finding as both the command and the editor show it.
type expected struct {
	file, code, severity string
	start, end           position
}

var marks = strings.NewReplacer("«", "", "»", "")

// plant makes a copy of the sample with mistakes in it.
func plant(t *testing.T, list ...mistake) (folder string, want []expected) {
	t.Helper()
	folder = copyOf(t, recruiting)
	texts := map[string]string{}
	for _, m := range list {
		file := "quickback/" + m.file
		if texts[file] == "" {
			content, err := os.ReadFile(filepath.Join(folder, file))
			if err != nil {
				t.Fatal(err)
			}
			texts[file] = string(content)
		}
		if strings.Count(texts[file], m.old) != 1 || strings.Count(m.new, "«") != 1 {
			t.Fatalf("%s does not hold exactly one %q, or %q marks not one range", m.file, m.old, m.new)
		}
		texts[file] = strings.Replace(texts[file], m.old, m.new, 1)
	}
	for _, m := range list {
		file := "quickback/" + m.file
		at := strings.Index(texts[file], m.new) + strings.Index(m.new, "«")
		offset := len(marks.Replace(texts[file][:at]))
		_, rest, _ := strings.Cut(m.new, "«")
		marked, _, _ := strings.Cut(rest, "»")
		clean := marks.Replace(texts[file])
		want = append(want, expected{file, m.code, m.severity, place(clean, offset), place(clean, offset+len(marked))})
	}
	for file, text := range texts {
		write(t, filepath.Join(folder, file), marks.Replace(text))
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

// rewrite writes a file as an editor does: who watches it sees the old text or the new one, never a part.
func rewrite(t *testing.T, path, text string) {
	t.Helper()
	write(t, path+"~", text)
	if err := os.Rename(path+"~", path); err != nil {
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

// reported are the findings of a check, and what it says of itself.
func reported(t *testing.T, folder string) (got []expected, errors, warnings int) {
	t.Helper()
	out, errs, _ := qbls(t, "check", folder, "--format", "json")
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
	if err := json.Unmarshal([]byte(out), &report); err != nil || report.Version != 1 {
		t.Fatal(err, errs)
	}
	for _, d := range report.Projects[0].Diagnostics {
		got = append(got, expected{d.File, d.Code, d.Severity, d.Range.Start, d.Range.End})
	}
	sortExpected(got)
	return got, report.Summary.Errors, report.Summary.Warnings
}

func TestCheckReportsThePlantedMistakes(t *testing.T) {
	codes := map[string]bool{}
	for _, m := range planted {
		codes[m.code] = true
	}
	if len(planted) < 40 || len(codes) < 36 {
		t.Fatalf("%d mistakes of %d kinds", len(planted), len(codes))
	}
	folder, want := plant(t, planted...)
	got, errors, warnings := reported(t, folder)
	compare(t, got, want)
	for _, w := range want {
		switch w.severity {
		case "error":
			errors--
		case "warning":
			warnings--
		}
	}
	if errors != 0 || warnings != 0 {
		t.Error("the summary counts otherwise than the list")
	}
}

// Each mistake alone is one finding, too: none is only found because of another, and none hides one.
func TestEachPlantedMistakeIsReportedAlone(t *testing.T) {
	for _, m := range planted {
		t.Run(m.code+" "+filepath.Base(m.file), func(t *testing.T) {
			folder, want := plant(t, m)
			got, _, _ := reported(t, folder)
			compare(t, got, want)
		})
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
	folder, want := plant(t, planted...)
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
