package lsp_test

import (
	"slices"
	"strings"
	"testing"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/query"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/compiler/emit/routes"
	"github.com/qbls/qbls/lsp/lsptest"
)

// recruiting is an editor over the sample project.
func recruiting(t *testing.T, o lsptest.Options) *lsptest.Editor {
	t.Helper()
	files := map[string]string{}
	set, problems := source.Load(source.OS("../testdata/projects/recruiting"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for path := range set.Paths() {
		files[string(path)] = set.File(path).Text
	}
	return lsptest.Start(t, "/w", lsptest.NewDisk("/w", files), o)
}

const sampleJobs = "quickback/features/jobs/jobs.ts"

func TestWorkspaceSymbolsAreFoundByTheirLetters(t *testing.T) {
	e := recruiting(t, lsptest.Options{})
	for typed, want := range map[string]string{
		"applications": "applications", "advstg": "applications.advance-stage", "jobs.ti": "jobs.title", "rejectionReason": "applications.rejectionReason",
		"recruiter": "roles.recruiter",
	} {
		if got := e.WorkspaceSymbols(typed); len(got) == 0 || got[0] != want {
			t.Errorf("%q finds %v first, want %s", typed, got, want)
		}
	}
	if got := e.WorkspaceSymbols("no such name"); len(got) > 0 {
		t.Errorf("found %v", got)
	}
}

// TestEndpointsAreThoseThatAreEmitted: what the editor shows and what is mounted are two lists of the same routes.
func TestEndpointsAreThoseThatAreEmitted(t *testing.T) {
	set, _ := source.Load(source.OS("../testdata/projects/recruiting"))
	s := analysis.NewWorkspace(set).Current()
	n := 0
	for _, r := range s.Project(s.Projects()[0]).Resources {
		var shown, emitted []string
		for _, e := range query.Endpoints(r) {
			shown = append(shown, e.Method+" "+e.Path)
		}
		for _, x := range routes.Of(r) {
			emitted = append(emitted, strings.ToUpper(x.Method)+" "+x.FullPath())
		}
		slices.Sort(shown)
		slices.Sort(emitted)
		if n += len(shown); !slices.Equal(shown, emitted) {
			t.Errorf("%s: shown %v\nemitted %v", r.ID, shown, emitted)
		}
	}
	if n < 20 {
		t.Errorf("only %d routes were compared", n)
	}
}

func TestHintsAreSwitchedOffOneByOne(t *testing.T) {
	e := recruiting(t, lsptest.Options{Init: map[string]any{"inlayHints": map[string]bool{"columns": false}}})
	e.Open(sampleJobs)
	has := func(part string) bool {
		return slices.ContainsFunc(e.Hints(sampleJobs), func(f lsptest.Found) bool { return strings.HasPrefix(f.Message, part) })
	}
	if has("+ createdAt") {
		t.Error("a hint that is switched off is shown")
	}
	e.Configure(`{"inlayHints":{}}`)
	if !has("+ createdAt") {
		t.Error("a hint that is switched on is not shown")
	}
	if e.Configure(`{"inlayHints":null}`); !has("+ createdAt") {
		t.Error("null changes something")
	}
}

// TestTokensOfADifferenceAreThoseOfTheWhole: applying the delta gives what a full answer gives.
func TestTokensOfADifferenceAreThoseOfTheWhole(t *testing.T) {
	e := recruiting(t, lsptest.Options{})
	e.Open(sampleJobs)
	doc := protocol.TextDocumentIdentifier{URI: uri.URI(e.URI(sampleJobs))}
	full, err := e.Server.SemanticTokensFull(t.Context(), &protocol.SemanticTokensParams{TextDocument: doc})
	if err != nil || len(full.Data) == 0 {
		t.Fatal(full, err)
	}
	data, id := slices.Clone(full.Data), strings.Clone(*full.ResultID)
	for i, edit := range []struct{ at, text string }{{"createable: [", "'title', "}, {"\n", "// a line\n"}, {"roles: [", "'admin', "}} {
		at := strings.Index(e.Text(sampleJobs), edit.at) + len(edit.at)
		e.Replace(sampleJobs, at, at, edit.text)
		answer, err := e.Server.SemanticTokensFullDelta(t.Context(), &protocol.SemanticTokensDeltaParams{TextDocument: doc, PreviousResultID: id})
		if err != nil {
			t.Fatal(err)
		}
		delta, ok := answer.(*protocol.SemanticTokensDelta)
		if !ok {
			t.Fatalf("edit %d: the answer is %T", i, answer)
		}
		for _, x := range delta.Edits {
			data = slices.Replace(data, int(x.Start), int(x.Start+x.DeleteCount), x.Data...)
		}
		if whole := e.Tokens(sampleJobs); !slices.Equal(e.DecodeTokens(sampleJobs, data), whole) {
			t.Errorf("edit %d: the delta gives %v, a full answer %v", i, e.DecodeTokens(sampleJobs, data), whole)
		}
		answer, _ = e.Server.SemanticTokensFullDelta(t.Context(), &protocol.SemanticTokensDeltaParams{TextDocument: doc, PreviousResultID: "unknown"})
		fresh, ok := answer.(*protocol.SemanticTokens)
		if !ok {
			t.Fatalf("an unknown id is answered with %T", answer)
		}
		id = strings.Clone(*fresh.ResultID)
	}
}

// TestPulledDiagnosticsAreThePushedOnes: the same findings for a client that asks, file by file and for the workspace.
func TestPulledDiagnosticsAreThePushedOnes(t *testing.T) {
	e := recruiting(t, lsptest.Options{})
	e.Open(sampleJobs)
	at := strings.Index(e.Text(sampleJobs), "createable: [") + len("createable: [")
	e.Replace(sampleJobs, at, at, "'tilte', ")
	e.Settle()
	pushed := e.Published()
	doc := protocol.TextDocumentIdentifier{URI: uri.URI(e.URI(sampleJobs))}
	answer, err := e.Server.Diagnostic(t.Context(), &protocol.DocumentDiagnosticParams{TextDocument: doc})
	if err != nil {
		t.Fatal(err)
	}
	full := answer.(*protocol.RelatedFullDocumentDiagnosticReport)
	if want := pushed["/w/"+sampleJobs]; len(want) == 0 || !same(t, full.Items, want) {
		t.Errorf("pulled %v\npushed %v", full.Items, want)
	}
	again, err := e.Server.Diagnostic(t.Context(), &protocol.DocumentDiagnosticParams{TextDocument: doc, PreviousResultID: full.ResultID})
	if _, ok := again.(*protocol.RelatedUnchangedDocumentDiagnosticReport); !ok || err != nil {
		t.Errorf("nothing has changed, and the answer is %T %v", again, err)
	}
	all, err := e.Server.DiagnosticWorkspace(t.Context(), &protocol.WorkspaceDiagnosticParams{PreviousResultIds: []protocol.PreviousResultId{
		{URI: uri.URI("file:///w/gone.ts"), Value: "x"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	found, cleared := 0, false
	for _, item := range all.Items {
		report := item.(*protocol.WorkspaceFullDocumentDiagnosticReport)
		cleared = cleared || strings.HasSuffix(string(report.URI), "gone.ts") && len(report.Items) == 0
		if len(report.Items) > 0 {
			found++
			if want := pushed[strings.TrimPrefix(string(report.URI), "file://")]; !same(t, report.Items, want) {
				t.Errorf("%s: pulled %v\npushed %v", report.URI, report.Items, want)
			}
		}
	}
	if found != len(pushed) || !cleared {
		t.Errorf("%d files have findings, pushed were %d; a file that is gone was cleared: %v", found, len(pushed), cleared)
	}
}

func same(t *testing.T, a, b []protocol.Diagnostic) bool {
	t.Helper()
	left, err := protocol.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	right, err := protocol.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(left) == string(right)
}

// TestAClientThatPullsIsNotPushed: an editor that did both would show every finding twice.
func TestAClientThatPullsIsNotPushed(t *testing.T) {
	e := recruiting(t, lsptest.Options{Init: map[string]any{"pullDiagnostics": true}})
	if e.Capabilities.DiagnosticProvider == nil {
		t.Fatal("pulling is not offered")
	}
	e.Open(sampleJobs)
	at := strings.Index(e.Text(sampleJobs), "createable: [") + len("createable: [")
	e.Replace(sampleJobs, at, at, "'tilte', ")
	e.Settle()
	if n := e.Publications(); n > 0 {
		t.Errorf("%d publications", n)
	}
	e.AwaitRefresh()
	plain := recruiting(t, lsptest.Options{})
	if plain.Capabilities.DiagnosticProvider != nil {
		t.Error("pulling is offered to a client that is pushed")
	}
}
