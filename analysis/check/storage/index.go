package storage

import (
	"fmt"
	"slices"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
)

const assigned = "firewall: [{ field: 'assignee', equals: 'ctx.user.name' }],"

func assignee(index string) string {
	return "import { " + index + "sqliteTable, text } from 'drizzle-orm/sqlite-core';\nimport { defineTable } from '@quickback/compiler';\n\n" +
		"export const things = sqliteTable('things', {\n  id: text('id').primaryKey(),\n  name: text('name').notNull(),\n  assignee: text('assignee').notNull(),\n}" +
		map[bool]string{true: ", (t) => [index('things_assignee').on(t.assignee)]"}[index != ""] + ");\n\n" +
		"export default defineTable(things, {\n  " + assigned + "\n  guards: { createable: ['name'], updatable: ['name'] },\n" +
		"  crud: {\n    list: { access: { roles: ['member'] } },\n    create: { access: { roles: ['member'] } },\n    update: { access: { roles: ['member'] } },\n  },\n});\n"
}

// UnindexedScope: named scopes get their index by themselves (language.md, Columns); a predicate with another context value does not.
var UnindexedScope = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB8101", Title: "Rows are isolated by a column without an index", Since: "0.1.0", Severity: diagnostics.Warning,
		Why:  "Every request filters by the column, so every request reads the whole table: the rows of all tenants, for one.",
		Fix:  "Add an index that begins with the column.",
		Bad:  assignee(""),
		Good: assignee("index, "),
		CWE:  []int{1049},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		if p.Policy() == nil {
			return
		}
		var first *model.Row
		for i, row := range p.Resource.Firewall.Rows {
			if row.Ctx == "" {
				continue
			}
			if led(p.Resource.Table, row.Column) {
				return
			}
			if first == nil {
				first = &p.Resource.Firewall.Rows[i]
			}
		}
		if first != nil {
			report(diagnostics.Diagnostic{
				At: p.At(first.At), Message: fmt.Sprintf("Every request to %s filters by %s, and no index begins with it.", p.Table(), first.Column),
				Help: fmt.Sprintf("Add index('%s_%s').on(t.%s) to the table's third argument.", p.Resource.Table.Name, first.Column, first.Column), Key: p.Subject("index", first.Column),
			})
		}
	},
}

// led says whether an index, a key or a unique constraint begins with a column.
func led(t *model.Table, column string) bool {
	if keys := t.PrimaryKey(); len(keys) > 0 && keys[0].Key == column {
		return true
	}
	return slices.ContainsFunc(t.Indexes, func(i *model.Index) bool { return len(i.Columns) > 0 && i.Columns[0] == column })
}

// UnfitAudit: the system writes audit columns whoever declares them (language.md, Columns).
var UnfitAudit = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB8104", Title: "Audit column that cannot serve as one", Since: "0.1.0", Severity: diagnostics.Warning,
		Why:  "The system writes moments and user ids into these columns. Into a column of another type, or one that must not be empty, it cannot, and writes fail.",
		Fix:  "Leave the column out, so that it is added as it must be, or give it a type that fits.",
		Bad:  check.Example("createdBy: integer('created_by'),"),
		Good: check.Example("createdBy: text('created_by'),"),
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		if p.Resource.Table == nil || p.Config == nil || !p.Config.AuditFields {
			return
		}
		for _, key := range model.AuditColumns {
			c := p.Column(key)
			if c == nil || c.Source == nil {
				continue
			}
			why := unfit(c)
			if why == "" {
				continue
			}
			report(diagnostics.Diagnostic{
				At: p.At(c.Source.Key.At), Message: fmt.Sprintf("%s is an audit column, which the system writes, and %s.", key, why),
				Help: "Leave it out: every table gets it.", Key: p.Subject(key),
			})
		}
	},
}

func unfit(c *model.Column) string {
	moment := c.Key == model.CreatedAt || c.Key == model.ModifiedAt || c.Key == model.DeletedAt
	switch {
	case (c.Key == model.DeletedAt || c.Key == model.DeletedBy) && c.NotNull:
		return "of a row that is not deleted it is empty: it cannot be NOT NULL"
	case moment && c.Type() != "string" && c.Type() != "date":
		return "a " + c.Type() + " cannot hold a moment"
	case !moment && c.Type() != "string":
		return "a " + c.Type() + " cannot hold the id of a user"
	}
	return ""
}
