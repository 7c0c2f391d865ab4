package lsp_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/lsp"
	"github.com/qbls/qbls/lsp/lsptest"
)

// emitting is a server that compiles in memory, as the command makes it.
func emitting() lsp.Config {
	emit := func(ctx context.Context, j lsp.Job) ([]output.File, error) {
		r, err := compiler.Compile(ctx, j.Snapshot, j.Root, compiler.Options{Version: "test"})
		if errors.Is(err, compiler.ErrRefused) {
			return nil, lsp.ErrRefused
		}
		if err != nil {
			return nil, err
		}
		return r.Files, nil
	}
	return lsp.Config{
		Emit: emit,
		Changes: func(ctx context.Context, j lsp.Job) ([]lsp.Change, error) {
			files, err := emit(ctx, j)
			if err != nil {
				return nil, err
			}
			return []lsp.Change{{Path: files[0].Path, Action: "create", After: string(files[0].Content)}, {Path: "quickback/drizzle/0007_x.sql", Action: "create", After: "SELECT 7;\n"}}, nil
		},
		Compile: func(context.Context, lsp.Job) (string, error) { return "compiled", nil },
		Explain: func(code string) (string, bool) { return "# " + code, code == "QB4002" },
	}
}

var trusting = map[string]any{"trusted": true, "compileOnSave": true}

func TestTreeHasEveryResourceWithItsWaysIn(t *testing.T) {
	e := start(t, sample(t), lsptest.Options{})
	tree, err := lsptest.Ask[lsp.TreeResult](e, lsp.MethodTree, nil)
	if err != nil || len(tree.Projects) != 1 || !tree.Projects[0].Complete {
		t.Fatalf("%v %v", tree, err)
	}
	names := map[string]lsp.TreeResource{}
	for _, f := range tree.Projects[0].Features {
		for _, r := range f.Resources {
			names[r.ID] = r
		}
	}
	apps := names["applications/applications"]
	if apps.Location == nil || !strings.HasSuffix(string(apps.Location.URI), "applications.ts") {
		t.Errorf("applications are at %v", apps.Location)
	}
	i := slices.IndexFunc(apps.Actions, func(r lsp.TreeRoute) bool { return r.Name == "advance-stage" })
	if i < 0 || apps.Actions[i].Path != "/api/v1/applications/:id/advance-stage" || apps.Actions[i].Method != "POST" {
		t.Fatalf("the actions are %v", apps.Actions)
	}
	if grants := apps.Actions[i].Who; !slices.Contains(grants, lsp.TreeGrant{Role: "recruiter", Some: true}) || slices.ContainsFunc(grants, func(g lsp.TreeGrant) bool { return g.Role == "PUBLIC" }) {
		t.Errorf("advance-stage is granted to %v", grants)
	}
	if events := names["applications/application-events"]; !events.Internal || len(events.Routes) > 0 {
		t.Errorf("the internal table has %v", events.Routes)
	}
	if _, err := lsptest.Ask[lsp.TreeResult](e, lsp.MethodTree, lsp.ProjectParams{URI: "file:///elsewhere"}); err == nil {
		t.Error("there is a tree of nothing")
	}
}

func TestMatrixSaysConditionAndLine(t *testing.T) {
	e := start(t, sample(t), lsptest.Options{})
	const apps = "quickback/features/applications/applications.ts"
	m, err := lsptest.Ask[lsp.MatrixResult](e, lsp.MethodMatrix, lsp.MatrixParams{URI: e.URI(apps), Resource: "applications/applications"})
	if err != nil || len(m.Resources) != 1 {
		t.Fatalf("%v %v", m, err)
	}
	for _, row := range m.Resources[0].Rows {
		if len(row.Cells) != len(m.Roles) {
			t.Errorf("%s has %d cells for %d roles", row.Name, len(row.Cells), len(m.Roles))
		}
		if row.Name != "advance-stage" {
			continue
		}
		cell := row.Cells[slices.Index(m.Roles, "recruiter")]
		if cell.Verdict != "rows" || !strings.Contains(cell.Condition, "stage") || cell.Location == nil || !strings.HasSuffix(string(cell.Location.URI), "actions.ts") {
			t.Errorf("a recruiter's cell is %+v", cell)
		}
	}
	for _, bad := range []lsp.MatrixParams{{URI: "untitled:x"}, {Resource: "no/such"}} {
		if _, err := lsptest.Ask[lsp.MatrixResult](e, lsp.MethodMatrix, bad); err == nil {
			t.Errorf("%v has a matrix", bad)
		}
	}
}

