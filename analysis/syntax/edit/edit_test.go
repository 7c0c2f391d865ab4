package edit_test

import (
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/analysis/syntax/edit"
	"github.com/qbls/qbls/diagnostics/text"
)

func parse(src string) *syntax.Tree { return syntax.Parse(text.NewFile("things.ts", src)) }

// first returns the first node of a kind, of those with a name the one that is called so.
func first(t *testing.T, tree *syntax.Tree, kind syntax.Kind, name string) syntax.Node {
	t.Helper()
	for n := range tree.Root().Descendants() {
		if n.Kind() == kind && (name == "" || n.Name() == name) {
			return n
		}
	}
	t.Fatalf("no %v %s in %s", kind, name, tree.File().Text)
	return syntax.Node{}
}

// check applies edits, compares, and demands that a file without syntax errors stays one.
func check(t *testing.T, src string, edits []text.Edit, want string) {
	t.Helper()
	got, err := text.Apply(src, edits)
	if err != nil {
		t.Errorf("%s\n%v", src, err)
		return
	}
	if got != want {
		t.Errorf("from %s\n got %s\nwant %s", src, got, want)
	}
	if len(parse(src).Diagnostics()) == 0 {
		for _, d := range parse(got).Diagnostics() {
			t.Errorf("%s\nis broken: %s", got, d.Message)
		}
	}
}

func TestSetProperty(t *testing.T) {
	for _, test := range []struct{ src, key, value, want string }{
		{"x = {}", "a", "1", "x = { a: 1 }"},
		{"x = { }", "a", "1", "x = { a: 1 }"},
		{"x = { b: 2 }", "a", "1", "x = { b: 2, a: 1 }"},
		{"x = {b: 2}", "a", "1", "x = {b: 2, a: 1}"},
		{"x = { b: 2, }", "a", "1", "x = { b: 2, a: 1, }"},
		{"x = { a: 2 }", "a", "1", "x = { a: 1 }"},
		{"x = { a: 2, a: 3 }", "a", "1", "x = { a: 2, a: 1 }"},
		{"x = { a }", "a", "1", "x = { a: 1 }"},
		{"x = { a() {} }", "a", "1", "x = { a: 1 }"},
		{"x = { a: }", "a", "1", "x = { a: 1 }"},
		{"x = { 'a-b': 1 }", "c-d", "1", "x = { 'a-b': 1, 'c-d': 1 }"},
		{"x = {\n}", "a", "1", "x = {\n  a: 1,\n}"},
		{"x = {\n  // none yet\n}", "a", "1", "x = {\n  // none yet\n  a: 1,\n}"},
		{"x = {\n  b: 2,\n}", "a", "1", "x = {\n  b: 2,\n  a: 1,\n}"},
		{"x = {\n  b: 2\n}", "a", "1", "x = {\n  b: 2,\n  a: 1\n}"},
		{"x = {\n  b: 2 // two\n}", "a", "1", "x = {\n  b: 2, // two\n  a: 1\n}"},
		{"x = {\n  b: 2, // two\n  // end\n}", "a", "1", "x = {\n  b: 2, // two\n  a: 1,\n  // end\n}"},
		{"x = {\n\tb: {},\n};\n", "a", "{\n\tc: 1,\n}", "x = {\n\tb: {},\n\ta: {\n\t\tc: 1,\n\t},\n};\n"},
		{"x = {\r\n  b: 2,\r\n}", "a", "1", "x = {\r\n  b: 2,\r\n  a: 1,\r\n}"},
		{"f({\n    c: {\n    },\n})", "c", "[\n]", "f({\n    c: [\n    ],\n})"},
		{"f({\n    c: {\n        d: {\n        }\n    },\n})", "e", "1", "f({\n    c: {\n        d: {\n        }\n    },\n    e: 1,\n})"},
		{"x = { b: 2 } as const", "a", "1", "x = { b: 2, a: 1 } as const"},
		{"x = { ...b }", "a", "1", "x = { ...b, a: 1 }"},
	} {
		tree := parse(test.src)
		check(t, test.src, edit.SetProperty(first(t, tree, syntax.Object, ""), test.key, test.value), test.want)
	}
}

