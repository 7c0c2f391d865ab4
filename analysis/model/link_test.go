package model_test

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

const config = `import { defineConfig } from '@quickback/compiler';
export default defineConfig({
  name: 'test', template: 'hono', features: { organizations: true },
  auth: { roleHierarchy: ['interviewer', 'recruiter', 'manager', 'owner'] },
  providers: { runtime: defineRuntime('bun'), database: defineDatabase('better-sqlite3'), auth: defineAuth('better-auth') },
});
`

// files of a project by their path below features/.
type files map[string]string

func (f files) input() model.Input {
	in := model.Input{Root: ".", Source: "quickback", Files: map[text.Path]*definition.File{}}
	sources := map[text.Path]string{"quickback/quickback.config.ts": config}
	for name, source := range f {
		sources[text.Path("quickback/features/"+name)] = source
	}
	for p, source := range sources {
		d, _ := definition.Read(syntax.Parse(text.NewFile(p, source)), disk(sources))
		in.Files[p] = d
	}
	in.Config = in.Files["quickback/quickback.config.ts"]
	return in
}

// disk is what reading sees of the other files.
type disk map[text.Path]string

func (d disk) Resolve(from text.Path, module string) text.Path {
	target := text.Path(path.Join(path.Dir(string(from)), module) + ".ts")
	if _, ok := d[target]; ok && strings.HasPrefix(module, ".") {
		return target
	}
	return ""
}

func (d disk) Tree(p text.Path) *syntax.Tree { return syntax.Parse(text.NewFile(p, d[p])) }

func (f files) link() *model.Project { return model.Link(f.input(), nil) }

// resource is a table's file with columns and policy.
func resource(name, columns, policy string) string {
	return fmt.Sprintf(`import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';
import { jobs } from '../jobs/jobs';
export const %[1]s = sqliteTable('%[1]s', { id: text('id').primaryKey(), %[2]s });
export default defineTable(%[1]s, { %[3]s });
`, name, columns, policy)
}

const org = `organizationId: text('organization_id').notNull(), name: text('name').notNull()`

func keys(t *model.Table) (out []string) {
	for _, c := range t.Columns {
		out = append(out, c.Key)
	}
	return out
}

func TestAuditColumnsAreInjected(t *testing.T) {
	p := files{
		"a/soft.ts":   resource("soft", org+`, createdAt: integer('made', { mode: 'timestamp' })`, `firewall: { organization: {} }, crud: { delete: { access: { roles: ['owner'] } } }`),
		"a/hard.ts":   resource("hard", org, `firewall: { organization: {} }, crud: { delete: { access: { roles: ['owner'] }, mode: 'hard' } }`),
		"a/inside.ts": "import { sqliteTable, text } from 'drizzle-orm/sqlite-core';\nexport const inside = sqliteTable('inside', { id: text('id').primaryKey() });\n",
	}.link()
	soft := p.Resource("a/soft")
	if got := keys(soft.Table); !slices.Equal(got, []string{"id", "organizationId", "name", "createdAt", "createdBy", "modifiedAt", "modifiedBy", "deletedAt", "deletedBy"}) {
		t.Errorf("soft: %v", got)
	}
	if c := soft.Table.Column("createdAt"); c.Injected || c.Mode != "timestamp" || c.Name != "made" || c.Role != model.AuditColumn {
		t.Errorf("a declared audit column must be kept: %+v", c)
	}
	if got := keys(p.Resource("a/hard").Table); slices.Contains(got, "deletedAt") {
		t.Errorf("hard: %v", got)
	}
	inside := p.Resource("a/inside")
	if !inside.Internal || inside.Table.Column("organizationId") == nil || inside.Firewall.Scope != "organizationId" || inside.Table.Column("deletedAt") == nil {
		t.Errorf("internal table: %v %+v", keys(inside.Table), inside.Firewall)
	}
}

