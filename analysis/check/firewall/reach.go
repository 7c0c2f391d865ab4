package firewall

import (
	"fmt"
	"slices"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics"
)

// kinds are the scopes that hold for every caller. A scope that is waived for some is not among them.
func kinds(r *model.Resource) (out []string) {
	for _, row := range r.Firewall.Rows {
		if row.Ctx != "" && row.Kind != "custom" && len(row.Unless) == 0 {
			out = append(out, row.Kind)
		}
	}
	return out
}

// settled says whether it is known how a table is isolated: by a scope, or by none as it says itself.
func settled(r *model.Resource) bool {
	scoped := slices.ContainsFunc(r.Firewall.Rows, func(row model.Row) bool { return row.Ctx != "" })
	return r.Table != nil && r.Firewall.Exception != scoped
}

var ofKind = map[string]string{"organization": "one organization", "owner": "one user", "team": "one team"}

const (
	projectsFile = `-- features/projects/projects.ts --
import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const projects = sqliteTable('projects', {
  id: text('id').primaryKey(),
  %s,
  name: text('name').notNull(),
});

export default defineTable(projects, {
  firewall: { %s },
  guards: { createable: ['name'], updatable: ['name'] },
  crud: {
    list: { access: { roles: ['member'] } },
    create: { access: { roles: ['admin'] } },
    update: { access: { roles: ['admin'] } },
  },
});
-- features/things/things.ts --
`
	projectColumn = "projectId: text('project_id').notNull(),"
	projectGuards = "guards: { createable: ['name', 'projectId'], updatable: ['name'] },"
)

// CrossingKey compares the scopes at both ends of a foreign key.
var CrossingKey = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB3012", Title: "Foreign key to rows of a narrower scope", Since: "0.1.0", Severity: diagnostics.Warning,
		Why:     "Rows point to rows that most of their readers may not see: a create with a key of somebody else's is refused, and the key itself tells that the row exists.",
		Fix:     "Isolate both tables by the same scope, or keep the key out of the table that is seen by more people.",
		Bad:     fmt.Sprintf(projectsFile, "ownerId: text('owner_id').notNull()", "owner: {}") + check.Example(projectColumn, projectGuards),
		Good:    fmt.Sprintf(projectsFile, "organizationId: text('organization_id').notNull()", "organization: {}") + check.Example(projectColumn, projectGuards),
		Related: []diagnostics.Code{"QB3013"}, CWE: []int{639, 668},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		if p.Policy() == nil || !settled(p.Resource) {
			return
		}
		own := kinds(p.Resource)
		for _, k := range p.Resource.Foreign {
			target := p.Other(k.Target)
			column := p.Column(k.Column)
			if target == nil || column == nil || column.Source == nil || !settled(target) {
				continue
			}
			for _, kind := range kinds(target) {
				if slices.Contains(own, kind) || kind == "owner" && waives(p.Resource) {
					continue
				}
				report(diagnostics.Diagnostic{
					At: p.At(column.Source.Key.At), Message: fmt.Sprintf("%s points to %s, whose rows belong to %s each; rows of %s are seen by others, too.", k.Column, target.Segment, ofKind[kind], p.Table()),
					Help: fmt.Sprintf("Isolate %s by %s as well, or drop the key.", p.Table(), kind), Key: p.Subject(k.Column),
				})
				break
			}
		}
	},
}

// waives says whether the resource has an owner scope that some roles are excepted from: they were thought of.
func waives(r *model.Resource) bool {
	return slices.ContainsFunc(r.Firewall.Rows, func(row model.Row) bool { return row.Kind == "owner" && row.Ctx != "" })
}

const stepsFile = `-- features/things/steps.ts --
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
  crud: {
    list: { access: { roles: ['member'] } },
    create: { access: { roles: ['member'] } },%s
  },
});
-- features/things/things.ts --
`

const deleting = "crud: {\n  list: { access: { roles: ['member'] } },\n  create: { access: { roles: ['admin'] } },\n  update: { access: { roles: ['admin'] } },\n  delete: { access: { %s: ['admin'] } },\n},"

