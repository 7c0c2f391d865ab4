// Package lsptest is an editor in small: it opens, types, saves and reads what a server publishes, over a real connection.
// Nothing in it waits for a time: it waits for messages, and a test that waits for one that never comes fails by its deadline.
package lsptest

import (
	"context"
	"encoding/json"
	"io"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/qbls/qbls/diagnostics/text"
	"github.com/qbls/qbls/lsp"
	"github.com/qbls/qbls/lsp/session"
)

// patience is how long a session may take before what is awaited counts as never coming: more than the slowest machine takes.
const patience = time.Hour

// Editor is a client with open buffers.
type Editor struct {
	protocol.UnimplementedClient

	Server protocol.Server
	Conn   jsonrpc2.Conn
	Disk   *Disk
	Root   string

	Capabilities protocol.ServerCapabilities // of the server

	t        testing.TB
	heard    *conversation // checks what the server says; nil in benchmarks, which measure the server
	ctx      context.Context
	encoding text.Encoding
	buffers  map[string]*buffer
	ended    chan error

	mu        sync.Mutex
	published map[string]protocol.PublishDiagnosticsParams
	rounds    []protocol.PublishDiagnosticsParams
	messages  []string
	watchers  []string
	globs     []protocol.FileSystemWatcher
	settings  string
	refreshed int
	statuses  []lsp.Status
	previews  []string
	changed   chan struct{} // closed and replaced whenever something arrives
}

type buffer struct {
	uri     string
	version int32
	file    *text.File
}

// Options of an editor.
type Options struct {
	Encoding  text.Encoding  // that the client offers
	Init      map[string]any // initializationOptions
	NoFolder  bool           // a file is opened alone
	RootOnly  bool           // an old client: rootUri without workspace folders
	Config    lsp.Config     // of the server; In, Out and Disk are filled in
	ProcessID int            // of the editor, when it says so
	NoWatch   bool           // the client does not watch files for servers
	Settings  string         // answer to workspace/configuration, as JSON
	Snippets  bool           // items may be snippets
	Versioned bool           // edits come with the versions they are about, and make and rename files
	Files     bool           // edits make and rename files
}

// Start runs a server in this process and initializes it. It is shut down when the test ends.
func Start(t testing.TB, root string, disk *Disk, o Options) *Editor {
	t.Helper()
	fromClient, toServer := io.Pipe()
	fromServer, toClient := io.Pipe()
	c := o.Config
	c.In, c.Out = fromClient, toClient
	if c.Disk == nil {
		c.Disk = disk.Under
	}
	over := make(chan struct{})
	t.Cleanup(func() { // nobody reads or writes any more: what is still running ends
		for _, end := range []io.Closer{fromClient, toServer, fromServer, toClient} {
			if err := end.Close(); err != nil {
				t.Error(err)
			}
		}
		<-over
	})
	ended := make(chan error, 1)
	go func() {
		defer close(over)
		ended <- lsp.Serve(context.Background(), c)
	}()
	e := Connect(t, root, disk, fromServer, toServer, o)
	e.ended = ended
	return e
}

// Connect talks to a server at the other end of a pair of streams, for example the standard ones of a process.
func Connect(t testing.TB, root string, disk *Disk, in io.Reader, out io.WriteCloser, o Options) *Editor {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	e := &Editor{
		Disk: disk, Root: root, t: t, ctx: ctx, encoding: o.Encoding, settings: o.Settings,
		buffers: map[string]*buffer{}, published: map[string]protocol.PublishDiagnosticsParams{}, changed: make(chan struct{}),
	}
	if _, benchmark := t.(*testing.B); !benchmark {
		heard, err := newConversation()
		e.check(err)
		e.heard = heard
		in, out = heard.listen(in, out)
		t.Cleanup(func() {
			for _, fault := range heard.faults() {
				t.Errorf("the server says what the protocol does not allow: %s", fault)
			}
		})
	}
	e.Conn = jsonrpc2.NewConn(jsonrpc2.NewStream(ends{in, out}), jsonrpc2.WithCodec(lsp.Codec{}))
	e.Server = protocol.ServerDispatcher(e.Conn)
	handler := protocol.ClientHandler(e, jsonrpc2.MethodNotFoundHandler)
	e.Conn.Go(context.Background(), func(ctx context.Context, req *jsonrpc2.Request) (any, error) {
		if req.IsCall() {
			jsonrpc2.Async(ctx) // writing the answer must not keep the editor from reading; notifications stay in order
		}
		if e.own(req) {
			return nil, nil
		}
		return handler(ctx, req)
	})
	e.initialize(o)
	return e
}

type ends struct {
	io.Reader
	io.WriteCloser
}

