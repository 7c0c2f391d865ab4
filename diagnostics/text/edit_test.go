package text_test

import (
	"testing"

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
