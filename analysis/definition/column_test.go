package definition

import (
	"fmt"
	"strings"
	"testing"
)

// marked reads a source whose «…» is what its only finding points at.
func marked(t *testing.T, source string) (f *File, code, at, help string) {
	t.Helper()
	before, rest, _ := strings.Cut(source, "«")
	inner, after, ok := strings.Cut(rest, "»")
	source = before + inner + after
	f, found := readText("things.ts", source)
	if !ok && len(found) == 0 {
		return f, "", "", ""
	}
	if len(found) != 1 {
		t.Fatalf("%d findings: %+v", len(found), found)
	}
	d := found[0]
	if int(d.At.Span.Start) != len(before) || int(d.At.Span.End) != len(before)+len(inner) {
		t.Errorf("%s at %q: %s", d.Rule.Code, source[d.At.Span.Start:d.At.Span.End], d.Message)
	}
	return f, string(d.Rule.Code), inner, d.Help
}

const imports = `import { sqliteTable, text, integer, int, real, numeric, blob, index, uniqueIndex, unique, check, primaryKey, foreignKey, customType, type AnySQLiteColumn } from 'drizzle-orm/sqlite-core';
import { sql, desc, relations } from 'drizzle-orm';
import { q, defineTable } from '@quickback/compiler';
import { others } from './others';
`

// say writes what a column is, its name apart.
func say(c *Column) string {
	s := []string{c.Builder}
	add := func(ok bool, format string, args ...any) {
		if ok {
			s = append(s, fmt.Sprintf(format, args...))
		}
	}
	add(c.Mode.V != "", "mode=%s", c.Mode.V)
	add(true, "%s", c.Kind)
	add(c.Name.Present(), "name=%s", c.Name.V)
	add(c.Scope.Present(), "scope=%s", c.Scope.V)
	add(c.Format != "", "format=%s", c.Format)
	for _, e := range c.Enum {
		add(true, "enum=%s", e.Text)
	}
	add(c.Length > 0, "length=%d", c.Length)
	add(c.TypeText != "", "type=%s", c.TypeText)
	add(c.PrimaryKey, "key")
	add(c.AutoInc, "filled")
	add(c.OnCreate, "on create")
	add(c.OnUpdate, "on update")
	add(c.NotNull, "notnull")
	add(c.Unique, "unique=%s", c.UniqueName)
	if d := c.Default; d != nil {
		add(d.SQL != "", "sql=%s", d.SQL)
		add(d.JSON != "", "json=%s", d.JSON)
		add(d.SQL == "" && d.JSON == "", "default=%v", d.Literal)
	}
	if r := c.References; r != nil {
		add(true, "references=%s.%s,%s,%s", r.Binding, r.Column, r.OnDelete, r.OnUpdate)
	}
	add(c.Index != nil, "index")
	if f := c.Filterable; f != nil {
		add(true, "filterable=%d", len(f.Items))
	}
	add(c.Searchable != nil, "searchable")
	add(c.Sortable != nil, "sortable")
	add(c.Protected != nil, "protected")
	add(c.Immutable != nil, "immutable")
	if m := c.Masked; m != nil {
		add(true, "masked=%s,%s", m.Type.V, m.Owner.V)
	}
	if v := c.Rule; v != nil {
		for _, n := range []Value[float64]{v.MinLength, v.MaxLength, v.Min, v.Max} {
			add(n.Present(), "%v", n.V)
		}
		add(v.Pattern.Present(), "pattern=%s", v.Pattern.V)
	}
	return strings.Join(s, " ")
}