func TestFirewalls(t *testing.T) {
	both := org + `, ownerId: text('owner_id').notNull()`
	cases := map[string]struct {
		columns, policy string
		want            string
		complete        bool
	}{
		"written":        {org, `firewall: { organization: {} }`, "organizationId=activeOrgId deletedAt isNull", true},
		"derived":        {org, ``, "organizationId=activeOrgId deletedAt isNull", true},
		"ambiguous":      {both, ``, "deletedAt isNull", false},
		"both":           {both, `firewall: { organization: {}, owner: {} }`, "organizationId=activeOrgId ownerId=userId deletedAt isNull", true},
		"optional owner": {both, `firewall: { organization: {}, owner: { mode: 'optional', roles: ['manager+'] } }`, "organizationId=activeOrgId ownerId=userId unless manager,owner deletedAt isNull", true},
		"column":         {org + `, tenant: text('tenant_id')`, `firewall: { organization: { column: 'tenant_id' } }`, "tenant=activeOrgId deletedAt isNull", true},
		"lost column":    {`name: text('name')`, `firewall: { organization: {} }`, "deletedAt isNull", false},
		"exception":      {`name: text('name')`, `firewall: { exception: true }`, "deletedAt isNull", true},
		"contradiction":  {org, `firewall: { exception: true, organization: {} }`, "organizationId=activeOrgId deletedAt isNull", false},
		"nothing":        {`name: text('name')`, ``, "deletedAt isNull", false},
		"empty":          {org, `firewall: {}`, "deletedAt isNull", false},
		"array":          {both, `firewall: [{ field: 'organizationId', equals: 'ctx.activeOrgId' }, { field: 'name', in: ['a'] }]`, "organizationId=activeOrgId name in [a] deletedAt isNull", true},
		"hard":           {org, `firewall: { organization: {} }, crud: { delete: { access: { roles: ['owner'] }, mode: 'hard' } }`, "organizationId=activeOrgId", true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := files{"a/things.ts": resource("things", c.columns, c.policy)}.link().Resource("a/things")
			var parts []string
			for _, row := range r.Firewall.Rows {
				switch {
				case row.Op == "isNull":
					parts = append(parts, row.Column+" isNull")
				case row.Ctx != "" && len(row.Unless) > 0:
					parts = append(parts, row.Column+"="+row.Ctx+" unless "+strings.Join(row.Unless, ","))
				case row.Ctx != "":
					parts = append(parts, row.Column+"="+row.Ctx)
				default:
					parts = append(parts, fmt.Sprint(row.Column, " ", row.Op, " ", row.Value))
				}
			}
			if got := strings.Join(parts, " "); got != c.want {
				t.Errorf("rows: %s", got)
			}
			if r.Complete != c.complete {
				t.Errorf("complete: %v", r.Complete)
			}
		})
	}
}

// A column that the firewall compares with the context is stamped by the backend, so no client writes it.
func TestColumnsOfTheFirewallAreManaged(t *testing.T) {
	r := files{"a/things.ts": resource("things", org+`, email: text('email').notNull()`, `firewall: [{ field: 'organizationId', equals: 'ctx.activeOrgId' }, { field: 'email', equals: 'ctx.user.email' }, { field: 'name', in: ['a'] }]`)}.link().Resource("a/things")
	for key, want := range map[string]model.ColumnRole{"organizationId": model.ScopeColumn, "email": model.ScopeColumn, "name": model.Plain, "id": model.KeyColumn, "createdBy": model.AuditColumn} {
		if got := r.Table.Column(key).Role; got != want {
			t.Errorf("%s: %v", key, got)
		}
	}
}

func show(a *model.Access) string {
	if a == nil {
		return "nobody"
	}
	switch a.Kind {
	case model.AccessRoles:
		return strings.Join(a.Roles, "|")
	case model.AccessUserRole:
		return "user:" + strings.Join(a.Roles, "|")
	case model.AccessFunc:
		return "function"
	case model.AccessWhere:
		var parts []string
		for _, c := range a.Where {
			value := fmt.Sprint(c.Value)
			if c.Ctx != "" {
				value = "$" + c.Ctx
			}
			parts = append(parts, c.Column+" "+c.Op+" "+value)
		}
		return "[" + strings.Join(parts, " & ") + "]"
	}
	var parts []string
	for _, s := range a.Sub {
		parts = append(parts, show(s))
	}
	return map[model.AccessKind]string{model.AccessAny: "any", model.AccessAll: "all"}[a.Kind] + "(" + strings.Join(parts, ", ") + ")"
}

