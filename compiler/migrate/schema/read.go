package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Snapshot is a schema with its place in the history.
type Snapshot struct {
	ID, Previous string
	Schema       *Schema
	Unmanaged    []string // what the snapshot holds beside tables: views, policies, roles … in the order of their kinds
}

// members are the values of a JSON object in the order they are written in: drizzle-kit keeps columns by name, and their order counts.
type members[T any] []T

func (m *members[T]) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if token, err := d.Token(); err != nil || token != json.Delim('{') {
		return fmt.Errorf("an object is expected where %.20q stands", b)
	}
	for d.More() {
		if _, err := d.Token(); err != nil {
			return err
		}
		var v T
		if err := d.Decode(&v); err != nil {
			return err
		}
		*m = append(*m, v)
	}
	return nil
}

type snapshotFile struct {
	Version   string
	Dialect   Dialect
	ID        string
	PrevID    string `json:"prevId"`
	Tables    members[tableFile]
	Enums     members[enumFile]
	Views     members[named]
	Sequences members[named]
	Roles     members[named]
	Policies  members[named]
	Internal  struct {
		Indexes map[string]struct {
			Columns map[string]struct{ IsExpression bool }
		}
	}
}

type named struct{ Name string }

type enumFile struct {
	Name, Schema string
	Values       []string
}

type tableFile struct {
	Name, Schema         string
	Columns              members[columnFile]
	Indexes              members[indexFile]
	ForeignKeys          members[foreignFile]
	CompositePrimaryKeys members[Key]
	UniqueConstraints    members[Unique]
	CheckConstraints     members[struct{ Name, Value string }]
	Policies             members[named]
}

type columnFile struct {
	Name, Type, TypeSchema             string
	PrimaryKey, NotNull, Autoincrement bool
	Default                            json.RawMessage
	Generated                          *struct{ As, Type string }
	Identity                           *identityFile
}

type identityFile struct {
	Type, Name, Schema, Increment, StartWith, MinValue, MaxValue, Cache string
	Cycle                                                               bool
}

type indexFile struct {
	Name         string
	Columns      []json.RawMessage // names on SQLite, objects on PostgreSQL
	IsUnique     bool
	Where        string
	Method       string
	Concurrently bool
	With         json.RawMessage
}

type foreignFile struct {
	Name, TableTo, SchemaTo string
	ColumnsFrom, ColumnsTo  []string
	OnDelete, OnUpdate      string
}

// Read reads a snapshot of drizzle-kit: version 6 of SQLite, 7 of PostgreSQL. The error says which other version it has, or what is
// no snapshot.
func Read(content []byte) (*Snapshot, error) {
	var f snapshotFile
	if err := json.Unmarshal(content, &f); err != nil {
		return nil, err
	}
	if want := version(f.Dialect); want == "" {
		return nil, fmt.Errorf("its dialect is %q, and qbls knows %s and %s", f.Dialect, SQLite, Postgres)
	} else if f.Version != want {
		return nil, fmt.Errorf("it has version %q of the format, and drizzle-kit 0.31 writes %s for %s: run `drizzle-kit up` once", f.Version, want, f.Dialect)
	}
	out := &Snapshot{ID: f.ID, Previous: f.PrevID, Schema: &Schema{Dialect: f.Dialect}}
	for kind, list := range map[string]members[named]{"view": f.Views, "sequence": f.Sequences, "role": f.Roles, "policy": f.Policies} {
		for _, n := range list {
			out.Unmanaged = append(out.Unmanaged, kind+" "+n.Name)
		}
	}
	for _, e := range f.Enums {
		out.Schema.Enums = append(out.Schema.Enums, &Enum{public(e.Schema), e.Name, e.Values})
	}
	for _, t := range f.Tables {
		table, err := t.table(&f)
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", t.Name, err)
		}
		for _, p := range t.Policies {
			out.Unmanaged = append(out.Unmanaged, "policy "+p.Name)
		}
		out.Schema.Tables = append(out.Schema.Tables, table)
	}
	return out, nil
}

func version(d Dialect) string { return map[Dialect]string{SQLite: "6", Postgres: "7"}[d] }

// public writes PostgreSQL's default schema in one way.
func public(s string) string {
	if s == "public" {
		return ""
	}
	return s
}

func (t *tableFile) table(f *snapshotFile) (*Table, error) {
	out := &Table{Space: public(t.Schema), Name: t.Name}
	for _, c := range t.Columns {
		column := &Column{Name: c.Name, Type: c.Type, TypeSpace: public(c.TypeSchema), PrimaryKey: c.PrimaryKey, NotNull: c.NotNull, Increments: c.Autoincrement}
		var err error
		if column.Default, err = scalar(c.Default); err != nil {
			return nil, fmt.Errorf("default of %s: %w", c.Name, err)
		}
		if c.Generated != nil {
			column.Generated = &Generated{c.Generated.As, c.Generated.Type}
		}
		if i := c.Identity; i != nil {
			column.Identity = &Identity{i.Type, i.Name, public(i.Schema), i.Increment, i.StartWith, i.MinValue, i.MaxValue, i.Cache, i.Cycle}
		}
		out.Columns = append(out.Columns, column)
	}
	for _, i := range t.Indexes {
		index, err := i.index(f)
		if err != nil {
			return nil, fmt.Errorf("index %s: %w", i.Name, err)
		}
		out.Indexes = append(out.Indexes, index)
	}
	for _, k := range t.ForeignKeys {
		out.ForeignKeys = append(out.ForeignKeys, &ForeignKey{k.Name, k.ColumnsFrom, k.TableTo, public(k.SchemaTo), k.ColumnsTo, Rule(k.OnDelete), Rule(k.OnUpdate)})
	}
	for _, k := range t.CompositePrimaryKeys {
		out.PrimaryKey = &k
	}
	for _, u := range t.UniqueConstraints {
		out.Uniques = append(out.Uniques, &u)
	}
	for _, c := range t.CheckConstraints {
		out.Checks = append(out.Checks, &Check{c.Name, c.Value})
	}
	return out, nil
}

// Rule writes what happens to referring rows in one way.
func Rule(s string) string {
	if s == "" {
		return "no action"
	}
	return s
}

// scalar reads a default. Numbers keep the digits they are written with.
func scalar(b json.RawMessage) (any, error) {
	if len(b) == 0 || string(b) == "null" {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return v, err
}

func (i *indexFile) index(f *snapshotFile) (*Index, error) {
	out := &Index{Name: i.Name, Unique: i.IsUnique, Where: i.Where, Method: i.Method, Concurrently: i.Concurrently}
	for _, raw := range i.Columns {
		if f.Dialect == SQLite {
			var name string
			if err := json.Unmarshal(raw, &name); err != nil {
				return nil, err
			}
			out.Parts = append(out.Parts, Part{Text: name, IsExpression: f.Internal.Indexes[i.Name].Columns[name].IsExpression})
			continue
		}
		p := struct {
			Expression, Nulls, Opclass string
			IsExpression, Asc          bool
		}{}
		if err := json.Unmarshal(raw, &p); err != nil {
			return nil, err
		}
		out.Parts = append(out.Parts, Part{p.Expression, p.IsExpression, !p.Asc, p.Nulls, p.Opclass})
	}
	if len(i.With) > 0 {
		d := json.NewDecoder(bytes.NewReader(i.With))
		if _, err := d.Token(); err != nil {
			return nil, err
		}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			var value json.RawMessage
			if err := d.Decode(&value); err != nil {
				return nil, err
			}
			out.With = append(out.With, Option{fmt.Sprint(name), string(value)})
		}
	}
	return out, nil
}