func TestRemoveProperty(t *testing.T) {
	for _, test := range []struct{ src, want string }{
		{"x = { a: 1 }", "x = {}"},
		{"x = { a: 1, }", "x = {}"},
		{"x = { a: 1, b: 2 }", "x = { b: 2 }"},
		{"x = { b: 2, a: 1 }", "x = { b: 2 }"},
		{"x = { b: 2, a: 1, }", "x = { b: 2, }"},
		{"x = { b: 2, a: 1, c: 3 }", "x = { b: 2, c: 3 }"},
		{"x = {\n  a: 1,\n  b: 2,\n}", "x = {\n  b: 2,\n}"},
		{"x = {\n  b: 2,\n  a: 1,\n}", "x = {\n  b: 2,\n}"},
		{"x = {\n  b: 2,\n  a: 1\n}", "x = {\n  b: 2\n}"},
		{"x = {\n  b: 2,\n  // about a\n  // still\n  a: 1, // one\n  // about c\n  c: 3,\n}", "x = {\n  b: 2,\n  // about c\n  c: 3,\n}"},
		{"x = {\n  b: 2, // two\n  a: 1,\n}", "x = {\n  b: 2, // two\n}"},
		{"x = {\n  // general\n\n  // about a\n  a: 1,\n}", "x = {\n  // general\n\n}"},
		{"x = {\n  b: 2,\n  /**\n   * About a.\n   */\n  a: 1,\n  c: 3,\n}", "x = {\n  b: 2,\n  c: 3,\n}"},
		{"x = {\n  a: {\n    d: 1,\n  },\n  b: 2,\n}", "x = {\n  b: 2,\n}"},
		{"x = {\r\n  a: 1,\r\n  b: 2,\r\n}", "x = {\r\n  b: 2,\r\n}"},
		{"x = { a: 1,\n  b: 2 }", "x = {\n  b: 2 }"},
	} {
		tree := parse(test.src)
		check(t, test.src, edit.RemoveProperty(first(t, tree, syntax.Property, "a")), test.want)
	}
}

func TestInsertElement(t *testing.T) {
	for _, test := range []struct {
		src  string
		at   int
		want string
	}{
		{"x = []", 0, "x = ['n']"},
		{"x = ['a']", 0, "x = ['n', 'a']"},
		{"x = ['a']", 1, "x = ['a', 'n']"},
		{"x = ['a']", 99, "x = ['a', 'n']"},
		{"x = ['a']", -1, "x = ['n', 'a']"},
		{"x = ['a', 'b',]", 2, "x = ['a', 'b', 'n',]"},
		{"x = [\n  'a',\n  'b',\n]", 1, "x = [\n  'a',\n  'n',\n  'b',\n]"},
		{"x = [\n  'a',\n  'b'\n]", 2, "x = [\n  'a',\n  'b',\n  'n'\n]"},
		{"x = [\n  'a', // A\n  // about b\n  'b',\n]", 1, "x = [\n  'a', // A\n  'n',\n  // about b\n  'b',\n]"},
		{"x = [\n  'a', 'b',\n  'c', 'd',\n]", 4, "x = [\n  'a', 'b',\n  'c', 'd', 'n',\n]"},
		{"x = [\n]", 0, "x = [\n  'n',\n]"},
		{"x = [/* none */]", 0, "x = [/* none */ 'n']"},
	} {
		tree := parse(test.src)
		check(t, test.src, edit.InsertElement(first(t, tree, syntax.Array, ""), test.at, "'n'"), test.want)
	}
}

