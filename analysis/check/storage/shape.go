// Package storage holds the rules about files, tables and names of the whole project.
package storage

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics"
)

// Set are the rules of this package.
func Set() check.Set {
	return check.Set{
		File:    []check.FileRule{TwoResources},
		Project: []check.ProjectRule{DuplicateSegment, DuplicateTable},
	}
}

// TwoResources: one file, one resource, one security boundary.
var TwoResources = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB8011", Title: "Two resources in one file", Since: "0.1.0", Locked: true,
		Why: "The URL of a resource is the name of its file. A second one has none, so its policy would be emitted nowhere.",
		Fix: "Move the second table and its policy to a file of its own.",
		Bad: check.Example("") + "\ndefineTable(things, { firewall: { organization: {} } });\n", Good: check.Example(""),
		Related: []diagnostics.Code{"QB8012"},
	},
	Run: func(p *check.FilePass, report check.Report) {
		if p.File.Table == nil {
			return
		}
		for _, at := range p.File.Table.Extra {
			report(diagnostics.Diagnostic{
				At: p.At(at), Message: "This file has a resource already; a second one has no URL of its own and would not be emitted.",
				Help: "Move this table and its policy to a file of its own in the feature's folder.", Key: string(p.File.Path),
				Related: []diagnostics.Related{{At: p.At(p.File.Table.At), Message: "the first resource"}},
			})
		}
	},
}

// DuplicateSegment: the file's name is the URL.
var DuplicateSegment = check.ProjectRule{
	Doc: &diagnostics.Rule{
		Code: "QB8012", Title: "Two resources with one URL", Since: "0.1.0", Locked: true,
		Why:     "Both would answer at /api/v1/<name>, each with its own policy. Which one holds would depend on the order of files.",
		Fix:     "Rename one of the files.",
		Bad:     "-- features/things/things.ts --\n" + check.Example("") + "-- features/other/things.ts --\n" + another("other_things"),
		Good:    "-- features/things/things.ts --\n" + check.Example("") + "-- features/other/other-things.ts --\n" + another("other_things"),
		Related: []diagnostics.Code{"QB8013", "QB7007"}, CWE: []int{863},
	},
	Facts: func(r *model.Resource, _ *policy.Effective) []check.Fact {
		if r.Internal || r.Source == nil {
			return nil
		}
		return []check.Fact{{Key: r.Segment, Value: string(r.File), From: r.ID, At: r.Place(r.Source.At)}}
	},
	Fold: func(key string, facts []check.Fact, _ *model.Config, report check.Report) {
		twice(facts, report, func(other check.Fact) diagnostics.Diagnostic {
			return diagnostics.Diagnostic{Message: fmt.Sprintf("/api/v1/%s is also the URL of %s.", key, other.Value), Help: "The URL is the file's name: rename one of the files."}
		})
	},
}

// DuplicateTable: a database has one table of a name.
var DuplicateTable = check.ProjectRule{
	Doc: &diagnostics.Rule{
		Code: "QB8013", Title: "Two tables with one SQL name", Since: "0.1.0", Locked: true,
		Why:     "The database has one table of that name. Two resources would share its rows, each with another policy.",
		Fix:     "Give one of the tables another SQL name.",
		Bad:     "-- features/things/things.ts --\n" + check.Example("") + "-- features/other/other-things.ts --\n" + another("things"),
		Good:    "-- features/things/things.ts --\n" + check.Example("") + "-- features/other/other-things.ts --\n" + another("other_things"),
		Related: []diagnostics.Code{"QB8012"}, CWE: []int{863},
	},
	Facts: func(r *model.Resource, _ *policy.Effective) []check.Fact {
		if r.Table == nil || r.Table.Source == nil {
			return nil
		}
		at := r.Place(r.Table.Source.At)
		if r.Table.Source.Name.Present() {
			at = r.Place(r.Table.Source.Name.At)
		}
		return []check.Fact{{Key: r.Table.Name, Value: string(r.File), From: r.ID, At: at}}
	},
	Fold: func(key string, facts []check.Fact, _ *model.Config, report check.Report) {
		twice(facts, report, func(other check.Fact) diagnostics.Diagnostic {
			return diagnostics.Diagnostic{Message: fmt.Sprintf("The SQL table %q is also declared in %s.", key, other.Value), Help: "Give one of them another SQL name."}
		})
	},
}

// twice reports at every place of a name that is taken more than once, pointing to another one.
func twice(facts []check.Fact, report check.Report, say func(other check.Fact) diagnostics.Diagnostic) {
	if len(facts) < 2 {
		return
	}
	for i, f := range facts {
		other := facts[0]
		if i == 0 {
			other = facts[1]
		}
		d := say(other)
		d.At, d.Key = f.At, string(f.From)
		d.Related = []diagnostics.Related{{At: other.At, Message: "the other one"}}
		report(d)
	}
}

func another(sqlName string) string {
	return "import { sqliteTable, text } from 'drizzle-orm/sqlite-core';\nimport { defineTable } from '@quickback/compiler';\n\n" +
		"export const otherThings = sqliteTable('" + sqlName + "', {\n  id: text('id').primaryKey(),\n  organizationId: text('organization_id').notNull(),\n});\n\n" +
		"export default defineTable(otherThings, {\n  firewall: { organization: {} },\n  crud: { list: { access: { roles: ['member'] } } },\n});\n"
}
