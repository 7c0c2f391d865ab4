package definition

import (
	"strings"
	"testing"

	"github.com/qbls/qbls/diagnostics/text"
)

// TestKeysReturned: the keys of what a function itself returns, and of nothing else.
func TestKeysReturned(t *testing.T) {
	for body, want := range map[string]string{
		"{ return { a: 1, 'b-c': 2, d }; }":                                                                                        "a b-c d",
		"{ return ({ a: 1 }); }":                                                                                                   "a",
		"{ await f(); if (x) { return { a: 1 }; } else return { b }; }":                                                            "a b",
		"{ try { return { a: 1 }; } catch { return { b: 2 }; } finally { } }":                                                      "a b",
		"{ for (const x of y) { while (z) { return { a: { deep: 1 } }; } } }":                                                      "a",
		"{ switch (x) { case 'y': return { a: 1 }; default: { return { b: 1 }; } } }":                                              "a b",
		"{ const f = () => { return { a: 1 }; }; function g() { return { b: 1 }; } list.map(function (x) { return { c: 1 }; }); }": "",
		"{ const o = { m() { return { a: 1 }; }, n: 1 }; return o; }":                                                              "",
		"{ return { ...rest, [key]: 1, a: f({ b: 1 }), c() { return 1; } }; }":                                                     "a",
		"{ it.return({ a: 1 }); return; }":                                                                                         "",
		"{ return [{ a: 1 }]; }":                                                                                                   "",
		"{ return x ? { a: 1 } : { b: 1 }; }":                                                                                      "",
		"{ return { a: 1":                                                                                                          "a",
		"{":                                                                                                                        "",
	} {
		src := "x => " + body
		var got []string
		for _, span := range keysReturned(src, text.Span{Start: 5, End: int32(len(src))}) {
			got = append(got, src[span.Start:span.End])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s\ngot  %v\nwant %s", body, got, want)
		}
	}
}
