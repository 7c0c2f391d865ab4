package syntax_test

import (
	"strings"
	"testing"
)

// TestMidEdit takes texts as they are between two keystrokes, a merge or a paste. The property path at the cursor is right in
// each, also where the damage is far above or below. Plain situations are in TestAt.
func TestMidEdit(t *testing.T) {
	const head = "import { defineTable } from '@quickback/compiler';\n\nexport default defineTable(jobs, {\n"
	for _, test := range []struct{ name, src, want string }{
		// Conflict markers.
		{"conflict, our side", head + "  guards: {\n<<<<<<< HEAD\n    createable: ['ti‸'],\n=======\n    createable: ['title'],\n>>>>>>> main\n  },\n});\n", `defineTable(1)/guards/createable/[0] element ' typed:ti replaces:ti`},
		{"conflict, their side", head + "  guards: {\n<<<<<<< HEAD\n    createable: ['title'],\n=======\n    createable: ['title', '‸'],\n>>>>>>> main\n  },\n});\n", `defineTable(1)/guards/createable/[1] element ' has:title`},
		{"key behind a conflict", head + "  guards: {\n<<<<<<< HEAD\n    createable: ['a'],\n=======\n    createable: ['b'],\n>>>>>>> main\n    upd‸\n  },\n  crud: {},\n});\n", `defineTable(1)/guards key typed:upd replaces:upd has:createable,createable`},
		{"value behind a conflict between keys", head + "<<<<<<< HEAD\n  firewall: { organization: {} },\n=======\n  firewall: { exception: true },\n>>>>>>> feature/public\n  masking: { email: { type: '‸' } },\n});\n", `defineTable(1)/masking/email/type value '`},
		{"conflict with a base", head + "  crud: {\n<<<<<<< ours\n    list: { access: { roles: ['a'] } },\n||||||| base\n    list: {},\n=======\n    list: { access: { roles: ['b', '‸'] } },\n>>>>>>> theirs\n  },\n});\n", `defineTable(1)/crud/list/access/roles/[1] element ' has:b`},
		{"conflict around the imports", "<<<<<<< HEAD\nimport { a } from './a';\n=======\nimport { b } from './b';\n>>>>>>> main\n" + head + "  guards: { updatable: ['‸'] },\n});\n", `defineTable(1)/guards/updatable/[0] element '`},

		// Pasted text.
		{"JSON pasted as a value", head + "  guards: {\n    \"createable\": [\n      \"title\",\n      \"‸\"\n    ]\n  },\n});\n", `defineTable(1)/guards/createable/[1] element " has:title`},
		{"JSON object pasted without a key", head + "  {\n    \"guards\": { \"createable\": [\"a\"] }\n  }\n  crud: { list: { access: { roles: ['‸'] } } },\n});\n", `defineTable(1)/crud/list/access/roles/[0] element '`},
		{"JSON property pasted behind a key", head + "  views: \"views\": { \"short\": { \"fields\": [\"‸\"] } },\n});\n", `defineTable(1)/views/short/fields/[0] element "`},
		{"whole JSON file pasted behind export default", "export default {\n  \"name\": \"x\",\n  \"providers\": { \"runtime\": { \"name\": \"‸\" } }\n}\n", `providers/runtime/name value "`},
		{"the same statement pasted twice, the first unclosed", head + "  guards: {\n    createable: ['a',\n" + head + "  guards: {\n    createable: ['‸'],\n  },\n});\n", `defineTable(1)/guards/createable/[0] element '`},
		{"an entry pasted twice without a comma", head + "  guards: { createable: [] }\n  guards: { createable: ['‸'] }\n});\n", `defineTable(1)/guards/createable/[0] element '`},
		{"prose pasted between keys", head + "  firewall: { organization: {} },\n  The owner may do all of it, and a member only reads.\n  crud: { list: { access: { roles: ['‸'] } } },\n});\n", `defineTable(1)/crud/list/access/roles/[0] element '`},
		{"markdown fence pasted at the end", head + "  guards: { createable: ['‸'] },\n});\n```\n", `defineTable(1)/guards/createable/[0] element '`},
		{"curly quotes pasted from a page", head + "  guards: { createable: [“title”, '‸'] },\n});\n", `defineTable(1)/guards/createable/[1] element '`},

		// Stray and missing punctuation.
		{"comma at the start of a list", head + "  guards: { createable: [, '‸'] },\n});\n", `defineTable(1)/guards/createable/[1] element '`},
		{"two commas in a list", head + "  guards: { createable: ['a',, '‸'] },\n});\n", `defineTable(1)/guards/createable/[2] element ' has:a`},
		{"two commas between keys", head + "  firewall: {},,\n  cr‸\n});\n", `defineTable(1) key typed:cr replaces:cr has:firewall`},
		{"comma behind the opening brace", head + "  guards: {, createable: ['‸'] },\n});\n", `defineTable(1)/guards/createable/[0] element '`},
		{"semicolons instead of commas", head + "  firewall: { organization: {} };\n  guards: { createable: ['‸'] };\n});\n", `defineTable(1)/guards/createable/[0] element '`},
		{"equals instead of a colon", head + "  guards = { createable: ['‸'] },\n});\n", `defineTable(1)/guards/createable/[0] element '`},
		{"no colon", head + "  guards { createable: ['‸'] },\n});\n", `defineTable(1)/guards/createable/[0] element '`},
		{"no comma between strings", head + "  guards: { createable: ['a' 'b' '‸'] },\n});\n", `defineTable(1)/guards/createable/[2] element ' has:a,b`},
		{"bracket closed with a brace", head + "  guards: {\n    createable: ['a'},\n    updatable: ['‸'],\n  },\n});\n", `defineTable(1)/guards/updatable/[0] element '`},
		{"brace closed with a bracket", head + "  guards: { createable: ['a'] ],\n  crud: { list: { access: { roles: ['‸'] } } },\n});\n", `defineTable(1)/crud/list/access/roles/[0] element '`},
		{"one brace too many above", head + "  guards: { createable: ['a'] } },\n  crud: { get: { access: { roles: ['‸'] } } },\n});\n", `defineTable(1)/crud/get/access/roles/[0] element '`},

		// Unclosed things, with the rest of the file behind them.
		{"unclosed call of a column", "export const jobs = sqliteTable('jobs', {\n  id: text('id').primaryKey(,\n  title: text('‸'),\n});\n", `sqliteTable(1)/title/text(0) argument '`},
		{"unclosed enum of a column", "export const jobs = sqliteTable('jobs', {\n  state: text('state', { enum: ['a', '‸ ).notNull(),\n  title: text('title'),\n});\n", "sqliteTable(1)/state/text(1)/enum/[1] element ' has:a"},
		{"unclosed string above, cursor far below", head + "  firewall: { organization: {}, errorMode: 'hide },\n  guards: { createable: ['a'] },\n  masking: {\n    email: { type: 'email', show: { roles: ['‸'] } },\n  },\n});\n", `defineTable(1)/masking/email/show/roles/[0] element '`},
		{"unclosed template above a key", head + "  views: {\n    short: { fields: [`id, 'title'] },\n  },\n  crud: {‸},\n});\n", `defineTable(1)/crud key`},
		{"unclosed hole of a template", head + "  views: { short: { fields: [`a${b‸ ] } },\n});\n", "defineTable(1)/views/short/fields/[0] element ` typed:a${b replaces:a${b"},
		{"in an unclosed comment", head + "  guards: {\n    /* createable: ['‸'],\n  },\n});\n", `nothing`},
		{"before an unclosed comment", head + "  guards: { createable: ['‸'] }, /* crud\n  crud: {},\n});\n", `defineTable(1)/guards/createable/[0] element '`},
		{"half a comment mark", head + "  guards: { createable: ['‸'] }, /\n  crud: {},\n});\n", `defineTable(1)/guards/createable/[0] element '`},

		// Functions on the way.
		{"arrow without a body, then a key", head + "  actions: {\n    close: { execute: async ({ db }) =>\n      access: { roles: ['‸'] },\n    },\n  },\n});\n", `defineTable(1)/actions/close/access/roles/[0] element '`},
		{"half an arrow", head + "  actions: {\n    close: {\n      execute: async ({ db }) =\n      access: { roles: ['‸'] },\n    },\n  },\n});\n", `defineTable(1)/actions/close/access/roles/[0] element '`},
		{"parameters left open", head + "  actions: {\n    close: {\n      execute: async ({ db\n      access: { roles: ['‸'] },\n    },\n  },\n});\n", `defineTable(1)/actions/close/access/roles/[0] element '`},
		{"body left open, cursor in the next action", head + "  actions: {\n    close: {\n      access: { roles: ['a'] },\n      execute: async () => {\n        if (x) {\n    },\n    open: {\n      access: { roles: ['‸'] },\n    },\n  },\n});\n", `defineTable(1)/actions/open/access/roles/[0] element '`},
		{"method without a body", head + "  actions: { close: { execute() , access: { roles: ['‸'] } } },\n});\n", `defineTable(1)/actions/close/access/roles/[0] element '`},
		{"access function half typed", head + "  crud: {\n    list: { access: (ctx) => ctx.‸ },\n    get: {},\n  },\n});\n", `defineTable(1)/crud/list/access member`},

		// Half a statement.
		{"export without default", "export defineTable(jobs, {\n  guards: { createable: ['‸'] },\n});\n", `defineTable(1)/guards/createable/[0] element '`},
		{"half an import above", "import { text, sqliteTable } fro\n\nexport default defineTable(jobs, {\n  guards: { createable: ['‸'] },\n});\n", `defineTable(1)/guards/createable/[0] element '`},
		{"unclosed import list above", "import { text, \n\nexport default defineTable(jobs, {\n  guards: { createable: ['‸'] },\n});\n", `defineTable(1)/guards/createable/[0] element '`},
		{"half a const above", "const roles = \n\nexport default defineTable(jobs, {\n  guards: { createable: ['‸'] },\n});\n", `defineTable(1)/guards/createable/[0] element '`},
		{"table argument missing", "export default defineTable(, {\n  guards: { createable: ['‸'] },\n});\n", `defineTable(1)/guards/createable/[0] element '`},
		{"satisfies half typed", head + "  guards: { createable: ['‸'] } satis\n});\n", `defineTable(1)/guards/createable/[0] element '`},
		{"spread half typed", head + "  ...bas\n  guards: { createable: ['‸'] },\n});\n", `defineTable(1)/guards/createable/[0] element '`},
		{"computed key half typed", head + "  [key\n  guards: { createable: ['‸'] },\n});\n", `defineTable(1)/guards/createable/[0] element '`},
	} {
		before, after, ok := strings.Cut(test.src, "‸")
		if !ok {
			t.Fatalf("%s: no cursor", test.name)
		}
		tree := parse(before + after)
		if got := show(tree, tree.At(len(before))); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s\n%s", test.name, got, test.want, test.src)
		}
	}
}
