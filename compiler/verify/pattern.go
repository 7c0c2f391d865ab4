package verify

import (
	"regexp/syntax"
	"strings"
)

// matching writes a text that a pattern of a validation matches, if the pattern stays within what Go and JavaScript read alike. next(n)
// chooses among n.
func matching(pattern string, next func(n int) int) string {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return ""
	}
	var b strings.Builder
	write(&b, tree.Simplify(), next)
	return b.String()
}

func write(b *strings.Builder, n *syntax.Regexp, next func(n int) int) {
	switch n.Op {
	case syntax.OpLiteral:
		b.WriteString(string(n.Rune))
	case syntax.OpCharClass:
		b.WriteRune(oneOf(n.Rune, next))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteRune(rune('a' + next(26)))
	case syntax.OpAlternate:
		write(b, n.Sub[next(len(n.Sub))], next)
	case syntax.OpConcat, syntax.OpCapture, syntax.OpPlus:
		for _, sub := range n.Sub {
			write(b, sub, next)
		}
	case syntax.OpRepeat:
		for range n.Min {
			write(b, n.Sub[0], next)
		}
	}
}

// oneOf takes a rune of a class, a printable one of ASCII where it has any.
func oneOf(ranges []rune, next func(n int) int) rune {
	var usual []rune
	for i := 0; i+1 < len(ranges); i += 2 {
		for r := max(ranges[i], '0'); r <= min(ranges[i+1], 'z'); r++ {
			usual = append(usual, r)
		}
	}
	if len(usual) == 0 {
		return ranges[0]
	}
	return usual[next(len(usual))]
}
