package analysis_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// exact loads the project in testdata/exact: apostrophes, escapes, emoji, CRLF, a byte order mark, tabs, and comments everywhere.
func exact(t *testing.T) *analysis.Snapshot {
	t.Helper()
	set, problems := source.Load(source.OS("testdata/exact"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if raw, err := os.ReadFile("testdata/exact/quickback/quickback.config.ts"); err != nil || !strings.HasPrefix(string(raw), "\ufeff") {
		t.Fatal("the configuration lost its byte order mark: ", err)
	}
	s := analysis.NewWorkspace(set).Current()
	for path, marks := range map[text.Path][]string{
		"quickback/quickback.config.ts":       {"\t", "🙈", "\\'", "\\u", "/* '"},
		"quickback/features/clocks/clocks.ts": {"\r\n", "\t", "🙈", "\\'", "\\u{", "\\x", "\\\r\n", "/* '", "’"},
	} {
		for _, mark := range marks {
			if f := s.File(path); f == nil || !strings.Contains(f.Text, mark) {
				t.Fatalf("%s lost its %q: something rewrote the fixture", path, mark)
			}
		}
	}
	return s
}

// TestExactStrings reads strings that are easy to get wrong. The expected values are what JavaScript makes of them.
func TestExactStrings(t *testing.T) {
	p := exact(t).Project(".")
	if got := p.Config.Name; got != "o'clock 🕰" {
		t.Errorf("the name is %q", got)
	}
	if got, want := p.Config.Hierarchy, []string{"member", `the "boss"`, "café", "owner"}; !slices.Equal(got, want) {
		t.Errorf("the hierarchy is %q, want %q", got, want)
	}
	clocks := p.Resource("clocks/clocks")
	if clocks == nil || clocks.Table.Name != "o'clocks" {
		t.Fatalf("the table is %+v", clocks)
	}
	names := map[string]string{"id": "id", "organizationId": "organization_id", "title": `the "title"`, "café": "café", "note": "note", "state": "state", "count": "count"}
	for _, c := range clocks.Table.Columns {
		if want, ok := names[c.Key]; !c.Injected && (!ok || c.Name != want) {
			t.Errorf("the column %q is %q in SQL, want %q", c.Key, c.Name, want)
		}
		delete(names, c.Key)
	}
	if len(names) > 0 {
		t.Errorf("not read: %v", names)
	}
	enum := []string{"it's", `say "hi"`, "tick`", "🙈 see", "a\tb", "ABC", "continued", "// no comment", "/* nor this */", "{[("}
	if got := clocks.Table.Column("state").Enum; !slices.Equal(got, enum) {
		t.Errorf("the enum is %q, want %q", got, enum)
	}
	for column, want := range map[string]string{"title": "it's 5 o'clock", "note": "one\\two\n\tthree 🕰 🕰", "state": "it's"} {
		if got := clocks.Table.Column(column).Default; got == nil || got.Literal != want {
			t.Errorf("the default of %s is %+v, want %q", column, got, want)
		}
	}
	if got := clocks.Guards.Create; !slices.Equal(got, []string{"title", "café", "state", "count"}) {
		t.Errorf("createable is %q", got)
	}
	list := clocks.Operation(model.List).Access
	if list.Kind != model.AccessAny || len(list.Sub) != 2 || !slices.Equal(list.Sub[0].Roles, []string{`the "boss"`}) {
		t.Errorf("the access of list is %+v", list)
	}
	if got := clocks.Views; len(got) != 1 || got[0].Name != "näme" {
		t.Errorf("the views are %+v", got)
	}
}

// TestExactRanges finds the planted mistakes at exactly their characters.
func TestExactRanges(t *testing.T) {
	s := exact(t)
	want := []string{"QB1101 1:73-82 agénts 🙈", "QB1101 24:114-119 rolez", "QB2011 27:49-51 🙈", "QB2014 23:112-116 it’s", "QB5001 21:118-128 o'clock 🕰", "QB5001 21:72-76 nóte"}
	if got := marks(t, s); !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}

// TestExactOffsets maps every byte of every string of the project back to where it is written.
func TestExactOffsets(t *testing.T) {
	s := exact(t)
	for _, path := range []text.Path{"quickback/quickback.config.ts", "quickback/features/clocks/clocks.ts"} {
		strs := 0
		for n := range s.Tree(path).Root().Descendants() {
			value, ok := n.Str()
			if !ok || n.Kind() == syntax.Template && !strings.HasPrefix(n.Text(), "`") {
				continue
			}
			strs++
			inner := text.Span{Start: n.Span().Start + 1, End: n.Span().End - 1}
			if written := s.File(path).Slice(inner); !strings.Contains(written, "\\") && written != value {
				t.Errorf("%s: %q is read as %q", path, written, value)
			}
			if n.Offset(0) != int(inner.Start) || n.Offset(len(value)) != int(inner.End) {
				t.Errorf("%s: %s begins at %d and ends at %d, not %v", path, n.Text(), n.Offset(0), n.Offset(len(value)), inner)
			}
			for i := range value {
				if n.Offset(i) < int(inner.Start) || i > 0 && n.Offset(i) <= n.Offset(i-1)-4 {
					t.Errorf("%s: byte %d of %s is at %d", path, i, n.Text(), n.Offset(i))
				}
			}
		}
		if strs < 10 {
			t.Errorf("%s: only %d strings", path, strs)
		}
	}
}

// marks writes the diagnostics of a project as "code line:from-to text", lines from 1 and characters in UTF-16 from 0.
func marks(t *testing.T, s *analysis.Snapshot) []string {
	t.Helper()
	found, err := s.Diagnose(t.Context(), ".")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, list := range found {
		for _, d := range list {
			out = append(out, mark(s.File(d.At.Path), string(d.Rule.Code), d.At.Span))
		}
	}
	slices.Sort(out)
	return out
}

// mark counts characters by itself: it shares nothing with text.File but the bytes.
func mark(f *text.File, code string, at text.Span) string {
	units := utf16Offsets(f.Text)
	line := strings.Count(f.Text[:at.Start], "\n")
	start := strings.LastIndex(f.Text[:at.Start], "\n") + 1
	return fmt.Sprintf("%s %d:%d-%d %s", code, line+1, units[at.Start]-units[start], units[at.End]-units[start], f.Text[at.Start:at.End])
}
