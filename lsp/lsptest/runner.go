package lsptest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/diagnostics/text"
	"github.com/qbls/qbls/lsp/session"
)

// Found is one finding as every front end can tell it: file, place in bytes of the line, code, message.
type Found struct {
	File       string
	Start, End text.Position // characters are bytes
	Severity   string
	Code       string
	Message    string
}

func (f Found) String() string {
	return fmt.Sprintf("%s:%d:%d-%d:%d %s %s %s", f.File, f.Start.Line+1, f.Start.Character+1, f.End.Line+1, f.End.Character+1, f.Severity, f.Code, f.Message)
}

// Runner finds the diagnostics of a project in one way. All runners find the same.
type Runner struct {
	Name string
	Run  func(t testing.TB, files map[string]string) []Found
}

// Runners are the ways in this module. The command adds its binary.
func Runners() []Runner {
	return []Runner{
		{"workspace", FromWorkspace},
		{"server, files closed", func(t testing.TB, files map[string]string) []Found { return FromServer(t, files, text.UTF16, false) }},
		{"server, files open", func(t testing.TB, files map[string]string) []Found { return FromServer(t, files, text.UTF16, true) }},
		{"server, UTF-8", func(t testing.TB, files map[string]string) []Found { return FromServer(t, files, text.UTF8, true) }},
	}
}

const root = "/home/ann/work"

// FromWorkspace reads the disk once and diagnoses, as the command does.
func FromWorkspace(t testing.TB, files map[string]string) []Found {
	t.Helper()
	set, problems := source.Load(NewDisk(root, files).Under(root))
	if len(problems) > 0 {
		t.Fatalf("could not be read: %v", problems)
	}
	return FromSnapshot(t, analysis.NewWorkspace(set).Current())
}

// FromSnapshot diagnoses every project of a snapshot.
func FromSnapshot(t testing.TB, s *analysis.Snapshot) []Found {
	t.Helper()
	var out []Found
	for _, root := range s.Projects() {
		all, err := s.Diagnose(context.Background(), root)
		if err != nil {
			t.Fatal(err)
		}
		for path, list := range all {
			for _, f := range session.Findings(s, path, list, text.UTF8, func(p text.Path) string { return string(p) }) {
				out = append(out, Found{string(path), f.Start, f.End, f.Severity.String(), string(f.Code), f.Message})
			}
		}
	}
	return sorted(out)
}

// FromServer asks a server over a connection.
func FromServer(t testing.TB, files map[string]string, e text.Encoding, open bool) []Found {
	t.Helper()
	editor := Start(t, root, NewDisk(root, files), Options{Encoding: e})
	defer func() {
		if err := editor.Quit(); err != nil {
			t.Errorf("the server ended with %v", err)
		}
	}()
	if open {
		for name := range files {
			editor.Open(name)
		}
	}
	editor.Settle()
	return editor.Findings()
}

// Findings is what the server last published, in bytes.
func (e *Editor) Findings() []Found {
	severities := map[protocol.DiagnosticSeverity]string{
		protocol.DiagnosticSeverityError: "error", protocol.DiagnosticSeverityWarning: "warning", protocol.DiagnosticSeverityInformation: "info",
	}
	var out []Found
	for u, list := range e.Published() {
		name := e.Name(u)
		content := e.Disk.Read(e.Root + "/" + name)
		if b := e.buffers[name]; b != nil {
			content = b.file.Text
		}
		file := text.NewFile(text.Path(name), content)
		for _, d := range list {
			code, _ := d.Code.(protocol.String)
			message, _ := d.Message.(protocol.String)
			out = append(out, Found{name, e.bytes(file, d.Range.Start), e.bytes(file, d.Range.End), severities[d.Severity], string(code), string(message)})
		}
	}
	return sorted(out)
}

func (e *Editor) bytes(f *text.File, p protocol.Position) text.Position {
	return f.Position(f.Offset(text.Position{Line: p.Line, Character: p.Character}, e.encoding), text.UTF8)
}

func sorted(list []Found) []Found {
	slices.SortFunc(list, func(a, b Found) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Start.Line, b.Start.Line), cmp.Compare(a.Start.Character, b.Start.Character), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
	})
	return list
}

// Match compares findings with the markers of a scenario: each has exactly one of the other. A scenario about a file that is
// being written says that its findings do not matter.
func Match(t testing.TB, s Scenario, found []Found) {
	t.Helper()
	if s.Questions {
		return
	}
	rest := slices.Clone(found)
	for _, m := range s.Markers {
		if !m.Diagnostic() {
			continue
		}
		i := slices.IndexFunc(rest, func(f Found) bool { return m.matches(f, s.Files[m.File]) })
		if i < 0 {
			t.Errorf("expected and not found: %s", m)
			continue
		}
		rest = slices.Delete(rest, i, i+1)
	}
	for _, f := range rest {
		t.Errorf("found and not expected: %s", f)
	}
}

func (m Marker) matches(f Found, content string) bool {
	if f.File != m.File || f.Code != m.Verb || int(f.Start.Line) != m.Line || int(f.Start.Character) != m.Start || !strings.Contains(f.Message, m.Text) {
		return false
	}
	if m.End < 0 {
		return true // the end is not drawn
	}
	if f.End.Line == f.Start.Line {
		return int(f.End.Character) == max(m.End, m.Start)
	}
	line := strings.TrimRight(strings.Split(content, "\n")[m.Line], "\r")
	return m.End == len(line)
}
