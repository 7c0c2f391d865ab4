package compiler

import (
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/compiler/emit/app"
	"github.com/qbls/qbls/compiler/emit/authschema"
	"github.com/qbls/qbls/compiler/emit/storage"
)

// authNow is the current time in milliseconds, as Better Auth stores times on SQLite.
const authNow = "(cast(unixepoch('subsecond') * 1000 as integer))"

// authTables turns the description of Better Auth's tables into tables of the project.
func authTables(list []authschema.Table) []*storage.Table {
	byKey := map[string]*storage.Table{}
	var out []*storage.Table
	for _, a := range list {
		t := &storage.Table{Module: app.AuthSchema, Const: a.Key, Name: a.Name}
		for _, c := range a.Columns {
			t.Columns = append(t.Columns, authColumn(c))
			if c.Unique {
				t.Indexes = append(t.Indexes, storage.Index{Name: a.Name + "_" + c.Name + "_unique", Keys: []string{c.Key}, Unique: true})
			}
		}
		for _, keys := range a.Indexes {
			name := a.Name
			for _, n := range t.Names(keys) {
				name += "_" + n
			}
			t.Indexes = append(t.Indexes, storage.Index{Name: name + "_idx", Keys: keys})
		}
		byKey[a.Key] = t
		out = append(out, t)
	}
	for _, a := range list {
		for _, c := range a.Columns {
			if parent := byKey[c.References]; parent != nil {
				byKey[a.Key].ForeignKeys = append(byKey[a.Key].ForeignKeys, storage.ForeignKey{Key: c.Key, Parent: parent, ParentKey: "id", OnDelete: c.OnDelete})
			}
		}
	}
	return out
}

func authColumn(c authschema.Column) storage.Column {
	out := storage.Column{Key: c.Key, Name: c.Name, Builder: "text", NotNull: c.NotNull, PrimaryKey: c.Key == "id", OnUpdate: c.OnUpdate}
	switch c.Type {
	case "boolean", "timestamp_ms":
		out.Builder, out.Mode = "integer", c.Type
	case "number":
		out.Builder = "integer"
	}
	switch {
	case c.Now:
		out.Default = &definition.Default{SQL: authNow}
	case c.Default != nil:
		out.Default = &definition.Default{Literal: c.Default}
	}
	return out
}
