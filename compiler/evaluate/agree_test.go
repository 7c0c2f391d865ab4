package evaluate

import (
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis/definition"
)

const shared = `
-- lib/roles.ts --
export const STAFF = Object.freeze(['owner', 'recruiter']);
export enum Stage { Open = 'open', Closed = 'closed' }
export const base = { list: { access: { roles: [...STAFF, 'admin'] } }, get: { access: { roles: STAFF } } } as const;
-- features/things/things.ts --
import { sqliteTable, text, integer } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';
import { base, Stage } from '../../lib/roles';
const columns = { id: text('id').primaryKey(), n: integer('n', { mode: 'boolean' }).notNull().default(true) };
export const things = sqliteTable('things', {
  ...columns,
  organizationId: text('organization_id').notNull(),
  stage: text('stage', { enum: ['open', 'closed'] }).default(Stage.Open),
});
export default defineTable(things, {
  firewall: { organization: {} },
  guards: { createable: ['n', "stage"], protected: { 'stage': ['close'] } },
  crud: { ...base, get: { access: { record: { stage: { equals: Stage.Closed } } } } },
  views: { all: { fields: ['id'], access: { or: [{ roles: ['owner'] }, { record: { n: { gte: -5 } } }] } } },
});
-- features/things/actions.ts --
import { defineActions } from '@quickback/compiler';
import { z } from 'zod';
import { things } from './things';
export default defineActions(things, {
  close: { description: "it's", input: z.object({ why: z.string().min(1) }), access: { roles: ['owner'] }, async execute({ db }) { return db; } },
});
`

func TestReadingAndEvaluatingAgree(t *testing.T) {
	s := project(t, shared)
	facts, found := run(t, s, Options{All: true})
	if len(found) > 0 {
		t.Fatal(found)
	}
	if len(facts.Modules) != 4 {
		t.Errorf("%d modules were evaluated", len(facts.Modules))
	}
	for _, d := range Check(s, facts) {
		t.Errorf("%v: %s", d.At, d.Message)
	}
	claims := definition.Claims(s.Tree(things), reading{s})
	policy := claims["default"].Steps[0].Args[1]
	if policy.Kind != definition.ClaimObject || len(policy.Keys) != 4 || policy.Open {
		t.Errorf("the policy is claimed as %v", policy)
	}
}

// What static reading does not see is found by comparing: each change stands for a defect of the reader.
func TestADifferenceIsFound(t *testing.T) {
	s := project(t, shared)
	facts, found := run(t, s, Options{All: true})
	if len(found) > 0 {
		t.Fatal(found)
	}
	for name, test := range map[string]struct {
		change func(policy *Value)
		want   string
	}{
		"another role":    {func(p *Value) { p.at("crud", "list", "access", "roles").Items[2].Text = "anyone" }, `roles[2] was read as "admin", and is "anyone"`},
		"a role less":     {func(p *Value) { r := p.at("crud", "list", "access", "roles"); r.Items = r.Items[:2] }, "roles was read as a list of 3, and is a list of 2"},
		"a key less":      {func(p *Value) { g := p.at("guards"); g.Keys, g.Items = g.Keys[:1], g.Items[:1] }, "guards.protected was read as written, and is not there"},
		"a key more":      {func(p *Value) { g := p.at("guards"); g.Keys, g.Items = append(g.Keys, "x"), append(g.Items, Value{}) }, "guards.x was read as not written, and is there"},
		"no list":         {func(p *Value) { *p.at("guards", "createable") = Value{Kind: Bool} }, "createable was read as a list of 2, and is false"},
		"no object":       {func(p *Value) { *p.at("guards") = Value{Kind: Null} }, "guards was read as an object with createable, protected, and is null"},
		"another number":  {func(p *Value) { p.at("views", "all", "access", "or").Items[1].at("record", "n", "gte").Number = 5 }, "gte was read as -5, and is 5"},
		"no plain data":   {func(p *Value) { *p.at("firewall") = Value{Kind: Opaque, Text: "a date"} }, "firewall was read as an object with organization, and is a date"},
		"another literal": {func(p *Value) { p.at("guards", "createable").Items[0] = Value{Kind: Number, Number: 1} }, `createable[0] was read as "n", and is 1`},
	} {
		t.Run(name, func(t *testing.T) {
			facts, _ := run(t, s, Options{All: true})
			module := facts.Modules[things]
			for i, key := range module.Keys {
				if key == "default" {
					test.change(&module.Items[i].Steps[0].Args[1])
				}
			}
			got := Check(s, facts)
			if len(got) != 1 || got[0].Rule != Disagreement || !strings.Contains(got[0].Message, test.want) {
				t.Fatalf("found %v, want %s", got, test.want)
			}
			if f := s.File(got[0].At.Path); f == nil || f.Slice(got[0].At.Span) == "" {
				t.Errorf("it is reported at no text: %v", got[0].At)
			}
		})
	}
	_ = facts
}

func (v *Value) at(path ...string) *Value {
	for _, key := range path {
		for i, k := range v.Keys {
			if k == key {
				v = &v.Items[i]
				break
			}
		}
	}
	return v
}

// A column builder is compared step by step.
func TestADifferentColumnIsFound(t *testing.T) {
	s := project(t, shared)
	facts, _ := run(t, s, Options{All: true})
	module := facts.Modules[things]
	table := module.at("things")
	column := table.Steps[0].Args[1].at("n")
	column.Steps = column.Steps[:3] // integer('n', …).notNull without its call and the default
	got := Check(s, facts)
	if len(got) != 1 || !strings.Contains(got[0].Message, "calls of notNull, default") {
		t.Errorf("found %v", got)
	}
}

// Code that changes a constant behind the reader's back must be seen by the reader or by the comparison.
func TestNoChangeGoesUnnoticed(t *testing.T) {
	for name, change := range map[string]string{
		"a method":          "roles.push('anyone');",
		"an index":          "roles[0] = 'anyone';",
		"another name":      "const other = roles; other.push('anyone');",
		"a function":        "const change = (list: string[]) => { list.push('anyone'); }; change(roles);",
		"destructuring":     "const [first, ...rest] = [roles]; first.push('anyone');",
		"a property":        "const holder = { roles }; holder.roles.push('anyone');",
		"an array's method": "[roles].forEach((list) => list.push('anyone'));",
		"apply":             "Array.prototype.push.apply(roles, ['anyone']);",
		"reflection":        "Reflect.set(roles, 0, 'anyone');",
		"a length":          "roles.length = 0;",
		"a condition":       "if (roles.length) { roles.pop(); }",
		"a loop":            "for (const list of [roles]) list.push('anyone');",
		"a class":           "class Change { static done = roles.push('anyone'); }",
		"a callback":        "['anyone'].map((x) => roles.push(x));",
		"a call of bind":    "roles.push.bind(roles)('anyone');",
		"a comma":           "(0, roles).push('anyone');",
		"a template":        "`${roles.push('anyone')}`;",
		"a tagged template": "const tag = (_: any, list: string[]) => list.push('anyone'); tag`${roles}`;",
	} {
		t.Run(name, func(t *testing.T) {
			source := "const roles = ['owner'];\n" + change + "\n" + strings.Replace(hostile("['name']"), "roles: ['owner']", "roles", 1)
			s := project(t, source)
			facts, found := run(t, s, Options{All: true})
			if gaps := s.Definition(things).Gaps; len(gaps) == 0 && len(found)+len(Check(s, facts)) == 0 {
				t.Error("the roles are read as they were, and nobody says that they change")
			}
		})
	}
}
