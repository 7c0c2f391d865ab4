package definition

import (
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

func readText(path, source string) (*File, []diagnostics.Diagnostic) {
	return files{text.Path(path): source}.read(text.Path(path))
}

// files are the other files that a file may import, by path.
type files map[text.Path]string

func (f files) Resolve(_ text.Path, module string) text.Path {
	if strings.HasPrefix(module, "./") {
		return text.Path(strings.TrimPrefix(module, "./") + ".ts")
	}
	return ""
}

func (f files) Tree(p text.Path) *syntax.Tree {
	if source, ok := f[p]; ok {
		return syntax.Parse(text.NewFile(p, source))
	}
	return nil
}

func (f files) read(p text.Path) (*File, []diagnostics.Diagnostic) {
	t := f.Tree(p)
	d, found := Read(t, f)
	return d, append(t.Diagnostics(), found...)
}

// mustRead reads a file that has nothing wrong with it.
func mustRead(t *testing.T, source string) *File {
	t.Helper()
	f, found := readText("things.ts", source)
	for _, d := range found {
		t.Errorf("unexpected %s at %q: %s", d.Rule.Code, source[d.At.Span.Start:d.At.Span.End], d.Message)
	}
	return f
}

const header = `import { integer, numeric, real, blob, sqliteTable, text, uniqueIndex, index, primaryKey } from 'drizzle-orm/sqlite-core';
import { sql } from 'drizzle-orm';
import { defineTable, defineActions } from '@quickback/compiler';
import { z } from 'zod';
import { jobs } from './jobs';
`

func TestColumns(t *testing.T) {
	f := mustRead(t, header+`
export const things = sqliteTable('things', {
  id: text('id').primaryKey(),
  plain: text(),
  'quoted': text("quoted_name", { length: 20 }).notNull(),
  stage: text('stage', { enum: ['a', "it's", 'c'] }).notNull().default('a'),
  open: integer('open', { mode: 'boolean' }).default(true),
  at: integer({ mode: 'timestamp_ms' }),
  score: real('score').default(-1.5),
  made: text('made').default(sql`+"`CURRENT_TIMESTAMP`"+`),
  jobId: text('job_id').references(() => jobs.id, { onDelete: 'cascade' }),
  raw: blob('raw'),
}, (t) => [
  uniqueIndex('things_plain').on(t.plain, t.stage).where(sql`+"`plain IS NOT NULL`"+`),
  index('by_job').on(t.jobId),
]);
`)
	if len(f.Tables) != 1 || f.Tables[0].Name.V != "things" || f.Tables[0].Dialect != SQLite || !f.Tables[0].Export {
		t.Fatalf("table: %+v", f.Tables)
	}
	columns := map[string]*Column{}
	for _, c := range f.Tables[0].Columns {
		columns[c.Key.Text] = c
	}
	if len(columns) != 10 {
		t.Fatalf("%d columns", len(columns))
	}
	if c := columns["id"]; !c.PrimaryKey || c.Name.V != "id" {
		t.Errorf("id: %+v", c)
	}
	if c := columns["quoted"]; c.Name.V != "quoted_name" || c.Length != 20 || !c.NotNull {
		t.Errorf("quoted: %+v", c)
	}
	if c := columns["stage"]; len(c.Enum) != 3 || c.Enum[1].Text != "it's" || c.Default.Literal != "a" {
		t.Errorf("stage: %+v", c)
	}
	if c := columns["open"]; c.Mode.V != "boolean" || c.Default.Literal != true {
		t.Errorf("open: %+v", c)
	}
	if c := columns["at"]; c.Mode.V != "timestamp_ms" || c.Name.Present() {
		t.Errorf("at: %+v", c)
	}
	if c := columns["score"]; c.Default.Literal != -1.5 {
		t.Errorf("score: %+v", c.Default)
	}
	if c := columns["made"]; c.Default.SQL != "CURRENT_TIMESTAMP" {
		t.Errorf("made: %+v", c.Default)
	}
	if r := columns["jobId"].References; r == nil || r.Binding != "jobs" || r.Column != "id" || r.OnDelete != "cascade" {
		t.Errorf("jobId: %+v", r)
	}
	if i := f.Tables[0].Indexes; len(i) != 2 || i[0].Name != "things_plain" || len(i[0].Columns) != 2 || i[0].Where.String(nil) != "plain IS NOT NULL" {
		t.Errorf("indexes: %+v", i)
	}
	if f.Imports[len(f.Imports)-1].Target != "jobs.ts" {
		t.Errorf("import of ./jobs means %q", f.Imports[len(f.Imports)-1].Target)
	}
}

const table = header + `
export const things = sqliteTable('things', { id: text('id').primaryKey(), organizationId: text('organization_id').notNull(), name: text('name'), stage: text('stage') });
`

func TestAccessKeepsItsArms(t *testing.T) {
	f := mustRead(t, table+`
export default defineTable(things, {
  firewall: { organization: {} },
  crud: { list: { access: {
    or: [
      { roles: ['admin', 'recruiter+'] },
      { userRole: ['admin'] },
      { roles: ['member'], record: { name: { equals: '$ctx.userId' }, stage: 'a' }, and: [{ record: { stage: { in: ['a', 'b'] } } }] },
    ],
  } } },
});
`)
	a := f.Table.Operations[0].Access
	if len(a.Or) != 3 || a.Roles != nil || a.Record != nil {
		t.Fatalf("arms: %+v", a)
	}
	if a.Or[0].Roles.Items[1].Text != "recruiter+" || a.Or[1].UserRole.Items[0].Text != "admin" {
		t.Errorf("roles: %+v", a.Or)
	}
	third := a.Or[2]
	if third.Record[0].Value.Ctx != "userId" || third.Record[0].Op.Text != "equals" || third.Record[1].Value.Literal != "a" {
		t.Errorf("record: %+v", third.Record)
	}
	if in := third.And[0].Record[0]; in.Op.Text != "in" || len(in.Value.Items) != 2 {
		t.Errorf("in: %+v", in)
	}
}

func TestActionsKeepBodiesAndStrings(t *testing.T) {
	f := mustRead(t, header+`
export default defineActions(jobs, {
  approve: {
    description: "Approve it across the org's pipeline.",
    input: z.object({ note: z.string().max(10).optional(), to: z.enum(['x', 'y']), n: z.coerce.number().int().min(1), tags: z.array(z.string()) }),
    access: { roles: ['admin'], record: { stage: { equals: 'draft' } } },
    execute: async ({ db, record }) => {
      const q = "db.run('not code')"; // db.execute(x)
      await db.update(jobs).set({ stage: 'open', 'name': q }).where(1);
      return { unsafe: { nested: true } };
    },
  },
  report: { description: 'x', access: { roles: ['admin'] }, standalone: true, path: '/r', method: 'GET', handler: './handlers/report' },
});
`)
	if len(f.Actions.Items) != 2 || f.Actions.Binding != "jobs" {
		t.Fatalf("actions: %+v", f.Actions)
	}
	a := f.Actions.Items[0]
	if a.Description.V != "Approve it across the org's pipeline." || a.Execute == nil || a.Unsafe != nil || len(a.RawSQL) != 0 {
		t.Errorf("approve: %+v", a)
	}
	var writes []string
	for _, w := range a.Writes {
		writes = append(writes, w.Text)
	}
	if !slices.Equal(writes, []string{"jobs.stage", "jobs.name"}) {
		t.Errorf("writes: %v", writes)
	}
	fields := a.Input.Fields
	if !a.Input.Known || len(fields) != 4 || fields[0].Required || fields[1].Type != "enum" || len(fields[1].Enum) != 2 || fields[2].Type != "integer" || *fields[2].Min != 1 || fields[3].Items != "string" {
		t.Errorf("input: %+v", fields)
	}
	if r := f.Actions.Items[1]; !r.Standalone.V || r.Path.V != "/r" || r.Method.V != "GET" || r.Handler.V != "./handlers/report" {
		t.Errorf("report: %+v", r)
	}
}

func TestRawSQLIsFound(t *testing.T) {
	f := mustRead(t, header+`
export default defineActions(jobs, {
  a: { description: 'x', access: { roles: ['admin'] }, execute: async ({ db }) => { await db.run(sql.raw('drop table jobs')); } },
});
`)
	var what []string
	for _, r := range f.Actions.Items[0].RawSQL {
		what = append(what, r.What)
	}
	if !slices.Equal(what, []string{"db.run", "sql.raw"}) {
		t.Errorf("raw SQL: %v", what)
	}
}

// Each case has one mistake; the text between « and » is what the diagnostic must point at.
func TestMistakes(t *testing.T) {
	policy := func(lines string) string {
		return table + "export default defineTable(things, {\n  firewall: { organization: {} },\n" + lines + "\n});\n"
	}
	cases := map[string]struct{ source, code, help string }{
		"key of guards":     {policy(`  guards: { «creatable»: ['name'] },`), "QB1101", "Did you mean createable?"},
		"key of resource":   {policy(`  «mask»: {},`), "QB1101", "Did you mean masking?"},
		"key of access":     {policy(`  crud: { list: { access: { «role»: ['a'] } } },`), "QB1101", "Did you mean roles?"},
		"key of an action":  {header + `export default defineActions(jobs, { a: { «acces»: { roles: ['x'] } } });`, "QB1101", "Did you mean access?"},
		"string for list":   {policy(`  guards: { createable: «'name'» },`), "QB1102", "Expected a list of strings."},
		"number for role":   {policy(`  crud: { list: { access: { roles: [«1»] } } },`), "QB1102", "Expected a string."},
		"spread in policy":  {policy(`  guards: { «...shared» },`), "QB1103", ""},
		"spread in list":    {policy(`  guards: { createable: ['name', «...more»] },`), "QB1103", ""},
		"imported list":     {policy(`  crud: { list: { access: { roles: «jobs» } } },`), "QB1103", ""},
		"conditional value": {policy(`  crud: { list: { pageSize: «big ? 1 : 2» } },`), "QB1103", ""},
		"template value":    {policy("  displayColumn: «`a${b}`»,"), "QB1103", ""},
		"later key":         {policy(`  «realtime»: { enabled: true },`), "QB1104", ""},
		"postgres":          {"import { pgTable } from 'drizzle-orm/pg-core';\nexport const x = «pgTable»('x', {});", "QB1104", ""},
		"column builder":    {header + `export const x = sqliteTable('x', { a: «varchar»('a') });`, "QB1105", ""},
		"column modifier":   {header + `export const x = sqliteTable('x', { a: text('a').«notnull»() });`, "QB1105", "Did you mean notNull?"},
		"mode":              {header + `export const x = sqliteTable('x', { a: integer('a', { mode: '«bool»' }) });`, "QB1102", ""},
		"not exported":      {header + `const a = «defineActions»(jobs, {});`, "QB1106", ""},
		"delete mode":       {policy(`  crud: { delete: { access: { roles: ['a'] }, mode: '«gone»' } },`), "QB1102", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			before, rest, _ := strings.Cut(c.source, "«")
			marked, after, _ := strings.Cut(rest, "»")
			source := before + marked + after
			_, found := readText("things.ts", source)
			if len(found) != 1 {
				t.Fatalf("%d diagnostics: %+v", len(found), found)
			}
			d := found[0]
			if at := source[d.At.Span.Start:d.At.Span.End]; string(d.Rule.Code) != c.code || at != marked || int(d.At.Span.Start) != len(before) {
				t.Errorf("got %s at %q: %s", d.Rule.Code, at, d.Message)
			}
			if c.help != "" && d.Help != c.help {
				t.Errorf("help: %q", d.Help)
			}
		})
	}
}

