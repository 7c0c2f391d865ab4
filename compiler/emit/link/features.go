package link

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/compiler/runtime"
)

// words are the names by which code calls on what the library has for handlers: where one stands in a module, in whatever sense, its feature is
// there. What is left out refuses.
var words = map[string]runtime.Features{
	"findMany": runtime.Relational, "findFirst": runtime.Relational,
	"$with":              runtime.With | runtime.Delete | runtime.Units, // with() has delete, too
	"onConflictDoUpdate": runtime.Upsert,
	"$count":             runtime.Count,
	"whereRecord":        runtime.Conditions, "whereTransition": runtime.Conditions,
	"$defaultFn": runtime.Filled, "$default": runtime.Filled, "$onUpdateFn": runtime.Filled, "$onUpdate": runtime.Filled,
	// Ways to have a Response, a stream or a file: Hono's context is called c.
	"c": runtime.Passed, "Response": runtime.Passed, "fetch": runtime.Passed, "ReadableStream": runtime.Passed, "TransformStream": runtime.Passed,
	"stream": runtime.Passed, "Blob": runtime.Passed, "Bun": runtime.Passed, "toWeb": runtime.Passed, "openAsBlob": runtime.Passed, "body": runtime.Passed,
	"Request": runtime.Passed, "pipeThrough": runtime.Passed, "filename": runtime.Passed, "services": runtime.Passed,
}

// members are such names that mean something else where they are no name of a member: keys of policies.
var members = map[string]runtime.Features{
	"batch":       runtime.Units,
	"delete":      runtime.Delete | runtime.Units,
	"query":       runtime.Relational,
	"select":      runtime.InsertSelect, // of anything but a database
	"transaction": runtime.Transaction | runtime.Units,
}

// ofHandlers are all features of words and members.
var ofHandlers = func() (all runtime.Features) {
	for _, f := range words {
		all |= f
	}
	for _, f := range members {
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
		word := text[start:end]
		if loads(word, text[end:]) {
			return ofHandlers
		}
		out |= words[word]
		if f := members[word]; f != 0 && isMember(word, text[:start]) {
			out |= f
		}
		start = max(end, start+1)
	}
	return out
}

// loads says whether a word loads a module that no import at the top names.
func loads(word, after string) bool {
	return (word == "import" || word == "require" || word == "eval") && strings.HasPrefix(strings.TrimLeft(after, " \t\r\n"), "(")
}

// isMember says whether a word stands right behind a point, or in brackets and quotation marks, and thereby is the name of a member. Selecting
// is looked for behind anything but a database.
func isMember(word, before string) bool {
	of, ok := strings.CutSuffix(before, ".")
	if !ok {
		return strings.HasSuffix(before, "['") || strings.HasSuffix(before, `["`) || strings.HasSuffix(before, "[`")
	}
	of = strings.TrimRight(strings.TrimSuffix(of, "?"), " \t\r\n")
	start := len(of)
	for start > 0 && isWord(of[start-1]) {
		start--
	}
	return word != "select" || of[start:] != "db" && of[start:] != "tx"
}

func isWord(c byte) bool {
	return c == '_' || c == '$' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// understood says whether what a module gives is known: the project's own, which is linked too, Drizzle's and Zod's.
func understood(module string) bool {
	return strings.HasPrefix(module, ".") || strings.HasPrefix(module, "node:") || slices.Contains(definitionAPI, module) ||
		packageOf(module) == "drizzle-orm" || packageOf(module) == "zod"
}
