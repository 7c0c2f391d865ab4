package contract

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/contract/literal"
	"github.com/qbls/qbls/diagnostics/text"
)

// column is a column as an emitted Drizzle table has it.
type column struct {
	name, builder    string
	enum             []string
	primary, notNull bool
	parent           string // "table.key" of the parent, by SQL name and property
	filled           string // "table.key create" and "table.key update": functions of the author's that fill it
	generated        string // SQL that the database computes it from, "stored " before it where it is kept
	mode             string // "" is the builder's own
	length           int
	counted          bool   // a number that the database counts up
	initial          string // its default
	at               *literal.Value
}

// schemas reads the tables of every feature: the policies are about their columns, and a column that is another one in the database
// makes the best firewall worthless.
func (v *verifier) schemas() {
	features := map[text.Path][]*model.Resource{}
	for _, r := range v.Project.Resources {
		if r.Table != nil {
			features[schemaOf(r)] = append(features[schemaOf(r)], r)
		}
	}
	files := v.schemasOf(features)
	if v.stopped() {
		return
	}
	others := []text.Path{"src/auth/schema.ts"}
	if v.audited() {
		others = append(others, auditSchema)
	}
	all := append(others, files...)
	v.part("tables", v.project()+v.sum(all[0])+v.sum(auditSchema)+v.sum("src/db/schema.ts")+fmt.Sprint(all), func() any {
		if m := v.read("src/auth/schema.ts", RoundTrip, nil); m != nil {
			v.onlyTables("src/auth/schema.ts", m)
		}
		if v.audited() {
			v.trail()
		}
		v.exported(all)
		return nil
	})
}

// schemasOf reads modules of tables, and returns them sorted.
func (v *verifier) schemasOf(features map[text.Path][]*model.Resource) []text.Path {
	files := slices.Sorted(maps.Keys(features))
	for _, f := range files {
		if v.stopped() {
			break
		}
		v.part(string(f), v.schemaKey(f, features[f]), func() any {
			if m := v.read(f, RoundTrip, nil); m != nil {
				v.schema(f, m, features[f])
			}
			return nil
		})
	}
	return files
}

// schemaKey is all that reading the tables of a feature looks at: the module and those of the tables that it refers to, and what is
// declared.
func (v *verifier) schemaKey(file text.Path, resources []*model.Resource) string {
	key := v.project() + v.declared(resources...) + v.sum(file) + v.sum(auditColumns)
	for _, r := range resources {
		key += strings.Join(v.parents[r.ID], "\x00") + "\x00\x00"
		for _, id := range r.Uses {
			if other := v.Project.Resource(id); other != nil && other.Table != nil {
				if to := schemaOf(other); to != file {
					key += v.sum(to)
				}
			}
		}
	}
	return key
}

// exported reads src/db/schema.ts: every module of tables, and nothing else.
func (v *verifier) exported(files []text.Path) {
	const file text.Path = "src/db/schema.ts"
	m := v.read(file, Closure, nil)
	if m == nil {
		return
	}
	var got []text.Path
	for _, r := range m.Reexports {
		f := resolve(file, r.Module)
		got = append(got, f)
		if !slices.Contains(files, f) {
			v.odd(file, span{r.Start, r.End}, string(f), "the modules of emitted tables")
		}
	}
	for _, f := range files {
		if !slices.Contains(got, f) {
			v.odd(file, span{0, len(v.text(file))}, string(f), "an export of "+string(f))
		}
	}
	if len(m.Consts)+len(m.Run)+len(m.Imports) > 0 || m.Default != nil {
		v.odd(file, span{0, len(v.text(file))}, "tables", "exports of modules, and nothing else")
	}
}

