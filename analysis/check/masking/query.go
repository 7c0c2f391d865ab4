package masking

import (
	"fmt"
	"slices"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
)

// QueryWider compares query.roles with show.roles.
var QueryWider = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB6011", Title: "Masked column that can be guessed by filtering", Since: "0.1.0", Severity: diagnostics.Warning, Locked: true,
		Why:     "Whoever can filter or sort by a column learns its values by trying, row by row, however well they are masked.",
		Fix:     "Give query.roles only to roles that show.roles lists.",
		Bad:     check.Example(phone, phoneGuard, "masking: { phone: { type: 'phone', show: { roles: ['admin'] }, query: { roles: ['admin', 'member'] } } },"),
		Good:    check.Example(phone, phoneGuard, "masking: { phone: { type: 'phone', show: { roles: ['admin'] }, query: { roles: ['admin'] } } },"),
		Related: []diagnostics.Code{"QB6008", "QB6010"}, CWE: []int{203, 359},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		d := p.Policy()
		if d == nil {
			return
		}
		for _, written := range d.Masks {
			m := maskOf(p.Resource, written.Field.Text)
			if m == nil || m.All || written.Query == nil {
				continue
			}
			wider := slices.DeleteFunc(slices.Clone(m.Query), func(role string) bool { return slices.Contains(m.Roles, role) })
			if len(wider) == 0 {
				continue
			}
			report(diagnostics.Diagnostic{
				At: p.At(written.Query.At), Message: fmt.Sprintf("%s may filter and sort by %s, which is masked for them: they learn the values by trying.", check.List(wider), m.Column),
				Help: "Show the column to these roles, or take them out of query.roles.", Key: p.Subject(m.Column, "query"),
				Related: []diagnostics.Related{{At: p.At(written.Field.At), Message: "the mask"}},
			})
		}
	},
}

// NoOwner: show.or: 'owner' of a table that has no owner (language.md, Columns: without audit fields there is no createdBy).
var NoOwner = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB6014", Title: "Mask with an exception for an owner that rows do not have", Since: "0.1.0", Locked: true,
		Why:     "The table has no owner column and, without audit fields, no createdBy. The value would be shown to nobody whom the exception was meant for.",
		Fix:     "Add an owner column and an owner scope, list roles instead, or switch audit fields on.",
		Bad:     withoutAudit + check.Example(phone, phoneGuard, "masking: { phone: { type: 'phone', show: { or: 'owner' } } },"),
		Good:    withoutAudit + check.Example(phone, phoneGuard, "masking: { phone: { type: 'phone', show: { roles: ['admin'] } } },"),
		Related: []diagnostics.Code{"QB6003"}, CWE: []int{359},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		d := p.Policy()
		if d == nil {
			return
		}
		for _, written := range d.Masks {
			if m := maskOf(p.Resource, written.Field.Text); m != nil && written.Owner.V == "owner" && m.Owner == "" {
				report(diagnostics.Diagnostic{
					At: p.At(written.Owner.At), Message: fmt.Sprintf("No column of %s says whose row it is, so the owner that %s is shown to does not exist.", p.Table(), written.Field.Text),
					Help: "List roles in show.roles, or isolate the table by an owner.", Key: p.Subject(written.Field.Text),
				})
			}
		}
	},
}

const withoutAudit = `-- quickback.config.ts --
import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';

export default defineConfig({
  name: 'things',
  template: 'hono',
  compiler: { features: { auditFields: false } },
  providers: {
    runtime: defineRuntime('bun'),
    database: defineDatabase('better-sqlite3'),
    auth: defineAuth('better-auth'),
  },
});
-- features/things/things.ts --
`

// MaskedLabel: rows of other tables are shown by the display column of what they point to, masked as it is there (api.md, Requests).
var MaskedLabel = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB6009", Title: "Labels that are masked", Since: "0.1.0", Severity: diagnostics.Warning,
		Why:     "Other tables show this one's rows by the display column. Whoever sees the mask only chooses among stars, and cannot tell one row from the other.",
		Fix:     "Name a displayColumn that is not masked.",
		Bad:     stepsOfThings + check.Example("", "masking: { name: { type: 'name', show: { roles: ['admin'] } } },"),
		Good:    stepsOfThings + check.Example("code: text('code').notNull(),", "guards: { createable: ['name', 'code'], updatable: ['name'] },", "masking: { name: { type: 'name', show: { roles: ['admin'] } } },", "displayColumn: 'code',"),
		Related: []diagnostics.Code{"QB6007"}, CWE: []int{359},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		d := p.Policy()
		if d == nil || p.Resource.Display == "" {
			return
		}
		m := maskOf(p.Resource, p.Resource.Display)
		if m == nil || m.Default || !shownByOthers(p) {
			return
		}
		var masked []string
		for _, role := range p.Effective.Everybody() {
			for _, op := range []model.Op{model.List, model.Get} {
				if f := p.Effective.Reads([]string{role}, op, m.Column); f.Masked != "" && !slices.Contains(masked, role) {
					masked = append(masked, role)
				}
			}
		}
		if len(masked) == 0 {
			return
		}
		at := m.At
		if d.Display.Present() {
			at = d.Display.At
		}
		report(diagnostics.Diagnostic{
			At: p.At(at), Message: fmt.Sprintf("Other tables show rows of %s by %s, which is masked for %s.", p.Table(), m.Column, check.List(masked)),
			Help: "Name another displayColumn.", Key: p.Subject("displayColumn"),
		})
	},
}

func shownByOthers(p *check.ResourcePass) bool {
	return slices.ContainsFunc(p.Resource.Uses, func(id model.ID) bool {
		other := p.Other(id)
		return other != nil && !other.Internal && slices.ContainsFunc(other.Foreign, func(k *model.ForeignKey) bool { return k.Target == p.Resource.ID })
	})
}

const stepsOfThings = `-- features/things/steps.ts --
import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';
import { things } from './things';

export const steps = sqliteTable('steps', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  thingId: text('thing_id').notNull().references(() => things.id),
});

export default defineTable(steps, {
  firewall: { organization: {} },
  guards: { createable: ['thingId'] },
  crud: { list: { access: { roles: ['member'] } }, create: { access: { roles: ['member'] } } },
});
-- features/things/things.ts --
`