// CrossingCascade looks at what a delete takes along: the rows of the same feature that point to the deleted one (api.md, Data).
var CrossingCascade = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB3013", Title: "Delete of a shared row that tenants' rows hang on", Since: "0.1.0", Severity: diagnostics.Warning, Locked: true,
		Why:     "The row is shared, and what points to it belongs to one tenant each. A member of one organization who deletes it takes it away from all others: their rows go along, or stay and point to nothing.",
		Fix:     "Let nobody but platform administrators delete it (userRole), isolate it like its children, or say onDelete: 'set null' at their key.",
		Bad:     fmt.Sprintf(stepsFile, "") + check.Example("", "firewall: { exception: true },", "guards: { createable: ['name', 'organizationId'], updatable: ['name'] },", fmt.Sprintf(deleting, "roles")),
		Good:    fmt.Sprintf(stepsFile, "") + check.Example("", fmt.Sprintf(deleting, "roles")),
		Related: []diagnostics.Code{"QB3012"}, CWE: []int{863, 639},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		d := p.Policy()
		op := p.Resource.Operation(model.Delete)
		if d == nil || op == nil || op.Access == nil || !p.Resource.Firewall.Exception || !settled(p.Resource) || !members(p.Effective) {
			return
		}
		for _, id := range p.Resource.Uses {
			child := p.Other(id)
			if child == nil || !slices.ContainsFunc(kinds(child), func(kind string) bool { return kind != "owner" }) || !takes(p.Resource, op, child) {
				continue
			}
			report(diagnostics.Diagnostic{
				At: p.At(op.At), Message: fmt.Sprintf("%s is shared by all tenants, and rows of %s hang on it: whoever deletes a row here takes it away from every other tenant.", p.Table(), child.Segment),
				Help: "Leave deleting to platform administrators (userRole: ['admin']), or keep the rows: onDelete: 'set null'.", Key: p.Subject("delete", child.Segment),
			})
		}
	},
}

// members says whether somebody may delete who is no administrator of the platform.
func members(e *policy.Effective) bool {
	roles := slices.DeleteFunc(e.Everybody(), func(role string) bool { return role == policy.UserRole("admin") })
	return e.May(roles, model.Delete) != policy.No
}

// takes says whether deleting a row deletes a child's rows: softly in the same feature, else where the database is told to.
func takes(parent *model.Resource, op *model.Operation, child *model.Resource) bool {
	return slices.ContainsFunc(child.Foreign, func(k *model.ForeignKey) bool {
		switch {
		case k.Target != parent.ID:
			return false
		case op.Soft:
			return child.Feature == parent.Feature && k.OnDelete != "set null" && k.OnDelete != "set default" && child.Table.Column(model.DeletedAt) != nil
		}
		return k.Declared && k.OnDelete == "cascade"
	})
}

// LeftBehind: what deletes hard is not deleted by a delete that only marks its parent (api.md, Data).
var LeftBehind = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB3015", Title: "Rows that a soft delete leaves behind", Since: "0.1.0", Severity: diagnostics.Warning,
		Why:     "The parent is only marked as deleted, and these rows cannot be: they stay readable and point to a row that nobody sees any more.",
		Fix:     "Let both tables delete in the same way.",
		Bad:     fmt.Sprintf(stepsFile, "\n    delete: { access: { roles: ['admin'] }, mode: 'hard' },") + check.Example("", fmt.Sprintf(deleting, "roles")),
		Good:    fmt.Sprintf(stepsFile, "\n    delete: { access: { roles: ['admin'] } },") + check.Example("", fmt.Sprintf(deleting, "roles")),
		Related: []diagnostics.Code{"QB3013"}, CWE: []int{459},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		if p.Policy() == nil || p.Column(model.DeletedAt) != nil {
			return
		}
		for _, k := range p.Resource.Foreign {
			parent, column := p.Other(k.Target), p.Column(k.Column)
			if parent == nil || column == nil || column.Source == nil || parent.Feature != p.Resource.Feature || k.OnDelete == "set null" {
				continue
			}
			if op := parent.Operation(model.Delete); op == nil || op.Access == nil || !op.Soft {
				continue
			}
			report(diagnostics.Diagnostic{
				At: p.At(column.Source.Key.At), Message: fmt.Sprintf("Deleting a row of %s marks it, and the rows of %s that point to it stay: this table deletes for good.", parent.Segment, p.Table()),
				Help: "Write mode: 'hard' at both deletes, or at neither.", Key: p.Subject(k.Column),
			})
		}
	},
}
