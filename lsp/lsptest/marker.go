package lsptest

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// Marker is one expectation, drawn under a line of code. testdata/markers/README.md is the manual.
type Marker struct {
	File       string
	Line       int // zero-based line of the code the carets point at
	Start, End int // byte columns of the carets
	Verb       string
	Text       string
}

func (m Marker) String() string {
	return fmt.Sprintf("%s:%d:%d-%d %s %s", m.File, m.Line+1, m.Start+1, m.End+1, m.Verb, m.Text)
}

// Scenario is one archive: files of a project with expectations in their comments.
type Scenario struct {
	Name      string
	Files     map[string]string
	Markers   []Marker
	Questions bool // "questions only": findings are compared between the runners, not with markers
}

// Carets cannot be drawn below the first two characters of a line, where the comment begins: "//<" stands for its start.
var markerLine = regexp.MustCompile(`^\s*//\s*(\^+|<)\s+(\S+)\s*(.*)$`)

// base stands in for what a scenario does not say: it is put below every archive without a configuration.
const base = `export default defineConfig({
  name: 'markers',
  features: { organizations: true },
  auth: { roleHierarchy: ['member', 'admin', 'owner'] },
  providers: {
    runtime: defineRuntime('bun'),
    database: defineDatabase('better-sqlite3'),
    auth: defineAuth('better-auth', { emailAndPassword: { enabled: true }, plugins: ['organization'] }),
  },
});
`

// ReadScenarios reads every archive of a folder.
func ReadScenarios(dir fs.FS) ([]Scenario, error) {
	names, err := fs.Glob(dir, "*.txtar")
	if err != nil {
		return nil, err
	}
	var out []Scenario
	for _, name := range names {
		raw, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, err
		}
		s := Scenario{Name: strings.TrimSuffix(name, ".txtar"), Files: map[string]string{}}
		archive := txtar.Parse(raw)
		s.Questions = strings.Contains(string(archive.Comment), "questions only")
		for _, f := range archive.Files {
			s.Files[f.Name] = string(f.Data)
			s.Markers = append(s.Markers, markersOf(f.Name, string(f.Data))...)
		}
		if s.Files["quickback/quickback.config.ts"] == "" {
			s.Files["quickback/quickback.config.ts"] = "import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';\n\n" + base
		}
		out = append(out, s)
	}
	return out, nil
}

// markersOf finds the markers of a text. A marker is about the last line above it that is no marker itself.
func markersOf(file, content string) []Marker {
	var out []Marker
	code := -1
	for n, line := range strings.Split(content, "\n") {
		m := markerLine.FindStringSubmatchIndex(strings.TrimSuffix(line, "\r"))
		if m == nil {
			code = n
			continue
		}
		line = strings.TrimSuffix(line, "\r")
		marker := Marker{File: file, Line: code, Start: m[2], End: m[3], Verb: line[m[4]:m[5]], Text: strings.TrimSpace(line[m[6]:m[7]])}
		if line[m[2]] == '<' {
			marker.Start, marker.End = 0, -1
		}
		out = append(out, marker)
	}
	return out
}

// Offset is the byte offset of the first caret in the text.
func (m Marker) Offset(content string) int {
	lines := strings.SplitAfter(content, "\n")
	return len(strings.Join(lines[:m.Line], "")) + min(m.Start, len(strings.TrimRight(lines[m.Line], "\r\n")))
}

// Diagnostic reports whether the marker expects a diagnostic: its verb is a code.
func (m Marker) Diagnostic() bool { return strings.HasPrefix(m.Verb, "QB") }
