package check

import (
	"slices"
	"strings"
)

// Slip says whether one word is the other with a slip of the finger: case or separators, or one letter missing, added, wrong
// or swapped. Short words are different words: "admin" and "admit" are a slip, "dev" and "dea" are not.
func Slip(a, b string) bool {
	plain := strings.NewReplacer("-", "", "_", "", " ", "")
	x, y := []rune(strings.ToLower(plain.Replace(a))), []rune(strings.ToLower(plain.Replace(b)))
	if slices.Equal(x, y) {
		return true
	}
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) < 4 || len(y)-len(x) > 1 {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	if len(x) < len(y) {
		return slices.Equal(x[i:], y[i+1:])
	}
	if slices.Equal(x[i+1:], y[i+1:]) {
		return true
	}
	return i+1 < len(x) && x[i] == y[i+1] && x[i+1] == y[i] && slices.Equal(x[i+2:], y[i+2:])
}
