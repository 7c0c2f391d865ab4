package migrate

import (
	"encoding/json"
	"strconv"
	"strings"
	"sync"

	"github.com/qbls/qbls/compiler/emit/storage"
	"github.com/qbls/qbls/compiler/migrate/schema"
)

// Of returns the schema of emitted tables on SQLite.
func Of(tables []*storage.Table) *schema.Schema { return new(Tables).Of(tables) }

// Tables are emitted tables as migrations see them. The zero value has none; it is safe for concurrent use. A table is the same value in the
// schemas of all versions in which the emitted table is the same value: nobody changes it.
type Tables struct {
	Texts *schema.Texts // nil: the texts of tables are not kept

	mu   sync.Mutex
	made map[*storage.Table]*schema.Table
}

// Of returns the schema of emitted tables on SQLite.
func (k *Tables) Of(tables []*storage.Table) *schema.Schema {
	out := &schema.Schema{Dialect: schema.SQLite, Tables: make([]*schema.Table, len(tables)), Texts: k.Texts}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.made == nil {
		k.made = make(map[*storage.Table]*schema.Table, len(tables))
	}
	for i, t := range tables {
		if k.made[t] == nil {
			k.made[t] = table(t)
		}
		out.Tables[i] = k.made[t]
	}
	return out
}

// Keep forgets all tables but some, when most are others.
func (k *Tables) Keep(tables []*storage.Table) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.made) <= 2*len(tables) {
		return
	}
	kept := make(map[*storage.Table]*schema.Table, len(tables))
	for _, t := range tables {
		if made := k.made[t]; made != nil {
			kept[t] = made
		}
	}
	k.made = kept
	if k.Texts != nil {
		k.Texts.Forget()
	}
}

func table(t *storage.Table) *schema.Table {
	out := &schema.Table{Name: t.Name}
	for _, c := range t.Columns {
		out.Columns = append(out.Columns, &schema.Column{Name: c.Name, Type: c.Type(), PrimaryKey: c.PrimaryKey, NotNull: c.NotNull, Increments: c.AutoInc, Default: defaultOf(c), Generated: generated(c)})
	}
	for _, i := range t.Indexes {
		index := &schema.Index{Name: i.Name, Unique: i.Unique, Where: i.Where}
		for _, term := range t.Terms(i) {
			index.Parts = append(index.Parts, schema.Part{Text: term.Text, IsExpression: term.Expression})
		}
		out.Indexes = append(out.Indexes, index)
	}
	for _, f := range t.ForeignKeys {
		out.ForeignKeys = append(out.ForeignKeys, &schema.ForeignKey{Name: f.Name(t), Columns: f.Columns(t), Parent: f.Parent.Name, Keys: f.ParentColumns(),
			OnDelete: schema.Rule(f.OnDelete), OnUpdate: schema.Rule(f.OnUpdate)})
	}
	if len(t.PrimaryKey) > 0 {
		out.PrimaryKey = &schema.Key{Name: t.PrimaryKeyName(), Columns: t.PrimaryKey}
	}
	for _, c := range t.Checks {
		out.Checks = append(out.Checks, &schema.Check{Name: c.Name, SQL: c.SQL})
	}
	return out
}

// generated is what a column is computed from, in the parentheses that snapshots keep.
func generated(c storage.Column) *schema.Generated {
	if c.Generated == nil {
		return nil
	}
	return &schema.Generated{As: "(" + c.Generated.SQL + ")", Kind: map[bool]string{true: "stored", false: "virtual"}[c.Generated.Stored]}
}

// defaultOf is a default as snapshots hold it: SQL text and quoted strings as text, numbers and booleans as themselves.
func defaultOf(c storage.Column) any {
	quoted := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
	switch {
	case c.Default == nil:
		return nil
	case c.Default.SQL != "":
		return c.Default.SQL
	case c.Default.JSON != "":
		return quoted(c.Default.JSON)
	}
	switch v := c.Default.Literal.(type) {
	case string:
		if c.Mode == "json" {
			v = strconv.Quote(v)
		}
		return quoted(v)
	case bool:
		return v
	case float64:
		return json.Number(strconv.FormatFloat(v, 'f', -1, 64))
	}
	return nil
}
