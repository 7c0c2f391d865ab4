package lsp

import (
	"context"
	"fmt"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
	"github.com/qbls/qbls/lsp/session"
)

// publish pushes the findings of a file to every client but those that asked to pull them.
func (s *server) publish(ctx context.Context, p session.Publication) error {
	if s.settings.pull {
		s.askAgain()
		return nil
	}
	out := &protocol.PublishDiagnosticsParams{URI: uri.URI(p.URI), Diagnostics: make([]protocol.Diagnostic, 0, len(p.Findings))}
	if p.HasVersion {
		out.Version = protocol.NewOptional(p.Version)
	}
	for _, f := range p.Findings {
		out.Diagnostics = append(out.Diagnostics, s.diagnostic(f))
	}
	return s.client.PublishDiagnostics(ctx, out)
}

func (s *server) diagnostic(f session.Finding) protocol.Diagnostic {
	d := protocol.Diagnostic{
		Range: between(f.Start, f.End), Severity: severity(f.Severity), Code: protocol.String(f.Code),
		Source: protocol.NewOptional("qbls"), Message: protocol.String(f.Message),
	}
	if page := s.config.HelpURL(string(f.Code)); page != "" {
		d.CodeDescription = protocol.CodeDescription{Href: uri.URI(page)}
	}
	for _, r := range f.Related {
		d.RelatedInformation = append(d.RelatedInformation, protocol.DiagnosticRelatedInformation{
			Location: protocol.Location{URI: uri.URI(r.URI), Range: between(r.Start, r.End)}, Message: r.Message,
		})
	}
	return d
}

func between(start, end text.Position) protocol.Range {
	return protocol.Range{Start: wire(start), End: wire(end)}
}

func severity(s diagnostics.Severity) protocol.DiagnosticSeverity {
	switch s {
	case diagnostics.Error:
		return protocol.DiagnosticSeverityError
	case diagnostics.Warning:
		return protocol.DiagnosticSeverityWarning
	}
	return protocol.DiagnosticSeverityInformation
}

// problems tells the user about files that nobody could read: a policy that was not read must not look like one that is not
// there.
func (s *server) problems(folder string, list []source.LoadError) {
	first, more := list[0], ""
	if len(list) > 1 {
		more = fmt.Sprintf(" (and %d more)", len(list)-1)
	}
	s.run(func(ctx context.Context) {
		s.show(ctx, protocol.MessageTypeWarning, "%s/%s could not be read: %s%s", folder, first.Path, first.Reason, more)
	})
}
