package lsp_test

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"go.lsp.dev/protocol"

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
	editor := lsptest.Start(t, "/w", lsptest.NewDisk("/w", s.Files), lsptest.Options{Snippets: true, Config: lsp.Config{
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
		case "snippet":
			if got := snippets(editor, m.File, offset); !slices.Contains(got, m.Text) {
				t.Errorf("%s\ngot: %s", m, strings.Join(got, "\n"))
			}
		case "highlights":
			if got := editor.Highlights(m.File, offset); !slices.Equal(got, words(m.Text)) {
				t.Errorf("%s\ngot: %s", m, strings.Join(got, " "))
			}
		case "refuses":
			name, why, _ := strings.Cut(m.Text, " ")
			if _, err := editor.Rename(m.File, offset, name); err == nil || !strings.Contains(err.Error(), why) {
				t.Errorf("%s\ngot: %v", m, err)
			}
		case "norename":
			if got, err := editor.PrepareRename(m.File, offset); err != nil || got != "" {
				t.Errorf("%s\ngot: %s, %v", m, got, err)
			}
		case "rename":
			renamed(t, s, editor, m)
		case "becomes":
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

// snippets are the snippets that are offered at a byte offset, as "label: text", with the ends of lines and the tabs spelt out.
func snippets(e *lsptest.Editor, file string, offset int) (out []string) {
	for _, it := range e.Complete(file, offset) {
		if edit, ok := it.TextEdit.(*protocol.TextEdit); ok && it.InsertTextFormat == protocol.InsertTextFormatSnippet {
			out = append(out, it.Label+": "+strings.NewReplacer("\n", `\n`, "\t", `\t`).Replace(edit.NewText))
		}
	}
	return out
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

// renamed renames, and compares every line of every file: those below which "becomes" stands are that, and no other has changed.
// What is left has the same findings as before.
func renamed(t *testing.T, s lsptest.Scenario, e *lsptest.Editor, m lsptest.Marker) {
	after, err := e.Rename(m.File, m.Offset(s.Files[m.File]), m.Text)
	if err != nil {
		t.Errorf("%s\ngot: %v", m, err)
		return
	}
	for name, content := range s.Files {
		now, changed := after[name]
		if !changed {
			now = content
		}
		want := strings.Split(content, "\n")
		for _, b := range s.Markers {
			if b.Verb == "becomes" && b.File == name {
				line := want[b.Line]
				want[b.Line] = line[:len(line)-len(strings.TrimLeft(line, " "))] + b.Text
			}
		}
		got := strings.Split(now, "\n")
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || got[i] != want[i] {
				t.Errorf("%s: line %d of %s is\n%s", m, i+1, name, now)
				break
			}
		}
	}
}
