package lsp

import (
	"context"

	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/analysis/query"
)

// CodeLens says above a policy and its actions what they come to. Choosing one runs a command; the client has those that the server
// does not answer itself (docs/editor-protocol.md).
func (s *server) CodeLens(ctx context.Context, p *protocol.CodeLensParams) ([]protocol.CodeLens, error) {
	out := []protocol.CodeLens{}
	t, ok := view(ctx).Find(string(p.TextDocument.URI))
	if !ok {
		return out, nil
	}
	for _, l := range query.Lenses(t.Snapshot, t.Path) {
		argument, err := protocol.Marshal(commandArgument{URI: t.URI(), Resource: string(l.Resource), Kind: previewOfLens[l.Kind]})
		if err != nil {
			return nil, err
		}
		out = append(out, protocol.CodeLens{
			Range:   between(t.Range(l.Span)),
			Command: protocol.Command{Title: l.Title, Command: commandOfLens[l.Kind], Arguments: []protocol.LSPAny{argument}},
		})
	}
	return out, ctx.Err()
}

var commandOfLens = map[query.LensKind]string{
	query.EndpointsLens: commandShowPreview, query.WhoLens: commandShowMatrix, query.GeneratedLens: commandShowGenerated, query.RunLens: commandRunDev,
}

var previewOfLens = map[query.LensKind]string{query.EndpointsLens: "routes"}

// Commands that lenses name and the client has: it asks the server for the data and shows it.
const (
	commandShowPreview   = "qbls.showPreview"
	commandShowMatrix    = "qbls.showMatrix"
	commandShowGenerated = "qbls.showGenerated"
	commandRunDev        = "qbls.dev"
)

// commandArgument is the one argument of commands: a file of the project, and what of it is meant.
type commandArgument struct {
	URI      string `json:"uri,omitzero"`      // of any file or folder of the project
	Resource string `json:"resource,omitzero"` // "feature/file"
	Kind     string `json:"kind,omitzero"`     // of a preview
	Code     string `json:"code,omitzero"`     // of a rule
}
