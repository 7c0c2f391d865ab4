package definition

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/diagnostics/text"
)

// findings are the findings of a file as "code text".
func findings(path, source string) []string {
	_, found := readText(path, source)
	out := []string{}
	for _, d := range found {
		out = append(out, fmt.Sprintf("%s %s", d.Rule.Code, source[d.At.Span.Start:d.At.Span.End]))
	}
	slices.Sort(out)
	return out
}

func at(f *File, source string, a text.Anchor) string {
	s := f.Place(a).Span
	return source[s.Start:s.End]
}

const orders = `import { feature, q, z } from '@quickback/compiler';

const mayList = { roles: ['clerk+'] };

export default feature('orders', {
  columns: { id: q.id(), state: q.enum(['open', "it's sent"]).default('open').protected(), organizationId: q.scope('organization') },
  firewallErrorMode: 'hide',
  read: { access: mayList, pageSize: 5, views: { 'by-state': { fields: ['id'], access: { roles: ['boss'] } } }, defaultView: 'by-state' },
  update: { access: async (ctx, order) => order.by === ctx.userId },
  crud: { batchUpdate: false, create: { access: { roles: ['clerk'] }, defaults: { state: "it's sent" } } },
  actions: {
    send: {
      description: 'Sends it',
      access: { roles: ['clerk'], record: { state: { equals: 'open' } } },
      transition: { field: 'state', fromTo: { open: ["it's sent"] }, to: "it's sent" },
      execute: async ({ db: store }) => ({ state: "it's sent", by: await store.execute('select 1') }),
    },
  },
});
`

// TestFeature: one call declares the table, its policy and its actions, and everything is where it is written.
func TestFeature(t *testing.T) {
	f, found := readText("features/orders/orders.ts", orders)
	for _, d := range found {
		t.Errorf("unexpected %s: %s", d.Rule.Code, d.Message)
	}
	table, policy, actions := f.Tables[0], f.Table, f.Actions
	if table.Binding != "orders" || table.Name.V != "orders" || !table.Q || len(table.Columns) != 3 || at(f, orders, table.At) != "orders" {
		t.Fatalf("table: %+v", table)
	}
	if policy.Form != FormFeature || policy.ErrorMode.V != "hide" || policy.Read.DefaultView.V != "by-state" {
		t.Errorf("policy: %+v", policy)
	}
	var operations []string
	for _, o := range policy.Operations {
		operations = append(operations, fmt.Sprint(o.Name.Text, " ", strings.Join(o.Path, "."), " ", o.Off))
	}
	if want := []string{"list read false", "get read false", "batchUpdate crud.batchUpdate true", "create crud.create false", "update update false"}; !slices.Equal(operations, want) {
		t.Errorf("operations %q, want %q", operations, want)
	}
	list := policy.Operations[0]
	if list.Access.State != Known || list.Access != policy.Operations[1].Access || list.PageSize.V != 5 || at(f, orders, list.Access.Roles.Items[0].At) != "clerk+" {
		t.Errorf("list: %+v", list)
	}
	if a := policy.Operations[4].Access; !a.Func || !a.TakesRow || a.State != Known {
		t.Errorf("the function of update: %+v", a)
	}
	d := policy.Operations[3].Defaults[0]
	if d.Value != "it's sent" || at(f, orders, d.At) != "it's sent" || at(f, orders, d.Field.At) != "state" {
		t.Errorf("default: %+v", d)
	}
	if actions.Form != ActionsOfFeature || len(actions.Items) != 1 {
		t.Fatalf("actions: %+v", actions)
	}
	send := actions.Items[0]
	step := send.Transition.FromTo[0]
	if send.Transition.Field.V != "state" || step.From.Text != "open" || at(f, orders, step.To[0].At) != "it's sent" || at(f, orders, send.Transition.To.At) != "it's sent" {
		t.Errorf("transition: %+v", send.Transition)
	}
	if len(send.Returns) != 2 || at(f, orders, send.Returns[1].At) != "by" {
		t.Errorf("returns: %+v", send.Returns)
	}
	if len(send.RawSQL) != 1 || at(f, orders, send.RawSQL[0].At) != "store.execute" {
		t.Errorf("raw SQL under another name: %+v", send.RawSQL)
	}
}

