package triage

import (
	"fmt"
	"strings"
	"testing"

	"github.com/qbls/qbls/diagnostics/text"
)

func TestDirectives(t *testing.T) {
	for _, test := range []struct {
		src  string
		want []string // code, line it speaks about (from 1), reason
	}{
		{"a, // qbls-ignore QB5003: on its own line\nb", []string{"QB5003 1 on its own line"}},
		{"// qbls-ignore QB5003: above\na", []string{"QB5003 2 above"}},
		{"// qbls-ignore qb5003: in small letters\na", []string{"QB5003 2 in small letters"}},
		{"// qbls-ignore QB5003: above\r\na\r\n", []string{"QB5003 2 above"}},
		{"/* qbls-ignore QB5003: before */ a", []string{"QB5003 1 before"}},
		{"/* qbls-ignore QB5003: block */\na", []string{"QB5003 2 block"}},
		{"/**\n * qbls-ignore QB5003: margin\n * qbls-ignore QB5004: too\n */\na", []string{"QB5003 5 margin", "QB5004 5 too"}},
		{"// qbls-ignore QB5002, QB5003 QB5004: three\na", []string{"QB5002 2 three", "QB5003 2 three", "QB5004 2 three"}},
		{"// qbls-ignore QB5002: one\n// qbls-ignore QB5003: two\n// words\na", []string{"QB5002 4 one", "QB5003 4 two"}},
		{"// qbls-ignore QB5002: not over an empty line\n\na", []string{"QB5002 2 not over an empty line"}},
		{"// qbls-ignore QB5002: reason: with a colon\na", []string{"QB5002 2 reason: with a colon"}},
		{"// qbls-ignore QB5002\na", []string{"QB5002 2 "}},
		{"// qbls-ignore QB5002:  \na", []string{"QB5002 2 "}},
		{"// qbls-ignore\na", []string{" 2 "}},
		{"// qbls-ignore: why\na", []string{" 2 "}},
		{"// qbls-ignored QB5002: another word\na", nil},
		{"// see qbls-ignore QB5002: not at the beginning\na", nil},
		{"x = '// qbls-ignore QB5002: text'", nil},
		{"x = `\n// qbls-ignore QB5002: text\n`", nil},
		{"x = /\\/\\/ qbls-ignore QB5002: text/", nil},
	} {
		file := text.NewFile("a.ts", test.src)
		var got []string
		for _, d := range Directives(file) {
			got = append(got, fmt.Sprintf("%s %d %s", d.Code, d.Line+1, d.Reason))
			if at := file.Slice(d.At.Span); !strings.EqualFold(at, string(d.Code)) && (d.Code != "" || at != marker) {
				t.Errorf("%q: %s stands at %q", test.src, d.Code, at)
			}
		}
		if strings.Join(got, "\n") != strings.Join(test.want, "\n") {
			t.Errorf("%q: got %q, want %q", test.src, got, test.want)
		}
	}
}

func TestRemovalLeavesTheRestAsItWas(t *testing.T) {
	for _, test := range []struct{ src, code, want string }{
		{"a, // qbls-ignore QB1: r\nb\n", "QB1", "a,\nb\n"},
		{"a\n  // qbls-ignore QB1: r\n  b\n", "QB1", "a\n  b\n"},
		{"a\r\n  /* qbls-ignore QB1: r */\r\nb", "QB1", "a\r\nb"},
		{"b // qbls-ignore QB1: r", "QB1", "b"},
		{"// qbls-ignore QB1: r", "QB1", ""},
		{"// qbls-ignore QB1, QB2, QB3: r\nb", "QB1", "// qbls-ignore QB2, QB3: r\nb"},
		{"// qbls-ignore QB1, QB2, QB3: r\nb", "QB2", "// qbls-ignore QB1, QB3: r\nb"},
		{"// qbls-ignore QB1, QB2, QB3: r\nb", "QB3", "// qbls-ignore QB1, QB2: r\nb"},
		{"/* qbls-ignore QB1: r */ b", "QB1", " b"},
	} {
		for _, d := range Directives(text.NewFile("a.ts", test.src)) {
			if string(d.Code) != test.code {
				continue
			}
			if got, err := text.Apply(test.src, []text.Edit{d.Removal}); err != nil || got != test.want {
				t.Errorf("%q without %s is %q, %v; want %q", test.src, test.code, got, err, test.want)
			}
		}
	}
}

func TestThePlaceholderIsNoReason(t *testing.T) {
	for content, want := range map[string]string{
		"// qbls-ignore QB6002: " + Placeholder + "\nx":                                 "",
		"// qbls-ignore QB6002: " + Placeholder + " it is right: the page is public\nx": Placeholder + " it is right: the page is public",
	} {
		got := Directives(text.NewFile("a.ts", content))
		if len(got) != 1 || got[0].Reason != want {
			t.Errorf("%q: %v", content, got)
		}
	}
}
