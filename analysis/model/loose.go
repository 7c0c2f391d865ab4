package model

import (
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Unbound is reported for a policy or for actions whose table is not found: they would protect nothing.
var Unbound = &diagnostics.Rule{
	Code: "QB2001", Title: "Definition of a table that is not there", Since: "0.1.0", Locked: true,
	Why: "A policy or an action that belongs to no table is not emitted. Whoever wrote it believes that it protects something.",
	Fix: "Name the table's constant, from this file for defineTable, imported from its file for defineActions.",
	Bad: `import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const things = sqliteTable('things', { id: text('id').primaryKey(), organizationId: text('organization_id').notNull() });

export default defineTable(thing, { firewall: { organization: {} }, crud: { list: { access: { roles: ['member'] } } } });
`,
	Good: `import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const things = sqliteTable('things', { id: text('id').primaryKey(), organizationId: text('organization_id').notNull() });

export default defineTable(things, { firewall: { organization: {} }, crud: { list: { access: { roles: ['member'] } } } });
`,
}

// Outside is reported for definitions in a folder that this version does not read.
var Outside = &diagnostics.Rule{
	Code: "QB2002", Title: "Definition outside features/", Since: "0.1.0", Locked: true,
	Why:  "Only features/<feature>/<table>.ts and the actions beside it are compiled by this version. What is written elsewhere would not be enforced.",
	Fix:  "Move the file to features/<feature>/.",
	Bad:  "-- features/things/things.ts --\n" + outsideTable("things") + "-- features/things/tables/parcels.ts --\n" + outsideTable("parcels"),
	Good: "-- features/things/things.ts --\n" + outsideTable("things") + "-- features/things/parcels.ts --\n" + outsideTable("parcels"),
}

// NoConfig is reported for a project whose configuration cannot be read.
var NoConfig = &diagnostics.Rule{
	Code: "QB8001", Title: "No configuration", Since: "0.1.0",
	Why:  "Without defineConfig the target is unknown, and with it what can be enforced.",
	Fix:  "Export the configuration from quickback.config.ts: export default defineConfig({ … }).",
	Bad:  "-- quickback.config.ts --\nexport const config = {};\n",
	Good: "-- quickback.config.ts --\nimport { defineConfig, defineRuntime, defineDatabase, defineAuth } from '@quickback/compiler';\n\nexport default defineConfig({\n  name: 'app',\n  template: 'hono',\n  features: { organizations: true },\n  providers: { runtime: defineRuntime('bun'), database: defineDatabase('better-sqlite3'), auth: defineAuth('better-auth') },\n});\n",
}

// Twice is reported for what may be said once and is said in two places.
var Twice = &diagnostics.Rule{
	Code: "QB2003", Title: "Declared in two places", Since: "0.1.0", Locked: true,
	Why: "Two policies of one table, or two actions of one name, would be at one URL. Which of them holds would depend on the order of files.",
	Fix: "Keep one of them.",
	Bad: "-- features/things/things.ts --\n" + outsideTable("things") + "-- features/things/again.ts --\n" + secondPolicy, Good: "-- features/things/things.ts --\n" + outsideTable("things"),
}

const secondPolicy = "import { defineTable } from '@quickback/compiler';\nimport { things } from './things';\n\nexport default defineTable(things, { firewall: { organization: {} }, crud: { list: { access: { roles: ['member'] } } } });\n"

// Rules returns the documentation of what linking reports.
func Rules() []*diagnostics.Rule { return []*diagnostics.Rule{Unbound, Outside, Twice, NoConfig} }

// Loose reports the definitions that linking could attach to nothing.
func Loose(in Input, p *Project) (out []diagnostics.Diagnostic) {
	report := func(rule *diagnostics.Rule, f *definition.File, at text.Anchor, message, help string) {
		out = append(out, diagnostics.Diagnostic{Rule: rule, At: f.Place(at), Message: message, Help: help})
	}
	if in.Config != nil && in.Config.Config == nil {
		report(NoConfig, in.Config, text.Anchor{}, "This file exports no configuration.", NoConfig.Fix)
	}
	for _, l := range p.loose {
		f := in.Files[l.file.Path] // of this version: its places may have moved
		a := f.Actions
		switch l.why {
		case noTable:
			report(Unbound, f, f.Table.BindingAt, "This file declares no table "+quoted(f.Table.Binding)+", so this policy protects nothing.", "Declare the table in this file, or import it, and give its constant to defineTable.")
		case tableTaken:
			report(Twice, f, f.Table.BindingAt, "The table "+quoted(f.Table.Binding)+" has a policy already, in another file.", "A table has one policy: keep one of them.")
		case noActTable:
			report(Unbound, f, a.BindingAt, "There is no table "+quoted(a.Binding)+" here, or another file has its actions already.", "Import the table from its file: import { table } from './table'. A table has one actions file.")
		case noOwnTable:
			report(Unbound, f, a.BindingAt, "No table says which records this action acts on.", "Put the file into actions/<table>/, or write standalone: true.")
		case actionTwice:
			report(Twice, f, l.at, "The table has an action of this name already.", "An action is declared once: rename one of them.")
		}
	}
	for _, path := range p.outside {
		f := in.Files[path]
		switch {
		case f.Table != nil:
			report(Outside, f, f.Table.At, "Resources are read from features/<feature>/<table>.ts; this one would not be emitted.", Outside.Fix)
		case len(f.Tables) > 0:
			report(Outside, f, f.Tables[0].At, "Tables are read from features/<feature>/<table>.ts; this one would not be emitted.", Outside.Fix)
		case f.Actions != nil:
			report(Outside, f, f.Actions.At, "Actions are read from features/<feature>/actions.ts; these would not be emitted.", Outside.Fix)
		}
	}
	for _, path := range p.pages {
		if f := in.Files[path]; f.Page != nil {
			out = append(out, p.pageSources(f)...)
		}
	}
	return out
}

// outsideTable is a complete definition of a table.
func outsideTable(name string) string {
	return `import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const ` + name + ` = sqliteTable('` + name + `', { id: text('id').primaryKey(), organizationId: text('organization_id').notNull() });

export default defineTable(` + name + `, { firewall: { organization: {} }, crud: { list: { access: { roles: ['member'] } } } });
`
}

func quoted(s string) string { return `"` + s + `"` }
