package schema

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/qbls/qbls/compiler/emit/ordered"
)

// Origin is the id of the state before the first migration.
const Origin = "00000000-0000-0000-0000-000000000000"

// Write returns a snapshot as drizzle-kit stores it beside a migration, and its id. The id is made from the content and from the
// snapshot before, so that the same history gives the same bytes, and a schema that returns to what it once was is another snapshot.
func (s *Schema) Write(previous string) (content []byte, id string) {
	// Tables are laid out once for both texts, and one after the other: the parts of one take many times its length.
	body := s.document(func(name string, t *Table) any {
		return s.Texts.text(t, func() ordered.Text { return ordered.Lay(s.Encode(t), name, 2) }) // in "tables"
	})
	seed := ordered.JSON(body)
	if previous != Origin {
		seed = append(seed, previous...)
	}
	id = identity(seed)
	out := ordered.New().Set("version", version(s.Dialect)).Set("dialect", string(s.Dialect)).Set("id", id).Set("prevId", previous)
	for _, k := range body.Keys()[2:] {
		v, _ := body.Get(k)
		out.Set(k, v)
	}
	return ordered.JSON(out), id
}

// identity makes a UUID (version 8: custom content) from the hash of a text.
func identity(text []byte) string {
	h := sha256.Sum256(text)
	h[6] = h[6]&0x0f | 0x80
	h[8] = h[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// Equal says whether drizzle-kit would see no difference. The order of things does not count.
func Equal(a, b *Schema) bool {
	a, b = different(a, b)
	var x, y any
	return json.Unmarshal(ordered.JSON(a.Document()), &x) == nil && json.Unmarshal(ordered.JSON(b.Document()), &y) == nil && reflect.DeepEqual(x, y)
}

// different returns two schemas without the tables that are the same in both: nearly all are, and writing tables takes long.
func different(a, b *Schema) (*Schema, *Schema) {
	known := make(map[string]*Table, len(a.Tables))
	for _, t := range a.Tables {
		known[t.ID()] = t
	}
	x, y := *a, *b
	if a.Dialect != b.Dialect || len(known) != len(a.Tables) || len(a.Tables) != len(b.Tables) {
		return a, b
	}
	x.Tables, y.Tables = nil, nil
	for _, t := range b.Tables {
		was := known[t.ID()]
		if was == nil {
			return a, b
		}
		if !Same(was, t) {
			x.Tables, y.Tables = append(x.Tables, was), append(y.Tables, t)
		}
		delete(known, t.ID()) // a second one of the name is none of a's
	}
	return &x, &y
}

// Document is the schema as a snapshot holds it, without its place in the history.
func (s *Schema) Document() *ordered.Map {
	return s.document(func(_ string, t *Table) any { return s.Encode(t) })
}

func (s *Schema) document(encoded func(name string, t *Table) any) *ordered.Map {
	tables, enums, expressions, spaces := ordered.New(), ordered.New(), ordered.New(), ordered.New()
	for _, t := range s.Tables {
		name := t.Name
		if s.Dialect == Postgres {
			name = spaced(t.Space) + "." + t.Name
		}
		tables.Set(name, encoded(name, t))
		for _, i := range t.Indexes {
			columns := ordered.New()
			for _, p := range i.Parts {
				if p.IsExpression {
					columns.Set(p.Text, ordered.New().Set("isExpression", true))
				}
			}
			if len(columns.Keys()) > 0 {
				expressions.Set(i.Name, ordered.New().Set("columns", columns))
			}
		}
		if t.Space != "" {
			spaces.Set(t.Space, t.Space)
		}
	}
	for _, e := range s.Enums {
		enums.Set(spaced(e.Space)+"."+e.Name, ordered.New().Set("name", e.Name).Set("schema", spaced(e.Space)).Set("values", e.Values))
	}
	out := ordered.New().Set("version", version(s.Dialect)).Set("dialect", string(s.Dialect)).Set("tables", tables)
	meta := ordered.New().Set("schemas", ordered.New()).Set("tables", ordered.New()).Set("columns", ordered.New())
	if s.Dialect == Postgres {
		return out.Set("enums", enums).Set("schemas", spaces).Set("sequences", ordered.New()).Set("roles", ordered.New()).Set("policies", ordered.New()).
			Set("views", ordered.New()).Set("_meta", meta)
	}
	return out.Set("views", ordered.New()).Set("enums", enums).Set("_meta", meta).Set("internal", ordered.New().Set("indexes", expressions))
}

func spaced(s string) string {
	if s == "" {
		return "public"
	}
	return s
}

// Encode returns a table as the snapshot holds it.
func (s *Schema) Encode(t *Table) *ordered.Map {
	columns, indexes, foreign, composite, uniques, checks := ordered.New(), ordered.New(), ordered.New(), ordered.New(), ordered.New(), ordered.New()
	for _, c := range t.Columns {
		columns.Set(c.Name, s.column(c))
	}
	for _, i := range t.Indexes {
		indexes.Set(i.Name, s.index(i))
	}
	for _, f := range t.ForeignKeys {
		o := ordered.New().Set("name", f.Name).Set("tableFrom", t.Name).Set("tableTo", f.Parent)
		if f.Space != "" {
			o.Set("schemaTo", f.Space)
		}
		foreign.Set(f.Name, o.Set("columnsFrom", f.Columns).Set("columnsTo", f.Keys).Set("onDelete", Rule(f.OnDelete)).Set("onUpdate", Rule(f.OnUpdate)))
	}
	if k := t.PrimaryKey; k != nil {
		composite.Set(k.Name, ordered.New().Set("columns", k.Columns).Set("name", k.Name))
	}
	for _, u := range t.Uniques {
		o := ordered.New().Set("name", u.Name).Set("columns", u.Columns)
		if s.Dialect == Postgres {
			o.Set("nullsNotDistinct", u.NullsNotDistinct)
		}
		uniques.Set(u.Name, o)
	}
	for _, c := range t.Checks {
		checks.Set(c.Name, ordered.New().Set("name", c.Name).Set("value", c.SQL))
	}
	out := ordered.New().Set("name", t.Name)
	if s.Dialect == Postgres {
		out.Set("schema", t.Space)
	}
	out.Set("columns", columns).Set("indexes", indexes).Set("foreignKeys", foreign).Set("compositePrimaryKeys", composite).
		Set("uniqueConstraints", uniques).Set("checkConstraints", checks)
	if s.Dialect == Postgres {
		out.Set("policies", ordered.New()).Set("isRLSEnabled", false)
	}
	return out
}

func (s *Schema) column(c *Column) *ordered.Map {
	o := ordered.New().Set("name", c.Name).Set("type", c.Type)
	if c.TypeSpace != "" || s.Dialect == Postgres && s.Enum(ID(c.TypeSpace, ElementType(c.Type))) != nil {
		o.Set("typeSchema", spaced(c.TypeSpace))
	}
	o.Set("primaryKey", c.PrimaryKey).Set("notNull", c.NotNull)
	if s.Dialect == SQLite {
		o.Set("autoincrement", c.Increments)
	}
	switch v := c.Default.(type) {
	case nil:
	case json.Number:
		o.Set("default", json.RawMessage(v))
	default:
		o.Set("default", v)
	}
	if g := c.Generated; g != nil {
		o.Set("generated", ordered.New().Set("as", g.As).Set("type", g.Kind))
	}
	if i := c.Identity; i != nil {
		o.Set("identity", ordered.New().Set("type", i.Kind).Set("name", i.Name).Set("schema", spaced(i.Space)).Set("increment", i.Increment).Set("startWith", i.Start).
			Set("minValue", i.Min).Set("maxValue", i.Max).Set("cache", i.Cache).Set("cycle", i.Cycle))
	}
	return o
}

func (s *Schema) index(i *Index) *ordered.Map {
	out := ordered.New().Set("name", i.Name)
	if s.Dialect == SQLite {
		names := make([]string, len(i.Parts))
		for n, p := range i.Parts {
			names[n] = p.Text
		}
		out.Set("columns", names).Set("isUnique", i.Unique)
	} else {
		parts := make([]any, len(i.Parts))
		for n, p := range i.Parts {
			o := ordered.New().Set("expression", p.Text).Set("isExpression", p.IsExpression).Set("asc", !p.Descending).Set("nulls", p.Nulls)
			if p.Class != "" {
				o.Set("opclass", p.Class)
			}
			parts[n] = o
		}
		out.Set("columns", parts).Set("isUnique", i.Unique)
	}
	if i.Where != "" {
		out.Set("where", i.Where)
	}
	if s.Dialect == Postgres {
		with := ordered.New()
		for _, w := range i.With {
			with.Set(w.Name, json.RawMessage(w.Value))
		}
		out.Set("concurrently", i.Concurrently).Set("method", i.Method).Set("with", with)
	}
	return out
}