func TestAccessNormalForm(t *testing.T) {
	cases := map[string]string{
		`{ roles: ['member'] }`:                                                                   "member",
		`{ roles: ['recruiter+', 'owner'] }`:                                                      "recruiter|manager|owner",
		`{ roles: ['nobody+'] }`:                                                                  "",
		`{ roles: ['a'], userRole: ['admin'] }`:                                                   "all(a, user:admin)",
		`{ roles: ['a'], record: { name: 'x', id: { not: 'y' } } }`:                               "all(a, [name equals x & id notEquals y])",
		`{ record: { name: { equals: '$ctx.orgId' } } }`:                                          "[name equals $activeOrgId]",
		`{ record: { name: { equals: null } } }`:                                                  "[name isNull true]",
		`{ or: [{ roles: ['a'] }, { roles: ['b'], record: { name: 'x' } }] }`:                     "any(a, all(b, [name equals x]))",
		`{ roles: ['a'], or: [{ roles: ['b'] }, { and: [{ roles: ['c'] }, { roles: ['d'] }] }] }`: "all(a, any(b, all(c, d)))",
		`{}`:          "any()",
		`{ or: [] }`:  "any()",
		`{ and: [] }`: "any()",
		`() => true`:  "function",
	}
	for source, want := range cases {
		r := files{"a/things.ts": resource("things", org, `firewall: { organization: {} }, crud: { list: { access: `+source+` } }`)}.link().Resource("a/things")
		if got := show(r.Operation(model.List).Access); got != want {
			t.Errorf("%s: %s, want %s", source, got, want)
		}
	}
}

func TestOperations(t *testing.T) {
	r := files{"a/things.ts": resource("things", org, `crud: {
    list: { access: { roles: ['a'] }, pageSize: 10 }, create: { access: { roles: ['b'] } }, update: {}, batchUpdate: false,
    delete: { access: { roles: ['c'] } }, batchDelete: { access: { roles: ['d'] }, maxBatchSize: 5 } }`)}.link().Resource("a/things")
	var got []string
	for _, o := range r.Operations {
		got = append(got, fmt.Sprintf("%s:%s:%v", o.Op, show(o.Access), o.Derived))
	}
	want := []string{"list:a:false", "create:b:false", "update:nobody:false", "delete:c:false", "batchCreate:b:true", "batchDelete:d:false"}
	if !slices.Equal(got, want) {
		t.Errorf("operations: %v", got)
	}
	if o := r.Operation(model.BatchDelete); o.MaxBatch != 5 || r.Operation(model.List).PageSize != 10 {
		t.Errorf("sizes: %+v", o)
	}
}

func TestForeignKeys(t *testing.T) {
	p := files{
		"jobs/jobs.ts":       resource("jobs", org, ``),
		"people/people.ts":   resource("people", org, ``),
		"a/categories.ts":    resource("categories", org, ``),
		"a/things.ts":        resource("things", org+`, jobId: text('job_id').references(() => jobs.id, { onDelete: 'cascade' }), categoryId: text('category_id'), bossId: text('boss_id'), strangeId: text('strange_id'), ownerId: text('owner_id')`, `firewall: { organization: {} }, references: { bossId: 'people' }`),
		"b/jobs-archive.ts":  resource("jobsArchive", org, ``),
		"b/organizations.ts": resource("organizations", org, ``),
	}.link()
	var got []string
	for _, k := range p.Resource("a/things").Foreign {
		got = append(got, fmt.Sprintf("%s→%s.%s %v %s", k.Column, k.Target, k.Key, k.Declared, k.OnDelete))
	}
	want := []string{"jobId→jobs/jobs.id true cascade", "categoryId→a/categories.id false ", "bossId→people/people.id false "}
	if !slices.Equal(got, want) {
		t.Errorf("foreign keys: %v", got)
	}
	if uses := p.Resource("jobs/jobs").Uses; !slices.Equal(uses, []model.ID{"a/things"}) {
		t.Errorf("jobs uses %v", uses)
	}
}

func TestPrefixesAreShortAndUnique(t *testing.T) {
	f := files{}
	for _, name := range []string{"candidates", "candidate_skills", "applications", "jobs", "a", "interviews"} {
		f["a/"+name+".ts"] = resource(name, org, ``)
	}
	p := f.link()
	seen := map[string]bool{}
	for _, prefix := range p.Globals.Prefixes {
		if len(prefix) != 3 || seen[prefix] {
			t.Errorf("prefix %q", prefix)
		}
		seen[prefix] = true
	}
	for id, want := range map[model.ID]string{"a/candidates": "cnd", "a/applications": "app", "a/jobs": "jbs", "a/interviews": "int"} {
		if got := p.Globals.Prefixes[id]; got != want {
			t.Errorf("%s has prefix %s", id, got)
		}
	}
}

