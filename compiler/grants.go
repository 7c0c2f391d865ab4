package compiler

import (
	"context"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/grant"
	"github.com/qbls/qbls/diagnostics/text"
)

// Grants lists what a project of a snapshot grants; nil when there is no project at the root.
func Grants(s *analysis.Snapshot, root text.Path) *grant.List {
	p := s.Project(root)
	if p == nil {
		return nil
	}
	return grant.Of(p, places{s})
}

// places reads the definitions of a snapshot.
type places struct{ s *analysis.Snapshot }

func (p places) Place(at text.Place) grant.Place {
	file := p.s.File(at.Path)
	if file == nil {
		return grant.Place{}
	}
	pos := file.Position(int(at.Span.Start), text.UTF8)
	return grant.Place{File: string(at.Path), Line: int(pos.Line) + 1, Column: int(pos.Character) + 1}
}

func (p places) Text(at text.Place) string {
	file := p.s.File(at.Path)
	if file == nil {
		return ""
	}
	return file.Slice(at.Span)
}

// grants lists what the project grants, joined of what is kept of each resource.
func (b *build) grants(ctx context.Context) (*grant.List, error) {
	everybody := grant.Everybody(b.p)
	var parts []*grant.Part
	for _, r := range b.p.Resources {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		k, refused := b.resource(r)
		if refused != nil {
			return Grants(b.s, b.p.Root), nil
		}
		part, err := b.memory.grants(k, func() (*grant.Part, error) { return grant.PartOf(b.p, r, everybody, places{b.s}) })
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	if list, ok := grant.Join(everybody, parts); ok {
		return list, nil
	}
	return Grants(b.s, b.p.Root), nil
}

// grants returns what a resource grants, made once. What it is made of is the resource with its places, and the roles, which its key has.
func (m *memory) grants(k *kept, make func() (*grant.Part, error)) (*grant.Part, error) {
	m.mu.Lock()
	known := k.granted
	m.mu.Unlock()
	if known != nil {
		return known, nil
	}
	made, err := make()
	m.mu.Lock()
	defer m.mu.Unlock()
	k.granted = made
	return made, err
}
