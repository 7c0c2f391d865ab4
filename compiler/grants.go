package compiler

import (
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
