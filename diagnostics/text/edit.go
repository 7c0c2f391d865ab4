package text

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Apply returns s with the edits done. All spans are places in s. The edits may come in any order; of several insertions at
// one place the first given comes first, and an insertion comes before a replacement that starts there, as in LSP.
// It refuses edits that overlap or leave the text.
func Apply(s string, edits []Edit) (string, error) {
	sorted := slices.Clone(edits)
	slices.SortStableFunc(sorted, func(a, b Edit) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End))
	})
	var out strings.Builder
	done := 0
	for _, e := range sorted {
		start, end := int(e.Span.Start), int(e.Span.End)
		switch {
		case start < 0 || end < start || end > len(s):
			return "", fmt.Errorf("edit of bytes %d to %d leaves the text of %d bytes", start, end, len(s))
		case start < done:
			return "", fmt.Errorf("edit of bytes %d to %d overlaps one that ends at %d", start, end, done)
		}
		out.WriteString(s[done:start])
		out.WriteString(e.New)
		done = end
	}
	out.WriteString(s[done:])
	return out.String(), nil
}
