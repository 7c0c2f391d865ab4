package definition

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/diagnostics/text"
)

// tableOf puts a third argument behind a table of Drizzle.
func tableOf(extra string) string {
	return imports + "export const x = sqliteTable('x', { id: text('id'), a: text('col_a'), b: text(), otherId: text() }, " + extra + ");\n"
}

func TestTableParts(t *testing.T) {
	cases := map[string]string{
		"(t) => [index('i').on(t.a, t.b)]":                                            "index i a b",
		"(t) => ({ one: uniqueIndex('u').on(t.a) })":                                  "uniqueIndex u a",
		"t => [unique().on(t.a, t.b), unique('n').on(t.b)]":                           "unique  a b; unique n b",
		"(t) => { return [index('i').on(t.a)]; }":                                     "index i a",
		"function (t) { return [index('i').on(t.a)]; }":                               "index i a",
		"() => [index('i').on(x.a)]":                                                  "index i a",
		"(table) => [primaryKey({ name: 'pk', columns: [table.a, table.b] })]":        "primaryKey pk a b",
		"(t) => [primaryKey(t.a, t.b)]":                                               "primaryKey  a b",
		"(t) => [index('i').on(t.a).where(sql`col_a is not null`)]":                   "index i a where col_a is not null",
		"(t) => [index('i').on(t.a).where(sql`${t.a} is not null and ${ t.b } > 1`)]": `index i a where "a!" is not null and "b!" > 1`,
		"(t) => [check('c', sql`${t.a} in ('x', 'y')`)]":                              `check c "a!" in ('x', 'y')`,
		"(t) => [foreignKey({ columns: [t.otherId], foreignColumns: [others.id] }).onDelete('cascade').onUpdate('no action')]": "otherId=others.id cascade no action",
		"(t) => [foreignKey(() => ({ columns: [t.otherId], foreignColumns: [t.id] }))]":                                        "otherId=x.id  ",
		"(t) => [index('i').on(t.b, desc(t.a), asc(t.b))]":                                                                     `index i b a b over "b!"; "a!" desc; "b!"`,
		"(t) => [uniqueIndex('i').on(sql`lower(${t.a})`, t.b)]":                                                                `uniqueIndex i a b over lower("a!"); "b!"`,
		"(t) => [foreignKey({ name: 'f', columns: [t.a, t.b], foreignColumns: [others.c, others.d] }).onUpdate('restrict')]":   "f a=c b=d of others  restrict",
		"(t) => []": "",
	}
	for extra, want := range cases {
		f, code, _, _ := marked(t, tableOf(extra))
		if code != "" {
			t.Errorf("%s: %s", extra, code)
			continue
		}
		var got []string
		name := func(key string) string { return key + "!" }
		for _, i := range f.Tables[0].Indexes {
			s := i.Kind + " " + i.Name
			for _, c := range i.Columns {
				s += " " + c.Text
			}
			for k, part := range i.Parts {
				s += map[bool]string{true: " over ", false: "; "}[k == 0] + part.String(name)
			}
			if w := i.Where.String(name); w != "" {
				s += " where " + w
			}
			got = append(got, s)
		}
		for _, c := range f.Tables[0].Checks {
			got = append(got, "check "+c.Name+" "+c.SQL.String(name))
		}
		for _, k := range f.Tables[0].Foreign {
			s := k.Name
			for n, c := range k.Columns {
				s += " " + c.Text + "=" + k.Keys[n]
			}
			got = append(got, s+" of "+k.Binding+" "+k.OnDelete+" "+k.OnUpdate)
		}
		for _, c := range f.Tables[0].Columns {
			if r := c.References; r != nil {
				got = append(got, fmt.Sprintf("%s=%s.%s %s %s", c.Key.Text, r.Binding, r.Column, r.OnDelete, r.OnUpdate))
			}
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%s\n got %s\nwant %s", extra, strings.Join(got, "; "), want)
		}
	}
}

