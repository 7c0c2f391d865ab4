package triage

import (
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

var (
	unread   = &diagnostics.Rule{Code: "QB1101", Severity: diagnostics.Error, Locked: true}
	shape    = &diagnostics.Rule{Code: "QB1105", Severity: diagnostics.Error}
	conflict = &diagnostics.Rule{Code: "QB5003", Severity: diagnostics.Error, Locked: true, Waivable: true}
	mask     = &diagnostics.Rule{Code: "QB6002", Severity: diagnostics.Warning}
	reach    = &diagnostics.Rule{Code: "QB6008", Severity: diagnostics.Error, Locked: true, Waivable: true}
)

func known(code diagnostics.Code) *diagnostics.Rule {
	for _, r := range append(Rules(), unread, shape, conflict, mask, reach) {
		if r.Code == code {
			return r
		}
	}
	return nil
}

// run triages findings at words of a file.
func run(t *testing.T, src string, levels Levels, complete bool, found map[string]*diagnostics.Rule) Outcome {
	t.Helper()
	file := text.NewFile("a.ts", src)
	in := Input{Directives: Directives(file), Levels: levels, Known: known, Complete: complete, File: func(text.Path) *text.File { return file }}
	for word, rule := range found {
		i := strings.Index(src, word)
		if i < 0 {
			t.Fatal(word)
		}
		in.Found = append(in.Found, diagnostics.Diagnostic{Rule: rule, At: text.Place{Path: "a.ts", Span: text.Span{Start: int32(i), End: int32(i + len(word))}}})
	}
	return Apply(in)
}

func shown(o Outcome) (out []string) {
	for _, list := range o.Found {
		for _, d := range list {
			out = append(out, string(d.Rule.Code)+" "+d.Rule.Severity.String())
		}
	}
	slices.Sort(out)
	return out
}

func TestSuppression(t *testing.T) {
	for name, test := range map[string]struct {
		src        string
		found      map[string]*diagnostics.Rule
		shown      []string
		suppressed int
	}{
		"in place":                           {"// qbls-ignore QB5003: r\nspot", map[string]*diagnostics.Rule{"spot": conflict}, nil, 1},
		"on the line":                        {"spot // qbls-ignore QB5003: r", map[string]*diagnostics.Rule{"spot": conflict}, nil, 1},
		"two at once":                        {"// qbls-ignore QB5003, QB6002: r\nspot", map[string]*diagnostics.Rule{"spot": conflict, "pot": mask}, nil, 2},
		"one code twice":                     {"// qbls-ignore QB6002: r\nspot last", map[string]*diagnostics.Rule{"spot": mask, "last": mask}, nil, 2},
		"another code":                       {"// qbls-ignore QB6002: r\nspot", map[string]*diagnostics.Rule{"spot": conflict}, []string{"QB1202 warning", "QB5003 error"}, 0},
		"a line further":                     {"// qbls-ignore QB5003: r\nx\nspot", map[string]*diagnostics.Rule{"spot": conflict}, []string{"QB1202 warning", "QB5003 error"}, 0},
		"behind the line above":              {"x // qbls-ignore QB5003: r\nspot", map[string]*diagnostics.Rule{"spot": conflict}, []string{"QB1202 warning", "QB5003 error"}, 0},
		"no reason":                          {"// qbls-ignore QB5003\nspot", map[string]*diagnostics.Rule{"spot": conflict}, []string{"QB1201 error", "QB5003 error"}, 0},
		"no code":                            {"// qbls-ignore : r\nspot", map[string]*diagnostics.Rule{"spot": mask}, []string{"QB1201 error", "QB6002 warning"}, 0},
		"unknown code":                       {"// qbls-ignore QB7999: r\nspot", nil, []string{"QB1203 warning"}, 0},
		"what was not read":                  {"// qbls-ignore QB1101: r\nspot", map[string]*diagnostics.Rule{"spot": unread}, []string{"QB1101 error", "QB1203 warning"}, 0},
		"of suppressions":                    {"// qbls-ignore QB1202: r\n// qbls-ignore QB5003: r\nspot", nil, []string{"QB1202 warning", "QB1203 warning"}, 0},
		"unused in a file that was not read": {"// qbls-ignore QB5003: r\nx\nspot", map[string]*diagnostics.Rule{"spot": unread}, []string{"QB1101 error"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			o := run(t, test.src, Levels{}, true, test.found)
			if got := shown(o); !slices.Equal(got, test.shown) || len(o.Suppressed) != test.suppressed {
				t.Errorf("%d suppressed, shown %v; want %d, %v", len(o.Suppressed), got, test.suppressed, test.shown)
			}
			for _, s := range o.Suppressed {
				if s.Reason != "r" || s.By.Span.Len() != 6 {
					t.Errorf("suppressed by %+v because of %q", s.By, s.Reason)
				}
			}
		})
	}
}

func TestLevels(t *testing.T) {
	all := map[string]*diagnostics.Rule{"one": unread, "two": shape, "three": conflict, "four": mask, "five": reach}
	for name, test := range map[string]struct {
		levels Levels
		want   []string
	}{
		"none":                             {Levels{}, []string{"QB1101 error", "QB1105 error", "QB5003 error", "QB6002 warning", "QB6008 error"}},
		"a code":                           {Levels{codes: map[diagnostics.Code]level{"QB6002": asError}}, []string{"QB1101 error", "QB1105 error", "QB5003 error", "QB6002 error", "QB6008 error"}},
		"a code off":                       {Levels{codes: map[diagnostics.Code]level{"QB6002": off}}, []string{"QB1101 error", "QB1105 error", "QB5003 error", "QB6008 error"}},
		"a family, but not what is locked": {Levels{families: map[string]level{"masking": asInfo}}, []string{"QB1101 error", "QB1105 error", "QB5003 error", "QB6002 info", "QB6008 error"}},
		"a code before its family":         {Levels{codes: map[diagnostics.Code]level{"QB6002": asWarning}, families: map[string]level{"masking": off}}, []string{"QB1101 error", "QB1105 error", "QB5003 error", "QB6002 warning", "QB6008 error"}},
		"what was not read stays":          {Levels{codes: map[diagnostics.Code]level{"QB1105": off, "QB1101": off}, families: map[string]level{"syntax": off}}, []string{"QB1101 error", "QB1105 error", "QB5003 error", "QB6002 warning", "QB6008 error"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := shown(run(t, "one two three four five", test.levels, true, all)); !slices.Equal(got, test.want) {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
	if mask.Severity != diagnostics.Warning {
		t.Error("a level has changed the rule of every project")
	}
}

// An incomplete project is not compiled, so something must say why.
func TestAnIncompleteProjectKeepsAnError(t *testing.T) {
	const src = "// qbls-ignore QB5003, QB6002: r\nspot"
	if o := run(t, src, Levels{}, false, map[string]*diagnostics.Rule{"spot": conflict, "pot": mask}); !slices.Equal(shown(o), []string{"QB5003 error"}) || len(o.Suppressed) != 1 {
		t.Errorf("shown %v, %d suppressed", shown(o), len(o.Suppressed))
	}
	if o := run(t, src+"\nother", Levels{}, false, map[string]*diagnostics.Rule{"spot": conflict, "other": unread, "pot": mask}); !slices.Equal(shown(o), []string{"QB1101 error"}) {
		t.Errorf("with another error: shown %v", shown(o))
	}
}
