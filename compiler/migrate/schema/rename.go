package schema

import (
	"slices"
	"strings"
)

// ElementType is the type of an array's elements, and a type that is no array itself.
func ElementType(t string) string {
	before, _, _ := strings.Cut(t, "[")
	return before
}

// RenameTable gives a table another name, everywhere it is referred to. Names of constraints and indexes stay: databases keep them.
func (s *Schema) RenameTable(from, to string) {
	t := s.Table(from)
	old := t.Name
	space, name, spaced := strings.Cut(to, ".")
	if !spaced {
		space, name = "", to
	}
	for _, other := range s.Tables {
		for _, f := range other.ForeignKeys {
			if f.ParentID() == from {
				f.Space, f.Parent = space, name
			}
		}
	}
	t.Space, t.Name = space, name
	t.expressions(func(text string) string { return qualifier(text, old, name) })
}

// RenameColumn gives a column another name, everywhere it is referred to.
func (s *Schema) RenameColumn(table *Table, from, to string) {
	for _, t := range s.Tables {
		for _, f := range t.ForeignKeys {
			if t == table {
				replace(f.Columns, from, to)
			}
			if f.ParentID() == table.ID() {
				replace(f.Keys, from, to)
			}
		}
	}
	table.Column(from).Name = to
	for _, i := range table.Indexes {
		for n := range i.Parts {
			if !i.Parts[n].IsExpression && i.Parts[n].Text == from {
				i.Parts[n].Text = to
			}
		}
	}
	if table.PrimaryKey != nil {
		replace(table.PrimaryKey.Columns, from, to)
	}
	for _, u := range table.Uniques {
		replace(u.Columns, from, to)
	}
	table.expressions(func(text string) string { return Identifier(text, from, to) })
}

// expressions changes the SQL texts of a table that refer to its own columns.
func (t *Table) expressions(change func(string) string) {
	for _, c := range t.Columns {
		if c.Generated != nil {
			c.Generated.As = change(c.Generated.As)
		}
	}
	for _, i := range t.Indexes {
		i.Where = change(i.Where)
		for n := range i.Parts {
			if i.Parts[n].IsExpression {
				i.Parts[n].Text = change(i.Parts[n].Text)
			}
		}
	}
	for _, c := range t.Checks {
		c.SQL = change(c.SQL)
	}
}

func replace(names []string, from, to string) {
	if i := slices.Index(names, from); i >= 0 {
		names[i] = to
	}
}
