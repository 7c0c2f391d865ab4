package lsp_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/lsp/lsptest"
)

// askFeature checks the markers about what an editor shows beside a text; false when the verb is none of these.
func askFeature(t *testing.T, e *lsptest.Editor, m lsptest.Marker, content string) bool {
	t.Helper()
	switch m.Verb {
	case "hint":
		stands(t, m, starting(m, e.Hints(m.File)), strings.Contains)
	case "nohint":
		if got := starting(m, e.Hints(m.File)); len(got) > 0 {
			t.Errorf("%s\ngot: %v", m, got)
		}
	case "lens":
		here := slices.DeleteFunc(e.Lenses(m.File), func(f lsptest.Found) bool { return int(f.Start.Line) != m.Line })
		stands(t, m, here, strings.Contains)
	case "link":
		stands(t, m, spanning(m, e.Links(m.File)), strings.HasSuffix)
	case "symbol":
		stands(t, m, spanning(m, e.Outline(m.File)), func(got, want string) bool { return got == want })
	case "token":
		stands(t, m, spanning(m, e.Tokens(m.File)), func(got, want string) bool { return got == want })
	case "notoken":
		if got := starting(m, e.Tokens(m.File)); len(got) > 0 {
			t.Errorf("%s\ngot: %v", m, got)
		}
	case "fold":
		lines := strings.Split(content, "\n")
		for _, f := range e.Folds(m.File) {
			if int(f.StartLine) == m.Line {
				if !strings.Contains(lines[f.EndLine], m.Text) {
					t.Errorf("%s\nfolds to: %s", m, lines[f.EndLine])
				}
				return true
			}
		}
		t.Errorf("does not fold: %s", m)
	case "select":
		want := strings.Split(m.Text, " | ")
		if got := e.Selections(m.File, m.Offset(content)); !slices.Equal(got[:min(len(got), len(want))], want) || got[len(got)-1] != content {
			t.Errorf("%s\ngot: %q", m, got)
		}
	case "signature":
		label, active := e.Signature(m.File, m.Offset(content))
		if got := strings.TrimSpace(label + " " + active); got != m.Text {
			t.Errorf("%s\ngot: %s", m, got)
		}
	case "nosignature":
		if label, _ := e.Signature(m.File, m.Offset(content)); label != "" {
			t.Errorf("%s\ngot: %s", m, label)
		}
	default:
		return false
	}
	return true
}

func stands(t *testing.T, m lsptest.Marker, found []lsptest.Found, fits func(got, want string) bool) {
	t.Helper()
	if !slices.ContainsFunc(found, func(f lsptest.Found) bool { return fits(f.Message, m.Text) }) {
		t.Errorf("%s\ngot: %v", m, found)
	}
}

func starting(m lsptest.Marker, list []lsptest.Found) []lsptest.Found {
	return slices.DeleteFunc(list, func(f lsptest.Found) bool { return int(f.Start.Line) != m.Line || int(f.Start.Character) != m.Start })
}

func spanning(m lsptest.Marker, list []lsptest.Found) []lsptest.Found {
	return slices.DeleteFunc(starting(m, list), func(f lsptest.Found) bool { return m.End >= 0 && int(f.End.Character) != m.End })
}