func TestDrizzleColumns(t *testing.T) {
	cases := map[string]string{
		`text()`:              "text string",
		`text('a')`:           "text string name=a",
		`text({ length: 5 })`: "text string length=5",
		`text('a', { enum: ['x', 'y'] }).default('y')`:             "text string name=a enum=x enum=y default=y",
		`text('a', { mode: 'json' }).default({ b: [1, 'it\'s'] })`: `text mode=json json name=a json={"b":[1,"it's"]}`,
		`text({ mode: 'json' }).$type<string[]>().notNull()`:       "text mode=json json type=string[] notnull",
		`text().$type<'a' | "b">()`:                                `text string type='a' | "b"`,
		`text().$type<{ name?: string; list: Array<number> }>()`:   "text string type={ name?: string; list: Array<number> }",
		`text().$default(() => make()).$onUpdateFn(touch)`:         "text string on create on update",
		`int()`:                                          "integer number",
		`integer('a', { mode: 'boolean' })`:              "integer mode=boolean boolean name=a",
		`integer({ mode: 'timestamp' })`:                 "integer mode=timestamp date",
		`integer({ mode: 'timestamp_ms' }).defaultNow()`: "integer mode=timestamp_ms date sql=(cast((julianday('now') - 2440587.5)*86400000 as integer))",
		`integer().primaryKey({ autoIncrement: true })`:  "integer number key filled",
		`integer().primaryKey()`:                         "integer number key",
		`real('a').notNull().default(-1.5)`:              "real number name=a notnull default=-1.5",
		`numeric()`:                                      "numeric string",
		`numeric({ mode: 'number' })`:                    "numeric mode=number number",
		`numeric({ mode: 'bigint' })`:                    "numeric mode=bigint bigint",
		`blob()`:                                         "blob blob",
		`blob({ mode: 'json' })`:                         "blob mode=json json",
		`blob({ mode: 'bigint' })`:                       "blob mode=bigint bigint",
		`text().unique()`:                                "text string unique=",
		`text().unique('once')`:                          "text string unique=once",
		"text().default(sql`(lower('A'))`)":              "text string sql=(lower('A'))",
		`text().default(null)`:                           "text string default=<nil>",
		`text().references(() => others.id)`:             "text string references=others.id,,",
		`text().references((): AnySQLiteColumn => others.id, { onDelete: 'set null' })`: "text string references=others.id,set null,",
		`text().references(() => { return others.id; }, { onUpdate: 'cascade' })`:       "text string references=others.id,,cascade",
		`shared`:                       "text string name=shared notnull",
		`text('a', options).notNull()`: "text string name=a length=9 notnull",
		`(text('a') as any)`:           "text string name=a",
	}
	for source, want := range cases {
		f, code, _, _ := marked(t, imports+"const shared = text('shared').notNull();\nconst options = { length: 9 };\nexport const x = sqliteTable('x', { a: "+source+" });\n")
		if code != "" || len(f.Tables) != 1 || len(f.Tables[0].Columns) != 1 {
			t.Errorf("%s: %s %+v", source, code, f.Tables)
			continue
		}
		if got := say(f.Tables[0].Columns[0]); got != want {
			t.Errorf("%s\n got %s\nwant %s", source, got, want)
		}
	}
}

func TestColumnsOfOtherDialects(t *testing.T) {
	cases := map[string]string{
		`pg serial('id').primaryKey()`:                                    "serial number name=id key filled notnull",
		`pg bigint({ mode: 'number' }).generatedAlwaysAsIdentity()`:       "bigint mode=number number filled notnull",
		`pg integer().generatedByDefaultAsIdentity({ startWith: 5 })`:     "integer number filled notnull",
		`pg varchar('a', { length: 20, enum: ['x'] })`:                    "varchar string name=a enum=x length=20",
		`pg text().array().notNull()`:                                     "text array notnull",
		`pg text().array(3)`:                                              "text array",
		`pg timestamp({ withTimezone: true, precision: 3 }).defaultNow()`: "timestamp date sql=now()",
		`pg timestamp({ mode: 'string' })`:                                "timestamp mode=string string",
		`pg date()`:                                                       "date string",
		`pg date({ mode: 'date' })`:                                       "date mode=date date",
		`pg uuid().defaultRandom()`:                                       "uuid string filled",
		`pg jsonb().default({})`:                                          "jsonb json json={}",
		`pg numeric({ precision: 10, scale: 2 })`:                         "numeric string",
		`pg interval({ fields: 'day to second' })`:                        "interval string",
		`pg vector({ dimensions: 3 })`:                                    "vector array",
		`pg text().unique('once', { nulls: 'not distinct' })`:             "text string unique=once",
		`pg mood('mood').notNull()`:                                       "pgEnum string name=mood enum=ok enum=sad notnull",
		"pg text().generatedAlwaysAs(sql`x`)":                             "text string filled",
		`pg text().$defaultFn(() => make())`:                              "text string on create",
		`mysql int({ unsigned: true }).autoincrement()`:                   "int number filled",
		`mysql varchar({ length: 5 })`:                                    "varchar string length=5",
		`mysql mysqlEnum('a', ['x', 'y'])`:                                "mysqlEnum string name=a enum=x enum=y",
		`mysql mysqlEnum(['x'])`:                                          "mysqlEnum string enum=x",
		`mysql timestamp({ fsp: 3 }).defaultNow().onUpdateNow()`:          "timestamp date filled sql=now()",
		`mysql serial()`:                                                  "serial number filled notnull",
		`mysql boolean().default(false)`:                                  "boolean boolean default=false",
		`mysql decimal({ mode: 'bigint' })`:                               "decimal mode=bigint bigint",
	}
	for source, want := range cases {
		dialect, column, _ := strings.Cut(source, " ")
		source := "import * as d from 'drizzle-orm/" + dialect + "-core';\nimport { pgEnum } from 'drizzle-orm/pg-core';\nimport { sql } from 'drizzle-orm';\nconst mood = pgEnum('mood', ['ok', 'sad']);\n" +
			"export const x = d.«" + dialect + "Table»('x', { a: " + strings.Replace("d."+column, "d.mood", "mood", 1) + " });\n"
		f, code, _, _ := marked(t, source)
		if code != "QB1104" || len(f.Tables) != 1 || len(f.Tables[0].Columns) != 1 {
			t.Errorf("%s: %s %+v", source, code, f.Tables)
			continue
		}
		if got := say(f.Tables[0].Columns[0]); got != want {
			t.Errorf("%s\n got %s\nwant %s", column, got, want)
		}
	}
}

