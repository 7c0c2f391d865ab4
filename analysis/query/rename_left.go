package query

import (
	"cmp"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/names"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// left are the places that spell the old name of a state or a role and were not changed: what an input accepts, a label, SQL as text, the
// key of a map by state. Whether they mean the state is not certain. What is certainly something else, such as the value of another
// column, is not among them. A state is looked for in the files that have to do with its table, a role everywhere.
func (r *renaming) left(changed Change) (out []text.Place) {
	if r.symbol.Kind != names.State && r.symbol.Kind != names.Role {
		return nil
	}
	around := r.around()
	var members []text.Place
	keyed := false
	for _, p := range r.s.Texts(r.root) {
		file := r.s.File(p)
		if !strings.Contains(file.Text, r.old) || r.symbol.Kind == names.State && !around[p] && !r.mayName(p, r.symbol) {
			continue
		}
		means := r.in(p)
		settled := func(span text.Span) bool {
			return slices.ContainsFunc(changed[p], func(e text.Edit) bool { return e.Span.Start < span.End && span.Start < e.Span.End }) ||
				slices.ContainsFunc(means, func(o names.Occurrence) bool {
					return o.At.Span.Start <= span.Start && span.End <= o.At.Span.End && o.Symbol.Kind != names.Table
				})
		}
		for _, w := range spelt(file.Text, r.old) {
			switch place := (text.Place{Path: p, Span: w.span}); {
			case settled(w.span):
			case w.as == asMember:
				members = append(members, place)
			default:
				out = append(out, place)
				keyed = keyed || w.as == asKey
			}
		}
	}
	if keyed { // what is looked up in a map whose key stays; without one .open is a method of something
		out = append(out, members...)
		slices.SortFunc(out, func(a, b text.Place) int {
			return cmp.Or(strings.Compare(string(a.Path), string(b.Path)), cmp.Compare(a.Span.Start, b.Span.Start))
		})
	}
	return out
}

// around are the files that the table's files import, where maps and lists by state are kept.
func (r *renaming) around() map[text.Path]bool {
	out := map[text.Path]bool{}
	if r.resource == nil {
		return out
	}
	for _, f := range r.resource.Files() {
		for _, im := range f.Imports {
			if im.Target != "" && !r.definesTable(im.Target) {
				out[im.Target] = true
			}
		}
	}
	return out
}

func (r *renaming) definesTable(p text.Path) bool {
	return slices.ContainsFunc(r.project.Resources, func(other *model.Resource) bool { return other.TableFile == p || other.File == p })
}

// spelling is a place that spells a word.
type spelling struct {
	span text.Span // without quotes
	as   spellingKind
}

type spellingKind uint8

const (
	asString spellingKind = iota
	asKey                 // of an object or of its type
	asMember              // map.open
)

// spelt finds the strings of a text that are a word, the word in quotes inside of templates, where SQL has its strings, and the word as a
// key and as a member.
func spelt(content, word string) (out []spelling) {
	toks := syntax.Tokens(content)
	src := func(i int) string {
		if i < 0 || i >= len(toks) {
			return ""
		}
		return content[toks[i].Span.Start:toks[i].Span.End]
	}
	for i, t := range toks {
		switch s := src(i); {
		case t.Kind == syntax.WordToken && s == word:
			if before := src(i - 1); before == "." || before == "?." {
				out = append(out, spelling{t.Span, asMember})
			} else if next := src(i + 1); (next == ":" || next == "?" && src(i+2) == ":") && before != "?" && before != "case" {
				out = append(out, spelling{t.Span, asKey})
			}
		case len(s) < 2:
		case t.Kind == syntax.StringToken && s[1:len(s)-1] == word:
			as := asString
			if src(i+1) == ":" && (src(i-1) == "{" || src(i-1) == ",") {
				as = asKey
			}
			out = append(out, spelling{text.Span{Start: t.Span.Start + 1, End: t.Span.End - 1}, as})
		case strings.ContainsRune(s, '`') || s[0] == '}':
			for from := 0; ; {
				j := strings.Index(s[from:], "'"+word+"'")
				if j < 0 {
					break
				}
				start := t.Span.Start + int32(from+j) + 1
				out = append(out, spelling{text.Span{Start: start, End: start + int32(len(word))}, asString})
				from += j + len(word) + 2
			}
		}
	}
	return out
}
