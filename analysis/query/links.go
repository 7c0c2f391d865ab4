package query

import (
	"regexp"
	"slices"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/names"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// Link is text that leads elsewhere: to a file of the project, or to the page of a rule.
type Link struct {
	Span    text.Span
	Target  text.Place // a file, when Code is ""
	Code    string     // a rule
	Tooltip string
}

var codeInComment = regexp.MustCompile(`\bQB\d{4}\b`)

// Links are the links of a file: the modules that handlers and imports name, the tables that references name, and the rules that
// comments speak of.
func Links(s *analysis.Snapshot, path text.Path) []Link {
	file, t := s.File(path), s.Tree(path)
	if file == nil || t == nil {
		return nil
	}
	var out []Link
	d := s.Definition(path)
	if d != nil {
		out = append(handlerLinks(s, path, d), tablesNamed(s, path)...)
		seen := map[text.Span]bool{}
		for _, im := range d.Imports {
			at := d.Place(im.ModuleAt)
			if im.Target != "" && at.Path == path && !seen[at.Span] {
				seen[at.Span] = true
				out = append(out, Link{Span: at.Span, Target: text.Place{Path: im.Target}, Tooltip: string(im.Target)})
			}
		}
	}
	for _, comment := range syntax.Comments(file.Text) {
		for _, m := range codeInComment.FindAllStringIndex(file.Slice(comment), -1) {
			from := comment.Start + int32(m[0])
			code := file.Text[from : from+6]
			out = append(out, Link{Span: text.Span{Start: from, End: from + 6}, Code: code, Tooltip: "what " + code + " means"})
		}
	}
	slices.SortStableFunc(out, func(a, b Link) int { return int(a.Span.Start) - int(b.Span.Start) })
	return out
}

// handlerLinks lead to the modules of handlers that are there.
func handlerLinks(s *analysis.Snapshot, path text.Path, d *definition.File) []Link {
	r := s.ResourceOf(path)
	if r == nil {
		return nil
	}
	var out []Link
	for _, a := range r.Actions {
		if a.File == nil || a.File.Path != path || a.Source == nil || a.Handler == nil {
			continue
		}
		if at := d.Place(a.Source.Handler.At); at.Path == path {
			out = append(out, Link{Span: at.Span, Target: text.Place{Path: a.Handler.Path}, Tooltip: string(a.Handler.Path)})
		}
	}
	return out
}

// tablesNamed link the strings that name tables.
func tablesNamed(s *analysis.Snapshot, path text.Path) []Link {
	root, ok := s.ProjectOf(path)
	if !ok {
		return nil
	}
	var out []Link
	index := s.Names(root)
	for _, o := range index.In(path) {
		if o.Symbol.Kind != names.Table || o.Def || !quoted(s.File(path), o.At.Span) {
			continue
		}
		r := s.Project(root).Resource(model.ID(o.Symbol.Name))
		if r == nil || r.Origin() == nil || r.Table.Source == nil {
			continue
		}
		out = append(out, Link{Span: o.At.Span, Target: r.Origin().Place(r.Table.Source.At), Tooltip: string(r.ID)})
	}
	return out
}

// quoted says whether a span is the contents of a string.
func quoted(f *text.File, s text.Span) bool {
	if s.Start < 1 || int(s.End) >= len(f.Text) {
		return false
	}
	q := f.Text[s.Start-1]
	return (q == '\'' || q == '"' || q == '`') && f.Text[s.End] == q
}
