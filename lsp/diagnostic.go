package lsp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/qbls/qbls/lsp/session"
)

// Diagnostic answers what is found in one file (LSP 3.17, "textDocument/diagnostic"). Findings are pushed to every client; one that
// would rather ask says so with the option pullDiagnostics, because editors show what is pushed and what is pulled side by side.
func (s *server) Diagnostic(ctx context.Context, p *protocol.DocumentDiagnosticParams) (protocol.DocumentDiagnosticReport, error) {
	var found []session.Finding
	if t, ok := view(ctx).Find(string(p.TextDocument.URI)); ok {
		var err error
		if found, err = t.Findings(ctx); err != nil {
			return nil, err
		}
	}
	id, err := resultID(found)
	if err != nil {
		return nil, err
	}
	if p.PreviousResultID != nil && *p.PreviousResultID == id {
		return &protocol.RelatedUnchangedDocumentDiagnosticReport{
			UnchangedDocumentDiagnosticReport: protocol.UnchangedDocumentDiagnosticReport{Kind: "unchanged", ResultID: id},
		}, nil
	}
	return &protocol.RelatedFullDocumentDiagnosticReport{FullDocumentDiagnosticReport: s.report(id, found)}, nil
}

// DiagnosticWorkspace answers what is found in all files; those that a client asked about before and that have nothing now are
// answered with nothing.
func (s *server) DiagnosticWorkspace(ctx context.Context, p *protocol.WorkspaceDiagnosticParams) (*protocol.WorkspaceDiagnosticReport, error) {
	all, err := view(ctx).Diagnose(ctx)
	if err != nil {
		return nil, err
	}
	before := map[string]string{}
	for _, known := range p.PreviousResultIds {
		before[string(known.URI)] = strings.Clone(known.Value)
	}
	out := &protocol.WorkspaceDiagnosticReport{Items: []protocol.WorkspaceDocumentDiagnosticReport{}}
	add := func(file session.Publication) error {
		id, err := resultID(file.Findings)
		if err != nil {
			return err
		}
		var version *int32
		if file.HasVersion {
			version = &file.Version
		}
		if before[file.URI] == id {
			out.Items = append(out.Items, &protocol.WorkspaceUnchangedDocumentDiagnosticReport{
				URI: uri.URI(file.URI), Version: version,
				UnchangedDocumentDiagnosticReport: protocol.UnchangedDocumentDiagnosticReport{Kind: "unchanged", ResultID: id},
			})
		} else {
			out.Items = append(out.Items, &protocol.WorkspaceFullDocumentDiagnosticReport{
				URI: uri.URI(file.URI), Version: version, FullDocumentDiagnosticReport: s.report(id, file.Findings),
			})
		}
		delete(before, file.URI)
		return nil
	}
	for _, file := range all {
		if err := add(file); err != nil {
			return nil, err
		}
	}
	for _, known := range p.PreviousResultIds {
		if _, left := before[string(known.URI)]; left {
			if err := add(session.Publication{URI: strings.Clone(string(known.URI))}); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// pullProvider is offered to clients that said that they would rather ask.
func (s *settings) pullProvider() protocol.DiagnosticProvider {
	if !s.pull {
		return nil
	}
	name := "qbls"
	return &protocol.DiagnosticOptions{Identifier: &name, InterFileDependencies: true, WorkspaceDiagnostics: true}
}

// askAgain tells a client that pulls that findings of files have changed that it did not edit. One call is under way at most; what
// changes meanwhile is told by the next.
func (s *server) askAgain() {
	if !s.settings.refresh || !s.asking.CompareAndSwap(false, true) {
		return
	}
	s.run(func(ctx context.Context) {
		s.asking.Store(false)
		if err := s.client.DiagnosticRefresh(ctx); err != nil {
			s.config.Log.Warn("the client does not ask again", "error", err)
		}
	})
}

func (s *server) report(id string, found []session.Finding) protocol.FullDocumentDiagnosticReport {
	out := protocol.FullDocumentDiagnosticReport{Kind: "full", ResultID: &id, Items: make([]protocol.Diagnostic, 0, len(found))}
	for _, f := range found {
		out.Items = append(out.Items, s.diagnostic(f))
	}
	return out
}

// resultID is equal for equal findings.
func resultID(found []session.Finding) (string, error) {
	content, err := json.Marshal(found)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:12]), nil
}
