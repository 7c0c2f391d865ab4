package syntax

import "github.com/qbls/qbls/diagnostics/text"

// Comments returns the spans of the comments of a text, in order, with their marks: `// …` without its line break, and
// `/* … */`. What only looks like a comment inside of a string, a template or a regular expression is none. A block comment
// without its end is left out: what it covers is not certain.
func Comments(src string) []text.Span {
	l := newLexer(src, 0, len(src), nil)
	l.keep = true
	l.run(0)
	return l.kept
}