func TestTablePartsThatAreRefused(t *testing.T) {
	cases := map[string]struct{ extra, code string }{
		"a list":                 {"«[index('i')]»", "QB1102"},
		"code":                   {"«(t) => { const a = t.a; return [index('i').on(a)]; }»", "QB1103"},
		"a return that is none":  {"«(t) => { return\n [index('i').on(t.a)]; }»", "QB1103"},
		"a function of others":   {"(t) => [«others.indexes(t)»]", "QB1103"},
		"unknown part":           {"(t) => [«indx»('i').on(t.a)]", "QB1105"},
		"policy of PostgreSQL":   {"(t) => [«pgPolicy»('p')]", "QB1105"},
		"method of PostgreSQL":   {"(t) => [index('i').on(t.a).«concurrently»()]", "QB1105"},
		"method":                 {"(t) => [index('i').«onn»(t.a)]", "QB1105"},
		"no columns":             {"(t) => [«index('i')»]", "QB1102"},
		"column of another":      {"(t) => [index('i').on(«others.id»)]", "QB1103"},
		"condition with a value": {"(t) => [index('i').on(t.a).where(«sql`a = ${limit}`»)]", "QB1103"},
		"condition by code":      {"(t) => [index('i').on(t.a).where(«eq(t.a, 'x')»)]", "QB1103"},
		"condition with escapes": {"(t) => [check('c', «sql`${t.a} = '\\n'`»)]", "QB1103"},
		"check of no column":     {"(t) => [check('c', sql`${t.«aa»} > 1`)]", "QB1102"},
		"key of unequal length":  {"(t) => [«foreignKey({ columns: [t.a], foreignColumns: [others.a, others.b] })»]", "QB1102"},
		"key of no column":       {"(t) => [foreignKey({ columns: [t.«otherIdd»], foreignColumns: [others.id] })]", "QB1102"},
		"key to two tables":      {"(t) => [«foreignKey({ columns: [t.a, t.b], foreignColumns: [others.a, t.b] })»]", "QB1102"},
		"key's action":           {"(t) => [foreignKey({ columns: [t.a], foreignColumns: [others.id] }).onDelete('«casade»')]", "QB1102"},
		"fourth argument":        {"(t) => [], «1»", "QB1102"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, code, _, _ := marked(t, tableOf(c.extra)); code != c.code {
				t.Errorf("%q", code)
			}
		})
	}
}

func TestPartsOfPostgres(t *testing.T) {
	f, code, _, _ := marked(t, `import { pgTable, pgPolicy, text, integer, index, uniqueIndex, unique, foreignKey } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import { others } from './others';
export const x = «pgTable»('x', { a: text(), b: integer() }, (t) => [
  index('i').using('gin', t.a.op('gin_trgm_ops')).concurrently(),
  index().onOnly(t.a.desc().nullsFirst(), t.b.asc()).with({ fillfactor: 70 }),
  uniqueIndex('u').on(sql`+"`lower(${t.a})`"+`).where(sql`+"`${t.b} > 1`"+`),
  unique('n').on(t.a, t.b).nullsNotDistinct(),
  foreignKey({ columns: [t.a, t.b], foreignColumns: [others.a, others.b] }),
  pgPolicy('p', { as: 'permissive' }),
]);
`)
	if code != "QB1104" || len(f.Tables[0].Indexes) != 4 {
		t.Fatalf("%s %+v", code, f.Tables)
	}
	for i, want := range []string{"a", "a b", "a", "a b"} {
		var got []string
		for _, c := range f.Tables[0].Indexes[i].Columns {
			got = append(got, c.Text)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("index %d has %v", i, got)
		}
	}
}

