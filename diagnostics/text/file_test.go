package text_test

import (
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/qbls/qbls/diagnostics/text"
)

func TestPosition(t *testing.T) {
	const emoji = "a😀b" // 1 + 4 + 1 bytes, 1 + 2 + 1 code units
	for _, test := range []struct {
		name, text string
		offset     int
		utf16      text.Position
		utf8       text.Position
	}{
		{"start", "abc", 0, text.Position{}, text.Position{}},
		{"end of text", "abc", 3, text.Position{Character: 3}, text.Position{Character: 3}},
		{"before the text", "abc", -4, text.Position{}, text.Position{}},
		{"after the text", "a\nb", 99, text.Position{Line: 1, Character: 1}, text.Position{Line: 1, Character: 1}},
		{"line feed", "a\nb", 2, text.Position{Line: 1}, text.Position{Line: 1}},
		{"on the line feed", "a\nb", 1, text.Position{Character: 1}, text.Position{Character: 1}},
		{"CRLF", "a\r\nb", 3, text.Position{Line: 1}, text.Position{Line: 1}},
		{"inside CRLF", "a\r\nb", 2, text.Position{Character: 1}, text.Position{Character: 1}},
		{"lone CR", "a\rb", 2, text.Position{Line: 1}, text.Position{Line: 1}},
		{"CR CR LF", "\r\r\nb", 3, text.Position{Line: 2}, text.Position{Line: 2}},
		{"after a final line end", "a\n", 2, text.Position{Line: 1}, text.Position{Line: 1}},
		{"umlaut", "äb", 2, text.Position{Character: 1}, text.Position{Character: 2}},
		{"after an emoji", emoji, 5, text.Position{Character: 3}, text.Position{Character: 5}},
		{"inside an emoji", emoji, 3, text.Position{Character: 1}, text.Position{Character: 1}},
		{"bytes that are not UTF-8", "\xff\xfeb", 2, text.Position{Character: 2}, text.Position{Character: 2}},
		{"empty", "", 0, text.Position{}, text.Position{}},
	} {
		f := text.NewFile("a.ts", test.text)
		if got := f.Position(test.offset, text.UTF16); got != test.utf16 {
			t.Errorf("%s: UTF-16 position %v, want %v", test.name, got, test.utf16)
		}
		if got := f.Position(test.offset, text.UTF8); got != test.utf8 {
			t.Errorf("%s: UTF-8 position %v, want %v", test.name, got, test.utf8)
		}
	}
}

func TestOffset(t *testing.T) {
	for _, test := range []struct {
		name, text string
		position   text.Position
		encoding   text.Encoding
		want       int
	}{
		{"character beyond the line", "ab\ncd", text.Position{Character: 9}, text.UTF16, 2},
		{"character beyond a CRLF line", "ab\r\ncd", text.Position{Character: 9}, text.UTF8, 2},
		{"line beyond the text", "ab\ncd", text.Position{Line: 7}, text.UTF16, 5},
		{"huge numbers", "ab", text.Position{Line: 1<<32 - 1, Character: 1<<32 - 1}, text.UTF16, 2},
		{"huge character", "ab\n", text.Position{Character: 1<<32 - 1}, text.UTF8, 2},
		{"inside a surrogate pair", "a😀b", text.Position{Character: 2}, text.UTF16, 1},
		{"after a surrogate pair", "a😀b", text.Position{Character: 3}, text.UTF16, 5},
		{"inside the bytes of a character", "a😀b", text.Position{Character: 3}, text.UTF8, 1},
		{"last line", "a\rb\r\nc", text.Position{Line: 2, Character: 1}, text.UTF16, 6},
	} {
		if got := text.NewFile("a.ts", test.text).Offset(test.position, test.encoding); got != test.want {
			t.Errorf("%s: offset %d, want %d", test.name, got, test.want)
		}
	}
}

func TestLines(t *testing.T) {
	f := text.NewFile("a.ts", "ab\r\n\rc")
	if f.Lines() != 3 {
		t.Fatalf("%d lines, want 3", f.Lines())
	}
	for n, want := range []string{"ab", "", "c"} {
		if got := f.Slice(f.Line(n)); got != want {
			t.Errorf("line %d is %q, want %q", n, got, want)
		}
	}
}

func TestHash(t *testing.T) {
	a, b, c := text.NewFile("a.ts", "x"), text.NewFile("b.ts", "x"), text.NewFile("a.ts", "y")
	if a.Hash != b.Hash || a.Hash == c.Hash {
		t.Error("equal hashes must mean equal texts, whatever the path")
	}
}

func TestConcurrentUse(t *testing.T) {
	f := text.NewFile("a.ts", "a\nb\nc")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if got := f.Position(4, text.UTF16); got.Line != 2 {
				t.Errorf("line %d, want 2", got.Line)
			}
		})
	}
	group.Wait()
}

func FuzzPosition(f *testing.F) {
	f.Add("a\r\nb😀\rc\xff", 4)
	f.Fuzz(func(t *testing.T, s string, offset int) {
		file := text.NewFile("a.ts", s)
		for _, e := range []text.Encoding{text.UTF16, text.UTF8} {
			p := file.Position(offset, e)
			back := file.Offset(p, e)
			if file.Position(back, e) != p {
				t.Fatalf("%q: position %v is offset %d, which is position %v", s, p, back, file.Position(back, e))
			}
			if utf8.ValidString(s) && 0 <= offset && offset <= len(s) && boundary(s, offset) && back != offset {
				t.Fatalf("%q: offset %d became %v and then %d", s, offset, p, back)
			}
		}
	})
}

// boundary says whether LSP has a position for an offset: not inside a character, not inside CRLF.
func boundary(s string, offset int) bool {
	return offset == len(s) || utf8.RuneStart(s[offset]) && !(offset > 0 && s[offset-1] == '\r' && s[offset] == '\n')
}
