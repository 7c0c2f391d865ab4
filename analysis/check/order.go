package check

import (
	"cmp"
	"strings"
)

// compareFacts orders facts so that the same project always says the same, in the same order.
func compareFacts(a, b Fact) int {
	return cmp.Or(strings.Compare(string(a.At.Path), string(b.At.Path)), cmp.Compare(a.At.Span.Start, b.At.Span.Start),
		strings.Compare(string(a.From), string(b.From)), strings.Compare(a.Value, b.Value))
}
