// Package schema emits src/features/<feature>/schema.ts: the Drizzle tables of a feature. Policies are typed by the rows that the library infers of them.
package schema

import (
	"slices"
	"sort"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/naming"
	"github.com/qbls/qbls/compiler/emit/storage"
	"github.com/qbls/qbls/compiler/emit/ts"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/diagnostics/text"
)

// Feature emits the tables of a feature, or nothing when it has none.
func Feature(p *model.Project, f *model.Feature, d *storage.Database) []output.File {
	var tables []*storage.Table
	var sources []text.Path
	for _, r := range f.Resources {
		if t := d.Table(r.ID); t != nil {
			tables = append(tables, t)
			if !slices.Contains(sources, r.File) {
				sources = append(sources, r.File)
			}
		}
	}
	if len(tables) == 0 {
		return nil
	}
	return []output.File{module(p, d, naming.Header(p, sources...), tables)}
}

// Module emits tables that live in one module and have nothing of the project's own modules.
func Module(header string, tables []*storage.Table) output.File {
	return module(nil, nil, header, tables)
}

func module(p *model.Project, d *storage.Database, header string, tables []*storage.Table) output.File {
	if d == nil {
		d = &storage.Database{Tables: tables}
	}
	w := &writer{project: p, database: d, from: tables[0].Module, core: map[string]bool{"sqliteTable": true}, others: map[string][]string{}}
	w.typeNames(tables)
	for _, t := range tables {
		w.table(t)
	}
	return output.File{Path: text.Path(w.from), Content: []byte(header + w.imports() + w.body.String())}
}

type writer struct {
	project  *model.Project
	database *storage.Database
	from     string
	types    map[definition.TypeName]string // names of types of other modules in this one
	core     map[string]bool                // imported from drizzle-orm/sqlite-core
	sql      bool                           // sql is imported
	others   map[string][]string            // constants of other modules
	body     strings.Builder
}

func (w *writer) imports() string {
	var b strings.Builder
	if w.sql {
		b.WriteString("import { sql } from 'drizzle-orm';\n")
	}
	b.WriteString(importLine(keys(w.core), "drizzle-orm/sqlite-core"))
	modules := make([]string, 0, len(w.others))
	for m := range w.others {
		modules = append(modules, m)
	}
	sort.Strings(modules)
	for _, m := range modules {
		list := w.others[m]
		b.WriteString(importLine(list, m))
	}
	b.WriteString(w.typeImports())
	return b.String()
}

// importLine sorts types behind values: "type AnySQLiteColumn" last.
func importLine(list []string, module string) string {
	sort.Slice(list, func(i, j int) bool {
		a, b := strings.HasPrefix(list[i], "type "), strings.HasPrefix(list[j], "type ")
		if a != b {
			return b
		}
		return list[i] < list[j]
	})
	return ts.Import(list, module)
}

func keys(m map[string]bool) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func (w *writer) table(t *storage.Table) {
	b := &w.body
	b.WriteString("\nexport const " + t.Const + " = sqliteTable(" + ts.Quote(t.Name) + ", {\n")
	n, names := inCommon(t)
	for _, c := range t.Columns[:len(t.Columns)-n] {
		b.WriteString("  " + ts.Key(c.Key) + ": " + w.column(t, c) + ",\n")
	}
	b.WriteString(w.common(names) + "}")
	if extra := w.extra(t); len(extra) > 0 {
		if one := "}, (t) => [" + strings.Join(extra, ", ") + "]);"; len(one) <= ts.Width && !strings.Contains(one, "\n") {
			b.WriteString(one[1 : len(one)-2])
		} else {
			b.WriteString(", (t) => [\n  " + strings.Join(extra, ",\n  ") + ",\n]")
		}
	}
	b.WriteString(");\n")
}

func (w *writer) column(t *storage.Table, c storage.Column) string {
	w.core[c.Builder] = true
	s := c.Builder + "(" + ts.Quote(c.Name)
	if config := config(c); !config.Empty() {
		s += ", " + ts.Flat(config)
	}
	s += ")"
	switch {
	case c.PrimaryKey && c.AutoInc:
		s += ".primaryKey({ autoIncrement: true })"
	case c.PrimaryKey:
		s += ".primaryKey()"
	case c.NotNull:
		s += ".notNull()"
	}
	if c.TypeText != "" {
		s += ".$type<" + w.typeText(c) + ">()"
	}
	s += w.value(c)
	if g := c.Generated; g != nil {
		w.sql = true
		s += ".generatedAlwaysAs(sql" + ts.Template(g.SQL) + map[bool]string{true: ", { mode: 'stored' })", false: ")"}[g.Stored]
	}
	if c.OnUpdate {
		s += ".$onUpdate(() => new Date())"
	}
	s += w.made(t, c)
	for _, f := range t.ForeignKeys {
		if f.Key == c.Key && len(f.Rest) == 0 {
			s += w.reference(t, f)
		}
	}
	return s
}

