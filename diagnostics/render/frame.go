package render

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/qbls/qbls/diagnostics/text"
)

// frame is a line of a file with a span of it underlined, and the line above when it helps to see what the span is in.
type frame struct {
	number     int // of the underlined line, one-based
	before     []cell
	line       []cell
	start, end int // cells of line that are underlined; end > start, and may be one beyond the line
	more       int // further lines of the span
	width      int

	room [2][]cell // of line and before, for the next frame
}

// tabWidth is how wide a tab is drawn. The caret line is drawn with the same cells, so it fits whatever the number is.
const tabWidth = 4

// newFrame takes the frame that was drawn before, if any, for the room that it had.
func newFrame(last frame, f *text.File, s text.Span, width int) frame {
	start, end := clamp(int(s.Start), len(f.Text)), clamp(int(s.End), len(f.Text))
	end = max(start, end)
	first := f.Position(start, text.UTF8)
	bottom := f.Position(end, text.UTF8)
	lineStart := f.Offset(text.Position{Line: first.Line}, text.UTF8)
	lineEnd := endOfLine(f.Text, lineStart)
	start = min(start, lineEnd) // between the two bytes of a CRLF
	fr := frame{number: int(first.Line) + 1, more: int(bottom.Line - first.Line), width: width, room: last.room}
	line := f.Text[lineStart:lineEnd]
	fr.line = cells(fr.room[0], line)
	fr.room[0] = fr.line
	fr.start = cellAt(fr.line, start-lineStart)
	fr.end = max(fr.start+1, cellAt(fr.line, min(end, lineEnd)-lineStart))
	if lineStart > 0 {
		above := strings.TrimSuffix(f.Text[:lineStart-1], "\r")
		above = above[strings.LastIndexAny(above, "\r\n")+1:]
		if strings.TrimSpace(above) != "" {
			fr.before = cells(fr.room[1], above)
			fr.room[1] = fr.before
		}
	}
	return fr
}

func clamp(n, most int) int { return max(0, min(n, most)) }

func endOfLine(s string, from int) int {
	if i := strings.IndexAny(s[from:], "\r\n"); i >= 0 {
		return from + i
	}
	return len(s)
}

func (f frame) gutter() int { return len(strconv.Itoa(f.number)) }

func (f frame) write(out *bytes.Buffer, colors palette, tone func(string) string) {
	margin := strings.Repeat(" ", f.gutter())
	bar := colors.gutter("|")
	left, right := f.window()
	fmt.Fprintf(out, "%s %s\n", margin, bar)
	if f.before != nil {
		writeRow(out, colors.gutter(fmt.Sprintf("%*d", f.gutter(), f.number-1)), bar, visible(f.before, left, right))
	}
	writeRow(out, colors.gutter(strconv.Itoa(f.number)), bar, visible(f.line, left, right))
	lead := strings.Repeat(" ", columnAt(f.line, f.start)-left)
	under := max(1, min(right, columnAt(f.line, f.end))-columnAt(f.line, f.start))
	mark := tone(strings.Repeat("^", under))
	if f.more > 0 {
		mark += tone(" and " + plural(f.more, "more line"))
	}
	fmt.Fprintf(out, "%s %s %s%s\n", margin, bar, lead, mark)
}

func writeRow(out *bytes.Buffer, number, bar, row string) {
	out.WriteString(strings.TrimRight(number+" "+bar+" "+row, " "))
	out.WriteByte('\n')
}

// leadIn is how much of a clipped line stays visible before the underlined part.
const leadIn = 20

// window is which columns fit the terminal. Minified or pasted lines are cut at both sides of what is underlined.
func (f frame) window() (left, right int) {
	room := f.width - f.gutter() - len(" | ")
	if f.width <= 0 || room < 2*leadIn {
		return 0, math.MaxInt
	}
	if columnAt(f.line, f.end) > room {
		left = max(0, columnAt(f.line, f.start)-leadIn)
	}
	return left, left + room
}

// visible is what is drawn between two columns.
func visible(line []cell, left, right int) string {
	var b strings.Builder
	b.Grow(min(len(line), right-left))
	for _, c := range line {
		switch {
		case c.column >= left && c.column+c.width <= right:
			b.WriteString(c.shown)
		case c.column < left && c.column+c.width > left: // cut through a wide character or a tab
			b.WriteString(strings.Repeat(" ", c.column+c.width-left))
		}
	}
	return b.String()
}
