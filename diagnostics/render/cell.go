package render

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// cell is one character of a line as a terminal draws it.
type cell struct {
	shown  string
	offset int // byte offset in the line
	column int // where it is drawn
	width  int // 0 for what is drawn onto the character before, 2 for most of East Asia
}

// cells splits a line. Tabs become spaces, and what would move the cursor or reorder the line becomes one visible character:
// a text must not be able to repaint the terminal or to look like another text (CVE-2021-42574).
// They are put into room, which grows as it has to.
func cells(room []cell, line string) []cell {
	out := slices.Grow(room[:0], len(line))
	column := 0
	for offset, r := range line {
		c := cell{shown: line[offset : offset+1], offset: offset, column: column, width: 1}
		if r >= utf8.RuneSelf {
			c.shown, c.width = string(r), runeWidth(r)
		}
		switch {
		case r == '\t':
			c.width = tabWidth - column%tabWidth
			c.shown = strings.Repeat(" ", c.width)
		case hostile(r):
			c.shown, c.width = string(utf8.RuneError), 1
		}
		column += c.width
		out = append(out, c)
	}
	return out
}

// cellAt is the cell that holds a byte offset; the number of cells when the offset is the end of the line.
func cellAt(line []cell, offset int) int {
	for i, c := range line {
		if c.offset >= offset {
			return i
		}
	}
	return len(line)
}

// columnAt is where a cell is drawn; cells beyond the line are one column wide.
func columnAt(line []cell, i int) int {
	if i < len(line) {
		return line[i].column
	}
	if len(line) == 0 {
		return i
	}
	last := line[len(line)-1]
	return last.column + last.width + i - len(line)
}

// hostile says that a terminal would obey the character instead of drawing it.
func hostile(r rune) bool {
	return unicode.IsControl(r) || r > unicode.MaxLatin1 && unicode.Is(unicode.Bidi_Control, r)
}

// printable is a message or a path with hostile characters made visible. Line breaks stay.
func printable(s string) string {
	if plain(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r != '\n' && hostile(r) {
			return utf8.RuneError
		}
		return r
	}, s)
}

// plain says that a text is of characters that every terminal draws as they are, as nearly all are.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != '\n' && (c < ' ' || c >= 0x7f) {
			return false
		}
	}
	return true
}

// wide are the ranges that terminals draw two columns wide: East Asian Width W and F (Unicode Standard Annex 11), with the
// blocks of emoji taken whole.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x1100, 0x115f, 1}, {0x231a, 0x231b, 1}, {0x23e9, 0x23ec, 1}, {0x25fd, 0x25fe, 1}, {0x2614, 0x2615, 1},
		{0x2648, 0x2653, 1}, {0x26a1, 0x26a1, 1}, {0x2705, 0x2705, 1}, {0x274c, 0x274c, 1}, {0x2753, 0x2755, 1},
		{0x2795, 0x2797, 1}, {0x2b1b, 0x2b1c, 1}, {0x2b50, 0x2b50, 1}, {0x2e80, 0x303e, 1}, {0x3041, 0x33ff, 1},
		{0x3400, 0x4dbf, 1}, {0x4e00, 0xa4cf, 1}, {0xa960, 0xa97c, 1}, {0xac00, 0xd7a3, 1}, {0xf900, 0xfaff, 1},
		{0xfe30, 0xfe6f, 1}, {0xff00, 0xff60, 1}, {0xffe0, 0xffe6, 1},
	},
	R32: []unicode.Range32{
		{0x16fe0, 0x18cff, 1}, {0x1aff0, 0x1b2ff, 1}, {0x1f004, 0x1f004, 1}, {0x1f0cf, 0x1f0cf, 1},
		{0x1f18e, 0x1f19a, 1}, {0x1f200, 0x1f64f, 1}, {0x1f680, 0x1f6ff, 1}, {0x1f7e0, 0x1f7eb, 1},
		{0x1f900, 0x1f9ff, 1}, {0x1fa70, 0x1faff, 1}, {0x20000, 0x3fffd, 1},
	},
}

func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}
