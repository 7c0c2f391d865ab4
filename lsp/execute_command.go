package lsp

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/naming"
	"github.com/qbls/qbls/diagnostics/text"
)

// serverCommands are the commands that clients may send with workspace/executeCommand. Each takes one commandArgument or nothing.
// Their names are not those that an editor's own commands have: clients register both.
var serverCommands = []string{
	"qbls.server.compile", "qbls.server.compileAndDiff", "qbls.server.generated", "qbls.server.preview", "qbls.server.whoCan",
	"qbls.server.explain", "qbls.server.restart",
}

// aliases are the commands of lenses, for clients that send on what they do not know themselves.
var aliases = map[string]string{
	commandShowPreview: "qbls.server.preview", commandShowMatrix: "qbls.server.whoCan", commandShowGenerated: "qbls.server.generated",
}

// ExecuteCommand runs a command of the server and answers with its data.
func (s *server) ExecuteCommand(ctx context.Context, p *protocol.ExecuteCommandParams) (protocol.LSPAny, error) {
	var a commandArgument
	if len(p.Arguments) > 0 {
		if err := json.Unmarshal(p.Arguments[0], &a); err != nil {
			return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "the argument of %s: %v", p.Command, err)
		}
	}
	name := strings.Clone(p.Command)
	if other, ok := aliases[name]; ok {
		name = other
	}
	var out any
	var err error
	switch name {
	case "qbls.server.compile", "qbls.server.compileAndDiff":
		out, err = s.compileNow(ctx, a, name == "qbls.server.compileAndDiff")
	case "qbls.server.generated":
		out, err = s.generated(ctx, a)
	case "qbls.server.preview":
		out, err = s.showPreview(ctx, a)
	case "qbls.server.whoCan":
		out, err = s.matrix(ctx, MatrixParams{URI: a.URI, Resource: a.Resource})
	case "qbls.server.explain":
		out, err = s.explain(a.Code)
	case "qbls.server.restart":
		s.restart()
	case commandRunDev:
		err = jsonrpc2.Errorf(requestFailed, "the server does not run backends: run qbls dev in a terminal")
	default:
		err = jsonrpc2.Errorf(jsonrpc2.InvalidParams, "there is no command %s. Known: %s", name, strings.Join(serverCommands, ", "))
	}
	if err != nil || out == nil {
		return nil, err
	}
	return protocol.Marshal(out)
}

// requestFailed is the code of a request that is well-formed and cannot be done (LSP 3.17, "RequestFailed").
const requestFailed = jsonrpc2.Code(protocol.LSPErrorCodesRequestFailed)

// compileResult is the answer to the commands that compile.
type compileResult struct {
	Compiled bool   `json:"compiled"`
	Message  string `json:"message"`
	Diff     string `json:"diff,omitzero"`
}

// compileNow compiles what the editor holds, as saving it would: it cancels an older compilation of the project, and it needs a
// workspace that the user trusts.
func (s *server) compileNow(ctx context.Context, a commandArgument, diff bool) (*compileResult, error) {
	seen, ok := view(ctx).Project(a.URI)
	switch {
	case !ok:
		return nil, noProject(a.URI)
	case s.config.Compile == nil:
		return nil, jsonrpc2.Errorf(requestFailed, "this server does not compile")
	case !s.settings.trusted:
		return nil, jsonrpc2.Errorf(requestFailed, "nothing is compiled in a workspace that is not trusted")
	}
	out := &compileResult{}
	if diff {
		text, err := s.written(ctx, seen)
		if err != nil {
			out.Message = err.Error()
			return out, nil
		}
		out.Diff = text
	}
	project, ok := s.session.ProjectOf(seen.File())
	if !ok {
		return nil, noProject(a.URI)
	}
	done := make(chan struct{})
	end := func(result string, err error) {
		defer close(done)
		out.Compiled, out.Message = err == nil, result
		if err != nil {
			out.Message = err.Error()
		}
	}
	s.evaluateThen(project, func(job Job, err error) {
		if err != nil {
			end("", err)
			return
		}
		s.compileThen(job, end)
	}, true)
	select {
	case <-done:
		return out, nil
	case <-ctx.Done():
		return nil, protocol.ErrRequestCancelled
	}
}

// opened is the answer to the commands that show a document.
type opened struct {
	URI   string `json:"uri"`
	Shown bool   `json:"shown"` // the client has shown it already
}

// generated shows the emitted policy of a resource.
func (s *server) generated(ctx context.Context, a commandArgument) (*opened, error) {
	seen, ok := view(ctx).Project(a.URI)
	if !ok {
		return nil, noProject(a.URI)
	}
	id := model.ID(a.Resource)
	if id == "" {
		if t, ok := view(ctx).Find(a.URI); ok {
			if r := t.Snapshot.ResourceOf(t.Path); r != nil {
				id = r.ID
			}
		}
	}
	project := seen.Snapshot.Project(seen.Root)
	r := project.Resource(id)
	if r == nil {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "the project has no resource %q", id)
	}
	names := naming.New(project).Of(id)
	file := names.ResourceFile()
	if r.Internal {
		file = names.SchemaFile()
	}
	at := text.Path(path.Join(string(seen.Root), project.Config.OutputDir, file))
	return s.open(ctx, seen.Beside(at)), nil
}

func (s *server) showPreview(ctx context.Context, a commandArgument) (any, error) {
	if !slices.ContainsFunc(previewKinds, func(k previewKind) bool { return k.name == a.Kind }) {
		a.Kind = "routes"
	}
	made, err := s.preview(ctx, PreviewParams{URI: a.URI, Kind: a.Kind, Resource: a.Resource})
	if err != nil {
		return nil, err
	}
	if s.settings.content {
		s.open(ctx, made.URI)
	}
	return made, nil
}

// open asks the client to show a document, when it can.
func (s *server) open(ctx context.Context, target string) *opened {
	out := &opened{URI: target}
	if !s.settings.show {
		return out
	}
	r, err := s.client.ShowDocument(ctx, &protocol.ShowDocumentParams{URI: uri.URI(target)})
	out.Shown = err == nil && r != nil && r.Success
	return out
}

// explanation is the answer to qbls.server.explain.
type explanation struct {
	Code     string `json:"code"`
	Markdown string `json:"markdown"`
	Page     string `json:"page,omitzero"`
}

func (s *server) explain(code string) (*explanation, error) {
	if s.config.Explain != nil {
		if markdown, ok := s.config.Explain(code); ok {
			return &explanation{code, markdown, s.config.HelpURL(code)}, nil
		}
	}
	return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "there is no code %q", code)
}

// restart reads every folder again from the disk, under the texts that are open, and evaluates what has to be run.
func (s *server) restart() {
	for _, p := range s.session.Reload() {
		if s.settings.trusted {
			s.evaluate(p, false)
		}
	}
}
