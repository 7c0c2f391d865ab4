package literal

import (
	"strings"
	"testing"
)

// TestOnlyEmittedFormsAreRead: whatever could run, or mean something else than it says, is no data.
func TestOnlyEmittedFormsAreRead(t *testing.T) {
	for _, src := range []string{
		"export const x = f`${y}`;", "export const x = sql`a ${y}`;", "export const x = a ? b : c;", "export const x = a || b;", "export const x = a + b;", "export const x = { ...y };", "export const x = { ...y() };",
		"export const x = [...y];", "export const x = { get a() { return 1; } };", "export const x = { [a]: 1 };", "export const x = { a: 1, a: 2 };", "export const x = { 'a': 1, \"a\": 2 };",
		"export const x = { __proto__: y };", "export const x = { '__proto__': y };", "export const x = function () {};", "export const x = async () => 1;", "export const x = () => { return 1; };",
		"export const x = a = 1;", "export const x = a, y = 2;", "export let x = 1;", "export var x = 1;", "x = 1;", "if (a) b();", "export function f() {}", "export class A {}",
		"export const x = 1\nexport const y = 2;", "import x = require('y');", "export const x = !a;", "export const x = a as B;", "export const x = `a`;", "export const x = /a/;",
		"export const x = eval('1');", "export const x = require('y');", "export const x = 'a", "export const x = 'a\\", "/* x", "export const x = [1,, 2];", "export const x = { a: , };", "export * as y from 'z';",
		"export const x = 1; export const x = 2;", "export const x = a?.b;", "export const x = a[b];", "export const x = (1);", "label: f();", "export default 1; export default 2;",
	} {
		if m, err := Read(src); err == nil {
			t.Errorf("%s is read as %+v", src, m)
		}
	}
}

func TestValues(t *testing.T) {
	m, err := Read("import { resource, type Kind } from './lib.ts'; // a comment\nimport d from './d.ts';\nimport * as all from './all.ts';\n" +
		`export const x = resource(d.a['b-c'])({ s: 'it\'s \u00e9\x41', n: -1.5, t: true, z: null, list: ["a", 2,], ['__proto__']: all, f: () => false });` + "\nawait run({ a });\n")
	if err != nil {
		t.Fatal(err)
	}
	call := m.Const("x").Value
	o := call.Items[0]
	if call.Form != Call || call.On.Form != Call || !call.On.On.IsName("resource") || call.On.Items[0].Dotted() != "d.a.b-c" {
		t.Errorf("%+v", call)
	}
	if o.Get("s").Str != "it's éA" || o.Get("n").Num != -1.5 || !o.Get("t").Bool || o.Get("z").Form != Null || len(o.Get("list").Items) != 2 || !o.Get("__proto__").IsName("all") || o.Get("f").Form != Arrow {
		t.Errorf("%+v", o.Props)
	}
	for local, want := range map[string]string{"resource": "./lib.ts resource", "d": "./d.ts default", "all": "./all.ts *"} {
		if module, name, _ := m.Imported(local); module+" "+name != want {
			t.Errorf("%s is %s %s", local, module, name)
		}
	}
	if _, _, ok := m.Imported("Kind"); ok {
		t.Error("a type is imported as a value")
	}
	if len(m.Run) != 1 || m.Run[0].Items[0].Get("a") == nil {
		t.Errorf("%+v", m.Run)
	}
}

// TestTokensOfAnyModule: what stands in strings, comments, templates and regular expressions is no code.
func TestTokensOfAnyModule(t *testing.T) {
	tokens, err := Tokens("const a = b / c / d; x = /import 'y'[/]/g.test(s) ? `from 'z' ${f({ a: `${1}` })} '` : \"import('q')\"; // from 'w'\n/* require('v') */ import u from 'u';")
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for _, t := range tokens {
		if t.Kind == Text || t.Kind == Regex || t.Kind == Template {
			seen = append(seen, t.Value)
		}
	}
	if got := strings.Join(seen, " | "); got != "/import 'y'[/]/g | `from 'z' ${f({ a: `${1}` })} '` | import('q') | u" {
		t.Error(got)
	}
}

// FuzzRead: a module is read or refused; nothing ends the program, and no place is outside of the text.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"export const x = resource(t)({ a: ['b'] });", "import { a } from 'b';", "`${`", "declare module 'a' {}", "{\"a\":1}", "a(", "new", "sql", "-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		m, err := Read(src)
		if err != nil {
			if e, ok := err.(*Error); !ok || e.Offset < 0 || e.Offset > len(src) {
				t.Errorf("%v", err)
			}
			return
		}
		for _, c := range m.Consts {
			if c.Start < 0 || c.End > len(src) || c.Start > c.End {
				t.Errorf("%+v", c)
			}
		}
		_, _ = ReadJSON(src)
	})
}