func TestShapeIsMeaningWithoutPlaces(t *testing.T) {
	source := table + `
export default defineTable(things, { firewall: { organization: {} }, crud: { list: { access: { roles: ['admin'] } } }, guards: { createable: ['name'], updatable: ['stage'] } });
`
	shape := mustRead(t, source).Shape
	same := map[string]string{
		"newline above": "\n\n" + source,
		"comment":       strings.Replace(source, "crud:", "/* rows */ crud:", 1),
		"quotes":        strings.Replace(source, "'admin'", `"admin"`, 1),
	}
	for name, s := range same {
		if mustRead(t, s).Shape != shape {
			t.Errorf("%s changed the shape", name)
		}
	}
	other := map[string]string{
		"role":       strings.Replace(source, "'admin'", "'owner'", 1),
		"list moved": strings.Replace(source, "createable: ['name'], updatable: ['stage']", "createable: ['stage'], updatable: ['name']", 1),
		"one less":   strings.Replace(source, "createable: ['name'], ", "", 1),
		"not null":   strings.Replace(source, "text('name')", "text('name').notNull()", 1),
	}
	for name, s := range other {
		if mustRead(t, s).Shape == shape {
			t.Errorf("%s did not change the shape", name)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(table + "export default defineTable(things, { firewall: { organization: {} }, guards: { createable: ['na")
	f.Add(header + "export default defineActions(jobs, { a: { input: z.object({ b: z.string().min(1) }), execute: async ({db}) => { db.update(jobs).set({ a")
	f.Add("export default defineConfig({ name: 'x', providers: { runtime: defineRuntime('bun'), database: { name: 'd1', config: {")
	f.Add(imports + "export const x = q.table('x', (t) => ({ a: t.text({ length: 3 }).$type<'a' | { b: Array<string> }>().default(sql`${x} a`), b: q.enum(['a']).filterable('eq'")
	f.Add(tableOf("(t) => { return [index('i').on(t.a, desc(t.b)).where(sql`${t.a} > ${ (t.b) } and 1`), foreignKey({ columns: [t.a], foreignColumns: [others.id] }).onDelete('cascade'), check('c', sql`a${"))
	f.Fuzz(func(t *testing.T, source string) {
		for _, path := range []string{"things.ts", "quickback.config.ts"} {
			file, found := readText(path, source)
			again, _ := readText(path, source)
			if file.Shape != again.Shape {
				t.Fatal("reading twice gives two shapes")
			}
			for n := range file.Places.Len() {
				p := file.Place(text.Anchor{Path: file.Path, N: int32(n)})
				if s := p.Span; s.Start < 0 || s.End < s.Start || int(s.End) > len(source) {
					t.Fatalf("place %v leaves the text of %d bytes", p, len(source))
				}
			}
			for _, d := range found {
				if d.At.Span.Start < 0 || d.At.Span.End < d.At.Span.Start || int(d.At.Span.End) > len(source) || d.Message == "" {
					t.Fatalf("diagnostic %+v", d)
				}
			}
		}
	})
}
