package lsp

import (
	"slices"

	"go.lsp.dev/protocol"
)

// Codec marshals with the protocol's union types.
type Codec struct{}

// Marshal is v as JSON.
func (Codec) Marshal(v any) ([]byte, error) { return protocol.Marshal(v) }

// Unmarshal reads JSON into v, which keeps nothing of b: the connection uses b again for the next message. The library copies
// b for its own types, but what it decodes into a slice of them ([]CommandOrCodeAction, []LSPAny) still points into b.
func (Codec) Unmarshal(b []byte, v any) error { return protocol.Unmarshal(slices.Clone(b), v) }