func TestQColumns(t *testing.T) {
	cases := map[string]string{
		`q.id()`:                           "text string key notnull",
		`q.text().required()`:              "text string notnull",
		`q.text().optional()`:              "text string",
		`q.text().default('a')`:            "text string notnull default=a",
		`q.text().default('a').optional()`: "text string default=a",
		`q.text({ minLength: 1, maxLength: 9, pattern: /^a+$/u }).required()`: "text string notnull 1 9 pattern=^a+$",
		`q.int({ min: -1, max: 9 }).required()`:                               "integer number notnull -1 9",
		`q.real().default(0.5)`:                                               "real number notnull default=0.5",
		`q.bool().default(false)`:                                             "integer mode=boolean boolean notnull default=false",
		`q.enum(['a', "it's"]).default('a')`:                                  "text string enum=a enum=it's notnull default=a",
		`q.enum(states).required()`:                                           "text string enum=x enum=y notnull",
		`q.json().default([])`:                                                "text mode=json json notnull json=[]",
		`q.datetime().defaultNow()`:                                           "text string format=datetime notnull sql=" + NowSQL,
		`q.timestamp().optional()`:                                            "text string format=datetime",
		`q.date().defaultNow()`:                                               "text string format=date notnull sql=" + TodaySQL,
		`q.url({ maxLength: 200 }).optional()`:                                "text string format=url 200",
		`q.email().required().unique()`:                                       "text string format=email notnull unique=",
		`q.uuid().optional().immutable()`:                                     "text string format=uuid immutable",
		`q.scope('team')`:                                                     "text string scope=team notnull",
		`q.text().optional().references(() => others.id, { onDelete: 'cascade' }).index()`: "text string references=others.id,cascade, index",
		`q.text().optional().filterable('eq', 'like').searchable().sortable()`:             "text string filterable=2 searchable sortable",
		`q.int().optional().filterable()`:                                                  "integer number filterable=0",
		`q.text().optional().protected().masked('email')`:                                  "text string protected masked=email,owner",
	}
	for source, want := range cases {
		f, code, _, _ := marked(t, imports+"const states = ['x', 'y'] as const;\nexport const x = q.table('x', { a: "+source+" });\n")
		if code != "" || len(f.Tables) != 1 || !f.Tables[0].Q || len(f.Tables[0].Columns) != 1 {
			t.Errorf("%s: %s %+v", source, code, f.Tables)
			continue
		}
		if got := say(f.Tables[0].Columns[0]); got != want {
			t.Errorf("%s\n got %s\nwant %s", source, got, want)
		}
	}
}

