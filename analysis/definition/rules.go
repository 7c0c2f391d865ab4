package definition

import "github.com/qbls/qbls/diagnostics"

// UnknownKey is reported for a key that the object at that place does not have.
var UnknownKey = &diagnostics.Rule{
	Code: "QB1101", Title: "Unknown key", Since: "0.1.0", Locked: true,
	Why: "A misspelt key is a rule that does not exist: `role` instead of `roles` would leave an operation open or closed without anybody noticing. What is not understood is never skipped.",
	Fix: "Correct the key, or remove it.",
	Bad: thing(`  guards: { creatable: ['name'], updatable: ['name'] },`), Good: thing(`  guards: { createable: ['name'], updatable: ['name'] },`),
	CWE: []int{1287},
}

// WrongValue is reported for a value of another kind than the key takes.
var WrongValue = &diagnostics.Rule{
	Code: "QB1102", Title: "Value of the wrong kind", Since: "0.1.0", Locked: true,
	Why: "A rule whose value is not understood cannot be enforced.",
	Fix: "Write a value of the kind that the message names.",
	Bad: thing(`  guards: { createable: 'name', updatable: ['name'] },`), Good: thing(`  guards: { createable: ['name'], updatable: ['name'] },`),
	CWE: []int{1287},
}

// NotReadable is reported where only running the code could tell the value.
var NotReadable = &diagnostics.Rule{
	Code: "QB1103", Title: "Value cannot be read without running the code", Since: "0.1.0", Locked: true,
	Why: "A policy that depends on code is not known when it is checked. Guessing would enforce something else than what was declared.",
	Fix: "Write the value out in place.",
	Bad: thing(`  guards: { createable: [...fields()], updatable: ['name'] },`), Good: thing(`  guards: { createable: ['name'], updatable: ['name'] },`),
	CWE: []int{1287},
}

// NotSupported is reported for parts of the definition language that this version does not read or emit.
var NotSupported = &diagnostics.Rule{
	Code: "QB1104", Title: "Not supported by this version", Since: "0.1.0", Locked: true,
	Why: "What is declared and not emitted would be a promise that the backend does not keep, so it is said at the declaration.",
	Fix: "Express it with what this version supports, or remove it.",
	Bad: thing(`  guards: { createable: ['name'], updatable: ['name'] },
  realtime: { enabled: true },`), Good: thing(`  guards: { createable: ['name'], updatable: ['name'] },`),
}

// UnknownColumnType is reported for column builders and modifiers that are not known.
var UnknownColumnType = &diagnostics.Rule{
	Code: "QB1105", Title: "Unknown column type or modifier", Since: "0.1.0",
	Why: "A column that is read almost right is stored wrong. An unknown builder is said, never guessed.",
	Fix: "Use a column builder of the table's dialect.",
	Bad: `import { sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const things = sqliteTable('things', {
  id: text('id').primaryKey(),
  name: text('name').notNul(),
});
`,
	Good: `import { sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const things = sqliteTable('things', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
});
`,
}

// NotExported is reported for a definition that is not the default export of its file.
var NotExported = &diagnostics.Rule{
	Code: "QB1106", Title: "Definition is not the default export", Since: "0.1.0",
	Why:  "Only the default export of a file is compiled. A policy that is not exported protects nothing.",
	Fix:  "Make the call the default export.",
	Bad:  actionsThing("export const actions = "),
	Good: actionsThing("export default "),
}

// Nullability is reported for a column of q that says neither required nor optional.
var Nullability = &diagnostics.Rule{
	Code: "QB1110", Title: "Column is neither required nor optional", Since: "0.1.0", Severity: diagnostics.Info,
	Why: "Such a column may be NULL, in every row that somebody creates without it. That should be meant.",
	Fix: "Add .optional(), .required() or a default.",
	Bad: `import { q, defineTable } from '@quickback/compiler';

export const things = q.table('things', {
  id: q.id(),
  organizationId: q.scope('organization'),
  name: q.text(),
});
`,
	Good: `import { q, defineTable } from '@quickback/compiler';

export const things = q.table('things', {
  id: q.id(),
  organizationId: q.scope('organization'),
  name: q.text().optional(),
});
`,
}

// OtherName is reported for a feature that is called otherwise than its file.
var OtherName = &diagnostics.Rule{
	Code: "QB1107", Title: "Feature and file have different names", Since: "0.1.0", Severity: diagnostics.Warning,
	Why:  "The URL of a resource is the name of its file. Whoever reads only the call looks for another one.",
	Fix:  "Call the feature like its file.",
	Bad:  featureFile("item"),
	Good: featureFile("things"),
}

// OldPlace is reported for what older projects write in another place.
var OldPlace = &diagnostics.Rule{
	Code: "QB1108", Title: "Written in a place of old", Since: "0.1.0", Severity: diagnostics.Warning,
	Why:  "It is read, but it belongs to something else, where people and tools look for it.",
	Fix:  "Move it to where the message says.",
	Bad:  "-- quickback.config.ts --\n" + configFile("database: { generateId: 'uuid' }, ", ""),
	Good: "-- quickback.config.ts --\n" + configFile("", ", { generateId: 'uuid' }"),
}

func configFile(key, options string) string {
	return "import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';\n\nexport default defineConfig({\n  name: 'app', template: 'hono', " + key +
		"\n  providers: { runtime: defineRuntime('bun'), database: defineDatabase('better-sqlite3'" + options + "), auth: defineAuth('better-auth') },\n});\n"
}

// featureFile is a definition file in the form feature(…).
func featureFile(name string) string {
	return `import { feature, q } from '@quickback/compiler';

export default feature('` + name + `', {
  columns: { id: q.id(), name: q.text().required(), organizationId: q.scope('organization') },
  guards: { createable: ['name'], updatable: ['name'] },
  read: { access: { roles: ['member'] } },
  create: { access: { roles: ['admin'] } },
});
`
}

// Rules returns the documentation of what reading reports.
func Rules() []*diagnostics.Rule {
	return []*diagnostics.Rule{UnknownKey, WrongValue, NotReadable, NotSupported, UnknownColumnType, NotExported, OtherName, OldPlace, Nullability, Nameless, DefaultProviders}
}

// thing is a complete definition file around some lines of its policy.
func thing(lines string) string {
	return `import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const things = sqliteTable('things', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  name: text('name'),
});

export default defineTable(things, {
  firewall: { organization: {} },
  crud: { list: { access: { roles: ['member'] } }, create: { access: { roles: ['admin'] } }, update: { access: { roles: ['admin'] } } },
` + lines + `
});
`
}

// actionsThing is a table with a file of actions, whose definition begins with head.
func actionsThing(head string) string {
	return "-- features/things/things.ts --\n" + thing("  guards: { createable: ['name'], updatable: ['name'] },") +
		`-- features/things/actions.ts --
import { defineActions } from '@quickback/compiler';
import { things } from './things';

` + head + `defineActions(things, {
  count: { description: 'How many there are', standalone: true, access: { roles: ['owner'] }, execute: async ({ db }) => db.$count(things) },
});
`
}