// TestPreviewsFollowTyping: the client is told once, asks again, and sees what is typed although nothing is saved.
func TestPreviewsFollowTyping(t *testing.T) {
	e := start(t, sample(t), lsptest.Options{Config: emitting()})
	e.Open(jobsFile)
	for kind, want := range map[string][2]string{
		"routes": {"/api/v1/jobs", "jobs"}, "policy": {"Rows:", "deletedAt IS NULL"}, "schema": {"CREATE TABLE", "jobs"},
		"openapi": {`"openapi"`, "/api/v1/jobs"}, "changes": {"+++ b/", "waits in .qbls/pending until `qbls compile`"}, "report": {`"grants"`, `"violations": []`},
	} {
		p, err := lsptest.Ask[lsp.Preview](e, lsp.MethodPreview, lsp.PreviewParams{Kind: kind, URI: e.URI(jobsFile)})
		if err != nil || !strings.Contains(p.Text, want[0]) || !strings.Contains(p.Text, want[1]) || !strings.HasPrefix(p.URI, "qbls:/"+kind+".") || p.Stale {
			t.Errorf("%s: %v %+.300v", kind, err, p)
		}
		if again, err := lsptest.Ask[lsp.Preview](e, lsp.MethodPreview, lsp.PreviewParams{URI: p.URI}); err != nil || again.Text != p.Text {
			t.Errorf("%s by its URI: %v", kind, err)
		}
	}
	p, err := lsptest.Ask[lsp.Preview](e, lsp.MethodPreview, lsp.PreviewParams{Kind: "schema"})
	if err != nil {
		t.Fatal(err)
	}
	e.Settle()
	swap(t, e, jobsFile, "title: text('title')", "headline: text('headline').notNull().default(''),\n  title: text('title')")
	e.AwaitPreview(p.URI)
	next, err := lsptest.Ask[lsp.Preview](e, lsp.MethodPreview, lsp.PreviewParams{URI: p.URI})
	if err != nil || !strings.Contains(next.Text, "headline") {
		t.Errorf("what is typed is not in the preview: %v", err)
	}
	swap(t, e, jobsFile, "headline: text('headline').notNull()", "headline: text('headline'.notNull(")
	e.AwaitPreview(p.URI)
	broken, err := lsptest.Ask[lsp.Preview](e, lsp.MethodPreview, lsp.PreviewParams{URI: p.URI})
	if err != nil || !broken.Stale || broken.Text != next.Text {
		t.Errorf("with an error the last text stays: %v stale %v", err, broken.Stale)
	}
}

func TestPreviewsThatAreNot(t *testing.T) {
	e := start(t, sample(t), lsptest.Options{})
	for _, p := range []lsp.PreviewParams{
		{Kind: "nonsense"}, {URI: "qbls:/routes.md?project=file%3A%2F%2F%2Felsewhere"}, {URI: "qbls:%%%"}, {Kind: "routes", Resource: "no/such"}, {Kind: "openapi"}, {Kind: "policyChanges"}, {Kind: "report"},
	} {
		if got, err := lsptest.Ask[lsp.Preview](e, lsp.MethodPreview, p); err == nil {
			t.Errorf("%+v is %q", p, got.Text)
		}
	}
}

func TestStatusFollowsSavesAndEdits(t *testing.T) {
	fail := false
	c := emitting()
	c.Compile = func(context.Context, lsp.Job) (string, error) {
		if fail {
			return "", errors.New("disk full")
		}
		return "3 files written", nil
	}
	e := start(t, sample(t), lsptest.Options{Config: c, Init: trusting})
	e.Open(jobsFile)
	e.Save(jobsFile)
	e.AwaitStatus(lsp.Compiling)
	if got := e.AwaitStatus(lsp.UpToDate); got.Message != "3 files written" || got.Project != e.URI("") {
		t.Errorf("%+v", got)
	}
	swap(t, e, jobsFile, "guards", "/* typed */ guards")
	e.AwaitStatus(lsp.Stale)
	swap(t, e, jobsFile, "/* typed */ guards", "guards")
	e.AwaitStatus(lsp.UpToDate)
	fail = true
	e.Save(jobsFile)
	if got := e.AwaitStatus(lsp.Failed); got.Message != "disk full" {
		t.Errorf("%+v", got)
	}
	got, err := lsptest.Ask[lsp.Status](e, lsp.MethodStatus, nil)
	if err != nil || got.State != lsp.Failed {
		t.Errorf("%+v %v", got, err)
	}
}

