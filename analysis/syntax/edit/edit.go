// Package edit makes the edits of fixes, renames and refactorings on a tree. They keep what the author wrote: indentation, quotes,
// commas, line ends, one-line objects on one line, comments with what they belong to.
//
// Every function looks at one tree and returns edits of its text. Edits of several calls may be applied together as long as they
// touch different objects, arrays and imports. What cannot be edited with certainty (an object without its closing brace, an
// invalid node) gives no edits.
package edit

import (
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// SetProperty gives an object (also a wrapped one, `{…} as const`) a property: the value of the last property of that key is
// replaced, or a new property is added behind the others. key is unquoted; value is source, whose further lines are indented
// as it is put in.
func SetProperty(object syntax.Node, key, value string) []text.Edit {
	object = object.Inner()
	if object.Kind() != syntax.Object || object.Has(syntax.Broken) {
		return nil
	}
	l := listOf(object)
	property, ok := object.Property(key)
	if !ok {
		return l.append(keySource(object.Tree(), key) + ": " + value)
	}
	value = l.reindent(value, l.indentAt(int(property.Span().Start)))
	switch {
	case property.Has(syntax.Shorthand):
		end := property.NameSpan().End
		return []text.Edit{{Span: text.Span{Start: end, End: property.Span().End}, New: ": " + value}}
	case property.Has(syntax.Method):
		return []text.Edit{{Span: property.Span(), New: keySource(object.Tree(), key) + ": " + value}}
	case property.Value().Kind() == syntax.Missing:
		at := property.Span().End
		if strings.HasSuffix(property.Text(), ":") {
			return []text.Edit{{Span: text.Span{Start: at, End: at}, New: " " + value}}
		}
		return []text.Edit{{Span: text.Span{Start: at, End: at}, New: ": " + value}}
	}
	return []text.Edit{{Span: property.Value().Span(), New: value}}
}

// RemoveProperty removes a Property or Spread from its object, with its comma and the comments that stand above it.
func RemoveProperty(property syntax.Node) []text.Edit {
	return remove(property, syntax.Object)
}

// InsertElement puts an element into an array in front of the element at an index; an index beyond the last appends. value
// is source.
func InsertElement(array syntax.Node, at int, value string) []text.Edit {
	array = array.Inner()
	if array.Kind() != syntax.Array || array.Has(syntax.Broken) {
		return nil
	}
	l := listOf(array)
	if at >= len(l.items) {
		return l.append(value)
	}
	return l.insert(max(at, 0), value)
}

// RemoveElement removes an element from its array, with its comma and the comments that stand above it.
func RemoveElement(element syntax.Node) []text.Edit {
	return remove(element, syntax.Array)
}

func remove(item syntax.Node, kind syntax.Kind) []text.Edit {
	parent := item.Parent()
	if parent.Kind() != kind || parent.Has(syntax.Broken) || item.Kind() == syntax.Missing {
		return nil
	}
	l := listOf(parent)
	for i, span := range l.items {
		if span == item.Span() {
			return l.remove(i)
		}
	}
	return nil
}

// ReplaceString makes a String or Template without holes hold another text. It keeps the quotes, and escapes what must be; a
// string without its end gets one. Any other node is replaced by a string in the quotes of the file.
func ReplaceString(str syntax.Node, s string) text.Edit {
	if _, ok := str.Str(); !ok && str.Kind() != syntax.String {
		return text.Edit{Span: str.Span(), New: Quote(str.Tree(), s)}
	}
	quote := str.Text()[0]
	return text.Edit{Span: str.Span(), New: string(quote) + escape(s, quote) + string(quote)}
}

// RenameKey renames the key of a Property. The new name is quoted when it must be, or when the old one was. A shorthand keeps
// its value: { a } becomes { b: a }. A computed key is only renamed when it is a string; for any other the edit changes nothing.
func RenameKey(property syntax.Node, name string) text.Edit {
	span := property.NameSpan()
	source := property.Tree()
	if property.Kind() != syntax.Property || span.Len() == 0 {
		return text.Edit{Span: property.Span(), New: property.Text()}
	}
	src := source.File().Text
	if start := int(span.Start); start > 0 && int(span.Start) > int(property.Span().Start) && isQuote(src[start-1]) {
		return text.Edit{Span: span, New: escape(name, src[start-1])}
	}
	key := keySource(source, name)
	if property.Has(syntax.Shorthand) {
		key += ": " + property.Name()
	}
	return text.Edit{Span: span, New: key}
}

func isQuote(c byte) bool { return c == '"' || c == '\'' }
