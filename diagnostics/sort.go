package diagnostics

import (
	"cmp"
	"slices"
)

// Sort puts diagnostics in the order in which a person reads them: by file, start, end, code and message. Findings that are
// equal in all of these keep their order.
func Sort(ds []Diagnostic) {
	slices.SortStableFunc(ds, Compare)
}

// Compare orders two diagnostics as Sort does.
func Compare(a, b Diagnostic) int {
	return cmp.Or(
		cmp.Compare(a.At.Path, b.At.Path),
		cmp.Compare(a.At.Span.Start, b.At.Span.Start),
		cmp.Compare(a.At.Span.End, b.At.Span.End),
		cmp.Compare(a.code(), b.code()),
		cmp.Compare(a.Message, b.Message),
	)
}

func (d Diagnostic) code() Code {
	if d.Rule == nil {
		return ""
	}
	return d.Rule.Code
}