// TestStatusOfWhatWasNotCompiledIsFoundOut: a client that asks at the start is told whether the output fits.
func TestStatusOfWhatWasNotCompiledIsFoundOut(t *testing.T) {
	c := emitting()
	for want, list := range map[lsp.State][]lsp.Change{lsp.UpToDate: nil, lsp.Stale: {{Path: "src/index.ts", Action: "create"}}} {
		c.Changes = func(context.Context, lsp.Job) ([]lsp.Change, error) { return list, nil }
		e := start(t, sample(t), lsptest.Options{Config: c})
		if got, err := lsptest.Ask[lsp.Status](e, lsp.MethodStatus, nil); err != nil || got.State != want {
			t.Errorf("%+v %v, want %s", got, err, want)
		}
		// What does not touch a definition makes nothing fit that did not fit before.
		e.Open(jobsFile)
		if _, err := lsptest.Ask[any](e, lsp.MethodSettled, nil); err != nil {
			t.Fatal(err)
		}
		if got, err := lsptest.Ask[lsp.Status](e, lsp.MethodStatus, nil); err != nil || got.State != want {
			t.Errorf("after opening a file: %+v %v, want %s", got, err, want)
		}
	}
}

type commandAnswer struct {
	Compiled  bool
	Message   string
	Diff      string
	URI       string
	Text      string
	Markdown  string
	Resources []any
}

func TestCommandsAnswerWithData(t *testing.T) {
	e := start(t, sample(t), lsptest.Options{Config: emitting(), Init: trusting})
	e.Open(jobsFile)
	at := map[string]string{"uri": e.URI(jobsFile)}
	for command, fits := range map[string]func(commandAnswer) bool{
		"qbls.server.compile": func(a commandAnswer) bool { return a.Compiled && a.Message == "compiled" },
		"qbls.server.compileAndDiff": func(a commandAnswer) bool {
			return a.Compiled && strings.Contains(a.Diff, "+++ b/") && !strings.Contains(a.Diff, "drizzle")
		},
		"qbls.server.generated": func(a commandAnswer) bool { return strings.HasSuffix(a.URI, "/src/features/jobs/jobs.resource.ts") },
		"qbls.showGenerated":    func(a commandAnswer) bool { return strings.HasSuffix(a.URI, "/src/features/jobs/jobs.resource.ts") },
		"qbls.server.preview":   func(a commandAnswer) bool { return strings.Contains(a.Text, "/api/v1/jobs") },
		"qbls.server.whoCan":    func(a commandAnswer) bool { return len(a.Resources) > 3 },
	} {
		if got, err := lsptest.Command[commandAnswer](e, command, at); err != nil || !fits(got) {
			t.Errorf("%s: %v %+.300v", command, err, got)
		}
	}
	if got, err := lsptest.Command[commandAnswer](e, "qbls.server.explain", map[string]string{"code": "QB4002"}); err != nil || got.Markdown != "# QB4002" {
		t.Errorf("explain: %v %+v", err, got)
	}
	for _, bad := range []string{"qbls.server.nonsense", "qbls.dev"} {
		if _, err := lsptest.Command[commandAnswer](e, bad, at); err == nil {
			t.Errorf("%s is done", bad)
		}
	}
	for _, command := range e.Capabilities.ExecuteCommandProvider.Commands {
		if _, err := lsptest.Command[commandAnswer](e, command, map[string]string{"code": "QB4002"}); err != nil && strings.Contains(err.Error(), "there is no command") {
			t.Errorf("%s is offered and not known", command)
		}
	}
}

func TestNothingIsCompiledByCommandWithoutTrust(t *testing.T) {
	c := emitting()
	c.Compile = func(context.Context, lsp.Job) (string, error) { t.Error("it was compiled"); return "", nil }
	e := start(t, sample(t), lsptest.Options{Config: c})
	if _, err := lsptest.Command[commandAnswer](e, "qbls.server.compile", map[string]string{}); err == nil {
		t.Error("the command is done")
	}
}

// TestRestartReadsTheDiskAgain: what changed without a word from any watcher is seen.
func TestRestartReadsTheDiskAgain(t *testing.T) {
	e := start(t, sample(t), lsptest.Options{})
	e.Settle()
	e.Disk.Write(root+"/"+jobsFile, strings.Replace(e.Disk.Read(root+"/"+jobsFile), "createable: [", "createable: ['tilte', ", 1))
	if _, err := lsptest.Command[any](e, "qbls.server.restart", map[string]string{}); err != nil {
		t.Fatal(err)
	}
	e.Settle()
	if len(e.Findings()) == 0 {
		t.Error("the disk was not read again")
	}
}
