package query

import (
	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/diagnostics/text"
)

// Highlight is one place of a file that names the asked thing. Write: it is declared, or given a value.
type Highlight struct {
	Span  text.Span
	Write bool
}

// Highlights lists where a file names what stands at a byte offset of it, in strings and in code.
func Highlights(s *analysis.Snapshot, path text.Path, offset int) []Highlight {
	x, ok := spellingsOf(s, path)
	if !ok {
		return nil
	}
	asked, ok := x.at(path, offset)
	if !ok {
		return nil
	}
	var out []Highlight
	for _, o := range x.in(path) {
		if o.Symbol == asked.Symbol {
			out = append(out, Highlight{o.At.Span, o.Def || o.Write})
		}
	}
	return out
}
