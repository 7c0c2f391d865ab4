package evaluate

import (
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis/definition"
)

const wholes = `
-- lib/make.ts --
import { sqliteTable, text, integer, index, uniqueIndex, foreignKey } from 'drizzle-orm/sqlite-core';
import { defineTable, defineActions } from '@quickback/compiler';
import { z } from 'zod';
export const makeTable = (name: string) => sqliteTable(name, { id: text('id').primaryKey(), organizationId: text('organization_id').notNull(), name: text('name'), count: integer('count') },
  (t) => { const all = [index(name + '_name').on(t.name)]; return all; });
export const policyOf = (table: any, ...roles: string[]) => defineTable(table, {
  firewall: { organization: {} },
  guards: { createable: ['name'], updatable: ['name'] },
  crud: { list: { access: { roles } } },
});
export const counting = (table: any) => defineActions(table, {
  count: { description: 'Counts', standalone: true, input: z.object({ limit: z.number() }), access: { roles: ['owner'] }, execute: async ({ db }: any) => db.$count(table) },
});
export const both = (name: string, t: any) => [index(name + '_a').on(t.name), uniqueIndex(name + '_b').on(t.name, t.count)];
-- features/things/things.ts --
import { makeTable, policyOf } from '../../lib/make';
export const things = makeTable('things');
export default policyOf(things, 'owner', 'admin');
-- features/things/actions.ts --
import { counting } from '../../lib/make';
import { things } from './things';
export default counting(things);
-- features/other/other.ts --
import { sqliteTable, text, integer, index, foreignKey } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';
import { both } from '../../lib/make';
const key = (s: string) => s.toLowerCase();
export const other = sqliteTable('other', { id: text('id').primaryKey(), [key('NAME')]: text('name'), count: integer('count'), otherId: text('other_id'), organizationId: text('organization_id') }, (t) => [
  ...both('other', t),
  index(key('OTHER_C')).on(t.count),
  foreignKey(() => { const columns = [t.otherId]; return { columns, foreignColumns: [t.id] }; }).onDelete('cascade'),
]);
export default defineTable(other, {
  firewall: { organization: {} },
  guards: { createable: ['name'], updatable: ['name'] },
  crud: { list: { access: { [key('ROLES')]: ['member'] } }, [key('GET')]: { access: { roles: ['owner'] } } },
});
`

func TestAnEvaluatedTableAndItsPolicyAreRead(t *testing.T) {
	s := project(t, wholes)
	if gaps := s.Definition(things).Gaps; len(gaps) != 2 {
		t.Fatalf("without evaluation there are gaps %v, want the table and the definition", gaps)
	}
	f, found := settled(t, s, things)
	if len(f.Gaps) > 0 || len(found) > 0 {
		t.Fatalf("gaps %v, found %v", f.Gaps, found)
	}
	if len(f.Tables) != 1 || f.Tables[0].Binding != "things" || f.Tables[0].Name.V != "things" || len(f.Tables[0].Columns) != 4 {
		t.Fatalf("the tables are %+v", f.Tables)
	}
	if i := f.Tables[0].Indexes; len(i) != 1 || i[0].Name != "things_name" || names(i[0].Columns) != "name" {
		t.Errorf("the indexes are %+v", i)
	}
	if f.Table == nil || f.Table.Binding != "things" || len(f.Table.Operations) != 1 || names(f.Table.Operations[0].Access.Roles.Items) != "owner admin" {
		t.Errorf("the policy is %+v", f.Table)
	}
	if at := f.Place(f.Table.Operations[0].At); s.File(things).Slice(at.Span) != "policyOf(things, 'owner', 'admin')" {
		t.Errorf("the policy stands at %q", s.File(things).Slice(at.Span))
	}
}

func TestEvaluatedActionsAreRead(t *testing.T) {
	s := project(t, wholes)
	f, found := settled(t, s, "quickback/features/things/actions.ts")
	if len(f.Gaps) > 0 || len(found) > 0 {
		t.Fatalf("gaps %v, found %v", f.Gaps, found)
	}
	if f.Actions == nil || f.Actions.Binding != "things" || len(f.Actions.Items) != 1 {
		t.Fatalf("the actions are %+v", f.Actions)
	}
	a := f.Actions.Items[0]
	if a.Name.Text != "count" || !a.Standalone.V || a.Execute == nil || names(a.Access.Roles.Items) != "owner" || !a.Input.Known || a.Input.Fields[0].Name.Text != "limit" {
		t.Errorf("the action is %+v", a)
	}
}

func TestEvaluatedPartsAndKeysAreRead(t *testing.T) {
	s := project(t, wholes)
	const other = "quickback/features/other/other.ts"
	f, found := settled(t, s, other)
	if len(f.Gaps) > 0 || len(found) > 0 {
		t.Fatalf("gaps %v, found %v", f.Gaps, found)
	}
	var indexes []string
	for _, i := range f.Tables[0].Indexes {
		indexes = append(indexes, i.Kind+" "+i.Name+" "+names(i.Columns))
	}
	if got := strings.Join(indexes, ", "); got != "index other_a name, uniqueIndex other_b name count, index other_c count" {
		t.Errorf("the indexes are %s", got)
	}
	columns := map[string]*definition.Column{}
	for _, c := range f.Tables[0].Columns {
		columns[c.Key.Text] = c
	}
	if columns["name"] == nil || s.File(other).Slice(f.Place(columns["name"].Key.At).Span) != "key('NAME')" {
		t.Errorf("the column of a computed key is %+v", columns["name"])
	}
	if ref := columns["otherId"].References; ref == nil || ref.Binding != "other" || ref.Column != "id" || ref.OnDelete != "cascade" {
		t.Errorf("the foreign key is %+v", ref)
	}
	if o := f.Table.Operations; len(o) != 2 || o[1].Name.Text != "get" || names(o[1].Access.Roles.Items) != "owner" {
		t.Errorf("the operations are %+v", o)
	}
}

// A computed key that a constant holds needs no evaluation, and a wrong one is still an unknown key.
func TestComputedKeysOfConstants(t *testing.T) {
	s := project(t, strings.NewReplacer("[key('GET')]", "[GET]", "[key('ROLES')]", "['rolse']", "const key =", "const GET = 'get';\nconst key =").Replace(wholes))
	f := s.Definition("quickback/features/other/other.ts")
	if o := f.Table.Operations; len(o) != 2 || o[1].Name.Text != "get" {
		t.Errorf("the operations are %+v", o)
	}
	_, found := settled(t, s, "quickback/features/other/other.ts")
	if len(found) != 1 || !strings.Contains(found[0].Message, `"rolse"`) || s.File("quickback/features/other/other.ts").Slice(found[0].At.Span) != "rolse" {
		t.Errorf("found %v", found)
	}
}
