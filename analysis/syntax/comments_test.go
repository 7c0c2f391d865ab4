package syntax_test

import (
	"slices"
	"testing"

	"github.com/qbls/qbls/analysis/syntax"
)

func TestComments(t *testing.T) {
	for _, test := range []struct {
		src  string
		want []string
	}{
		{"a // one\nb /* two */ c /* three\n * lines */\n// four", []string{"// one", "/* two */", "/* three\n * lines */", "// four"}},
		{"x = '// no'; y = \"/* no */\"; // yes", []string{"// yes"}},
		{"x = `// no ${ a /* hole */ } /* no */ ${ `// ${ b // deep\n}` }`; // yes", []string{"/* hole */", "// deep", "// yes"}},
		{"x = /\\/\\/ no [/*] no/; y = a / b; // yes", []string{"// yes"}},
		{"#!/usr/bin/env node\n// yes\r\nz", []string{"// yes"}},
		{"// first\nx = `// never closed ${ a // in the hole\n// after", []string{"// first", "// after"}},
		{"a /* closed */ b /* open\n// after", []string{"/* closed */", "// after"}},
		{"", nil},
		{"url = 'https://x'", nil},
		{"({ a: 1, // größe\n})", []string{"// größe"}},
	} {
		var got []string
		for _, s := range syntax.Comments(test.src) {
			got = append(got, test.src[s.Start:s.End])
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%q: %q, want %q", test.src, got, test.want)
		}
	}
}