func (v *verifier) onlyTables(file text.Path, m *literal.Module) {
	for _, r := range m.Run {
		v.odd(file, spanOf(r), "tables", "tables, and nothing else")
	}
	for _, r := range m.Reexports {
		v.odd(file, span{r.Start, r.End}, "tables", "tables, and nothing else")
	}
	v.sideEffects(file, m)
	for _, c := range m.Consts {
		if _, ok := tableOf(c.Value); !ok || !comes(file, m, "sqliteTable", "drizzle-orm/sqlite-core", "sqliteTable") {
			v.odd(file, span{c.Start, c.End}, c.Name, "a Drizzle table")
		}
	}
}

// tableOf returns the SQL name of sqliteTable('name', { … }, (t) => [ … ]).
func tableOf(v *literal.Value) (string, bool) {
	ok := v.Form == literal.Call && v.On.IsName("sqliteTable") && len(v.Items) > 1 && v.Items[0].Form == literal.Str && v.Items[1].Form == literal.Object &&
		(len(v.Items) == 2 || len(v.Items) == 3 && v.Items[2].Form == literal.Arrow && v.Items[2].On.Form == literal.List)
	if !ok {
		return "", false
	}
	return v.Items[0].Str, true
}

func (v *verifier) schema(file text.Path, m *literal.Module, declared []*model.Resource) {
	v.onlyTables(file, m)
	if _, _, ok := m.Imported("sql"); ok && !comes(file, m, "sql", "drizzle-orm", "sql") {
		at := importAt(m, "sql", span{})
		v.violate(broken{rule: RoundTrip, subject: "sql", file: file, at: at, declared: "sql of drizzle-orm", emitted: short(v.text(file)[at.start:at.end]), message: "What stands for SQL in " + string(file) + " is not Drizzle's."})
	}
	found := map[string]bool{}
	for _, c := range m.Consts {
		name, ok := tableOf(c.Value)
		if !ok {
			continue // reported
		}
		i := slices.IndexFunc(declared, func(r *model.Resource) bool { return r.Table.Name == name })
		if i < 0 || found[name] {
			v.odd(file, span{c.Start, c.End}, name, "the declared tables, each once")
			continue
		}
		found[name] = true
		v.columns(file, m, c.Value.Items[1], declared[i])
		v.constraints(file, m, c.Value, declared[i])
	}
	for _, r := range declared {
		if !found[r.Table.Name] {
			v.violate(broken{rule: RoundTrip, resource: r, subject: "table", file: file, at: span{0, len(v.text(file))}, declared: r.Table.Name, emitted: "nothing", message: "The table " + r.Table.Name + " is not emitted."})
		}
	}
}

// columns compares the columns of a table with the declared ones.
func (v *verifier) columns(file text.Path, m *literal.Module, o *literal.Value, r *model.Resource) {
	wrong := func(c *model.Column, key string, at span, declared, emitted string) {
		rule := RoundTrip
		if c != nil && slices.ContainsFunc(r.Firewall.Rows, func(row model.Row) bool { return row.Column == c.Key }) {
			rule = FirewallScope
		}
		v.violate(broken{rule: rule, resource: r, subject: "columns." + key, file: file, at: at, declared: declared, emitted: emitted, message: "The column " + key + " of " + r.Table.Name + " is emitted otherwise than declared."})
	}
	parents, keys := v.targets(r), primaryKeys(r.Table)
	given := map[string]bool{}
	for _, p := range v.spread(file, m, o) {
		c := r.Table.Column(p.Name)
		at := p.at
		got, err := v.column(p.file, p.module, p.Value)
		switch {
		case given[p.Name]:
			wrong(c, p.Name, at, "one column", "a second one of that name")
		case c == nil:
			wrong(nil, p.Name, at, "no such column", short(v.text(file)[at.start:at.end]))
		case err != nil:
			wrong(c, p.Name, at, "a column of a form that qbls emits", err.Error())
		default:
			want := column{name: c.Name, builder: c.Builder, enum: c.Enum, notNull: c.NotNull || slices.Contains(keys, c.Key), parent: parents[c.Key]}
			want.filled, want.generated, want.initial = filled(r, c), generated(c), declaredDefault(c.Default)
			want.mode, want.length, want.counted = modeOf(c.Builder, c.Mode), lengthOf(c), c.AutoInc
			got.notNull = got.notNull || got.primary
			if a, b := say(want), say(got); a != b {
				wrong(c, p.Name, at, a, b)
			}
			if is := len(keys) == 1 && keys[0] == c.Key; got.primary != is {
				wrong(c, p.Name, at, fmt.Sprintf("primary key: %v", is), fmt.Sprintf("primary key: %v", got.primary))
			}
		}
		given[p.Name] = true
	}
	for _, c := range r.Table.Columns {
		if !given[c.Key] {
			wrong(c, c.Key, spanOf(o), "a column", "nothing")
		}
	}
}

