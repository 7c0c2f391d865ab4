package text_test

import (
	"testing"
	"unicode/utf8"

	"github.com/qbls/qbls/diagnostics/text"
)

func edit(start, end int32, s string) text.Edit {
	return text.Edit{Span: text.Span{Start: start, End: end}, New: s}
}

func TestApply(t *testing.T) {
	for _, test := range []struct {
		name  string
		edits []text.Edit
		want  string
		fails bool
	}{
		{"none", nil, "abcdef", false},
		{"unsorted", []text.Edit{edit(4, 5, "E"), edit(0, 1, "A")}, "AbcdEf", false},
		{"insertions at one place keep their order", []text.Edit{edit(2, 2, "1"), edit(2, 2, "2")}, "ab12cdef", false},
		{"insertion before a replacement", []text.Edit{edit(2, 4, "X"), edit(2, 2, "1")}, "ab1Xef", false},
		{"touching", []text.Edit{edit(0, 2, ""), edit(2, 4, "X")}, "Xef", false},
		{"at the end", []text.Edit{edit(6, 6, "!")}, "abcdef!", false},
		{"overlapping", []text.Edit{edit(0, 3, ""), edit(2, 4, "")}, "", true},
		{"insertion inside a replacement", []text.Edit{edit(0, 3, ""), edit(1, 1, "x")}, "", true},
		{"beyond the end", []text.Edit{edit(5, 7, "")}, "", true},
		{"before the start", []text.Edit{edit(-1, 0, "")}, "", true},
		{"backwards", []text.Edit{edit(3, 2, "")}, "", true},
	} {
		got, err := text.Apply("abcdef", test.edits)
		if (err != nil) != test.fails || got != test.want {
			t.Errorf("%s: %q, %v", test.name, got, err)
		}
	}
}

func TestMinimal(t *testing.T) {
	for _, test := range []struct {
		before, after string
		want          text.Edit
	}{
		{"abc", "abXc", edit(2, 2, "X")},
		{"aa", "a", edit(1, 2, "")},
		{"", "x", edit(0, 0, "x")},
		{"é", "è", edit(0, 2, "è")}, // the two share their first byte
	} {
		if got := text.Minimal(test.before, test.after); len(got) != 1 || got[0] != test.want {
			t.Errorf("%q to %q: %v, want %v", test.before, test.after, got, test.want)
		}
	}
	if got := text.Minimal("same", "same"); got != nil {
		t.Errorf("equal texts need no edit, got %v", got)
	}
}

func FuzzMinimal(f *testing.F) {
	f.Add("aéb", "aèb")
	f.Fuzz(func(t *testing.T, before, after string) {
		edits := text.Minimal(before, after)
		got, err := text.Apply(before, edits)
		if err != nil || got != after {
			t.Fatalf("%q to %q: edits %v give %q, %v", before, after, edits, got, err)
		}
		for _, e := range edits {
			if utf8.ValidString(before) && utf8.ValidString(after) && !utf8.ValidString(e.New) {
				t.Fatalf("%q to %q: edit %v splits a character", before, after, e)
			}
		}
	})
}

func FuzzApply(f *testing.F) {
	f.Add("abcdef", int32(1), int32(2), "x", int32(4), int32(4), "y")
	f.Fuzz(func(t *testing.T, s string, a, b int32, x string, c, d int32, y string) {
		forward := []text.Edit{edit(a, b, x), edit(c, d, y)}
		got, err := text.Apply(s, forward)
		inside := 0 <= a && a <= b && int(b) <= len(s) && 0 <= c && c <= d && int(d) <= len(s)
		apart := b <= c || d <= a
		if (err == nil) != (inside && apart) {
			t.Fatalf("%q %v: error %v", s, forward, err)
		}
		if err == nil && len(got) != len(s)+len(x)+len(y)-int(b-a)-int(d-c) {
			t.Fatalf("%q %v: %q has the wrong length", s, forward, got)
		}
	})
}
