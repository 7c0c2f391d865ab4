package syntax_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis/syntax"
)

// show writes a cursor in one line: path, slot, what was typed, what is replaced, what is there already.
func show(t *syntax.Tree, c syntax.Cursor) string {
	var steps []string
	for _, s := range c.Path {
		switch {
		case s.Call != "":
			steps = append(steps, fmt.Sprintf("%s(%d)", s.Call, s.Arg))
		case s.Key != "":
			steps = append(steps, s.Key)
		default:
			steps = append(steps, fmt.Sprintf("[%d]", s.Index))
		}
	}
	slot := [...]string{"nothing", "key", "value", "element", "argument", "member"}[c.Slot]
	line := strings.Join(steps, "/") + " " + slot
	if c.Quote != 0 {
		line += fmt.Sprintf(" %c", c.Quote)
	}
	if c.Partial != "" {
		line += " typed:" + c.Partial
	}
	if s := t.File().Slice(c.Replace); s != "" {
		line += " replaces:" + s
	}
	if c.Present != nil {
		line += " has:" + strings.Join(c.Present, ",")
	}
	return strings.TrimSpace(line)
}

func TestAt(t *testing.T) {
	const head = "export default defineTable(candidates, {\n"
	for _, test := range []struct{ name, src, want string }{
		{"unclosed everything", "export default defineTable(candidates, { guards: { createable: [\"na‸", `defineTable(1)/guards/createable/[0] element " typed:na replaces:na`},
		{"unclosed string over the rest of the file", head + "  guards: {\n    createable: [\"na‸\n  crud: {},\n});\n", `defineTable(1)/guards/createable/[0] element " typed:na replaces:na`},
		{"fresh quote before brackets", head + "  guards: { createable: [\"‸] },\n});\n", `defineTable(1)/guards/createable/[0] element "`},
		{"empty closed string", head + "  guards: { createable: ['‸'] },\n});\n", `defineTable(1)/guards/createable/[0] element '`},
		{"empty array", head + "  guards: { createable: [‸] },\n});\n", `defineTable(1)/guards/createable/[0] element`},
		{"behind a comma", head + "  guards: { createable: ['a', ‸] },\n});\n", `defineTable(1)/guards/createable/[1] element has:a`},
		{"third string, half typed", head + "  guards: { createable: ['a', 'b', 'em‸'] },\n});\n", `defineTable(1)/guards/createable/[2] element ' typed:em replaces:em has:a,b`},
		{"first string of several", head + "  guards: { createable: ['n‸ame', 'b'] },\n});\n", `defineTable(1)/guards/createable/[0] element ' typed:n replaces:name has:b`},
		{"unclosed string between others", head + "  guards: { createable: ['a', 'em‸, 'b'] },\n});\n", `defineTable(1)/guards/createable/[1] element ' typed:em replaces:em has:a`},
		{"multi-line array, unclosed string", head + "  guards: {\n    createable: [\n      'a',\n      'em‸,\n      'b',\n    ],\n  },\n});\n", `defineTable(1)/guards/createable/[1] element ' typed:em replaces:em has:a,b`},
		{"multi-line array, empty line, no comma", head + "  guards: {\n    createable: [\n      'a'\n      ‸\n    ],\n  },\n});\n", `defineTable(1)/guards/createable/[1] element has:a`},
		{"behind a complete element", head + "  guards: { createable: ['a' ‸] },\n});\n", `defineTable(1)/guards/createable/[0] nothing`},
		{"unclosed array, then a key", head + "  guards: {\n    createable: ['a', ‸\n    updatable: [],\n  },\n});\n", `defineTable(1)/guards/createable/[1] element has:a`},
		{"unclosed array in unclosed objects, then a key", head + "  crud: {\n    list: { access: { roles: [‸\n    get: { access: { roles: ['a'] } },\n  },\n});\n", `defineTable(1)/crud/list/access/roles/[0] element`},
		{"key behind a brace", head + "  guards: {‸},\n});\n", `defineTable(1)/guards key`},
		{"key on an empty line", head + "  firewall: {},\n  ‸\n  crud: {},\n});\n", `defineTable(1) key has:firewall,crud`},
		{"key on an empty line without a comma before", head + "  firewall: {}\n  ‸\n  crud: {},\n});\n", `defineTable(1) key has:firewall,crud`},
		{"half a key", head + "  firewall: {},\n  gua‸\n  crud: {},\n});\n", `defineTable(1) key typed:gua replaces:gua has:firewall,crud`},
		{"half a key without a comma before", head + "  firewall: {}\n  gua‸\n  crud: {},\n});\n", `defineTable(1) key typed:gua replaces:gua has:firewall,crud`},
		{"inside a key that has a value", head + "  gu‸ards: {},\n  crud: {},\n});\n", `defineTable(1) key typed:gu replaces:guards has:crud`},
		{"key behind a comma on one line", "x({ a: 1, ‸ })", `x(0) key has:a`},
		{"quoted key", "x({ a: 1, 'b‸ })", `x(0) key ' typed:b replaces:b has:a`},
		{"value, nothing there", "x({ a: ‸ })", `x(0)/a value`},
		{"value, nothing there, a key follows", head + "  guards: ‸\n  crud: {},\n});\n", `defineTable(1)/guards value`},
		{"value on the next line", head + "  guards:\n    ‸\n  crud: {},\n});\n", `defineTable(1)/guards value`},
		{"value in quotes", "x({ type: 'em‸' })", `x(0)/type value ' typed:em replaces:em`},
		{"value in an unclosed quote, more on the line", "x({ type: 'em‸, show: { roles: [] } })", `x(0)/type value ' typed:em replaces:em`},
		{"value word", "x({ a: tr‸ })", `x(0)/a value typed:tr replaces:tr`},
		{"value in an expression", "x({ a: b || ‸ })", `x(0)/a value`},
		{"value in parentheses", "x({ a: (‸) })", `x(0)/a value`},
		{"behind a value", "x({ a: 1 ‸ })", `x(0)/a nothing`},
		{"argument", "const t = sqliteTable(‸)", `sqliteTable(0) argument`},
		{"second argument", "const t = sqliteTable('a', ‸)", `sqliteTable(1) argument`},
		{"string argument of a nested call", "const t = sqliteTable('a', { id: text('i‸').primaryKey() })", `sqliteTable(1)/id/text(0) argument ' typed:i replaces:i`},
		{"argument of a chained call", "const t = sqliteTable('a', { id: text('id').references(‸) })", `sqliteTable(1)/id/references(0) argument`},
		{"argument of a dotted call", "feature('a', { columns: { s: q.enum(['x', '‸']) } })", `feature(1)/columns/s/q.enum(0)/[1] element ' has:x`},
		{"options behind a chained call", "feature('a', { columns: { s: q.text().masked({ ‸ }) } })", `feature(1)/columns/s/masked(0) key`},
		{"unclosed call, then a key", "const t = sqliteTable('a', {\n  id: text('‸\n  name: text('name'),\n});", `sqliteTable(1)/id/text(0) argument '`},
		{"member", head + "  columns: {\n    name: q.‸\n    email: q.text(),\n  },\n});\n", `defineTable(1)/columns/name member`},
		{"half a member", "x({ a: q.te‸ })", `x(0)/a member typed:te replaces:te`},
		{"member of a call", "x({ a: text('a').‸ })", `x(0)/a member`},
		{"member at the top", "const a = q.‸\nconst b = 1", `member`},
		{"object in an array", "x({ or: [{ roles: ['a'] }, { ‸ }] })", `x(0)/or/[1] key`},
		{"record condition", "x({ access: { record: { status: { equals: '‸' } } } })", `x(0)/access/record/status/equals value '`},
		{"empty line at the end of an unclosed object", head + "  guards: {\n    createable: ['a'],\n    ‸", `defineTable(1)/guards key has:createable`},
		{"dedented line at the end of an unclosed object", head + "  guards: {\n    createable: ['a'],\n  ‸", `defineTable(1) key has:guards`},
		{"line without indentation at the end of the file", head + "  guards: {\n‸", `defineTable(1)/guards key`},
		{"indented line in an unclosed object before a key", head + "  guards: {\n    createable: ['a'],\n    ‸\n  crud: {},\n});\n", `defineTable(1)/guards key has:createable`},
		{"a statement ends an unclosed file", head + "  guards: {\n    ‸\n\nexport type A = string;\n", `defineTable(1)/guards key`},
		{"key behind an unclosed array", head + "  guards: {\n    createable: ['a',\n    upd‸: [],\n  },\n});\n", `defineTable(1)/guards key typed:upd replaces:upd has:createable`},
		{"value behind an unclosed array", head + "  guards: {\n    createable: ['a',\n    updatable: ['‸'],\n  },\n});\n", `defineTable(1)/guards/updatable/[0] element '`},
		{"behind the statement", head + "  guards: {},\n});\n‸", `nothing`},
		{"import", "import { a } from './‸x'", `nothing ' typed:./ replaces:./x`},
		{"wrapped values", "export default (defineTable(a, { guards: { createable: ['‸'] } }) satisfies X)", `defineTable(1)/guards/createable/[0] element '`},
		{"as const", "const roles = ['‸'] as const", `[0] element '`},
		{"config", "export default { name: 'x', runtime: '‸' }", `runtime value '`},
		{"line comment", "x({ a: 1, // ‸\n})", `nothing`},
		{"block comment", "x({ a: 1, /* ‸ */ })", `nothing`},
		{"behind a comment", "x({ a: 1, /* b */ ‸ })", `x(0) key has:a`},
		{"in a function body", "x({ run: async ({ ctx }) => { ctx.‸ } })", `x(0)/run member`},
		{"in a function body, no member", "x({ run: () => { ‸ } })", `x(0)/run nothing`},
		{"behind a spread", "x({ ...base, ‸ })", `x(0) key`},
		{"hole of a template", "x({ a: `b ${‸}` })", `x(0)/a value`},
		{"text of a template", "x({ a: `b‸ ${c}` })", "x(0)/a value ` typed:b replaces:b"},
		{"CRLF", "x({\r\n  a: ['na‸\r\n  b: 1,\r\n})", `x(0)/a/[0] element ' typed:na replaces:na`},
		{"tabs", "x({\n\ta: {\n\t\tb: ['na‸\n\tc: 1,\n})", `x(0)/a/b/[0] element ' typed:na replaces:na`},
		{"empty file", "‸", `nothing`},
	} {
		before, after, ok := strings.Cut(test.src, "‸")
		if !ok {
			t.Fatalf("%s: no cursor", test.name)
		}
		tree := parse(before + after)
		if got := show(tree, tree.At(len(before))); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
		}
	}
}
