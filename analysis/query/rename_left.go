package query

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/names"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// left are the strings that spell the old name of a state and were not changed, in the files that have to do with its table: what an input
// accepts, a label, SQL as text. Whether they mean the state is not certain. What is certainly something else, such as the value of another
// column, is not among them.
func (r *renaming) left(changed Change) (out []text.Place) {
	if r.symbol.Kind != names.State {
		return nil
	}
	for _, p := range r.s.Texts(r.root) {
		file := r.s.File(p)
		if !strings.Contains(file.Text, r.old) || !r.mayName(p, r.symbol) {
			continue
		}
		means := r.in(p)
		for _, span := range spelt(file.Text, r.old) {
			done := slices.ContainsFunc(changed[p], func(e text.Edit) bool { return e.Span.Start < span.End && span.Start < e.Span.End })
			other := slices.ContainsFunc(means, func(o names.Occurrence) bool {
				return o.At.Span.Start <= span.Start && span.End <= o.At.Span.End && o.Symbol.Kind != names.Table
			})
			if !done && !other {
				out = append(out, text.Place{Path: p, Span: span})
			}
		}
	}
	return out
}

// spelt finds the strings of a text that are a word, and the word in quotes inside of templates, where SQL has its strings.
func spelt(content, word string) (out []text.Span) {
	for _, t := range syntax.Tokens(content) {
		src := content[t.Span.Start:t.Span.End]
		switch {
		case len(src) < 2:
		case t.Kind == syntax.StringToken && src[1:len(src)-1] == word:
			out = append(out, text.Span{Start: t.Span.Start + 1, End: t.Span.End - 1})
		case strings.ContainsRune(src, '`') || src[0] == '}':
			for from := 0; ; {
				i := strings.Index(src[from:], "'"+word+"'")
				if i < 0 {
					break
				}
				start := t.Span.Start + int32(from+i) + 1
				out = append(out, text.Span{Start: start, End: start + int32(len(word))})
				from += i + len(word) + 2
			}
		}
	}
	return out
}