func TestTablesInEveryWayTheyAreMade(t *testing.T) {
	cases := map[string]string{
		"imported":    "import { sqliteTable, text } from 'drizzle-orm/sqlite-core';\nexport const x = sqliteTable('x', { a: text('n') });",
		"renamed":     "import { sqliteTable as make, text as words } from 'drizzle-orm/sqlite-core';\nexport const x = make('x', { a: words('n') });",
		"namespace":   "import * as d from 'drizzle-orm/sqlite-core';\nexport const x = d.sqliteTable('x', { a: d.text('n') });",
		"function":    "import { sqliteTable } from 'drizzle-orm/sqlite-core';\nexport const x = sqliteTable('x', (t) => ({ a: t.text('n') }));",
		"taken apart": "import { sqliteTable } from 'drizzle-orm/sqlite-core';\nexport const x = sqliteTable('x', ({ text }) => ({ a: text('n') }));",
		"spread":      "import { sqliteTable, text } from 'drizzle-orm/sqlite-core';\nconst c = { a: text('n') };\nexport const x = sqliteTable('x', { ...c });",
		"members":     "import { sqliteTable, text } from 'drizzle-orm/sqlite-core';\nconst c = { one: text('n') };\nexport const x = sqliteTable('x', { a: c.one });",
		"twice":       "import { sqliteTable, text } from 'drizzle-orm/sqlite-core';\nconst c = { a: text('m') };\nexport const x = sqliteTable('x', { ...c, a: text('n') });",
		"shared":      "import { sqliteTable } from 'drizzle-orm/sqlite-core';\nimport { c } from './shared';\nexport const x = sqliteTable('x', { ...c });",
		"q renamed":   "import { q as k } from '@quickback/compiler';\nexport const x = k.table('x', { a: k.text().optional() });",
	}
	for name, source := range cases {
		project := files{"x.ts": source, "shared.ts": "import { text as words } from 'drizzle-orm/sqlite-core';\nexport const c = { a: words('n') };\n"}
		f, found := project.read("x.ts")
		if len(found) > 0 || len(f.Tables) != 1 || len(f.Tables[0].Columns) != 1 {
			t.Errorf("%s: %+v %+v", name, found, f.Tables)
			continue
		}
		if c := f.Tables[0].Columns[0]; c.Key.Text != "a" || c.Builder != "text" || c.Name.V != "n" && name != "q renamed" {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// A table that is made in a way which is not read must not be missed: its rows would be without a policy.
func TestTablesThatAreNotEmitted(t *testing.T) {
	cases := map[string]string{
		"creator":       "import { sqliteTableCreator } from 'drizzle-orm/sqlite-core';\nexport const table = «sqliteTableCreator»((n) => `p_${n}`);",
		"creator used":  "import { table } from './made';\nexport const x = «table»('x', {});",
		"schema":        "import { pgSchema } from 'drizzle-orm/pg-core';\nexport const s = «pgSchema»('s');",
		"schema used":   "import { s } from './made';\nexport const x = s.«table»('x', {});",
		"view":          "import { sqliteView } from 'drizzle-orm/sqlite-core';\nexport const v = «sqliteView»('v').as((qb) => qb.select().from(x));",
		"other dialect": "import { sqliteTable } from 'drizzle-orm/sqlite-core';\nimport { mysqlTable } from 'drizzle-orm/mysql-core';\nexport const x = «mysqlTable»('x', {});",
	}
	for name, source := range cases {
		before, rest, _ := strings.Cut(source, "«")
		inner, after, _ := strings.Cut(rest, "»")
		project := files{"x.ts": before + inner + after, "made.ts": "import { sqliteTableCreator } from 'drizzle-orm/sqlite-core';\nimport { pgSchema } from 'drizzle-orm/pg-core';\nexport const table = sqliteTableCreator((n) => n);\nexport const s = pgSchema('s');\n"}
		_, found := project.read("x.ts")
		if len(found) != 1 || found[0].Rule != NotSupported || int(found[0].At.Span.Start) != len(before) || int(found[0].At.Span.End) != len(before)+len(inner) {
			t.Errorf("%s: %+v", name, found)
		}
	}
	f := mustRead(t, table+"import { relations } from 'drizzle-orm';\nexport const thingsRelations = relations(things, ({ many }) => ({ jobs: many(jobs) }));\n")
	if len(f.Related) != 1 || f.Related[0].Text != "thingsRelations" {
		t.Errorf("relations: %+v", f.Related)
	}
}

// Anchors are ordinals that every file of one shape shares: what changes no meaning must not move them.
func TestAnchorsFollowTheShape(t *testing.T) {
	base := "q.text({ minLength: 1, maxLength: 9 }).default('a').references(() => others.id).protected().immutable().filterable('eq')"
	same := []string{
		"q.text({ maxLength: 9, minLength: 1 }).default('a').references(() => others.id).protected().immutable().filterable('eq')",
		"q.text({ minLength: 1, maxLength: 9 }).filterable('eq').immutable().required().protected().references(() => others.id, {}).default('a')",
	}
	read := func(column string) (*File, []string) {
		source := imports + "export const x = q.table('x', { a: " + column + ", b: q.id() });\n"
		f, found := readText("x.ts", source)
		if len(found) > 0 {
			t.Fatalf("%s: %+v", column, found)
		}
		c := f.Tables[0].Columns[0]
		var texts []string
		for _, a := range []*[1]int32{{c.Protected.N}, {c.Immutable.N}, {c.Filterable.At.N}, {c.Default.At.N}, {c.References.At.N}, {f.Tables[0].Columns[1].At.N}} {
			p := f.Place(text.Anchor{Path: f.Path, N: a[0]})
			texts = append(texts, fmt.Sprint(a[0], " ", source[p.Span.Start:p.Span.End]))
		}
		return f, texts
	}
	want, texts := read(base)
	for _, column := range same {
		got, other := read(column)
		if got.Shape != want.Shape || !slices.Equal(texts, other) {
			t.Errorf("%s: shape %v\n%q\n%q", column, got.Shape == want.Shape, texts, other)
		}
	}
	pg := func(options string) (*File, int) {
		f, _ := readText("x.ts", "import { pgTable, numeric, text } from 'drizzle-orm/pg-core';\nexport const x = pgTable('x', { a: numeric("+options+"), b: text().unique('n') });\n")
		return f, f.Places.Len()
	}
	one, n := pg("")
	two, m := pg("{ precision: 3, scale: 1 }")
	if one.Shape != two.Shape || n != m {
		t.Errorf("options that are not kept: shape %v, %d and %d places", one.Shape == two.Shape, n, m)
	}
}