func TestUniquenessEndsWithASoftDelete(t *testing.T) {
	p := files{
		"a/soft.ts": resource("soft", org+`, email: text('email').unique()`, `firewall: { organization: {} }, unique: [{ columns: ['organizationId', 'name'] }]`),
		"a/hard.ts": resource("hard", org+`, email: text('email').unique()`, `firewall: { organization: {} }, crud: { delete: { access: { roles: ['owner'] }, mode: 'hard' } }`),
	}.link()
	count := 0
	for _, i := range p.Resource("a/soft").Table.Indexes {
		if i.Kind == "uniqueIndex" {
			count++
			if i.Where != "deleted_at IS NULL" {
				t.Errorf("%s: %q", i.Name, i.Where)
			}
		}
	}
	if count != 2 {
		t.Errorf("%d unique indexes", count)
	}
	for _, i := range p.Resource("a/hard").Table.Indexes {
		if i.Where != "" {
			t.Errorf("%s: %q", i.Name, i.Where)
		}
	}
}

func TestDefaultMasks(t *testing.T) {
	for name, want := range map[string]string{
		"email": "email", "workEmail": "email", "work_email": "email", "mobile": "phone", "ssn": "ssn", "nationalId": "ssn", "iban": "creditCard", "cc": "creditCard",
		"apiKey": "redact", "stripeApiKey": "redact", "passwordHash": "", "success": "", "acc": "", "tokens": "", "emailed": "", "topsecret": "", "name": "",
	} {
		if got, _ := model.DefaultMask(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	r := files{"a/things.ts": resource("things", org+`, workEmail: text('work_email'), phone: text('phone')`, `firewall: { organization: {} }, masking: { phone: { type: 'phone', show: { roles: ['manager+', 'everyone'], or: 'owner' } } }`)}.link().Resource("a/things")
	if len(r.Masks) != 2 || !r.Masks[0].All || r.Masks[0].Owner != "createdBy" || !slices.Equal(r.Masks[0].Roles, []string{"manager", "owner"}) || !r.Masks[1].Default || r.Masks[1].Column != "workEmail" {
		t.Errorf("masks: %+v %+v", r.Masks[0], r.Masks[1])
	}
}

func TestResourcesAreKeptWhileTheirMeaningIs(t *testing.T) {
	f := files{
		"jobs/jobs.ts": resource("jobs", org, `crud: { list: { access: { roles: ['owner'] } } }`),
		"a/things.ts":  resource("things", org+`, jobId: text('job_id')`, `crud: { list: { access: { roles: ['owner'] } } }`),
		"b/others.ts":  resource("others", org, `crud: { list: { access: { roles: ['owner'] } } }`),
	}
	in := f.input()
	before := model.Link(in, nil)
	if again := model.Link(in, before); again.Resource("a/things") != before.Resource("a/things") {
		t.Error("the same files gave another resource")
	}
	f["jobs/jobs.ts"] = resource("jobs", org+`, extra: text('extra')`, `crud: { list: { access: { roles: ['owner'] } } }`)
	next := f.input()
	for p, d := range next.Files { // files that were not edited are the same values, as in a workspace
		if old := in.Files[p]; old != nil && old.Text == d.Text {
			next.Files[p] = old
		}
	}
	next.Config = next.Files["quickback/quickback.config.ts"]
	after := model.Link(next, before)
	if after.Resource("b/others") != before.Resource("b/others") {
		t.Error("a resource that does not use jobs was linked again")
	}
	if after.Resource("a/things") == before.Resource("a/things") {
		t.Error("a resource that refers to jobs was kept")
	}
}

func TestUnboundDefinitionsAreReported(t *testing.T) {
	in := files{
		"a/things.ts":  strings.Replace(resource("things", org, ``), "defineTable(things", "defineTable(thing", 1),
		"a/actions.ts": "import { defineActions } from '@quickback/compiler';\nimport { lost } from './lost';\nexport default defineActions(lost, { x: { description: 'x', access: { roles: ['owner'] }, execute: async () => ({}) } });\n",
	}.input()
	var codes []string
	for _, d := range model.Loose(in, model.Link(in, nil)) {
		codes = append(codes, string(d.Rule.Code))
	}
	if !slices.Equal(codes, []string{"QB2001", "QB2001"}) {
		t.Errorf("codes: %v", codes)
	}
}