func (e *Editor) initialize(o Options) {
	e.t.Helper()
	yes := true
	kinds := []protocol.PositionEncodingKind{protocol.PositionEncodingKindUTF16}
	if o.Encoding == text.UTF8 {
		kinds = append(kinds, protocol.PositionEncodingKindUTF8)
	}
	p := &protocol.InitializeParams{Capabilities: protocol.ClientCapabilities{
		General: &protocol.GeneralClientCapabilities{PositionEncodings: kinds},
		Window:  &protocol.WindowClientCapabilities{WorkDoneProgress: &yes},
		TextDocument: &protocol.TextDocumentClientCapabilities{
			Completion: &protocol.CompletionClientCapabilities{CompletionItem: &protocol.ClientCompletionItemOptions{SnippetSupport: &o.Snippets}},
			CodeAction: &protocol.CodeActionClientCapabilities{DataSupport: &o.Versioned, ResolveSupport: protocol.ClientCodeActionResolveOptions{Properties: []string{"edit"}}},
			Diagnostic: &protocol.DiagnosticClientCapabilities{}},
		Workspace: &protocol.WorkspaceClientCapabilities{
			Configuration:         &yes,
			Diagnostics:           &protocol.DiagnosticWorkspaceClientCapabilities{RefreshSupport: &yes},
			WorkspaceEdit:         edits(o.Versioned, o.Files),
			DidChangeWatchedFiles: &protocol.DidChangeWatchedFilesClientCapabilities{DynamicRegistration: new(!o.NoWatch)},
		},
	}}
	folder := uri.URI(session.URIOf(e.Root))
	switch {
	case o.RootOnly:
		//lint:ignore SA1019 what an old client sends
		p.RootURI = &folder
	case !o.NoFolder:
		p.WorkspaceFolders = protocol.NewNullable([]protocol.WorkspaceFolder{{URI: folder, Name: "w"}})
	}
	if o.Init != nil {
		raw, err := json.Marshal(o.Init)
		e.check(err)
		p.InitializationOptions = raw
	}
	if pid := int32(o.ProcessID); pid != 0 {
		p.ProcessID = &pid
	}
	r, err := e.Server.Initialize(e.ctx, p)
	e.check(err)
	if e.Capabilities, err = protocol.Clone(r.Capabilities); err != nil {
		e.t.Fatal(err)
	}
	if want := kinds[len(kinds)-1]; r.Capabilities.PositionEncoding != want {
		e.t.Fatalf("the server picked %q, want %q", r.Capabilities.PositionEncoding, want)
	}
	e.check(e.Server.Initialized(e.ctx, &protocol.InitializedParams{}))
}

func (e *Editor) check(err error) {
	e.t.Helper()
	if err != nil {
		e.t.Fatal(err)
	}
}

// URI is how the editor calls a file of its folder.
func (e *Editor) URI(name string) string { return session.URIOf(path.Join(e.Root, name)) }

// Open opens a file of the folder with what is saved.
func (e *Editor) Open(name string) { e.OpenAs(name, e.URI(name), e.Disk.Read(path.Join(e.Root, name))) }

// OpenAs opens a text under any URI; name is what the editor calls it afterwards.
func (e *Editor) OpenAs(name, as, content string) {
	e.t.Helper()
	b := &buffer{uri: as, version: 1, file: text.NewFile(text.Path(name), content)}
	e.buffers[name] = b
	e.check(e.Server.DidOpen(e.ctx, &protocol.DidOpenTextDocumentParams{TextDocument: protocol.TextDocumentItem{
		URI: uri.URI(as), LanguageID: "typescript", Version: 1, Text: content,
	}}))
}

// Text is the text of a buffer.
func (e *Editor) Text(name string) string { return e.buffers[name].file.Text }

// Replace replaces bytes of a buffer, as typing does.
func (e *Editor) Replace(name string, start, end int, with string) {
	e.t.Helper()
	b := e.buffers[name]
	r := protocol.Range{Start: e.at(b, start), End: e.at(b, end)}
	e.Send(name, &protocol.TextDocumentContentChangePartial{Range: r, Text: with})
	b.file = text.NewFile(b.file.Path, b.file.Text[:start]+with+b.file.Text[end:])
}

// Rewrite replaces the whole text in one full change.
func (e *Editor) Rewrite(name, content string) {
	e.t.Helper()
	e.Send(name, &protocol.TextDocumentContentChangeWholeDocument{Text: content})
	b := e.buffers[name]
	b.file = text.NewFile(b.file.Path, content)
}

// Send sends a change as it is, with the next version; the buffer is not changed.
func (e *Editor) Send(name string, changes ...protocol.TextDocumentContentChangeEvent) {
	e.t.Helper()
	b := e.buffers[name]
	b.version++
	e.check(e.Server.DidChange(e.ctx, &protocol.DidChangeTextDocumentParams{
		TextDocument:   protocol.VersionedTextDocumentIdentifier{TextDocumentIdentifier: protocol.TextDocumentIdentifier{URI: uri.URI(b.uri)}, Version: b.version},
		ContentChanges: changes,
	}))
}

