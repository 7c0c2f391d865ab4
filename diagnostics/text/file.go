package text

import (
	"crypto/sha256"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"
	"unsafe"
)

// File is one immutable text. Equal hashes mean equal texts. Files are made by NewFile, and safe for concurrent use.
// A text has at most 2 GiB, because a Span counts in 32 bits.
type File struct {
	Path Path
	Text string
	Hash Hash

	once  sync.Once
	lines []int32 // offset of the start of each line; filled when first asked, most files never are
}

// NewFile returns the file of a text.
func NewFile(p Path, s string) *File {
	return &File{Path: p, Text: s, Hash: sha256.Sum256(unsafe.Slice(unsafe.StringData(s), len(s)))}
}

// Position converts a byte offset. Offsets outside the text are clamped; an offset inside a character, or between the
// two bytes of CRLF, is taken as the place before it, because LSP has no position there.
func (f *File) Position(offset int, e Encoding) Position {
	offset = floor(f.Text, min(max(offset, 0), len(f.Text)))
	line := f.line(offset)
	start := int(f.index()[line])
	offset = min(offset, f.lineEnd(line))
	return Position{Line: uint32(line), Character: uint32(units(f.Text[start:offset], e))}
}

// Offset converts a position. As LSP 3.18 demands, a character beyond the line is the line's end; a line beyond the text
// is the end of the text. A character inside a surrogate pair or a sequence of bytes is the start of that character.
func (f *File) Offset(p Position, e Encoding) int {
	lines := f.index()
	if int64(p.Line) >= int64(len(lines)) {
		return len(f.Text)
	}
	start, end := int(lines[p.Line]), f.lineEnd(int(p.Line))
	if e == UTF8 {
		if int64(p.Character) >= int64(end-start) {
			return end
		}
		return floor(f.Text, start+int(p.Character))
	}
	left := int64(p.Character)
	for start < end && left > 0 {
		r, size := utf8.DecodeRuneInString(f.Text[start:end])
		left -= int64(width(r))
		if left < 0 { // in the middle of a surrogate pair
			break
		}
		start += size
	}
	return start
}

// Lines returns how many lines the text has: one more than it has line ends.
func (f *File) Lines() int { return len(f.index()) }

// Line returns the span of a line without its line end. Lines outside the text are clamped.
func (f *File) Line(n int) Span {
	n = min(max(n, 0), f.Lines()-1)
	return Span{f.index()[n], int32(f.lineEnd(n))}
}

// Slice returns the text of a span, which is clamped to the file.
func (f *File) Slice(s Span) string {
	start := min(max(int(s.Start), 0), len(f.Text))
	return f.Text[start:min(max(int(s.End), start), len(f.Text))]
}

// index returns the starts of the lines. A line ends at \n, \r\n or \r (LSP 3.18, Text Documents).
func (f *File) index() []int32 {
	f.once.Do(func() {
		lines := append(make([]int32, 0, len(f.Text)/32+1), 0)
		if strings.IndexByte(f.Text, '\r') < 0 { // most texts
			for i := 0; i < len(f.Text); {
				n := strings.IndexByte(f.Text[i:], '\n')
				if n < 0 {
					break
				}
				i += n + 1
				lines = append(lines, int32(i))
			}
			f.lines = lines
			return
		}
		for i := 0; i < len(f.Text); i++ {
			switch f.Text[i] {
			case '\r':
				if i+1 < len(f.Text) && f.Text[i+1] == '\n' {
					i++
				}
				lines = append(lines, int32(i+1))
			case '\n':
				lines = append(lines, int32(i+1))
			}
		}
		f.lines = lines
	})
	return f.lines
}

// line returns the number of the line an offset is on.
func (f *File) line(offset int) int {
	lines := f.index()
	return sort.Search(len(lines), func(i int) bool { return int(lines[i]) > offset }) - 1
}

// lineEnd returns the end of a line without its line end.
func (f *File) lineEnd(line int) int {
	if line+1 == len(f.lines) {
		return len(f.Text)
	}
	end := int(f.lines[line+1]) - 1
	if f.Text[end] == '\n' && end > int(f.lines[line]) && f.Text[end-1] == '\r' {
		end--
	}
	return end
}

// units counts the code units of s. A byte that is not UTF-8 counts as the one replacement character a client gets for it.
func units(s string, e Encoding) int {
	if e == UTF8 {
		return len(s)
	}
	n := 0
	for _, r := range s {
		n += width(r)
	}
	return n
}

func width(r rune) int {
	if r >= 0x10000 {
		return 2
	}
	return 1
}

// floor moves an offset back to the start of the character it is in.
func floor(s string, offset int) int {
	if offset >= len(s) || utf8.RuneStart(s[offset]) {
		return offset
	}
	for start := offset - 1; start >= 0 && start > offset-utf8.UTFMax; start-- {
		if !utf8.RuneStart(s[start]) {
			continue
		}
		if _, size := utf8.DecodeRuneInString(s[start:]); start+size > offset {
			return start
		}
		break
	}
	return offset // a byte that is part of no character stands for itself
}
