package syntax

import (
	"cmp"
	"slices"

	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// settle puts the diagnostics in order, and leaves one syntax error a line: what follows it on the line is nearly always the
// same mistake. A missing quote explains the most, so it comes before what it leads to.
func settle(f *text.File, list []diagnostics.Diagnostic) []diagnostics.Diagnostic {
	if len(list) == 0 {
		return nil
	}
	list = slices.DeleteFunc(list, func(d diagnostics.Diagnostic) bool { return d.Rule == nil })
	slices.SortStableFunc(list, func(a, b diagnostics.Diagnostic) int {
		return cmp.Or(cmp.Compare(a.At.Span.Start, b.At.Span.Start), cmp.Compare(a.At.Span.End, b.At.Span.End))
	})
	line := func(d diagnostics.Diagnostic) uint32 { return f.Position(int(d.At.Span.Start), text.UTF8).Line }
	said := map[uint32]*diagnostics.Rule{}
	for _, d := range list {
		if rule := said[line(d)]; d.Rule == Unclosed || d.Rule == Unexpected && rule == nil {
			said[line(d)] = d.Rule
		}
	}
	return slices.DeleteFunc(list, func(d diagnostics.Diagnostic) bool {
		if d.Rule == DuplicateKey {
			return false
		}
		rule, ok := said[line(d)]
		if !ok || rule != d.Rule {
			return true
		}
		delete(said, line(d))
		return false
	})
}

// forgive takes back the diagnostic about the first closing bracket of a kind behind an offset that closes nothing: what it
// would have closed was just reported as missing.
func (p *parser) forgive(bracket byte, behind int32) {
	for k, i := range p.strays {
		if d := p.tree.diagnostics[i]; d.At.Span.Start >= behind && p.src[d.At.Span.Start] == bracket {
			p.tree.diagnostics[i].Rule = nil
			p.strays = slices.Delete(p.strays, k, k+1)
			return
		}
	}
}
