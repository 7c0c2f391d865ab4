package migrate

import (
	"encoding/json"
	"strings"

	"github.com/qbls/qbls/compiler/migrate/schema"
)

func pgCreateTable(s *schema.Schema, t *schema.Table) string {
	var lines []string
	for _, c := range t.Columns {
		lines = append(lines, pgColumn(s, c))
	}
	if k := t.PrimaryKey; k != nil {
		lines = append(lines, "CONSTRAINT "+pgQuote(k.Name)+" PRIMARY KEY("+pgQuoteAll(k.Columns)+")")
	}
	for _, u := range t.Uniques {
		lines = append(lines, pgUnique(u))
	}
	for _, c := range t.Checks {
		lines = append(lines, "CONSTRAINT "+pgQuote(c.Name)+" CHECK ("+c.SQL+")")
	}
	return "CREATE TABLE " + pgName(t.Space, t.Name) + " (\n\t" + strings.Join(lines, ",\n\t") + "\n);"
}

func pgColumn(s *schema.Schema, c *schema.Column) string {
	out := pgQuote(c.Name) + " " + pgColumnType(s, c)
	if c.PrimaryKey {
		out += " PRIMARY KEY"
	}
	if d, ok := c.DefaultSQL(); ok {
		out += " DEFAULT " + d
	}
	if c.Generated != nil {
		out += " GENERATED ALWAYS AS (" + c.Generated.As + ") STORED"
	}
	if c.NotNull {
		out += " NOT NULL"
	}
	if c.Identity != nil {
		out += " " + pgIdentity(c.Identity)
	}
	return out
}

// pgColumnType is a column's type; names of enums are quoted, PostgreSQL's own are not.
func pgColumnType(s *schema.Schema, c *schema.Column) string {
	element := schema.ElementType(c.Type)
	if e := s.Enum(schema.ID(c.TypeSpace, element)); e != nil {
		return pgType(e) + strings.TrimPrefix(c.Type, element)
	}
	return c.Type
}

func pgIdentity(i *schema.Identity) string {
	out := "GENERATED " + pgIdentityKind(i) + " AS IDENTITY (sequence name " + pgName(i.Space, i.Name) + " INCREMENT BY " + i.Increment + " MINVALUE " + i.Min + " MAXVALUE " + i.Max + " START WITH " + i.Start + " CACHE " + i.Cache
	if i.Cycle {
		out += " CYCLE"
	}
	return out + ")"
}

func pgIdentityKind(i *schema.Identity) string {
	if i.Kind == "always" {
		return "ALWAYS"
	}
	return "BY DEFAULT"
}

func pgUnique(u *schema.Unique) string {
	nulls := ""
	if u.NullsNotDistinct {
		nulls = " NULLS NOT DISTINCT"
	}
	return "CONSTRAINT " + pgQuote(u.Name) + " UNIQUE" + nulls + "(" + pgQuoteAll(u.Columns) + ")"
}

// pgIndex never builds concurrently: drizzle's migrator applies migrations in a transaction, where PostgreSQL refuses that.
func pgIndex(t *schema.Table, i *schema.Index) string {
	kind := "INDEX"
	if i.Unique {
		kind = "UNIQUE INDEX"
	}
	var parts []string
	for _, p := range i.Parts {
		s := p.Text
		if !p.IsExpression {
			s = pgQuote(s)
		} else if !strings.HasPrefix(s, "(") {
			s = "(" + s + ")"
		}
		switch {
		case p.Class != "":
			s += " " + p.Class
		case p.Descending:
			s += " DESC"
		}
		if p.Nulls != "" && p.Class == "" && (p.Descending || p.Nulls != "last") {
			s += " NULLS " + strings.ToUpper(p.Nulls)
		}
		parts = append(parts, s)
	}
	out := "CREATE " + kind + " " + pgQuote(i.Name) + " ON " + pgName(t.Space, t.Name) + " USING " + i.Method + " (" + strings.Join(parts, ",") + ")"
	if len(i.With) > 0 {
		var with []string
		for _, o := range i.With {
			v := o.Value
			var text string
			if json.Unmarshal([]byte(v), &text) == nil {
				v = text
			}
			with = append(with, o.Name+"="+v)
		}
		out += " WITH (" + strings.Join(with, ",") + ")"
	}
	if i.Where != "" {
		out += " WHERE " + i.Where
	}
	return out + ";"
}

func pgType(e *schema.Enum) string { return pgName(orPublic(e.Space), e.Name) }

func pgValues(values []string) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = literal(v)
	}
	return strings.Join(out, ", ")
}

func pgQuote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// pgName is a name with its schema; without one it is found by the search path.
func pgName(space, name string) string {
	if space == "" {
		return pgQuote(name)
	}
	return pgQuote(space) + "." + pgQuote(name)
}

func pgQuoteAll(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = pgQuote(n)
	}
	return strings.Join(out, ",")
}
