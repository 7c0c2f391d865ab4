package lsp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/qbls/qbls/diagnostics/text"
	"github.com/qbls/qbls/lsp"
	"github.com/qbls/qbls/lsp/lsptest"
)

const (
	root     = "/home/ann/a b/ägency"
	jobsFile = "quickback/features/jobs/jobs.ts"
)

// sample is the recruiting project, which has no findings.
func sample(t *testing.T) map[string]string {
	t.Helper()
	dir := "../testdata/projects/recruiting"
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".ts") {
			return err
		}
		content, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		files[filepath.ToSlash(rel)] = string(content)
		return err
	})
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	return files
}

func start(t *testing.T, files map[string]string, o lsptest.Options) *lsptest.Editor {
	t.Helper()
	return lsptest.Start(t, root, lsptest.NewDisk(root, files), o)
}

func quit(t *testing.T, e *lsptest.Editor) {
	t.Helper()
	if err := e.Quit(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

// swap replaces a part of a buffer, as an edit does.
func swap(t *testing.T, e *lsptest.Editor, name, old, with string) {
	t.Helper()
	at := strings.Index(e.Text(name), old)
	if at < 0 {
		t.Fatalf("%q is not in %s", old, name)
	}
	e.Replace(name, at, at+len(old), with)
}

func TestBreakingAndMendingGivesTheSameAgain(t *testing.T) {
	for _, encoding := range []text.Encoding{text.UTF16, text.UTF8} {
		e := start(t, sample(t), lsptest.Options{Encoding: encoding})
		e.Settle()
		before := e.Findings()
		e.Open(jobsFile)
		swap(t, e, jobsFile, "guards", "// 🙈 déjà\r\n  gards")
		if got := e.Await(jobsFile); len(got) == 0 {
			t.Error("an unknown key gives no diagnostic")
		}
		e.Settle()
		if got := lsptest.FromWorkspace(t, merged(sample(t), jobsFile, e.Text(jobsFile))); !slices.Equal(e.Findings(), got) {
			t.Errorf("editor %v\ncold   %v", e.Findings(), got)
		}
		swap(t, e, jobsFile, "// 🙈 déjà\r\n  gards", "guards")
		e.Settle()
		if got := e.Findings(); !slices.Equal(got, before) {
			t.Errorf("mended: %v\nbefore: %v", got, before)
		}
		quit(t, e)
	}
}

func merged(files map[string]string, name, content string) map[string]string {
	files[name] = content
	return files
}

func TestTypingAFileFromTopToBottom(t *testing.T) {
	files := sample(t)
	whole := files[jobsFile]
	e := start(t, merged(files, jobsFile, ""), lsptest.Options{})
	e.Open(jobsFile)
	for i, r := range whole {
		e.Replace(jobsFile, i, i, string(r))
		if i%50 == 0 {
			e.Complete(jobsFile, i+len(string(r)))
		}
	}
	e.Await(jobsFile)
	e.Settle()
	if e.Text(jobsFile) != whole {
		t.Fatal("the editor has another text")
	}
	if got, want := e.Findings(), lsptest.FromWorkspace(t, sample(t)); !slices.Equal(got, want) {
		t.Errorf("editor %v\ncold   %v", got, want)
	}
	quit(t, e)
}

func TestFindingsOfClosedFiles(t *testing.T) {
	e := start(t, sample(t), lsptest.Options{})
	e.Open(jobsFile)
	swap(t, e, jobsFile, "export const jobs =", "export const jobz =")
	e.Settle()
	elsewhere := slices.DeleteFunc(e.Findings(), func(f lsptest.Found) bool { return f.File == jobsFile })
	if len(elsewhere) == 0 {
		t.Error("nobody complains about the table that is gone")
	}
	e.Close(jobsFile)
	e.Settle()
	if got, want := e.Findings(), lsptest.FromWorkspace(t, sample(t)); !slices.Equal(got, want) {
		t.Errorf("after closing without saving: %v", got)
	}
	quit(t, e)
}

func TestFilesChangeOnTheDisk(t *testing.T) {
	e := start(t, sample(t), lsptest.Options{})
	e.AwaitWatcher(protocol.MethodWorkspaceDidChangeWatchedFiles)
	e.Disk.Write(root+"/"+jobsFile, strings.Replace(sample(t)[jobsFile], "guards", "gards", 1))
	e.Touched(jobsFile)
	e.Settle()
	if got := e.Findings(); len(got) == 0 {
		t.Error("a broken file on the disk gives no diagnostic")
	}
	e.Disk.Remove(root + "/" + jobsFile)
	if !e.Watched("quickback/features/jobs", protocol.WatchKindDelete) || e.Watched("README.md", protocol.WatchKindChange) {
		t.Error("a folder that is deleted is not watched, or too much is")
	}
	e.Touched("quickback/features/jobs") // a watcher may tell of the folder alone
	e.Settle()
	if slices.ContainsFunc(e.Findings(), func(f lsptest.Found) bool { return f.File == jobsFile }) {
		t.Error("a file that is gone still has diagnostics")
	}
	e.Disk.Write(root+"/"+jobsFile, sample(t)[jobsFile])
	e.Touched(jobsFile)
	e.Settle()
	if got, want := e.Findings(), lsptest.FromWorkspace(t, sample(t)); !slices.Equal(got, want) {
		t.Errorf("after mending: %v", got)
	}
	quit(t, e)
}

// TestAWatcherThatMissesTheManifest: what a compilation has written into a new folder is no definition, whatever a watcher told of it.
func TestAWatcherThatMissesTheManifest(t *testing.T) {
	e := start(t, sample(t), lsptest.Options{})
	const written = "backend/src/features/jobs/schema.ts"
	e.Disk.Write(root+"/"+written, "import { sqliteTable, text } from 'drizzle-orm/sqlite-core';\nexport const jobs = sqliteTable('jobs', { id: text('id').primaryKey() });\n")
	e.Touched(written)
	e.Settle()
	if len(e.Findings()) == 0 {
		t.Fatal("a table in a strange place is not found: the test shows nothing")
	}
	e.Disk.Remove(root + "/" + written)
	e.Touched(written)
	e.Settle()
	e.Disk.Write(root+"/backend/.qbls/manifest.json", `{"owned":{"src/features/jobs/schema.ts":"x"}}`)
	e.Disk.Write(root+"/"+written, "import { sqliteTable, text } from 'drizzle-orm/sqlite-core';\nexport const jobs = sqliteTable('jobs', { id: text('id').primaryKey() });\n")
	e.Touched(written)
	e.Settle()
	if got := e.Findings(); len(got) > 0 {
		t.Errorf("generated code is taken for definitions: %v", got)
	}
	quit(t, e)
}

func TestProjectThatAppears(t *testing.T) {
	files := sample(t)
	config := files["quickback/quickback.config.ts"]
	delete(files, "quickback/quickback.config.ts")
	files[jobsFile] = strings.Replace(files[jobsFile], "guards", "gards", 1)
	e := start(t, files, lsptest.Options{})
	e.Settle()
	if got := e.Findings(); len(got) != 0 {
		t.Errorf("no project, and yet %v", got)
	}
	e.Disk.Write(root+"/quickback/quickback.config.ts", config)
	e.Touched("quickback/quickback.config.ts")
	e.Settle()
	if len(e.Findings()) == 0 {
		t.Error("the project is not found")
	}
	quit(t, e)
}

func TestNothingIsPublishedTwice(t *testing.T) {
	e := start(t, sample(t), lsptest.Options{})
	e.Settle()
	before := e.Publications()
	e.Touched(jobsFile)
	e.Settle()
	if got := e.Publications(); got != before {
		t.Errorf("%d publications for nothing", got-before)
	}
	quit(t, e)
}

func TestWithoutFolder(t *testing.T) {
	for name, o := range map[string]lsptest.Options{"a file alone": {NoFolder: true}, "an old client": {RootOnly: true}} {
		t.Run(name, func(t *testing.T) {
			files := sample(t)
			files[jobsFile] = strings.Replace(files[jobsFile], "guards", "gards", 1)
			e := start(t, files, o)
			e.Open(jobsFile)
			if got := e.Await(jobsFile); len(got) == 0 {
				t.Error("no diagnostics")
			}
			quit(t, e)
		})
	}
}

func TestAFolderInTheMiddleOfAProject(t *testing.T) {
	files := sample(t)
	files[jobsFile] = strings.Replace(files[jobsFile], "guards", "gards", 1)
	e := lsptest.Start(t, root+"/quickback/features", lsptest.NewDisk(root, files), lsptest.Options{})
	e.Open("jobs/jobs.ts")
	if got := e.Await("jobs/jobs.ts"); len(got) == 0 {
		t.Error("the configuration above the folder is not found")
	}
	quit(t, e)
}

func TestDocumentsThatAreNoFilesAreHarmless(t *testing.T) {
	e := start(t, sample(t), lsptest.Options{})
	for _, u := range []string{"untitled:Untitled-1", "git:/home/ann/x.ts?ref", "vscode-notebook-cell:/x#1", "file://", "file:///%zz", "nonsense", "file:///elsewhere/notes.ts"} {
		e.OpenAs(u, u, "export default defineTable(")
		e.Send(u, &protocol.TextDocumentContentChangeWholeDocument{Text: "x"})
		if got := e.Hover(u, 0) + strings.Join(e.Labels(u, 0), ""); got != "" {
			t.Errorf("%s: %s", u, got)
		}
		e.Close(u)
	}
	e.Settle()
	if got, want := e.Findings(), lsptest.FromWorkspace(t, sample(t)); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	quit(t, e)
}

func TestVersionsAndChangesThatDoNotFit(t *testing.T) {
	e := start(t, sample(t), lsptest.Options{})
	e.Open(jobsFile)
	far := protocol.Position{Line: 9999, Character: 9999}
	e.Send(jobsFile, &protocol.TextDocumentContentChangePartial{Range: protocol.Range{Start: far, End: far}, Text: "\n// beyond the end"})
	ctx := t.Context()
	for _, version := range []int32{1, 0, -5} { // older than what the server has
		err := e.Server.DidChange(ctx, &protocol.DidChangeTextDocumentParams{
			TextDocument:   protocol.VersionedTextDocumentIdentifier{TextDocumentIdentifier: protocol.TextDocumentIdentifier{URI: uri.URI(e.URI(jobsFile))}, Version: version},
			ContentChanges: []protocol.TextDocumentContentChangeEvent{&protocol.TextDocumentContentChangePartial{Text: "// first\n"}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Server.DidChange(ctx, &protocol.DidChangeTextDocumentParams{
		TextDocument: protocol.VersionedTextDocumentIdentifier{TextDocumentIdentifier: protocol.TextDocumentIdentifier{URI: "file:///never/opened.ts"}, Version: 2},
	}); err != nil {
		t.Fatal(err)
	}
	e.Settle()
	e.Rewrite(jobsFile, sample(t)[jobsFile])
	e.Settle()
	if got, want := e.Findings(), lsptest.FromWorkspace(t, sample(t)); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	quit(t, e)
}

func TestURISpellingsAreOneFile(t *testing.T) {
	e := start(t, sample(t), lsptest.Options{})
	strange := strings.ReplaceAll(strings.ReplaceAll(e.URI(jobsFile), "/jobs", "/%6Aobs"), "%C3%A4", "%c3%a4")
	e.OpenAs(jobsFile, strange, strings.Replace(sample(t)[jobsFile], "guards", "gards", 1))
	if got := e.Await(jobsFile); len(got) == 0 {
		t.Error("no diagnostics under the URI that the editor uses")
	}
	quit(t, e)
}

func TestAPanicIsAnsweredAndLogged(t *testing.T) {
	var log lockedBuffer
	c := lsp.Config{Log: slog.New(slog.NewTextHandler(&log, nil))}.Intercepting(func(_ context.Context, method string) error {
		if method == protocol.MethodTextDocumentHover {
			panic("a bug")
		}
		return nil
	})
	e := start(t, sample(t), lsptest.Options{Config: c})
	e.Open(jobsFile)
	_, err := e.Server.Hover(t.Context(), &protocol.HoverParams{})
	var wire *jsonrpc2.Error
	if !errors.As(err, &wire) || wire.Code != jsonrpc2.InternalError {
		t.Errorf("got %v", err)
	}
	if !strings.Contains(log.String(), "a bug") || !strings.Contains(log.String(), "server_test.go") {
		t.Errorf("log without the panic and its stack: %s", log.String())
	}
	if got := e.Labels(jobsFile, strings.Index(e.Text(jobsFile), "guards")); len(got) == 0 {
		t.Error("the connection does not live on")
	}
	quit(t, e)
}

func TestCancelledRequest(t *testing.T) {
	arrived := make(chan struct{})
	c := lsp.Config{}.Intercepting(func(ctx context.Context, method string) error {
		if method == protocol.MethodTextDocumentHover {
			close(arrived)
			<-ctx.Done()
		}
		return nil
	})
	e := start(t, sample(t), lsptest.Options{Config: c})
	answer := make(chan error, 1)
	id := protocol.Integer(4711)
	go func() {
		var out any
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-arrived; cancel() }()
		answer <- protocol.Call(ctx, e.Conn, protocol.MethodTextDocumentHover, &protocol.HoverParams{}, &out)
	}()
	if err := <-answer; err == nil {
		t.Error("a cancelled request has a result")
	}
	// Cancelling what nobody waits for, and notifications that are nobody's, change nothing.
	for _, n := range []struct {
		method string
		params any
	}{{"$/cancelRequest", &protocol.CancelParams{ID: id}}, {"$/cancelRequest", json.RawMessage(`{}`)}, {"$/whatever", nil}, {"qbls/whatever", nil}} {
		if err := e.Conn.Notify(t.Context(), n.method, n.params); err != nil {
			t.Fatal(err)
		}
	}
	e.Settle()
	quit(t, e)
}

func TestRequestsSeeTheTextTheyWereAskedFor(t *testing.T) {
	arrived, edited := make(chan struct{}), make(chan struct{})
	c := lsp.Config{}.Intercepting(func(_ context.Context, method string) error {
		if method == protocol.MethodTextDocumentCompletion {
			close(arrived)
			<-edited
		}
		return nil
	})
	e := start(t, sample(t), lsptest.Options{Config: c})
	e.Open(jobsFile)
	p := &protocol.CompletionParams{TextDocumentPositionParams: e.Position(jobsFile, strings.Index(e.Text(jobsFile), "guards"))}
	answer := make(chan protocol.CompletionResult, 1)
	go func() {
		r, err := e.Server.Completion(t.Context(), p)
		if err != nil {
			t.Error(err)
		}
		answer <- r
	}()
	<-arrived
	e.Rewrite(jobsFile, "")
	e.Settle()
	close(edited)
	if list, ok := (<-answer).(*protocol.CompletionList); !ok || len(list.Items) == 0 {
		t.Error("the answer is about the text of later")
	}
	quit(t, e)
}

func TestSettingsInEveryForm(t *testing.T) {
	e := start(t, sample(t), lsptest.Options{Init: map[string]any{"trusted": nil, "compileOnSave": "often", "more": 1}})
	for _, raw := range []string{`null`, `{}`, `[]`, `"x"`, `{"qbls":null}`, `{"qbls":{"compileOnSave":null}}`, `{"qbls":{"compileOnSave":true,"path":""}}`} {
		if err := e.Conn.Notify(t.Context(), protocol.MethodWorkspaceDidChangeConfiguration, json.RawMessage(`{"settings":`+raw+`}`)); err != nil {
			t.Fatal(err)
		}
	}
	e.Settle()
	quit(t, e)
}

// lockedBuffer is a log that is read while it is written.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