// config is the second argument of a column builder: what differs from its defaults.
func config(c storage.Column) *ts.Object {
	o := ts.Obj()
	if c.Mode != "" && c.Mode != "string" && c.Mode != c.Builder && (c.Builder != "integer" || c.Mode != "number") {
		o.Set("mode", ts.String(c.Mode))
	}
	if len(c.Enum) > 0 {
		o.Set("enum", ts.Strings(c.Enum))
	}
	if c.Length > 0 && c.Builder == "text" && c.Mode != "json" {
		o.Set("length", ts.Number(c.Length))
	}
	return o
}

func (w *writer) value(c storage.Column) string {
	if c.Default == nil {
		return ""
	}
	if c.Default.SQL != "" {
		w.sql = true
		return ".default(sql" + ts.Template(c.Default.SQL) + ")"
	}
	if c.Default.JSON != "" {
		return ".default(" + c.Default.JSON + ")"
	}
	return ".default(" + ts.Flat(ts.Of(c.Default.Literal)) + ")"
}

// reference writes a foreign key. Where tables refer to each other in a circle the type has to be written, or TypeScript finds that
// the table's type depends on itself.
func (w *writer) reference(t *storage.Table, f storage.ForeignKey) string {
	if f.Parent.Module != w.from {
		w.other(naming.Relative(w.from, f.Parent.Module), f.Parent.Const)
	}
	returns := ""
	if w.database.InCircle(f.Parent, t) {
		w.core["type AnySQLiteColumn"] = true
		returns = ": AnySQLiteColumn"
	}
	s := ".references(()" + returns + " => " + f.Parent.Const + ts.Member(f.ParentKey)
	o := ts.Obj()
	if f.OnDelete != "" {
		o.Set("onDelete", ts.String(f.OnDelete))
	}
	if f.OnUpdate != "" {
		o.Set("onUpdate", ts.String(f.OnUpdate))
	}
	if !o.Empty() {
		s += ", " + ts.Flat(o)
	}
	return s + ")"
}

// made writes the functions that fill a column: they are looked up when they are called, for they stay in the author's module, which
// imports the tables of this one.
func (w *writer) made(t *storage.Table, c storage.Column) (s string) {
	for _, f := range []struct {
		is         bool
		name, when string
	}{{c.MadeOn.Create, "$defaultFn", "create"}, {c.MadeOn.Update, "$onUpdateFn", "update"}} {
		if f.is {
			w.other(naming.Relative(w.from, "src/lib/made.ts"), "made")
			s += "." + f.name + "(made(" + ts.Quote(t.Name) + ", " + ts.Quote(c.Key) + ", " + ts.Quote(f.when) + "))"
		}
	}
	return s
}

func (w *writer) other(module, name string) {
	for _, n := range w.others[module] {
		if n == name {
			return
		}
	}
	w.others[module] = append(w.others[module], name)
}

func (w *writer) extra(t *storage.Table) []string {
	var out []string
	if len(t.PrimaryKey) > 0 {
		w.core["primaryKey"] = true
		var cols []string
		for _, n := range t.PrimaryKey {
			for _, c := range t.Columns {
				if c.Name == n {
					cols = append(cols, "t"+ts.Member(c.Key))
				}
			}
		}
		out = append(out, "primaryKey({ columns: ["+strings.Join(cols, ", ")+"] })")
	}
	for _, i := range t.Indexes {
		kind := "index"
		if i.Unique {
			kind = "uniqueIndex"
		}
		w.core[kind] = true
		cols := w.terms(t, i)
		s := kind + "(" + ts.Quote(i.Name) + ").on(" + strings.Join(cols, ", ") + ")"
		if i.Where != "" {
			w.sql = true
			s += ".where(sql" + ts.Template(i.Where) + ")"
		}
		out = append(out, s)
	}
	for _, f := range t.ForeignKeys {
		if len(f.Rest) > 0 {
			out = append(out, w.foreignKey(t, f))
		}
	}
	for _, c := range t.Checks {
		w.core["check"], w.sql = true, true
		out = append(out, "check("+ts.Quote(c.Name)+", sql"+ts.Template(c.SQL)+")")
	}
	return out
}
