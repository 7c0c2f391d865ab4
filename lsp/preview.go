package lsp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/query"
	"github.com/qbls/qbls/compiler/contract"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/lsp/session"
)

// PreviewParams ask for a preview: by its URI, or by what it shows.
type PreviewParams struct {
	URI      string `json:"uri,omitzero"`      // qbls:/routes.md?project=…; or of a file of the project, with Kind
	Kind     string `json:"kind,omitzero"`     // of PreviewKinds
	Resource string `json:"resource,omitzero"` // of routes and policy: only this one
}

// Preview is a read-only document that is made from the definitions as they are typed.
type Preview struct {
	URI        string `json:"uri"`
	LanguageID string `json:"languageId"`
	Text       string `json:"text"`
	Stale      bool   `json:"stale"` // the definitions have errors: this is the last text that could be made
}

// previewKind is one kind of preview.
type previewKind struct{ name, extension, language string }

var previewKinds = []previewKind{
	{"routes", "md", "markdown"}, {"policy", "md", "markdown"}, {"schema", "sql", "sql"}, {"openapi", "json", "json"}, {"changes", "diff", "diff"},
	{"policyChanges", "md", "markdown"}, {"report", "json", "json"}, {"migration", "sql", "sql"},
}

// previewed is the state of the previews of one client.
type previewed struct {
	mu    sync.Mutex
	open  map[string]uint64 // URIs that were asked for and not told about since, by the snapshot they were made of
	texts map[string]string // last text of those that only a project without errors has
}

// preview renders a preview and tells the client from then on when it has changed. Nothing of the project is run for it.
func (s *server) preview(ctx context.Context, p PreviewParams) (*Preview, error) {
	kind, project, resource, err := parsePreview(p)
	if err != nil {
		return nil, err
	}
	seen, ok := view(ctx).Project(project)
	if !ok {
		return nil, noProject(project)
	}
	out := &Preview{URI: previewURI(kind, seen.URI(), resource), LanguageID: kind.language}
	if strings.HasPrefix(p.URI, "qbls:") {
		out.URI = strings.Clone(p.URI) // clients know it by the spelling they asked with
	}
	if resource != "" && seen.Snapshot.Project(seen.Root).Resource(model.ID(resource)) == nil {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "the project has no resource %q", resource)
	}
	out.Text, err = s.render(ctx, kind.name, seen, model.ID(resource))
	s.previews.mu.Lock()
	defer s.previews.mu.Unlock()
	if s.previews.open == nil {
		s.previews.open, s.previews.texts = map[string]uint64{}, map[string]string{}
	}
	var refused *refusedError
	switch {
	case errors.As(err, &refused):
		if out.Text, out.Stale = s.previews.texts[out.URI]; !out.Stale {
			out.Text = refused.Error() + "\n"
		}
		out.Stale = true
	case err != nil:
		return nil, err
	default:
		s.previews.texts[out.URI] = out.Text
	}
	s.previews.open[out.URI] = seen.Snapshot.Seq
	return out, nil
}

// refusedError says that a project has errors, so that what only a compilation knows is not known.
type refusedError struct{ why string }

func (e *refusedError) Error() string { return e.why }

func (s *server) render(ctx context.Context, kind string, p session.Seen, only model.ID) (string, error) {
	switch kind {
	case "routes":
		return query.DescribeRoutes(p.Snapshot, p.Root, only), ctx.Err()
	case "policy":
		return query.DescribePolicy(p.Snapshot, p.Root, only), ctx.Err()
	case "changes":
		return s.changes(ctx, p)
	case "policyChanges":
		return s.policyChanges(ctx, p)
	case "migration":
		if s.config.Pending == nil {
			return "", jsonrpc2.Errorf(jsonrpc2.InvalidRequest, "this server does not compile")
		}
		text, err := s.config.Pending(ctx, jobOf(p))
		return text, refusal(err)
	}
	if s.config.Emit == nil {
		return "", jsonrpc2.Errorf(jsonrpc2.InvalidRequest, "this server does not compile")
	}
	files, err := s.config.Emit(ctx, jobOf(p))
	if err != nil {
		return "", refusal(err)
	}
	wanted := func(f output.File) bool { return string(f.Path) == "openapi.json" }
	if kind == "schema" {
		wanted = func(f output.File) bool {
			return strings.HasSuffix(string(f.Path), ".sql") && strings.Contains(string(f.Path), "drizzle/")
		}
	}
	if kind == "report" {
		where := reportPath(p)
		wanted = func(f output.File) bool { return string(f.Path) == where }
	}
	var b strings.Builder
	for _, f := range files {
		if wanted(f) {
			if kind == "schema" {
				fmt.Fprintf(&b, "-- %s\n\n", f.Path)
			}
			content := f.Content
			if kind == "report" { // one line in its canonical form, which nobody can read
				var shown bytes.Buffer
				if err := json.Indent(&shown, content, "", "  "); err != nil {
					return "", err
				}
				content = shown.Bytes()
			}
			b.Write(content)
		}
	}
	if b.Len() == 0 {
		return "", jsonrpc2.Errorf(requestFailed, "the configuration switches this document off")
	}
	return b.String(), ctx.Err()
}