// auditColumns is the module of columns that tables have in common.
const auditColumns text.Path = "src/lib/audit-columns.ts"

// placed is a column of a table: the module that says what it is, and the place in the table's own.
type placed struct {
	literal.Property
	file   text.Path
	module *literal.Module
	at     span
}

// spread are the columns of a table, with those that it has from the library.
func (v *verifier) spread(file text.Path, m *literal.Module, o *literal.Value) (out []placed) {
	for _, p := range o.Props {
		at := span{p.Start, p.End}
		from, name := text.Path(""), ""
		if p.Spread {
			from, name = imported(file, m, p.Value.Path[0])
		}
		var common *literal.Const
		lib := v.other(auditColumns)
		if from == auditColumns && lib != nil {
			common = lib.Const(name)
		}
		if common == nil || common.Value.Form != literal.Object {
			if p.Spread {
				at = importAt(m, p.Value.Path[0], at)
			}
			out = append(out, placed{p, file, m, at})
			continue
		}
		for _, c := range common.Value.Props {
			out = append(out, placed{c, from, lib, at})
		}
	}
	return out
}

func say(c column) string {
	out := fmt.Sprintf("%s(%q) enum %q not null %v references %q", c.builder, c.name, append([]string{}, c.enum...), c.notNull, c.parent)
	if c.filled != "" {
		out += fmt.Sprintf(" filled by %q", c.filled)
	}
	if c.generated != "" {
		out += fmt.Sprintf(" generated as %q", c.generated)
	}
	if c.mode != "" {
		out += " mode " + c.mode
	}
	if c.length > 0 {
		out += fmt.Sprintf(" length %d", c.length)
	}
	if c.counted {
		out += " counted up"
	}
	if c.initial != "" {
		out += " default " + c.initial
	}
	return out
}

func filled(r *model.Resource, c *model.Column) string {
	var out []string
	if c.OnCreate {
		out = append(out, r.Table.Name+"."+c.Key+" create")
	}
	if c.OnUpdate {
		out = append(out, r.Table.Name+"."+c.Key+" update")
	}
	return strings.Join(out, " ")
}

func generated(c *model.Column) string {
	if c.Generated == nil {
		return ""
	}
	return map[bool]string{true: "stored "}[c.Generated.Stored] + c.Generated.SQL
}

// filler reads made('table', 'key', 'create').
func filler(file text.Path, m *literal.Module, call *literal.Value) (string, error) {
	if len(call.Items) == 1 {
		if c := call.Items[0]; c.Form == literal.Call && c.Member == "" && c.On.IsName("made") && comes(file, m, "made", "src/lib/made.ts", "made") && len(c.Items) == 3 &&
			!slices.ContainsFunc(c.Items, func(i *literal.Value) bool { return i.Form != literal.Str }) {
			return c.Items[0].Str + "." + c.Items[1].Str + " " + c.Items[2].Str, nil
		}
	}
	return "", fmt.Errorf("a function of the schema's own in %s", call.Member)
}