// What a column cannot be is said at the character, never guessed.
func TestColumnsThatAreRefused(t *testing.T) {
	cases := map[string]struct{ column, code, help string }{
		"unknown builder":             {"«txt»()", "QB1103", ""},
		"near builder":                {"text().«notNul»()", "QB1105", "Did you mean notNull?"},
		"other dialect":               {"«varchar»('a')", "QB1102", "Import varchar from drizzle-orm/sqlite-core."},
		"helper":                      {"«make()»", "QB1103", ""},
		"chain on a constant":         {"«base.notNull()»", "QB1103", ""},
		"constant changed later":      {"«base»", "QB1103", ""},
		"custom type":                 {"«mine»('a')", "QB1104", ""},
		"default that is no function": {"text().«$defaultFn»('a')", "QB1102", "Write .$defaultFn(() => value)."},
		"update without a function":   {"text().«$onUpdate»()", "QB1102", "Write .$onUpdate(() => value)."},
		"generated, with a default":   {"text().default('x').«generatedAlwaysAs»(sql`x`)", "QB1102", ""},
		"generated, unknown column":   {"text().generatedAlwaysAs(() => sql`lower(${x.«nam»})`)", "QB1102", ""},
		"generated from code":         {"text().generatedAlwaysAs(«sql`${make()}`»)", "QB1103", ""},
		"generated mode":              {"text().generatedAlwaysAs(sql`x`, { mode: '«kept»' })", "QB1102", "Known: virtual, stored."},
		"type of the module":          {"text().«$type»<Kind>()", "QB1104", "Write export before the type Kind."},
		"type of a constant":          {"text().«$type»<typeof kinds>()", "QB1104", "Export the type from a module and name it here."},
		"conflict clause":             {"integer().primaryKey({ «onConflict»: 'replace' })", "QB1104", ""},
		"options of a text key":       {"text().primaryKey(«{ autoIncrement: true }»)", "QB1102", ""},
		"seconds now":                 {"integer({ mode: 'timestamp' }).«defaultNow»()", "QB1104", "Write .default(sql`(unixepoch())`), or use mode 'timestamp_ms'."},
		"now of a number":             {"integer().«defaultNow»()", "QB1105", ""},
		"now of a text":               {"text().«defaultNow»()", "QB1105", ""},
		"array":                       {"text().«array»()", "QB1105", ""},
		"mode":                        {"text({ mode: '«jsn»' })", "QB1102", "Expected one of: text, json."},
		"option":                      {"text({ «size»: 3 })", "QB1101", ""},
		"option of an integer":        {"integer({ «length»: 3 })", "QB1101", ""},
		"length":                      {"text({ length: «-1» })", "QB1102", ""},
		"length in json":              {"text({ length: 3, mode: '«json»' })", "QB1102", ""},
		"empty enum":                  {"text({ enum: «[]» })", "QB1102", ""},
		"third argument":              {"text('a', {}, «1»)", "QB1102", ""},
		"argument of notNull":         {"text().notNull(«false»)", "QB1102", ""},
		"default outside enum":        {"text({ enum: ['open', 'shut'] }).default(«'opne'»)", "QB1102", ""},
		"default of another type":     {"integer().default(«'1'»)", "QB1102", ""},
		"default of a date":           {"integer({ mode: 'timestamp' }).default(«1»)", "QB1102", ""},
		"default by code":             {"integer({ mode: 'timestamp' }).default(«new Date()»)", "QB1103", ""},
		"default with a hole":         {"text().default(«sql`${x}`»)", "QB1103", ""},
		"default with code inside":    {"text({ mode: 'json' }).default({ a: «f()» })", "QB1103", ""},
		"no default":                  {"text().«default»()", "QB1102", ""},
		"reference by name":           {"text().references(«'others.id'»)", "QB1102", ""},
		"reference by code":           {"text().references(«() => pick(others).id»)", "QB1103", ""},
		"reference action":            {"text().references(() => others.id, { onDelete: '«cascde»' })", "QB1102", ""},
		"q type":                      {"q.«txt»()", "QB1105", "Did you mean text?"},
		"q modifier":                  {"q.text().optional().«filterble»()", "QB1105", "Did you mean filterable?"},
		"q of Drizzle":                {"q.text().optional().«notNull»()", "QB1105", ""},
		"q option":                    {"q.text({ «max»: 3 }).optional()", "QB1101", ""},
		"q bounds":                    {"q.int({ min: «5», max: 3 }).optional()", "QB1102", ""},
		"q flags":                     {"q.text({ pattern: «/a/i» }).optional()", "QB1104", ""},
		"q scope":                     {"q.scope('«tenant»')", "QB1102", ""},
		"q scope of nothing":          {"q.«scope»()", "QB1102", ""},
		"q scope optional":            {"q.«scope»('owner').optional()", "QB1102", ""},
		"q enum of nothing":           {"q.«enum»().required()", "QB1102", ""},
		"q both":                      {"q.text().required().«optional»()", "QB1102", ""},
		"q neither":                   {"q.«text»()", "QB1110", "Say .optional() or .required()."},
		"q operator":                  {"q.text().optional().filterable('eq', '«lik»')", "QB1102", ""},
		"q like of a number":          {"q.int().optional().filterable('«like»')", "QB1102", ""},
		"q search of a number":        {"q.int().optional().«searchable»()", "QB1105", ""},
		"q now of a text":             {"q.text().optional().«defaultNow»()", "QB1105", ""},
		"q mask":                      {"q.text().optional().masked('«mail»')", "QB1102", ""},
		"q mask of one's own":         {"q.text().optional().masked('«custom»')", "QB1102", ""},
		"q argument":                  {"q.id(«'x'»)", "QB1102", ""},
	}
	top := imports + "import { varchar } from 'drizzle-orm/pg-core';\nconst base = text('a'); base.notNull();\nconst mine = customType<{ data: string }>({ dataType: () => 'text' });\nfunction make() { return text(); }\nfunction txt() {}\n"
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			column := c.column
			if name == "unknown builder" {
				column = "«txt()»"
			}
			_, code, _, help := marked(t, top+"export const x = sqliteTable('x', { a: "+column+" });\n")
			if code != c.code || c.help != "" && help != c.help {
				t.Errorf("%s, help %q", code, help)
			}
		})
	}
}
