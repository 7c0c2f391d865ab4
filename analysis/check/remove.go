package check

import (
	"strings"

	"github.com/qbls/qbls/diagnostics/text"
)

// RemoveElement returns the edit that takes a string out of the list it stands in, with one comma. The anchor is that of the
// string's content. It returns nil where no string element stands.
func (p *ResourcePass) RemoveElement(a text.Anchor) map[text.Path][]text.Edit {
	at := p.At(a)
	if p.Tree == nil || p.Tree(at.Path) == nil {
		return nil
	}
	source := p.Tree(at.Path).File().Text
	start, end := int(at.Span.Start)-1, int(at.Span.End)+1
	if start < 0 || end > len(source) || !strings.ContainsRune(`'"`+"`", rune(source[start])) || source[end-1] != source[start] {
		return nil
	}
	if rest := strings.TrimLeft(source[end:], " \t\r\n"); strings.HasPrefix(rest, ",") {
		end = len(source) - len(rest) + 1
		for end < len(source) && (source[end] == ' ' || source[end] == '\t') {
			end++
		}
	} else if before := strings.TrimRight(source[:start], " \t\r\n"); strings.HasSuffix(before, ",") {
		start = len(before) - 1
	} else if !strings.HasSuffix(before, "[") {
		return nil
	}
	return map[text.Path][]text.Edit{at.Path: {{Span: text.Span{Start: int32(start), End: int32(end)}}}}
}