// reportPath is where the configuration puts the security report, in the folder of output.
func reportPath(p session.Seen) string {
	var config *definition.Config
	if c := p.Snapshot.Project(p.Root).Config; c != nil {
		config = c.Source
	}
	return path.Join(contract.Folder, contract.SettingsOf(config).Path)
}

// refusal sorts errors of compilation: those of the definitions are shown in the preview, others are errors of the request.
func refusal(err error) error {
	if errors.Is(err, ErrRefused) {
		return &refusedError{err.Error()}
	}
	return err
}

// parsePreview reads either form of the parameters.
func parsePreview(p PreviewParams) (kind previewKind, project, resource string, err error) {
	name, project, resource := p.Kind, p.URI, p.Resource
	if rest, ok := strings.CutPrefix(p.URI, "qbls:"); ok {
		file, raw, _ := strings.Cut(strings.TrimLeft(rest, "/"), "?")
		raw, err := url.PathUnescape(raw) // editors escape what is escaped already
		if err != nil {
			return kind, "", "", jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%s: %v", p.URI, err)
		}
		values, err := url.ParseQuery(raw)
		if err != nil {
			return kind, "", "", jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%s: %v", p.URI, err)
		}
		name, _, _ = strings.Cut(file, ".")
		project, resource = values.Get("project"), values.Get("resource")
	}
	i := slices.IndexFunc(previewKinds, func(k previewKind) bool { return k.name == name })
	if i < 0 {
		return kind, "", "", jsonrpc2.Errorf(jsonrpc2.InvalidParams, "there is no preview %q. Known: routes, policy, schema, openapi, changes, policyChanges, report, migration", name)
	}
	return previewKinds[i], project, resource, nil
}

// previewURI is how a preview is called. The same preview always has the same URI.
func previewURI(kind previewKind, project, resource string) string {
	values := url.Values{"project": {project}}
	if resource != "" {
		values.Set("resource", resource)
	}
	return "qbls:/" + kind.name + "." + kind.extension + "?" + values.Encode()
}

// TextDocumentContent is the content of a preview for clients that open documents of servers (LSP 3.18,
// "workspace/textDocumentContent").
func (s *server) TextDocumentContent(ctx context.Context, p *protocol.TextDocumentContentParams) (*protocol.TextDocumentContentResult, error) {
	out, err := s.preview(ctx, PreviewParams{URI: string(p.URI)})
	if err != nil {
		return nil, err
	}
	return &protocol.TextDocumentContentResult{Text: out.Text}, nil
}

// previewsChanged tells the client once about each preview that it asked for and that was made of an older state; it asks again when
// it still shows it. So there is never more than one message on the way for a preview, however fast somebody types.
func (s *server) previewsChanged(ctx context.Context, v *session.View) {
	s.previews.mu.Lock()
	var due []string
	for open, made := range s.previews.open {
		_, project, _, err := parsePreview(PreviewParams{URI: open})
		if seen, ok := v.Project(project); err != nil || !ok || seen.Snapshot.Seq != made {
			due = append(due, open)
			delete(s.previews.open, open)
		}
	}
	s.previews.mu.Unlock()
	slices.Sort(due)
	for _, changed := range due {
		if err := s.conn.Notify(ctx, MethodPreviewChanged, map[string]string{"uri": changed}); err != nil {
			s.config.Log.Warn("a preview is not shown again", "uri", changed, "error", err)
		}
		if s.settings.content {
			s.run(func(ctx context.Context) {
				if err := s.client.TextDocumentContentRefresh(ctx, &protocol.TextDocumentContentRefreshParams{URI: uri.URI(changed)}); err != nil {
					s.config.Log.Warn("a preview is not shown again", "uri", changed, "error", err)
				}
			})
		}
	}
}

// forgetPreview is told by clients that say when they close a preview.
func (s *server) forgetPreview(closed string) {
	s.previews.mu.Lock()
	defer s.previews.mu.Unlock()
	delete(s.previews.open, closed)
	delete(s.previews.texts, closed)
}

func jobOf(p session.Seen) Job {
	return Job{Snapshot: p.Snapshot, Folder: p.Folder(), Root: p.Root, Found: p.Found()}
}

// contentProvider says to clients of LSP 3.18 that the server has documents of its own.
func (s *settings) contentProvider() protocol.WorkspaceOptionsTextDocumentContent {
	if !s.content {
		return nil
	}
	return &protocol.TextDocumentContentOptions{Schemes: []string{"qbls"}}
}
