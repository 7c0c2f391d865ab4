package lsp

import (
	"context"

	"github.com/go-json-experiment/json"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/qbls/qbls/diagnostics/text"
	"github.com/qbls/qbls/lsp/session"
)

// Requests and notifications of our own; docs/editor-protocol.md is their reference.
const (
	MethodTree           = "qbls/tree"
	MethodMatrix         = "qbls/matrix"
	MethodPreview        = "qbls/preview"
	MethodPreviewChanged = "qbls/previewChanged"
	MethodStatus         = "qbls/status"
)

// custom answers a request that LSP does not know; false when we do not know it either.
func (s *server) custom(ctx context.Context, method string, params []byte) (any, bool, error) {
	var result any
	var err error
	switch method {
	case MethodSettled:
		result, err = s.settled(ctx)
	case MethodTree:
		result, err = answer(params, func(p ProjectParams) (any, error) { return s.tree(ctx, p) })
	case MethodMatrix:
		result, err = answer(params, func(p MatrixParams) (any, error) { return s.matrix(ctx, p) })
	case MethodPreview:
		result, err = answer(params, func(p PreviewParams) (any, error) { return s.preview(ctx, p) })
	case MethodStatus:
		result, err = answer(params, func(p ProjectParams) (any, error) { return s.status.ask(ctx, s, p) })
	default:
		return nil, false, nil
	}
	return result, true, err
}

// answer decodes parameters, which may be missing.
func answer[P any](params []byte, do func(P) (any, error)) (any, error) {
	var p P
	if len(params) > 0 {
		if err := json.Unmarshal(params, &p); err != nil {
			return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%v", err)
		}
	}
	return do(p)
}

// ProjectParams name a project by the URI of a file or folder of it; without one the first project is meant.
type ProjectParams struct {
	URI string `json:"uri,omitzero"`
}

// Place is a location that may be missing.
type Place struct {
	URI   uri.URI        `json:"uri"`
	Range protocol.Range `json:"range"`
}

// placeOf converts a place; nil for the zero Place and for files that are gone.
func placeOf(p session.Seen, at text.Place) *Place {
	if at.Path == "" {
		return nil
	}
	t, ok := p.At(at.Path)
	if !ok {
		return nil
	}
	return &Place{uri.URI(t.URI()), between(t.Range(at.Span))}
}

// noProject is the answer about a project that is not there.
func noProject(uri string) error {
	if uri == "" {
		return jsonrpc2.Errorf(jsonrpc2.InvalidParams, "no folder of the editor holds a quickback.config.ts")
	}
	return jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%s belongs to no project: no folder around it holds a quickback.config.ts", uri)
}
