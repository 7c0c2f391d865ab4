package migrate

import (
	"crypto/sha256"
	"fmt"

	"github.com/qbls/qbls/compiler/emit/ordered"
	"github.com/qbls/qbls/compiler/emit/storage"
)

// Origin is the id of the state before the first migration.
const Origin = "00000000-0000-0000-0000-000000000000"

// Snapshot returns the state of the tables as drizzle-kit stores it beside a migration. Its id is made from the content, so that
// the same tables give the same bytes.
func Snapshot(d *storage.Database, previous string) *ordered.Map {
	tables := ordered.New()
	for _, t := range d.Tables {
		tables.Set(t.Name, snapshotTable(t))
	}
	body := ordered.New().Set("version", "6").Set("dialect", "sqlite").Set("tables", tables).Set("views", ordered.New()).Set("enums", ordered.New()).
		Set("_meta", ordered.New().Set("schemas", ordered.New()).Set("tables", ordered.New()).Set("columns", ordered.New())).
		Set("internal", ordered.New().Set("indexes", ordered.New()))
	out := ordered.New().Set("version", "6").Set("dialect", "sqlite").Set("id", identity(body)).Set("prevId", previous)
	for _, k := range body.Keys()[2:] {
		v, _ := body.Get(k)
		out.Set(k, v)
	}
	return out
}

// identity makes a UUID (version 8: custom content) from the hash of a value.
func identity(v any) string {
	h := sha256.Sum256(ordered.JSON(v))
	h[6] = h[6]&0x0f | 0x80
	h[8] = h[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

func snapshotTable(t *storage.Table) *ordered.Map {
	columns, indexes, foreign, composite, checks := ordered.New(), ordered.New(), ordered.New(), ordered.New(), ordered.New()
	for _, c := range t.Columns {
		o := ordered.New().Set("name", c.Name).Set("type", c.Type()).Set("primaryKey", c.PrimaryKey).Set("notNull", c.NotNull).Set("autoincrement", c.AutoInc)
		if v, ok := defaultValue(c); ok {
			o.Set("default", v)
		}
		columns.Set(c.Name, o)
	}
	for _, i := range t.Indexes {
		var names []string
		for _, term := range t.Terms(i) {
			names = append(names, term.Text)
		}
		o := ordered.New().Set("name", i.Name).Set("columns", names).Set("isUnique", i.Unique)
		if i.Where != "" {
			o.Set("where", i.Where)
		}
		indexes.Set(i.Name, o)
	}
	for _, f := range t.ForeignKeys {
		name := f.Name(t)
		foreign.Set(name, ordered.New().Set("name", name).Set("tableFrom", t.Name).Set("tableTo", f.Parent.Name).
			Set("columnsFrom", f.Columns(t)).Set("columnsTo", f.ParentColumns()).
			Set("onDelete", rule(f.OnDelete)).Set("onUpdate", rule(f.OnUpdate)))
	}
	if len(t.PrimaryKey) > 0 {
		name := t.PrimaryKeyName()
		composite.Set(name, ordered.New().Set("columns", t.PrimaryKey).Set("name", name))
	}
	for _, c := range t.Checks {
		checks.Set(c.Name, ordered.New().Set("name", c.Name).Set("value", c.SQL))
	}
	return ordered.New().Set("name", t.Name).Set("columns", columns).Set("indexes", indexes).Set("foreignKeys", foreign).
		Set("compositePrimaryKeys", composite).Set("uniqueConstraints", ordered.New()).Set("checkConstraints", checks)
}

// defaultValue is a default as the snapshot holds it: SQL text and quoted strings as text, numbers and booleans as themselves.
func defaultValue(c storage.Column) (any, bool) {
	text, ok := defaultSQL(c)
	if !ok {
		return nil, false
	}
	if c.Default.SQL == "" {
		switch v := c.Default.Literal.(type) {
		case bool, float64:
			return v, true
		}
	}
	return text, true
}