func TestRemoveElement(t *testing.T) {
	for _, test := range []struct {
		src  string
		at   int
		want string
	}{
		{"x = ['a']", 0, "x = []"},
		{"x = ['a', 'b', 'c']", 0, "x = ['b', 'c']"},
		{"x = ['a', 'b', 'c']", 1, "x = ['a', 'c']"},
		{"x = ['a', 'b', 'c']", 2, "x = ['a', 'b']"},
		{"x = [\n  'a',\n  'b',\n]", 1, "x = [\n  'a',\n]"},
		{"x = [\n  'a', 'b',\n  'c', 'd',\n]", 2, "x = [\n  'a', 'b',\n  'd',\n]"},
		{"x = [\n  'a', 'b',\n  'c', 'd',\n]", 1, "x = [\n  'a',\n  'c', 'd',\n]"},
		{"x = [\n  ...a,\n  'b',\n]", 0, "x = [\n  'b',\n]"},
	} {
		tree := parse(test.src)
		check(t, test.src, edit.RemoveElement(first(t, tree, syntax.Array, "").Child(test.at)), test.want)
	}
}

func TestReplaceString(t *testing.T) {
	for _, test := range []struct{ src, s, want string }{
		{"x = 'a'", "b", "x = 'b'"},
		{"x = \"a\"", "it's", "x = \"it's\""},
		{"x = 'a'", "it's\n\\ \x01", `x = 'it\'s\n\\ \x01'`},
		{"x = 'a", "b", "x = 'b'"},
		{"x = '\\x41'", "😀", "x = '😀'"},
	} {
		tree := parse(test.src)
		check(t, test.src, []text.Edit{edit.ReplaceString(first(t, tree, syntax.String, ""), test.s)}, test.want)
		got, _ := text.Apply(test.src, []text.Edit{edit.ReplaceString(first(t, tree, syntax.String, ""), test.s)})
		if s, ok := first(t, parse(got), syntax.String, "").Str(); !ok || s != test.s {
			t.Errorf("%s holds %q, want %q", got, s, test.s)
		}
	}
	tree := parse("x = `a`")
	check(t, "x = `a`", []text.Edit{edit.ReplaceString(first(t, tree, syntax.Template, ""), "`${b}\n")}, "x = `\\`\\${b}\n`")
	tree = parse("x = y('z')")
	check(t, "x = y('z')", []text.Edit{edit.ReplaceString(first(t, tree, syntax.Call, ""), "b")}, "x = 'b'")
}

func TestRenameKey(t *testing.T) {
	for _, test := range []struct{ src, name, want string }{
		{"x = { a: 1 }", "b", "x = { b: 1 }"},
		{"x = { a: 1 }", "b-c", "x = { \"b-c\": 1 }"},
		{"x = { a: 'd' }", "b-c", "x = { 'b-c': 'd' }"},
		{"x = { 'a': 1 }", "b", "x = { 'b': 1 }"},
		{"x = { 'a': 1 }", "it's", `x = { 'it\'s': 1 }`},
		{"x = { a }", "b", "x = { b: a }"},
		{"x = { async a() {} }", "b", "x = { async b() {} }"},
		{"x = { ['a']: 1 }", "b", "x = { ['b']: 1 }"},
		{"x = { a: 1 }", "1st", "x = { \"1st\": 1 }"},
		{"x = { a: 1 }", "", "x = { \"\": 1 }"},
		{"x = { [a]: 1 }", "b", "x = { [a]: 1 }"},
	} {
		tree := parse(test.src)
		check(t, test.src, []text.Edit{edit.RenameKey(first(t, tree, syntax.Property, ""), test.name)}, test.want)
	}
}

