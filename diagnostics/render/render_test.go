package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	unknownColumn = &diagnostics.Rule{Code: "QB5001", Severity: diagnostics.Error}
	noFirewall    = &diagnostics.Rule{Code: "QB3001", Severity: diagnostics.Error}
	unmasked      = &diagnostics.Rule{Code: "QB6003", Severity: diagnostics.Warning}
	derived       = &diagnostics.Rule{Code: "QB3010", Severity: diagnostics.Info}
)

// sources are the texts of the tests; find places a diagnostic at what stands in one of them.
var sources = map[text.Path]string{
	"quickback/features/jobs/jobs.ts": "import { defineTable } from '@quickback/compiler';\n" +
		"export default defineTable(jobs, {\n" +
		"  guards: {\n" +
		"\tcreateable:\t[\"titel\", \"salary\"],\n" +
		"  },\n" +
		"\n" +
		"  masking: { 職名: { type: '名前' }, naïve: 'é🎉x' },\n" +
		"  crud: {\n" +
		"    list: {},\n" +
		"  },\n" +
		"});",
	"quickback/features/hostile.ts": "const a = 'x\x1b[2J';\u202e evil\r\nconst b = 1;\r\n",
	"quickback/features/long.ts":    "const x = '" + strings.Repeat("long ", 40) + "', target = '" + strings.Repeat("more ", 40) + "';\n",
	"quickback/features/empty.ts":   "",
}

func find(p text.Path, what string) text.Place {
	i := strings.Index(sources[p], what)
	if i < 0 {
		panic("not in " + string(p) + ": " + what)
	}
	return text.Place{Path: p, Span: text.Span{Start: int32(i), End: int32(i + len(what))}}
}

func files(p text.Path) *text.File {
	if s, ok := sources[p]; ok {
		return text.NewFile(p, s)
	}
	return nil
}

const jobs, hostilePath, long = "quickback/features/jobs/jobs.ts", "quickback/features/hostile.ts", "quickback/features/long.ts"

func recruiting() Project {
	return Project{Root: "testdata/projects/recruiting", Files: files, Checked: 7, Diagnostics: []diagnostics.Diagnostic{
		{Rule: unmasked, At: find(jobs, "'名前'"), Message: "no mask has the type \"名前\"", Help: "one of email, phone, redact"},
		{Rule: unmasked, At: find(jobs, "x' }"), Message: "after wide characters"},
		{Rule: unknownColumn, At: find(jobs, `"titel"`), Message: `jobs has no column "titel"`, Help: `did you mean "title"?`,
			Related: []diagnostics.Related{{At: find(jobs, "jobs, {"), Message: "jobs is declared here"}}},
		{Rule: derived, At: find(jobs, "crud: {\n    list: {},\n  }"), Message: "two lines\nof message"},
		{Rule: noFirewall, At: text.Place{Path: jobs, Span: text.Span{Start: 9999, End: 9999}}, Message: "beyond the end"},
	}}
}

func odd() Project {
	empty, config := text.Path("quickback/features/empty.ts"), text.Path("quickback/quickback.config.ts")
	return Project{Root: "odd", Files: files, Diagnostics: []diagnostics.Diagnostic{
		{Rule: unmasked, At: find(hostilePath, "evil"), Message: "a \x1b[31mred\x1b[0m message"},
		{Rule: unmasked, At: find(hostilePath, "b = 1;\r\n"), Message: "to the next line"},
		{Rule: unmasked, At: find(long, "target"), Message: "in the middle of a long line"},
		{Rule: noFirewall, At: text.Place{Path: empty}, Message: "in an empty file"},
		{Rule: noFirewall, At: text.Place{Path: config}, Message: "in a file that is not there"},
	}}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got:\n%s", path, got)
	}
}

func written(t *testing.T, format string, in Input) string {
	t.Helper()
	f, ok := ByName(format)
	if !ok {
		t.Fatalf("no format %s", format)
	}
	var b bytes.Buffer
	if err := f(&b, in); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	for name, in := range map[string]Input{
		"recruiting": {Projects: []Project{recruiting()}},
		"odd":        {Projects: []Project{odd()}, Width: 80},
		"two":        {Projects: []Project{{Root: "b", Dir: "quickback", Files: files, Diagnostics: recruiting().Diagnostics[:1]}, {Root: "a", Checked: 1}}},
		"none":       {},
	} {
		for _, format := range Names() {
			t.Run(name+"/"+format, func(t *testing.T) { golden(t, name+"."+format, written(t, format, in)) })
		}
	}
	t.Run("color", func(t *testing.T) {
		got := written(t, "pretty", Input{Projects: []Project{recruiting()}, Color: true})
		golden(t, "color.pretty", strings.ReplaceAll(got, "\x1b", "␛"))
	})
}

func TestOrderOfTheInputDoesNotMatter(t *testing.T) {
	forward := Input{Projects: []Project{recruiting(), odd()}}
	backward := Input{Projects: []Project{odd(), recruiting()}}
	for _, p := range backward.Projects {
		slices.Reverse(p.Diagnostics)
	}
	first := backward.Projects[0].Diagnostics[0].Message
	for _, format := range Names() {
		if written(t, format, forward) != written(t, format, backward) {
			t.Errorf("%s depends on the order of its input", format)
		}
	}
	if backward.Projects[0].Diagnostics[0].Message != first {
		t.Error("the caller's diagnostics were sorted in place")
	}
}

