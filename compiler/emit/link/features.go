package link

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/compiler/runtime"
)

// words are the names by which code calls on what the library has for handlers: where one stands in a module, in whatever sense, its feature is
// there. What is left out refuses.
var words = map[string]runtime.Features{}

// ofHandlers are all features of words.
var ofHandlers = func() (all runtime.Features) {
	for _, f := range words {
		all |= f
	}
	return all
}()

// featuresIn says what the code of a module may use of the library. Of code that comes from a package nobody knows what it does with what it is
// given: with one, everything may be used.
func featuresIn(tree *syntax.Tree) runtime.Features {
	for n := range tree.Root().Children() {
		if k := n.Kind(); (k == syntax.Import || k == syntax.ExportFrom) && !understood(n.Module()) {
			return ofHandlers
		}
	}
	var out runtime.Features
	text := tree.File().Text
	for start := 0; start < len(text); {
		end := start
		for end < len(text) && isWord(text[end]) {
			end++
		}
		out |= words[text[start:end]]
		start = max(end, start+1)
	}
	return out
}

func isWord(c byte) bool {
	return c == '_' || c == '$' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// understood says whether what a module gives is known: the project's own, which is linked too, Drizzle's and Zod's.
func understood(module string) bool {
	return strings.HasPrefix(module, ".") || strings.HasPrefix(module, "node:") || slices.Contains(definitionAPI, module) ||
		packageOf(module) == "drizzle-orm" || packageOf(module) == "zod"
}
