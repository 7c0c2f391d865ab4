package query

import (
	"slices"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// FoldKind says what folds away.
type FoldKind string

// The kinds of folds, by the names that editors use.
const (
	CodeFold    FoldKind = ""
	CommentFold FoldKind = "comment"
	ImportsFold FoldKind = "imports"
)

// Fold is a part of a text that can be hidden; its first and last character stay to be seen.
type Fold struct {
	Span text.Span
	Kind FoldKind
}

// Folds are the parts of a file that cover more than one line: objects, lists, arguments, bodies, comments, and the imports together.
// They are in the order of the text, of several that begin on one line only the longest.
func Folds(s *analysis.Snapshot, path text.Path) []Fold {
	file, t := s.File(path), s.Tree(path)
	if file == nil || t == nil {
		return nil
	}
	var all []Fold
	imports := text.Span{Start: -1}
	for n := range t.Root().Descendants() {
		switch n.Kind() {
		case syntax.Object, syntax.Array, syntax.Enum, syntax.Template, syntax.Class:
			all = append(all, Fold{n.Span(), CodeFold})
		case syntax.Call:
			all = append(all, Fold{n.Arguments(), CodeFold})
		case syntax.Lambda, syntax.Func:
			all = append(all, Fold{n.Body(), CodeFold})
		case syntax.Import:
			if imports.Start < 0 {
				imports.Start = n.Span().Start
			}
			imports.End = n.Span().End
		}
	}
	if imports.Start >= 0 {
		all = append(all, Fold{imports, ImportsFold})
	}
	for _, c := range comments(file) {
		all = append(all, Fold{c, CommentFold})
	}
	slices.SortStableFunc(all, func(a, b Fold) int {
		if a.Span.Start != b.Span.Start {
			return int(a.Span.Start) - int(b.Span.Start)
		}
		return int(b.Span.End) - int(a.Span.End)
	})
	var out []Fold
	for _, f := range all {
		from, to := line(file, f.Span.Start), line(file, f.Span.End)
		if from == to {
			continue
		}
		if n := len(out); n > 0 && line(file, out[n-1].Span.Start) == from {
			if to > line(file, out[n-1].Span.End) {
				out[n-1] = f
			}
			continue
		}
		out = append(out, f)
	}
	return out
}

// comments are the comments of a text; line comments on lines that follow each other are one.
func comments(f *text.File) []text.Span {
	var out []text.Span
	for _, c := range syntax.Comments(f.Text) {
		n := len(out)
		if n > 0 && f.Text[c.Start+1] == '/' && f.Text[out[n-1].Start+1] == '/' && line(f, out[n-1].End)+1 == line(f, c.Start) {
			out[n-1].End = c.End
			continue
		}
		out = append(out, c)
	}
	return out
}

func line(f *text.File, offset int32) int { return int(f.Position(int(offset), text.UTF8).Line) }

// Selections are the spans around a byte offset, the innermost first; each lies in the next.
func Selections(s *analysis.Snapshot, path text.Path, offset int) []text.Span {
	file, t := s.File(path), s.Tree(path)
	if file == nil || t == nil {
		return nil
	}
	var out []text.Span
	add := func(span text.Span) {
		if n := len(out); span.Contains(offset) && span.Len() > 0 && (n == 0 || span.Covers(out[n-1]) && span != out[n-1]) {
			out = append(out, span)
		}
	}
	cursor := t.At(offset)
	add(cursor.Replace)
	for n := cursor.Node; n.Valid(); n = n.Parent() {
		switch n.Kind() {
		case syntax.Property:
			add(n.NameSpan())
		case syntax.Object, syntax.Array:
			if s := n.Span(); s.Len() > 2 {
				add(text.Span{Start: s.Start + 1, End: s.End - 1})
			}
		case syntax.Call:
			add(n.Arguments())
		case syntax.Lambda, syntax.Func:
			add(n.Body())
		}
		add(n.Span())
	}
	add(text.Span{End: int32(len(file.Text))})
	return out
}
