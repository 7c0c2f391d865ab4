package lsp

import (
	"context"
	"slices"
	"strconv"
	"sync"

	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/analysis/query"
	"github.com/qbls/qbls/diagnostics/text"
	"github.com/qbls/qbls/lsp/session"
)

// tokenTypes are the legend, in the order of query.TokenKind; an editor colours them without knowing qbls.
var tokenTypes = []string{"property", "enumMember", "function", "interface", "class", "operator", "variable"}

var tokenModifiers = []string{"declaration"}

func semanticTokens() *protocol.SemanticTokensOptions {
	yes := true
	return &protocol.SemanticTokensOptions{
		Legend: protocol.SemanticTokensLegend{TokenTypes: tokenTypes, TokenModifiers: tokenModifiers},
		Range:  protocol.Boolean(true), Full: &protocol.SemanticTokensFullDelta{Delta: &yes},
	}
}

// tokens remembers what a client was last sent of each file, so that the next answer is only the difference.
type tokens struct {
	mu    sync.Mutex
	count int
	last  map[string]sentTokens // by URI
}

type sentTokens struct {
	id   string
	data []uint32
}

// SemanticTokensFull are the tokens of a file.
func (s *server) SemanticTokensFull(ctx context.Context, p *protocol.SemanticTokensParams) (*protocol.SemanticTokens, error) {
	t, ok := view(ctx).Find(string(p.TextDocument.URI))
	if !ok {
		return &protocol.SemanticTokens{Data: []uint32{}}, nil
	}
	data := encodeTokens(t, query.Tokens(t.Snapshot, t.Path, text.Span{End: int32(len(t.File.Text))}))
	id, _ := s.tokens.remember(t.URI(), "", data)
	return &protocol.SemanticTokens{ResultID: &id, Data: data}, ctx.Err()
}

// SemanticTokensRange are the tokens of a part of a file.
func (s *server) SemanticTokensRange(ctx context.Context, p *protocol.SemanticTokensRangeParams) (*protocol.SemanticTokens, error) {
	t, ok := view(ctx).Find(string(p.TextDocument.URI))
	if !ok {
		return &protocol.SemanticTokens{Data: []uint32{}}, nil
	}
	return &protocol.SemanticTokens{Data: encodeTokens(t, query.Tokens(t.Snapshot, t.Path, t.Span(place(p.Range))))}, ctx.Err()
}

// SemanticTokensFullDelta is what changed since an earlier answer, or everything when that is forgotten.
func (s *server) SemanticTokensFullDelta(ctx context.Context, p *protocol.SemanticTokensDeltaParams) (protocol.SemanticTokensDeltaResult, error) {
	t, ok := view(ctx).Find(string(p.TextDocument.URI))
	if !ok {
		return &protocol.SemanticTokens{Data: []uint32{}}, nil
	}
	data := encodeTokens(t, query.Tokens(t.Snapshot, t.Path, text.Span{End: int32(len(t.File.Text))}))
	id, before := s.tokens.remember(t.URI(), p.PreviousResultID, data)
	if before == nil {
		return &protocol.SemanticTokens{ResultID: &id, Data: data}, ctx.Err()
	}
	return &protocol.SemanticTokensDelta{ResultID: &id, Edits: difference(before, data)}, ctx.Err()
}

// remember keeps what is sent now and returns its id, and what was sent under an earlier id; nil when that is not known.
func (k *tokens) remember(uri, previous string, data []uint32) (id string, before []uint32) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if last, ok := k.last[uri]; ok && previous != "" && last.id == previous {
		before = last.data
	}
	if k.last == nil {
		k.last = map[string]sentTokens{}
	}
	k.count++
	id = strconv.Itoa(k.count)
	k.last[uri] = sentTokens{id, data}
	return id, before
}

// forget drops what was sent of a file that is closed.
func (k *tokens) forget(uri string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.last, uri)
}

// encodeTokens writes tokens as differences (LSP 3.17, "Semantic Tokens"). One that goes over a line end is left out: no client has to
// take it.
func encodeTokens(t session.Target, list []query.Token) []uint32 {
	out := make([]uint32, 0, 5*len(list))
	var last text.Position
	for _, k := range list {
		start, end := t.Range(k.Span)
		if start.Line != end.Line {
			continue
		}
		character := start.Character
		if start.Line == last.Line {
			character -= last.Character
		}
		modifiers := uint32(0)
		if k.Def {
			modifiers = 1
		}
		out = append(out, start.Line-last.Line, character, end.Character-start.Character, uint32(k.Kind), modifiers)
		last = start
	}
	return out
}

// difference is the one edit that turns old data into new: what lies between the common beginning and the common end, in whole tokens.
func difference(before, after []uint32) []protocol.SemanticTokensEdit {
	head := 0
	for head+5 <= len(before) && head+5 <= len(after) && slices.Equal(before[head:head+5], after[head:head+5]) {
		head += 5
	}
	tail := 0
	for tail+5 <= len(before)-head && tail+5 <= len(after)-head &&
		slices.Equal(before[len(before)-tail-5:len(before)-tail], after[len(after)-tail-5:len(after)-tail]) {
		tail += 5
	}
	if head+tail == len(before) && len(before) == len(after) {
		return []protocol.SemanticTokensEdit{}
	}
	return []protocol.SemanticTokensEdit{{Start: uint32(head), DeleteCount: uint32(len(before) - head - tail), Data: after[head : len(after)-tail]}}
}
