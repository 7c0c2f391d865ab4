package lsp_test

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/lsp"
	"github.com/qbls/qbls/lsp/lsptest"
)

var update = flag.Bool("update", false, "rewrite the diagnostic markers of testdata/markers to what is found")

// TestMarkers runs every scenario of testdata/markers: the diagnostics in every way there is, completion and hover over a
// connection.
func TestMarkers(t *testing.T) {
	scenarios, err := lsptest.ReadScenarios(os.DirFS("../testdata/markers"))
	if err != nil || len(scenarios) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, s := range scenarios {
		t.Run(s.Name, func(t *testing.T) {
			var first []lsptest.Found
			for i, r := range lsptest.Runners() {
				found := r.Run(t, s.Files)
				if i == 0 {
					first = found
					if *update && !s.Questions {
						lsptest.Update(t, "../testdata/markers", s, found)
						return
					}
					lsptest.Match(t, s, found)
				} else if !slices.Equal(found, first) {
					t.Errorf("%s finds something else:\n%v\nnot\n%v", r.Name, found, first)
				}
			}
			ask(t, s)
		})
	}
}

// ask checks the markers that are questions.
func ask(t *testing.T, s lsptest.Scenario) {
	editor := lsptest.Start(t, "/w", lsptest.NewDisk("/w", s.Files), lsptest.Options{Config: lsp.Config{
		HelpURL: func(code string) string { return "https://example.org/" + code + ".md" },
	}})
	for name := range s.Files {
		editor.Open(name)
	}
	for _, m := range s.Markers {
		if m.Diagnostic() {
			continue
		}
		offset := m.Offset(s.Files[m.File])
		switch m.Verb {
		case "hover":
			if got := editor.Hover(m.File, offset); !strings.Contains(got, m.Text) || m.Text == "nothing" && got != "" {
				t.Errorf("%s\ngot: %s", m, got)
			}
		case "nohover":
			if got := editor.Hover(m.File, offset); got != "" {
				t.Errorf("%s\ngot: %s", m, got)
			}
		case "complete", "offers", "omits":
			got := editor.Labels(m.File, offset)
			if !offered(m.Verb, got, words(m.Text)) {
				t.Errorf("%s\ngot: %s", m, strings.Join(got, " "))
			}
		default:
			if !askFeature(t, editor, m, s.Files[m.File]) {
				t.Errorf("unknown verb: %s", m)
			}
		}
	}
	if err := editor.Quit(); err != nil {
		t.Error(err)
	}
}

func words(s string) []string { return strings.Fields(s) }

func offered(verb string, got, want []string) bool {
	switch verb {
	case "complete":
		return slices.Equal(got, want)
	case "omits":
		return !slices.ContainsFunc(want, func(w string) bool { return slices.Contains(got, w) })
	}
	return !slices.ContainsFunc(want, func(w string) bool { return !slices.Contains(got, w) })
}