func TestAddImport(t *testing.T) {
	for _, test := range []struct{ src, names, want string }{
		{"", "a", "import { a } from \"m\";\n"},
		{"x = 1\n", "a,b", "import { a, b } from \"m\"\n\nx = 1\n"},
		{"#!/usr/bin/env bun\nx();\n", "a", "#!/usr/bin/env bun\nimport { a } from \"m\";\nx();\n"},
		{"import { c } from 'n';\n\nx();\n", "a", "import { c } from 'n';\nimport { a } from 'm';\n\nx();\n"},
		{"import { c } from 'n' // why\nx()\n", "a", "import { c } from 'n' // why\nimport { a } from 'm'\nx()\n"},
		{"import { b } from 'm';\n", "a", "import { b, a } from 'm';\n"},
		{"import { a, b } from 'm';\n", "a,b", "import { a, b } from 'm';\n"},
		{"import { a as c } from 'm';\n", "a", "import { a as c, a } from 'm';\n"},
		{"import { a } from 'm';\n", "a as b", "import { a, a as b } from 'm';\n"},
		{"import {\n  b,\n} from 'm';\n", "a,c", "import {\n  b,\n  a,\n  c,\n} from 'm';\n"},
		{"import d from 'm';\n", "a", "import d, { a } from 'm';\n"},
		{"import d, { b } from 'm';\n", "a", "import d, { b, a } from 'm';\n"},
		{"import { default as d } from 'm';\n", "a", "import { default as d, a } from 'm';\n"},
		{"import * as n from 'm';\n", "a", "import * as n from 'm';\nimport { a } from 'm';\n"},
		{"import type { a } from 'm';\n", "a", "import type { a } from 'm';\nimport { a } from 'm';\n"},
		{"import 'm';\n", "a", "import 'm';\nimport { a } from 'm';\n"},
		{"import d, {} from 'm';\n", "a", "import d, { a } from 'm';\n"},
	} {
		tree := parse(test.src)
		check(t, test.src, edit.AddImport(tree, "m", strings.Split(test.names, ",")...), test.want)
	}
}

// What cannot be edited with certainty is left alone.
func TestRefused(t *testing.T) {
	unclosed := parse("x = { a: [1")
	for name, edits := range map[string][]text.Edit{
		"object without its end":   edit.SetProperty(first(t, unclosed, syntax.Object, ""), "b", "1"),
		"array without its end":    edit.InsertElement(first(t, unclosed, syntax.Array, ""), 0, "1"),
		"property of such":         edit.RemoveProperty(first(t, unclosed, syntax.Property, "")),
		"element of such":          edit.RemoveElement(first(t, unclosed, syntax.Number, "")),
		"no node":                  edit.SetProperty(syntax.Node{}, "a", "1"),
		"removing nothing":         edit.RemoveProperty(syntax.Node{}),
		"an element as a property": edit.RemoveProperty(first(t, parse("x = [1]"), syntax.Number, "")),
	} {
		if edits != nil {
			t.Errorf("%s: %v", name, edits)
		}
	}
}

// FuzzEdits does every edit at every place: the result must apply, and stay free of errors when it was.
func FuzzEdits(f *testing.F) {
	f.Add("x = {\n  a: 1, // b\n  /* c */ d: [1, 2,\n 3],\n  e, f() {}, ...g,\n}")
	f.Add("import a, { b } from 'm'\nx({ 'a': [{ b: 1 }, ] })")
	f.Add("import a,from 'm'\nx({ 'a': [{  }, ] })")
	f.Add("import a, from 'm'\nx()")
	f.Add("import a /* b, c */ from 'm'\nx()")
	f.Fuzz(func(t *testing.T, src string) {
		if len(src) > 300 || strings.ContainsAny(src, "\x00") {
			return
		}
		tree := parse(src)
		sound := len(tree.Diagnostics()) == 0
		apply := func(what string, edits []text.Edit) {
			got, err := text.Apply(src, edits)
			if err != nil {
				t.Fatalf("%s of %q: %v", what, src, err)
			}
			if !sound {
				return
			}
			for _, d := range parse(got).Diagnostics() {
				if d.Rule == syntax.Unexpected || d.Rule == syntax.Unclosed {
					t.Fatalf("%s of %q gives %q: %s", what, src, got, d.Message)
				}
			}
		}
		apply("import", edit.AddImport(tree, "m", "a"))
		for n := range tree.Root().Descendants() {
			apply("set", edit.SetProperty(n, "zz", "1"))
			apply("remove property", edit.RemoveProperty(n))
			apply("insert", edit.InsertElement(n, 1, "1"))
			apply("remove element", edit.RemoveElement(n))
			if n.Kind() == syntax.Property {
				apply("rename", []text.Edit{edit.RenameKey(n, "z-z")})
			}
		}
	})
}
