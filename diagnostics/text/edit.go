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

// Minimal returns the smallest single edit that makes before into after, none when they are equal. It splits no character.
func Minimal(before, after string) []Edit {
	if before == after {
		return nil
	}
	start, limit := 0, min(len(before), len(after))
	for start < limit && before[start] == after[start] {
		start++
	}
	start = min(floor(before, start), floor(after, start))
	tail := 0
	for tail < limit-start && before[len(before)-1-tail] == after[len(after)-1-tail] {
		tail++
	}
	for tail > 0 && (floor(before, len(before)-tail) != len(before)-tail || floor(after, len(after)-tail) != len(after)-tail) {
		tail--
	}
	return []Edit{{Span{int32(start), int32(len(before) - tail)}, after[start : len(after)-tail]}}
}
