package edit

import (
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// list is something in brackets with commas: the properties of an object, the elements of an array, the names of an import.
type list struct {
	src    string
	open   int // offset of the opening bracket
	close  int // offset of the closing one
	items  []text.Span
	padded bool // one line of it has spaces inside of its brackets
	eol    string
}

// listOf returns the list of an Object or Array that has its closing bracket.
func listOf(n syntax.Node) *list {
	span := n.Span()
	l := newList(n.Tree().File().Text, int(span.Start), int(span.End)-1)
	l.padded = n.Kind() == syntax.Object
	for child := range n.Children() {
		l.items = append(l.items, child.Span())
	}
	return l
}

func newList(src string, open, close int) *list {
	l := &list{src: src, open: open, close: close, eol: "\n"}
	if i := strings.IndexByte(src, '\n'); i > 0 && src[i-1] == '\r' {
		l.eol = "\r\n"
	}
	return l
}

// gap goes over white space and comments from an offset, and returns where something else comes.
func (l *list) gap(from, to int) int {
	for from < to {
		switch rest := l.src[from:to]; {
		case strings.HasPrefix(rest, "//"):
			from = l.lineEnd(from)
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest, "*/")
			if end < 0 {
				return to
			}
			from += end + 2
		case isSpace(rest[0]):
			from++
		default:
			return from
		}
	}
	return to
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// comma returns the offset behind the comma of item i, and whether it has one.
func (l *list) comma(i int) (int, bool) {
	end := int(l.items[i].End)
	if at := l.gap(end, l.close); at < l.close && l.src[at] == ',' {
		return at + 1, true
	}
	return end, false
}

func (l *list) lineStart(at int) int { return strings.LastIndexByte(l.src[:at], '\n') + 1 }

// lineEnd returns where the line of an offset ends, in front of its line end.
func (l *list) lineEnd(at int) int {
	end := strings.IndexByte(l.src[at:], '\n')
	if end < 0 {
		return len(l.src)
	}
	end += at
	if end > at && l.src[end-1] == '\r' {
		end--
	}
	return end
}

// indentAt returns the white space at the start of the line of an offset.
func (l *list) indentAt(at int) string {
	start := l.lineStart(at)
	end := start
	for end < len(l.src) && (l.src[end] == ' ' || l.src[end] == '\t') {
		end++
	}
	return l.src[start:end]
}

// first says whether an offset is the first thing on its line.
func (l *list) first(at int) bool { return strings.TrimSpace(l.src[l.lineStart(at):at]) == "" }

// unit returns one step of indentation as the file uses it: the shortest indentation there is.
func (l *list) unit() string {
	unit := ""
	for line := range strings.SplitSeq(l.src, "\n") {
		white := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		if white == "" || white == " " || strings.HasPrefix(strings.TrimSpace(line), "*") || strings.TrimSpace(line) == "" {
			continue
		}
		if white[0] == '\t' {
			return "\t"
		}
		if unit == "" || len(white) < len(unit) {
			unit = white
		}
	}
	if unit == "" {
		return "  "
	}
	return unit
}

// reindent puts an indentation in front of all lines of a source but the first.
func (l *list) reindent(source, indent string) string {
	return strings.ReplaceAll(strings.ReplaceAll(source, "\r\n", "\n"), "\n", l.eol+indent)
}

func insertion(at int, s string) text.Edit {
	return text.Edit{Span: text.Span{Start: int32(at), End: int32(at)}, New: s}
}

// append adds items behind the last.
func (l *list) append(sources ...string) []text.Edit {
	if len(l.items) == 0 {
		return l.fill(sources)
	}
	last := len(l.items) - 1
	at, comma := l.comma(last)
	if !l.first(int(l.items[last].Start)) { // on one line with what is before it
		source := l.reindent(strings.Join(sources, ", "), l.indentAt(at))
		if comma {
			return []text.Edit{insertion(at, " "+source+",")}
		}
		return []text.Edit{insertion(at, ", "+source)}
	}
	var edits []text.Edit
	if !comma {
		edits = append(edits, insertion(at, ","))
	}
	if rest := l.gap(at, l.lineEnd(at)); rest == l.lineEnd(at) && rest <= l.close { // behind a comment on the line
		at = rest
	}
	indent := l.indentAt(int(l.items[last].Start))
	added := ""
	for i, source := range sources {
		added += l.eol + indent + l.reindent(source, indent)
		if comma || i < len(sources)-1 {
			added += ","
		}
	}
	return append(edits, insertion(at, added))
}

// fill adds the first items of an empty list.
func (l *list) fill(sources []string) []text.Edit {
	inside := l.src[l.open+1 : l.close]
	if !strings.Contains(inside, "\n") {
		source := l.reindent(strings.Join(sources, ", "), l.indentAt(l.open))
		if l.padded && strings.TrimSpace(inside) == "" {
			source = " " + source + " "
		}
		if strings.TrimSpace(inside) != "" { // a comment
			return []text.Edit{insertion(l.open+1+len(strings.TrimRight(inside, " \t")), " "+source)}
		}
		return []text.Edit{{Span: text.Span{Start: int32(l.open + 1), End: int32(l.close)}, New: source}}
	}
	outer := l.indentAt(l.open)
	indent := outer + l.unit()
	added := ""
	for _, source := range sources {
		added += l.eol + indent + l.reindent(source, indent) + ","
	}
	at := l.open + 1 + len(strings.TrimRight(inside, " \t\r\n"))
	if !strings.Contains(l.src[at:l.close], "\n") {
		added += l.eol + outer
	}
	return []text.Edit{insertion(at, added)}
}

// insert adds an item in front of item i.
func (l *list) insert(i int, source string) []text.Edit {
	start := int(l.items[i].Start)
	if !l.first(start) {
		return []text.Edit{insertion(start, l.reindent(source, l.indentAt(start))+", ")}
	}
	indent := l.indentAt(start)
	at := l.above(i)
	return []text.Edit{insertion(at, indent+l.reindent(source, indent)+","+l.eol)}
}

// above returns the start of the line where item i begins, with the comments that belong to it: those on lines of their own
// directly above.
func (l *list) above(i int) int {
	low := l.open + 1
	if i > 0 {
		low, _ = l.comma(i - 1)
	}
	low = l.lineEnd(low) // what follows on the line of the item before belongs to that
	at := l.lineStart(int(l.items[i].Start))
	for at > low {
		line := strings.TrimSpace(l.src[l.lineStart(at-1):at])
		if line == "" || l.lineStart(at-1) < low || l.gap(l.lineStart(at-1), at) != at && !l.inComment(low, at) {
			break
		}
		at = l.lineStart(at - 1)
	}
	return at
}

// inComment says whether the line in front of an offset is part of a block comment that starts behind low.
func (l *list) inComment(low, at int) bool {
	return l.gap(low, at) >= at
}

// remove takes item i out.
func (l *list) remove(i int) []text.Edit {
	start := int(l.items[i].Start)
	end, comma := l.comma(i)
	lineEnd := l.lineEnd(end)
	if l.first(start) && l.gap(end, lineEnd) == lineEnd && lineEnd < l.close {
		next := lineEnd + len(l.eol)
		if !strings.HasPrefix(l.src[lineEnd:], l.eol) {
			next = lineEnd + 1
		}
		edits := []text.Edit{{Span: text.Span{Start: int32(l.above(i)), End: int32(next)}}}
		if i > 0 && i == len(l.items)-1 && !comma { // the author ends lists without a comma
			if at, ok := l.comma(i - 1); ok {
				edits = append([]text.Edit{{Span: text.Span{Start: int32(at - 1), End: int32(at)}}}, edits...)
			}
		}
		return edits
	}
	return []text.Edit{l.removeInline(i, start, end, comma)}
}

// removeInline takes out an item that shares its line with others or with the brackets.
func (l *list) removeInline(i, start, end int, comma bool) text.Edit {
	switch {
	case i+1 < len(l.items) && int(l.items[i+1].Start) <= l.lineEnd(end):
		end = int(l.items[i+1].Start)
	case i > 0 && !comma || i > 0 && i == len(l.items)-1:
		start, end = int(l.items[i-1].End), int(l.items[i].End)
	case len(l.items) == 1 && strings.TrimSpace(l.src[l.open+1:start]) == "" && strings.TrimSpace(l.src[end:l.close]) == "":
		start, end = l.open+1, l.close
	default:
		for start > l.open+1 && (l.src[start-1] == ' ' || l.src[start-1] == '\t') {
			start--
		}
	}
	return text.Edit{Span: text.Span{Start: int32(start), End: int32(end)}}
}
