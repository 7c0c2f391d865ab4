package storage

import (
	"fmt"
	"slices"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

const looseTable = "-- features/things/drafts.ts --\nimport { sqliteTable, text } from 'drizzle-orm/sqlite-core';\n\nexport const drafts = sqliteTable('drafts', {\n  id: text('id').primaryKey(),\n  title: text('title'),\n});\n"

const readsDrafts = `-- features/things/things.ts --
%s-- features/things/actions.ts --
import { defineActions } from '@quickback/compiler';
import { drafts } from './drafts';
import { things } from './things';

export default defineActions(things, {
  count: { description: 'Counts', standalone: true, access: { roles: ['admin'] }, execute: async ({ db }) => db.$count(drafts) },
});
`

// IdleTable: a table without routes is there for code that imports it, or for foreign keys.
var IdleTable = check.LinkedRule{
	Doc: &diagnostics.Rule{
		Code: "QB8102", Title: "Table that nothing uses", Since: "0.1.0", Severity: diagnostics.Info,
		Why:     "The table has no policy, so it has no routes; no file imports it and no key points to it. It is created in the database, and nobody can read or write a row.",
		Fix:     "Give it a policy with defineTable, use it in an action, or remove it.",
		Bad:     looseTable + "-- features/things/things.ts --\n" + check.Example(""),
		Good:    looseTable + fmt.Sprintf(readsDrafts, check.Example("")),
		Related: []diagnostics.Code{"QB7018"},
	},
	Run: func(p *check.LinkedPass, report check.Report) {
		if !slices.ContainsFunc(p.Project.Resources, func(r *model.Resource) bool { return !r.Internal }) {
			return // a project that begins
		}
		idle := map[text.Path][]*model.Resource{}
		for _, r := range p.Project.Resources {
			if r.Internal && r.Table != nil && !pointedAt(p.Project, r) {
				idle[r.TableFile] = append(idle[r.TableFile], r)
			}
		}
		for _, f := range p.Files {
			if len(idle) == 0 {
				return
			}
			for _, i := range f.Imports {
				delete(idle, i.Target)
			}
			for _, e := range f.ReExports {
				delete(idle, e.Target)
			}
			if f.Table != nil || f.Actions != nil || len(f.Exports) > len(f.Tables) {
				delete(idle, f.Path) // code beside it may use it
			}
		}
		for _, list := range idle {
			for _, r := range list {
				report(diagnostics.Diagnostic{
					At: r.Place(r.Table.Source.At), Message: fmt.Sprintf("Nothing uses the table %s: it has no policy and so no routes, no file imports it, and no key points to it.", r.Binding),
					Help: "Export a policy: export default defineTable(" + r.Binding + ", { … }), or use it in an action.", Key: string(r.ID),
				})
			}
		}
	},
}

func pointedAt(p *model.Project, r *model.Resource) bool {
	return slices.ContainsFunc(r.Uses, func(id model.ID) bool {
		other := p.Resource(id)
		return other != nil && slices.ContainsFunc(other.Foreign, func(k *model.ForeignKey) bool { return k.Target == r.ID })
	})
}