// computed reads generatedAlwaysAs(sql`…`, { mode: 'stored' }).
func computed(file text.Path, m *literal.Module, call *literal.Value) (string, error) {
	if len(call.Items) == 0 || len(call.Items) > 2 {
		return "", fmt.Errorf("a generated column without SQL")
	}
	sql, err := sqlOf(file, m, call.Items[0])
	if err != nil || len(call.Items) == 1 {
		return sql, err
	}
	if mode := call.Items[1].Get("mode"); mode == nil || mode.Str != "stored" || len(call.Items[1].Props) != 1 {
		return "", fmt.Errorf("a generated column of another mode")
	}
	return "stored " + sql, nil
}

// targets are the foreign keys that the database enforces, by column.
func (v *verifier) targets(r *model.Resource) map[string]string {
	out := map[string]string{}
	for _, f := range r.Foreign {
		if target := v.Project.Resource(f.Target); f.Declared && target != nil && target.Table != nil && target.Table.Column(f.Key) != nil {
			out[f.Column] = strings.TrimPrefix(out[f.Column]+" "+target.Table.Name+"."+f.Key+follows(f.OnDelete, f.OnUpdate), " ")
		}
	}
	return out
}

// column reads text('name', { … }).notNull().default(…).references(() => parent.id).
func (v *verifier) column(file text.Path, m *literal.Module, value *literal.Value) (column, error) {
	c := column{at: value}
	for value.Form == literal.Call && value.Member != "" {
		switch value.Member {
		case "primaryKey":
			c.primary = true
			for _, o := range value.Items {
				counted := o.Get("autoIncrement")
				if counted == nil || counted.Form != literal.Bool || !counted.Bool || len(o.Props) != 1 {
					return c, fmt.Errorf("a primary key with options")
				}
				c.counted = true
			}
		case "notNull":
			c.notNull = true
		case "$type":
		case "default":
			initial, err := emittedDefault(file, m, value)
			if err != nil {
				return c, err
			}
			c.initial = initial
		case "$defaultFn", "$onUpdateFn":
			by, err := filler(file, m, value)
			if err != nil {
				return c, err
			}
			c.filled = strings.TrimSuffix(by+" "+c.filled, " ")
		case "generatedAlwaysAs":
			sql, err := computed(file, m, value)
			if err != nil {
				return c, err
			}
			c.generated = sql
		case "references":
			parent, err := v.parent(file, m, value)
			if err != nil {
				return c, err
			}
			c.parent = strings.TrimSuffix(parent+" "+c.parent, " ")
		default:
			return c, fmt.Errorf("the modifier %s", value.Member)
		}
		value = value.On
	}
	if value.Form != literal.Call || value.On.Form != literal.Path || len(value.On.Path) != 1 || len(value.Items) == 0 || value.Items[0].Form != literal.Str {
		return c, fmt.Errorf("no column")
	}
	c.builder, c.name = value.On.Path[0], value.Items[0].Str
	if module, name, ok := m.Imported(c.builder); !ok || module != "drizzle-orm/sqlite-core" || name != c.builder {
		return c, fmt.Errorf("%s is no column of Drizzle", c.builder)
	}
	if len(value.Items) == 2 {
		return c, c.options(value.Items[1])
	}
	return c, nil
}

// parent reads () => table.key, { onDelete: '…', onUpdate: '…' }.
func (v *verifier) parent(file text.Path, m *literal.Module, value *literal.Value) (string, error) {
	if len(value.Items) == 0 || value.Items[0].Form != literal.Arrow || value.Items[0].On.Form != literal.Path || len(value.Items[0].On.Path) != 2 {
		return "", fmt.Errorf("a foreign key to no column")
	}
	to := value.Items[0].On.Path
	name, err := v.tableCalled(file, m, to[0])
	if err != nil || len(value.Items) == 1 {
		return name + "." + to[1], err
	}
	said := map[string]string{}
	for _, p := range value.Items[1].Props {
		if p.Value.Form != literal.Str || p.Name != "onDelete" && p.Name != "onUpdate" {
			return "", fmt.Errorf("a foreign key with %s", p.Name)
		}
		said[p.Name] = p.Value.Str
	}
	return name + "." + to[1] + follows(said["onDelete"], said["onUpdate"]), nil
}
