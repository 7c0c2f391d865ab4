package check

import (
	"cmp"
	"strings"
)

// compareFacts orders the facts of one rule and one resource: by key, and so that the same project always says the same, in the
// same order.
func compareFacts(a, b Fact) int {
	if order := strings.Compare(a.Key, b.Key); order != 0 {
		return order
	}
	return cmp.Or(strings.Compare(string(a.At.Path), string(b.At.Path)), cmp.Compare(a.At.Span.Start, b.At.Span.Start),
		strings.Compare(string(a.From), string(b.From)), strings.Compare(a.Value, b.Value))
}
