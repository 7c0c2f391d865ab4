package definition

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// plainTypes are the names that mean the same type in every module.
var plainTypes = []string{
	"string", "number", "boolean", "bigint", "object", "any", "null", "undefined", "unknown", "never", "true", "false", "readonly", "Array", "ReadonlyArray", "Record",
	"Partial", "Readonly", "Required", "Pick", "Omit", "Exclude", "Extract", "NonNullable", "Date", "Map", "Set", "Uint8Array", "Buffer",
}

// typeOf reads .$type<T>(). A name in T is a type of a module, which the emitted schema imports.
func (r *reader) typeOf(c *Column, call syntax.Node) {
	t, ok := typeText(call)
	names, plain := typeNames(t)
	if !ok || !plain {
		r.unemitted(methodPlace(call), "Export the type from a module and name it here.", "This type cannot be read from the emitted schema.")
		return
	}
	for _, name := range names {
		found, ok := r.typeNamed(call.Tree(), name)
		if !ok {
			r.unemitted(methodPlace(call), "Write export before the type "+name+".", "The emitted schema cannot import the type %s: this module does not export it.", name)
			r.exportType(call.Tree(), name)
			return
		}
		c.TypeNames = append(c.TypeNames, found)
	}
	c.TypeText = t
}

// typeNamed finds the module that a type is imported from, or the file itself when it exports the type.
func (r *reader) typeNamed(t *syntax.Tree, name string) (TypeName, bool) {
	t = r.written(t)
	at := t.File().Path
	for n := range t.Root().Children() {
		switch n.Kind() {
		case syntax.Import:
			for b := range n.Children() {
				if b.Kind() != syntax.ImportName || b.Name() != name {
					continue
				}
				if target := r.project.Resolve(at, n.Module()); target != "" {
					return TypeName{Name: name, Exported: b.Imported(), Module: target}, true
				}
				local := strings.HasPrefix(n.Module(), ".") || IsAPI(n.Module())
				return TypeName{Name: name, Exported: b.Imported(), Package: n.Module()}, !local
			}
		case syntax.TypeDecl, syntax.Enum, syntax.Class:
			if n.Name() == name && n.Has(syntax.Exported) {
				return TypeName{Name: name, Exported: name, Module: at}, true
			}
		case syntax.ExportFrom:
			for b := range n.Children() {
				if b.Imported() == name && n.Module() == "" {
					return TypeName{Name: name, Exported: b.Name(), Module: at}, true
				}
			}
		}
	}
	return TypeName{}, false
}

// exportType adds the fix that exports a type which its own module declares, to the finding that says it is not exported.
func (r *reader) exportType(t *syntax.Tree, name string) {
	if t.File().Path != r.path || r.dialect != SQLite && r.dialect != "" {
		return
	}
	for n := range t.Root().Children() {
		switch n.Kind() {
		case syntax.TypeDecl, syntax.Enum, syntax.Class:
			if n.Name() == name && !n.Has(syntax.Exported) {
				at := n.Span().Start
				r.fix("Export "+name, true, []text.Edit{{Span: text.Span{Start: at, End: at}, New: "export "}})
				return
			}
		}
	}
}

// typeText is T of .$type<T>(), on one line; ok is false when it is not written out.
func typeText(call syntax.Node) (string, bool) {
	source, from, to := textOf(call), call.Callee().NameSpan().End, call.Arguments().Start
	if from > to || int(to) > len(source) {
		return "", false
	}
	t := strings.TrimSpace(source[from:to])
	t, ok := strings.CutPrefix(t, "<")
	if !ok || !strings.HasSuffix(t, ">") {
		return "", t == ""
	}
	return strings.Join(strings.Fields(strings.TrimSuffix(t, ">")), " "), true
}

// typeNames are the names of a type that mean something of a module. plain is false when the type has more than names, literals, keys
// and brackets: typeof x, a template, a comment.
func typeNames(t string) (names []string, plain bool) {
	for i := 0; i < len(t); {
		switch c := t[i]; {
		case c == '\'' || c == '"':
			end := strings.IndexByte(t[i+1:], c)
			if end < 0 || strings.ContainsAny(t[i:i+1+end], "\\\n") {
				return nil, false
			}
			i += end + 2
		case c == '_' || c == '$' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			end := i
			for end < len(t) && (t[end] == '_' || t[end] == '$' || t[end] >= '0' && t[end] <= '9' || t[end] >= 'a' && t[end] <= 'z' || t[end] >= 'A' && t[end] <= 'Z') {
				end++
			}
			rest, word := strings.TrimLeft(t[end:], " \t"), t[i:end]
			isKey := strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "?:")
			switch {
			case slices.Contains([]string{"typeof", "keyof", "infer", "extends", "in", "import", "new", "is", "asserts", "unique"}, word), i > 0 && t[i-1] == '.':
				return nil, false
			case !isKey && !slices.Contains(plainTypes, word) && !slices.Contains(names, word):
				names = append(names, word)
			}
			i = end
		case strings.IndexByte("{}[]()<>|&,;:? 0123456789.-", c) >= 0:
			i++
		default:
			return nil, false
		}
	}
	return names, true
}
