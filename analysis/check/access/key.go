package access

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Keyed: what is done to one record names it by its key, which is one segment of a path or one value of a body.
var Keyed = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB4016", Title: "Operation on single records of a table without a key of one column", Since: "0.1.0", Locked: true,
		Why: "A request names a record by one value, as in /api/v1/memberships/:id. A table whose primary key has several columns, or that has none, has no such value: its rows can be listed, asked for through views, and created.",
		Fix: "Give the table an id column as its primary key, and a unique constraint over the columns that were the key, or remove the operation.",
		Bad: joinTable("  thingId: text('thing_id').notNull(),\n  label: text('label').notNull(),\n}, (t) => [primaryKey({ columns: [t.thingId, t.label] })]);",
			"import { primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';", ""),
		Good: joinTable("  id: text('id').primaryKey(),\n  thingId: text('thing_id').notNull(),\n  label: text('label').notNull(),\n});",
			"import { sqliteTable, text } from 'drizzle-orm/sqlite-core';", "  unique: [{ columns: ['thingId', 'label'] }],\n"),
		Related: []diagnostics.Code{"QB5005"},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		if p.Policy() == nil {
			return
		}
		keys := p.Resource.Table.PrimaryKey()
		if len(keys) == 1 {
			return
		}
		has := "no primary key"
		if len(keys) > 1 {
			has = fmt.Sprintf("a primary key of %d columns", len(keys))
		}
		say := func(name string, at text.Anchor, instead string) {
			report(diagnostics.Diagnostic{
				At: p.At(at), Message: fmt.Sprintf("%s is about one record, and %s has %s: no request can name one.", name, p.Table(), has),
				Help: "Give the table an id column as its primary key and make the columns unique together, or " + instead + ".", Key: p.Subject(name),
			})
		}
		for _, op := range p.Resource.Operations {
			switch op.Op {
			case model.Get, model.Update, model.Delete, model.Put, model.BatchUpdate, model.BatchDelete, model.BatchUpsert:
				switch {
				case op.Derived: // it comes with its single form, which is reported
				case op.Op == model.Get && p.Policy().Read != nil:
					say("read, which opens get,", op.At, "write crud: { list: … } instead")
				default:
					say(string(op.Op), op.At, "remove "+string(op.Op))
				}
			}
		}
		for _, a := range p.Resource.Actions {
			if !a.Standalone {
				say(a.Name, a.Source.Name.At, "make it standalone: true")
			}
		}
	},
}

func joinTable(columns, imports, more string) string {
	return imports + "\nimport { defineTable } from '@quickback/compiler';\n\nexport const things = sqliteTable('things', {\n  organizationId: text('organization_id').notNull(),\n" + columns +
		"\n\nexport default defineTable(things, {\n  firewall: { organization: {} },\n  guards: { createable: ['thingId', 'label'] },\n" + more +
		"  crud: {\n    list: { access: { roles: ['member'] } },\n    create: { access: { roles: ['admin'] } },\n    delete: { access: { roles: ['admin'] } },\n  },\n});\n"
}