func TestNothingHostileReachesTheTerminal(t *testing.T) {
	for _, color := range []bool{false, true} {
		got := written(t, "pretty", Input{Projects: []Project{odd()}, Color: color})
		for _, bad := range []string{"\x1b[2J", "\u202e", "\r"} {
			if strings.Contains(got, bad) {
				t.Errorf("color %v: %q is printed", color, bad)
			}
		}
		if !color && strings.ContainsRune(got, '\x1b') {
			t.Error("an escape is printed without color")
		}
	}
}

// The caret line is drawn for terminals of any width; no row may be wider.
func TestRowsFitTheTerminal(t *testing.T) {
	in := Input{Projects: []Project{odd()}}
	for in.Width = 50; in.Width < 120; in.Width += 7 {
		for row := range strings.Lines(written(t, "pretty", in)) {
			if _, frame, ok := strings.Cut(strings.TrimSuffix(row, "\n"), " | "); ok && len(frame) > in.Width {
				t.Errorf("width %d: %q", in.Width, row)
			}
		}
	}
}

func TestUnderlineIsUnderTheSpan(t *testing.T) {
	for _, what := range []string{`"titel"`, `"salary"`, "職名", "'名前'", "naïve", "x' }", "masking", "createable"} {
		at := find(jobs, what)
		line, carets := caretLines(t, Project{Root: ".", Files: files, Diagnostics: []diagnostics.Diagnostic{{Rule: derived, At: at}}})
		if got := underlined(line, carets); got != what {
			t.Errorf("underlined %q, want %q\n%s\n%s", got, what, line, carets)
		}
	}
}

func caretLines(t *testing.T, p Project) (line, carets string) {
	t.Helper()
	rows := strings.Split(written(t, "pretty", Input{Projects: []Project{p}}), "\n")
	for i, row := range rows {
		if strings.Contains(row, "^") {
			return rows[i-1], row
		}
	}
	t.Fatal("nothing is underlined")
	return "", ""
}

// underlined is what a person sees above the carets.
func underlined(line, carets string) string {
	var b strings.Builder
	column := 0
	for _, r := range line {
		if column < len(carets) && carets[column] == '^' {
			b.WriteRune(r)
		}
		column += runeWidth(r)
	}
	return b.String()
}

// The document is a promise to scripts, so it is read here as they do: field by field and with nothing beside.
func TestJSONShape(t *testing.T) {
	var doc struct {
		Version  *int
		Projects []struct {
			Root        *string
			Diagnostics []struct {
				Code, Severity, Message, File, Help *string
				Range                               *struct {
					Start, End *struct{ Line, Character *int }
				}
			}
		}
		Summary *struct{ Errors, Warnings, Infos *int }
	}
	in := Input{Projects: []Project{recruiting()}}
	d := json.NewDecoder(strings.NewReader(written(t, "json", in)))
	d.DisallowUnknownFields()
	if err := d.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	if *doc.Version != 1 || *doc.Projects[0].Root != "testdata/projects/recruiting" {
		t.Errorf("version %d, root %s", *doc.Version, *doc.Projects[0].Root)
	}
	first := doc.Projects[0].Diagnostics[0]
	if *first.Code != "QB5001" || *first.Severity != "error" || *first.File != jobs || *first.Help != `did you mean "title"?` {
		t.Errorf("first: %s %s %s %s", *first.Code, *first.Severity, *first.File, *first.Help)
	}
	if s, e := first.Range.Start, first.Range.End; *s.Line != 3 || *s.Character != 14 || *e.Line != 3 || *e.Character != 21 {
		t.Errorf("range %d:%d to %d:%d", *s.Line, *s.Character, *e.Line, *e.Character)
	}
	if third := doc.Projects[0].Diagnostics[2]; *third.Range.Start.Character != 44 { // é is one unit, the emoji two
		t.Errorf("after an emoji: character %d", *third.Range.Start.Character)
	}
	if *doc.Summary.Errors != 2 || *doc.Summary.Warnings != 2 || *doc.Summary.Infos != 1 {
		t.Errorf("summary %d %d %d", *doc.Summary.Errors, *doc.Summary.Warnings, *doc.Summary.Infos)
	}
}

func TestPathsAreRelativeToTheProject(t *testing.T) {
	for _, test := range []struct{ root, dir, path, json, pretty string }{
		{"apps/a", "", "x/y.ts", "x/y.ts", "apps/a/x/y.ts"},
		{"apps/a", "apps/a", "apps/a/x/y.ts", "x/y.ts", "apps/a/x/y.ts"},
		{".", ".", "x/y.ts", "x/y.ts", "x/y.ts"},
		{`C:\work\a`, "", "x/y.ts", "x/y.ts", "C:/work/a/x/y.ts"},
		{"apps/a", "apps/a", "shared/y.ts", "../../shared/y.ts", "shared/y.ts"},
	} {
		p := Project{Root: test.root, Dir: text.Path(test.dir)}
		if got := p.relative(text.Path(test.path)); got != test.json {
			t.Errorf("%+v: relative %s", test, got)
		}
		if got := p.shown(text.Path(test.path)); got != test.pretty {
			t.Errorf("%+v: shown %s", test, got)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

var errFull = errors.New("full")

func TestErrorsOfTheWriterAreReturned(t *testing.T) {
	for _, name := range Names() {
		f, _ := ByName(name)
		if err := f(full{}, Input{Projects: []Project{recruiting()}}); !errors.Is(err, errFull) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, ok := ByName("yaml"); ok {
		t.Error("there is a format yaml")
	}
}