// TestActionForms: where actions are written decides what they are bound to.
func TestActionForms(t *testing.T) {
	for name, c := range map[string]struct {
		path, source string
		form         ActionsForm
		names        string
		tableless    bool
		standalone   bool
	}{
		"by name": {"features/a/actions.ts", `export default defineActions('jobs', { 'close-it': { } });`, ActionsOfTable, "close-it", false, false},
		"null":    {"features/a/actions.ts", `export default defineActions(null, { now: { standalone: true } });`, ActionsOfTable, "now", true, true},
		"bare":    {"features/a/actions.ts", `export default { actions: { now: { path: '/now' } } };`, ActionsBare, "now", true, true},
		"a file":  {"features/a/actions/close.ts", `export default defineAction({ description: 'x' });`, ActionFile, "close", false, false},
		"a path":  {"features/a/actions/now.ts", `const now = defineAction({ path: '/now' }); export default now;`, ActionFile, "now", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			f, found := readText(c.path, c.source)
			if len(found) > 0 || f.Actions == nil {
				t.Fatalf("%v %+v", found, f.Actions)
			}
			a := f.Actions
			if a.Form != c.form || a.Items[0].Name.Text != c.names || a.Tableless != c.tableless || a.Items[0].Standalone.V != c.standalone {
				t.Errorf("%+v %+v", a, a.Items[0])
			}
		})
	}
}