func (e *Editor) at(b *buffer, offset int) protocol.Position {
	p := b.file.Position(offset, e.encoding)
	return protocol.Position{Line: p.Line, Character: p.Character}
}

// Save writes a buffer to the disk and says so.
func (e *Editor) Save(name string) {
	e.t.Helper()
	e.Disk.Write(path.Join(e.Root, name), e.Text(name))
	e.check(e.Server.DidSave(e.ctx, &protocol.DidSaveTextDocumentParams{TextDocument: e.id(name)}))
}

// Close closes a buffer.
func (e *Editor) Close(name string) {
	e.t.Helper()
	e.check(e.Server.DidClose(e.ctx, &protocol.DidCloseTextDocumentParams{TextDocument: e.id(name)}))
	delete(e.buffers, name)
}

// Touched tells the server that files changed on the disk.
func (e *Editor) Touched(names ...string) {
	e.t.Helper()
	p := &protocol.DidChangeWatchedFilesParams{}
	for _, n := range names {
		p.Changes = append(p.Changes, protocol.FileEvent{URI: uri.URI(e.URI(n)), Type: protocol.FileChangeTypeChanged})
	}
	e.check(e.Server.DidChangeWatchedFiles(e.ctx, p))
}

// Configure tells the server that the section "qbls" of the configuration has changed, "" that something has.
func (e *Editor) Configure(section string) {
	e.t.Helper()
	settings := jsontext.Value("null")
	if section != "" {
		settings = jsontext.Value(`{"qbls":` + section + `}`)
	}
	e.check(e.Server.DidChangeConfiguration(e.ctx, &protocol.DidChangeConfigurationParams{Settings: settings}))
}

func (e *Editor) id(name string) protocol.TextDocumentIdentifier {
	return protocol.TextDocumentIdentifier{URI: uri.URI(e.uriOf(name))}
}

func (e *Editor) uriOf(name string) string {
	if b := e.buffers[name]; b != nil {
		return b.uri
	}
	return e.URI(name)
}

// Settle waits until everything that was sent is published.
func (e *Editor) Settle() {
	e.t.Helper()
	var out any
	e.check(protocol.Call(e.ctx, e.Conn, lsp.MethodSettled, nil, &out))
}

// Await waits for the diagnostics of the version that a buffer has now.
func (e *Editor) Await(name string) []protocol.Diagnostic {
	e.t.Helper()
	b := e.buffers[name]
	var out []protocol.Diagnostic
	e.wait("diagnostics of "+name, func() bool {
		p, ok := e.published[same(b.uri)]
		version, _ := p.Version.Get()
		out = p.Diagnostics
		return ok && version >= b.version
	})
	return out
}

// wait waits until something that messages bring has come.
func (e *Editor) wait(what string, done func() bool) {
	e.t.Helper()
	for {
		e.mu.Lock()
		ok, changed := done(), e.changed
		e.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-e.ctx.Done():
			e.t.Fatalf("waited in vain for %s", what)
		}
	}
}

// Ended waits for the server to end and returns what Serve returned.
func (e *Editor) Ended() error {
	e.t.Helper()
	select {
	case err := <-e.ended:
		return err
	case <-e.ctx.Done():
		e.t.Fatal("the server does not end")
		return nil
	}
}

// Quit shuts the server down in order.
func (e *Editor) Quit() error {
	e.t.Helper()
	e.check(e.Server.Shutdown(e.ctx))
	e.check(e.Server.Exit(e.ctx))
	return e.Ended()
}

// Name is what the editor calls the file of a URI.
func (e *Editor) Name(u string) string {
	for name, b := range e.buffers {
		if same(b.uri) == same(u) {
			return name
		}
	}
	return strings.TrimPrefix(strings.TrimPrefix(same(u), e.Root), "/")
}

// same is equal for URIs of the same file: editors compare what URIs mean, not how they are spelt.
func same(u string) string {
	if p, ok := session.PathOf(u); ok {
		return p
	}
	return u
}

// edits are what a client can do with edits of the workspace. Neovim 0.7 and others name what they do with files and not documentChanges, in
// which that stands.
func edits(versioned, files bool) *protocol.WorkspaceEditClientCapabilities {
	c := &protocol.WorkspaceEditClientCapabilities{DocumentChanges: &versioned}
	if versioned || files {
		c.ResourceOperations = []protocol.ResourceOperationKind{protocol.ResourceOperationKindCreate, protocol.ResourceOperationKindRename}
	}
	return c
}
