package query

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/names"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// spellings finds where a project names its things: in the strings of definitions, and in code.
type spellings struct {
	s       *analysis.Snapshot
	root    text.Path
	project *model.Project
	index   *names.Index
	code    names.Resolver
}

func spellingsOf(s *analysis.Snapshot, path text.Path) (*spellings, bool) {
	root, ok := s.ProjectOf(path)
	if !ok || s.Project(root) == nil {
		return nil, false
	}
	p := s.Project(root)
	return &spellings{s, root, p, s.Names(root), names.Resolver{Project: p, Code: s.Code, Own: s.ResourceOf}}, true
}

// in lists what a file names, by place; a place that both a definition and code name is taken as code, which says more.
func (x *spellings) in(path text.Path) []names.Occurrence {
	code := x.code.Occurrences(path)
	out := slices.Clone(code)
	for _, o := range x.index.In(path) {
		if !slices.ContainsFunc(code, func(c names.Occurrence) bool { return c.At == o.At && c.Symbol == o.Symbol && !o.Def }) {
			out = append(out, o)
		}
	}
	slices.SortStableFunc(out, func(a, b names.Occurrence) int { return int(a.At.Span.Start - b.At.Span.Start) })
	return slices.DeleteFunc(out, func(o names.Occurrence) bool { // () => teams.id, in which code names the table
		return o.Symbol.Kind == names.Table && !o.Code && slices.ContainsFunc(code, func(c names.Occurrence) bool {
			return c.Symbol == o.Symbol && c.At != o.At && o.At.Span.Covers(c.At.Span)
		})
	})
}

// at is what the name at an offset stands for; what a definition says comes before code.
func (x *spellings) at(path text.Path, offset int) (names.Occurrence, bool) {
	if o, ok := x.index.At(path, offset); ok && (o.Symbol.Kind != names.Table || o.Def) {
		return o, true
	}
	var best names.Occurrence
	found := false
	for _, o := range x.code.Occurrences(path) {
		if contains(o.At.Span, offset) && (!found || o.At.Span.Len() < best.At.Span.Len()) {
			best, found = o, true
		}
	}
	if found {
		return best, true
	}
	return x.index.At(path, offset)
}

// all lists every place that names a thing: declarations first, then by file and place.
func (x *spellings) all(sym names.Symbol) []names.Occurrence {
	var out []names.Occurrence
	for _, path := range x.s.Texts(x.root) {
		inStrings := slices.ContainsFunc(x.index.In(path), func(o names.Occurrence) bool { return o.Symbol == sym })
		if !inStrings && !x.mayName(path, sym) {
			continue
		}
		for _, o := range x.in(path) {
			if o.Symbol == sym {
				out = append(out, o)
			}
		}
	}
	if sym.Kind == names.State {
		out = append(out, x.listed(sym)...)
	}
	slices.SortStableFunc(out, func(a, b names.Occurrence) int {
		switch {
		case a.Def == b.Def:
			return 0
		case a.Def:
			return -1
		}
		return 1
	})
	return out
}

// mayName says whether the code of a file can name a thing: it spells it, and its files or imports lead to the thing's table.
func (x *spellings) mayName(path text.Path, sym names.Symbol) bool {
	file, d := x.s.File(path), x.s.Definition(path)
	if file == nil || d == nil {
		return false
	}
	owner, word := sym.Owner, sym.Name
	switch sym.Kind {
	case names.Role:
		return sym.Owner == "" && strings.Contains(file.Text, word)
	case names.Table:
		owner = sym.Name
		if r := x.project.Resource(model.ID(owner)); r != nil {
			word = r.Binding
		}
	case names.State:
		owner, _, _ = strings.Cut(sym.Owner, ".")
	case names.Column:
	default:
		return false
	}
	r := x.project.Resource(model.ID(owner))
	if r == nil || !strings.Contains(file.Text, word) {
		return false
	}
	for _, f := range r.Files() {
		if f.Path == path {
			return true
		}
	}
	for _, im := range d.Imports {
		if im.Target == r.TableFile {
			return true
		}
		if other := x.s.Definition(im.Target); other != nil && len(other.ReExports) > 0 {
			return true
		}
	}
	return strings.Contains(file.Text, ".query")
}

// listed finds a state in the lists of states that the code around its table has: z.enum(['open', 'done']), or the constant that
// orders them. A list is one of states when it has two or more elements, all of them values of the column and not of another one, and
// when nothing else is said of it.
func (x *spellings) listed(sym names.Symbol) (out []names.Occurrence) {
	owner, column, _ := strings.Cut(sym.Owner, ".")
	r := x.project.Resource(model.ID(owner))
	if r == nil || r.Table == nil || r.Table.Column(column) == nil {
		return nil
	}
	values := r.Table.Column(column).Enum
	for _, f := range r.Files() {
		content := x.s.File(f.Path).Text
		if !strings.Contains(content, sym.Name) {
			continue
		}
		known, others := x.in(f.Path), x.otherEnums(r, column, f.Path)
		toks := syntax.Tokens(content)
		inner := func(i int) text.Span { return text.Span{Start: toks[i].Span.Start + 1, End: toks[i].Span.End - 1} }
		for i, t := range toks {
			if t.Kind != syntax.MarkToken || content[t.Span.Start] != '[' || t.Close >= len(toks) {
				continue
			}
			var at []text.Span
			var list []string
			all := true
			for k := i + 1; k < t.Close && all; k++ {
				isString := toks[k].Kind == syntax.StringToken
				if all = isString || toks[k].Kind == syntax.MarkToken && content[toks[k].Span.Start] == ','; isString && all {
					value := content[inner(k).Start:inner(k).End]
					all = slices.Contains(values, value)
					at, list = append(at, inner(k)), append(list, value)
				}
			}
			either := func(enum []string) bool {
				return !slices.ContainsFunc(list, func(v string) bool { return !slices.Contains(enum, v) })
			}
			if !all || len(at) < 2 || slices.ContainsFunc(others, either) {
				continue
			}
			for _, span := range at {
				place := text.Place{Path: f.Path, Span: span}
				if content[span.Start:span.End] == sym.Name && !slices.ContainsFunc(known, func(o names.Occurrence) bool { return o.Symbol.Kind != names.Table && o.At.Span.Covers(span) }) {
					out = append(out, names.Occurrence{Symbol: sym, At: place, Code: true})
				}
			}
		}
	}
	return out
}

// otherEnums are the values of the other enum columns that a file of a resource has to do with: its own, and those of the tables that the
// file imports.
func (x *spellings) otherEnums(r *model.Resource, column string, path text.Path) (out [][]string) {
	d := x.s.Definition(path)
	for _, other := range x.project.Resources {
		imported := d != nil && slices.ContainsFunc(d.Imports, func(im definition.Import) bool { return im.Target != "" && im.Target == other.TableFile })
		if other.Table == nil || other != r && other.TableFile != path && !imported {
			continue
		}
		for _, c := range other.Table.Columns {
			if len(c.Enum) > 0 && (other != r || c.Key != column) {
				out = append(out, c.Enum)
			}
		}
	}
	return out
}