// TestWhatFormsRefuse: what cannot be read, or is not emitted, is said at its characters.
func TestWhatFormsRefuse(t *testing.T) {
	things := func(policy string) string {
		return "import { defineTable } from '@quickback/compiler';\nimport { things } from './table';\nexport default defineTable(things, { " + policy + " });\n"
	}
	for name, c := range map[string]struct {
		path, source string
		want         []string
	}{
		"list twice":         {"a.ts", things("read: { access: { roles: ['a'] } }, crud: { list: {} }"), []string{"QB1102 list"}},
		"a view twice":       {"a.ts", things("read: { views: { v: { fields: ['id'] } } }, views: { v: { fields: ['id'] } }"), []string{"QB1102 v"}},
		"default view":       {"a.ts", things("read: { views: { board: { fields: ['id'] } }, defaultView: 'bord' }"), []string{"QB1102 bord"}},
		"key of read":        {"a.ts", things("read: { acess: { roles: ['a'] } }"), []string{"QB1101 acess"}},
		"predicate of none":  {"a.ts", things("firewall: [{ field: 'a' }]"), []string{"QB1102 { field: 'a' }"}},
		"operator":           {"a.ts", things("firewall: [{ field: 'a', equal: 'ctx.userId' }]"), []string{"QB1101 equal", "QB1102 { field: 'a', equal: 'ctx.userId' }"}},
		"page size":          {"a.ts", things("list: { pageSize: 0.5 }"), []string{"QB1102 0.5"}},
		"fail fast":          {"a.ts", things("crud: { batchCreate: { allowFailFast: false } }"), []string{"QB1104 false"}},
		"modes":              {"a.ts", things("crud: { delete: { mode: 'hard' }, batchDelete: { mode: 'soft' } }"), []string{"QB1102 soft"}},
		"realtime":           {"a.ts", things("realtime: { enabled: true, onInsrt: false }"), []string{"QB1101 onInsrt", "QB1104 realtime"}},
		"realtime off":       {"a.ts", things("realtime: { enabled: false }"), []string{}},
		"embeddings":         {"a.ts", things("embeddings: { fields: ['name'], onUpdate: ['name'] }"), []string{"QB1104 embeddings"}},
		"layouts":            {"a.ts", things("layouts: { main: { sections: [{ label: 'A', fields: ['name'], columns: 3 }] } }"), []string{"QB1102 3"}},
		"custom mask":        {"a.ts", things("masking: { name: { type: 'custom' } }"), []string{"QB1102 custom"}},
		"mask beside a type": {"a.ts", things("masking: { name: { type: 'email', mask: (v) => v } }"), []string{"QB1102 mask"}},
		"another name":       {"features/a/items.ts", "export default feature('item', { columns: { id: q.id() } });", []string{"QB1107 item"}},
		"no columns":         {"features/a/a.ts", "export default feature('a', { });", []string{"QB1102 feature"}},
		"both ends":          {"a/actions.ts", "export default defineActions(t, { x: { transition: { field: 's', fromTo: { a: ['b'] }, to: 'b', via: 'n' } } });", []string{"QB1102 n"}},
		"no field":           {"a/actions.ts", "export default defineActions(t, { x: { transition: { fromTo: {} } } });", []string{"QB1102 transition"}},
		"unsafe":             {"a/actions.ts", "export default defineActions(t, { x: { unsafe: { reason: 'r', target: 1 } } });", []string{"QB1101 target"}},
		"two names":          {"a/actions.ts", "export default defineActions(t, { x: { guard: {}, access: {} } });", []string{"QB1102 guard"}},
		"record of no table": {"features/a/actions.ts", "export default { actions: { x: { description: 'd' } } };", []string{"QB1102 x"}},
		"not a record":       {"features/a/actions.ts", "export default defineActions(null, { x: { type: 'record' } });", []string{"QB1102 record"}},
		"queue":              {"services/queues/q.ts", "export default defineQueue({ name: 'q', messageTyp: 'm', execute: async () => {} });", []string{"QB1101 messageTyp", "QB1102 defineQueue", "QB1104 defineQueue"}},
		"page":               {"features/a/pages/p.ts", "export default definePage({ slug: 'p', title: 'P', access: { roles: ['a'] } });", []string{"QB1104 definePage"}},
		"source of a page":   {"features/a/pages/p.ts", "export default definePage({ slug: 'p', title: 'P', access: { roles: ['a'] }, dataSources: { left: { tabel: 'a' } } });", []string{"QB1101 tabel", "QB1102 left", "QB1104 definePage"}},
		"panel of a page":    {"features/a/pages/p.ts", "export default definePage({ slug: 'p', title: 'P', access: { roles: ['a'] }, dataSources: { left: { table: 'a' } }, layout: { type: 'split-panel', panels: [{ id: 'x', dataSource: 'lefd' }, { id: 'y', dataSource: 'left', features: ['drop'] }] } });", []string{"QB1102 drop", "QB1102 lefd", "QB1104 definePage"}},
		"rule of a page":     {"features/a/pages/p.ts", "export default definePage({ slug: 'p', title: 'P', access: { roles: ['a'] }, dataSources: {}, matching: { confidenceThreshold: '1', rules: [{ name: 'r', weight: 1, condition: { left: 'a', right: 'b', operator: 'equals' } }] } });", []string{"QB1102 '1'", "QB1102 equals", "QB1104 definePage"}},
		"cms":                {"quickback.config.ts", "export default { cms: { domain: 'x', acces: 'user' } };", []string{"QB1101 acces"}},
		"cms off":            {"quickback.config.ts", "export default { cms: false, openapi: { docs: false, publish: true } };", []string{}},
		"account":            {"quickback.config.ts", "export default { account: { name: 'x', auth: { password: 'yes' } } };", []string{"QB1102 'yes'"}},
		"account on":         {"quickback.config.ts", "export default { account: true };", []string{"QB1104 account"}},
		"old database":       {"quickback.config.ts", "export default { database: { generateId: 'uid' } };", []string{"QB1102 uid", "QB1108 database"}},
		"runtime":            {"quickback.config.ts", "export default { providers: { runtime: defineRuntime('bunn') } };", []string{"QB1102 bunn"}},
		"options of another": {"quickback.config.ts", "export default { providers: { database: defineDatabase('cloudflare-d1', { binding: 'DB' }) } };", []string{}},
		"options of ours":    {"quickback.config.ts", "export default { providers: { database: { name: 'better-sqlite3', config: { binding: 'DB', usePlurals: false } } } };", []string{"QB1104 binding"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := slices.DeleteFunc(findings(c.path, c.source), func(s string) bool { return strings.HasPrefix(s, "QB800") }) // what a configuration leaves out
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestUnreadableIsNotEmpty: a list that could not be read says so, and a rule about empty ones need not look at the text.
func TestUnreadableIsNotEmpty(t *testing.T) {
	f, _ := readText("a.ts", "export default defineTable(t, { firewall: some(), guards: { createable: [], updatable: [some()] }, crud: { list: { access: { roles: [...some()] } }, get: { access: {} } } });")
	r := f.Table
	for what, c := range map[string]struct{ got, want State }{
		"firewall": {r.Firewall.State, Unknown}, "createable": {r.Guards.Createable.State, Known}, "updatable": {r.Guards.Updatable.State, Unknown},
		"roles": {r.Operations[0].Access.Roles.State, Unknown}, "access": {r.Operations[0].Access.State, Unknown}, "empty access": {r.Operations[1].Access.State, Known},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", what, c.got, c.want)
		}
	}
}

// TestHandlers: an exported execute is read like an inline one.
func TestHandlers(t *testing.T) {
	const source = `import { things } from '../things';
export async function execute(params) {
  const { db: d } = params;
  await d.update(things).set({ stage: 'done' });
  const s = params.env.DB.prepare('select 1');
  return sql.raw('x');
}
`
	f := mustRead(t, source)
	var raw []string
	for _, x := range f.RawSQL {
		raw = append(raw, x.What)
	}
	if !slices.Equal(raw, []string{"params.env.DB.prepare", "sql.raw"}) {
		t.Errorf("raw SQL: %q", raw)
	}
	if len(f.Writes) != 1 || f.Writes[0].Text != "things.stage" || at(f, source, f.Writes[0].At) != "stage" {
		t.Errorf("writes: %+v", f.Writes)
	}
}
