package evaluate

import (
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// settling reads with what was evaluated, as a snapshot with facts does.
type settling struct {
	reading
	facts Facts
}

func (s settling) Settled(at text.Place) (string, bool) { return s.facts.Settled(at) }

func settled(t *testing.T, s *analysis.Snapshot, path text.Path) (*definition.File, []diagnostics.Diagnostic) {
	t.Helper()
	facts, found := run(t, s, Options{})
	if len(found) > 0 {
		t.Fatal(found)
	}
	return definition.Read(s.Tree(path), settling{reading{s}, facts})
}

const helpers = `
-- lib/policy.ts --
import { text } from 'drizzle-orm/sqlite-core';
export const only = (...roles: string[]) => ({ access: { roles } });
export const writable = (columns: string[]) => columns.filter((c) => c !== 'id').map((c) => c.trim());
export const masked = (type: string) => ({ type, show: { roles: ['owner'] } });
-- features/things/things.ts --
import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';
import { only, writable, masked } from '../../lib/policy';
export const things = sqliteTable('things', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  name: text('name'),
});
const extra = ['get'].map((name) => [name, only('member')] as const);
export default defineTable(things, {
  firewall: { organization: {} },
  guards: { createable: writable([' name', 'id']), updatable: ['name', ...writable(['name ', 'id'])] },
  masking: { name: masked('redact') },
  crud: { list: only('owner', 'admin'), ...Object.fromEntries(extra) },
});
`

func TestAnEvaluatedPolicyIsRead(t *testing.T) {
	s := project(t, helpers)
	before := s.Definition(things)
	if len(before.Gaps) != 5 {
		t.Fatalf("without evaluation there are %d gaps, want 5", len(before.Gaps))
	}
	f, found := settled(t, s, things)
	if len(f.Gaps) > 0 || len(found) > 0 {
		t.Fatalf("with evaluation there are gaps %v and findings %v", f.Gaps, found)
	}
	policy := f.Table
	if got := names(policy.Guards.Createable.Items); got != "name" {
		t.Errorf("createable is %s", got)
	}
	if got := names(policy.Guards.Updatable.Items); got != "name name" {
		t.Errorf("updatable is %s", got)
	}
	operations := map[string]string{}
	for _, o := range policy.Operations {
		operations[o.Name.Text] = names(o.Access.Roles.Items)
	}
	if operations["list"] != "owner admin" || operations["get"] != "member" || len(operations) != 2 {
		t.Errorf("operations are %v", operations)
	}
	if m := policy.Masks[0]; m.Type.V != "redact" || names(m.Roles.Items) != "owner" {
		t.Errorf("the mask is %v", m)
	}
	source := s.File(things).Text
	for name, at := range map[string]text.Anchor{
		"writable([' name', 'id'])": policy.Guards.Createable.Items[0].At,
		"only('owner', 'admin')":    policy.Operations[0].Access.Roles.Items[1].At,
		"masked('redact')":          policy.Masks[0].Type.At,
	} {
		place := f.Place(at)
		if place.Path != things || source[place.Span.Start:place.Span.End] != name {
			t.Errorf("a value of %s stands at %v", name, place)
		}
	}
	if len(f.Settled) != 5 {
		t.Errorf("%d places are marked as evaluated: %v", len(f.Settled), f.Settled)
	}
	for _, follow := range f.Follows {
		if s.File(follow.Path) == nil {
			t.Errorf("it follows %q", follow.Path)
		}
	}
}

func names(list []definition.Name) string {
	var out []string
	for _, n := range list {
		out = append(out, n.Text)
	}
	return strings.Join(out, " ")
}

// A wrong key that a helper makes is reported where the helper is called, without a fix of a text that does not exist.
func TestWhatIsWrongInAnEvaluatedPolicy(t *testing.T) {
	s := project(t, strings.Replace(helpers, "({ type, show:", "({ typ: type, show:", 1))
	_, found := settled(t, s, things)
	if len(found) != 1 || !strings.Contains(found[0].Message, `"typ"`) || len(found[0].Fixes) > 0 {
		t.Fatalf("found %v", found)
	}
	if got := s.File(things).Slice(found[0].At.Span); found[0].At.Path != things || got != "masked('redact')" {
		t.Errorf("it is reported at %q", got)
	}
}

// Nothing is settled where the value does not hold: the gap stays an error.
func TestAnUnsettledPolicyStaysAnError(t *testing.T) {
	s := project(t, Unstable.Bad)
	facts, _ := run(t, s, Options{})
	f, found := definition.Read(s.Tree(things), settling{reading{s}, facts})
	if len(f.Gaps) != 1 || len(found) != 1 || found[0].Rule != definition.NotReadable {
		t.Errorf("gaps %v, found %v", f.Gaps, found)
	}
}

const columns = `
-- lib/columns.ts --
import { text, integer } from 'drizzle-orm/sqlite-core';
import { people } from '../features/people/people';
export const audit = (who: string) => ({ madeBy: text(who).notNull().references(() => people.id, { onDelete: 'cascade' }), count: integer('n', { mode: 'boolean' }).default(true) });
export const money = (name: string) => integer(name).notNull();
export const owner = () => people.id;
-- features/people/people.ts --
import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
export const people = sqliteTable('people', { id: text('id').primaryKey() });
-- features/things/things.ts --
import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { audit, money, owner } from '../../lib/columns';
import { people as persons } from '../people/people';
const keep = persons.id;
export const things = sqliteTable('things', {
  id: text('id').primaryKey(),
  ...audit('made_by'),
  price: money('price').unique(),
  total: money('total_cents'),
  stage: text('stage', { enum: ['a', 'b'].map((s) => s + '!') as any }),
  ownerId: text('owner_id').references(() => owner()),
});
`

func TestEvaluatedColumnsAreRead(t *testing.T) {
	s := project(t, columns)
	f, found := settled(t, s, things)
	if len(f.Gaps) > 0 || len(found) > 0 {
		t.Fatalf("gaps %v, found %v", f.Gaps, found)
	}
	got := map[string]*definition.Column{}
	var order []string
	for _, c := range f.Tables[0].Columns {
		got[c.Key.Text] = c
		order = append(order, c.Key.Text)
	}
	if strings.Join(order, " ") != "id madeBy count price total stage ownerId" {
		t.Fatalf("columns are %v", order)
	}
	if c := got["madeBy"]; c.Name.V != "made_by" || !c.NotNull || c.References == nil || c.References.Binding != "persons" || c.References.Column != "id" || c.References.OnDelete != "cascade" {
		t.Errorf("madeBy is %+v, %+v", c, c.References)
	}
	if c := got["count"]; c.Builder != "integer" || c.Mode.V != "boolean" || c.Default == nil || c.Default.Literal != true {
		t.Errorf("count is %+v", c)
	}
	if c := got["price"]; c.Name.V != "price" || !c.NotNull || !c.Unique {
		t.Errorf("price is %+v", c)
	}
	if c := got["stage"]; names(c.Enum) != "a! b!" {
		t.Errorf("stage is %+v", c)
	}
	if c := got["ownerId"]; c.References == nil || c.References.Binding != "persons" || c.References.Column != "id" {
		t.Errorf("ownerId is %+v", c.References)
	}
}
