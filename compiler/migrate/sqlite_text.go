package migrate

import (
	"strings"

	"github.com/qbls/qbls/compiler/migrate/schema"
)

// createTable is the statement that makes a table, under another name while it is rebuilt. What refers to the table itself refers to
// that name then: renaming corrects it.
func createTable(t *schema.Table, name string) string {
	var lines []string
	for _, c := range t.Columns {
		lines = append(lines, column(c))
	}
	for _, f := range t.ForeignKeys {
		parent := f.Parent
		if parent == t.Name {
			parent = name
		}
		lines = append(lines, "FOREIGN KEY ("+quoteAll(f.Columns)+") REFERENCES "+quote(parent)+"("+quoteAll(f.Keys)+") ON UPDATE "+schema.Rule(f.OnUpdate)+" ON DELETE "+schema.Rule(f.OnDelete))
	}
	if t.PrimaryKey != nil {
		lines = append(lines, "PRIMARY KEY("+quoteAll(t.PrimaryKey.Columns)+")")
	}
	for _, u := range t.Uniques {
		lines = append(lines, "CONSTRAINT "+quote(u.Name)+" UNIQUE("+quoteAll(u.Columns)+")")
	}
	for _, c := range t.Checks {
		lines = append(lines, `CONSTRAINT "`+strings.ReplaceAll(c.Name, `"`, `""`)+`" CHECK(`+schema.Qualifier(c.SQL, t.Name, name)+")")
	}
	return "CREATE TABLE " + quote(name) + " (\n\t" + strings.Join(lines, ",\n\t") + "\n);"
}

func column(c *schema.Column) string {
	s := quote(c.Name) + " " + c.Type
	if c.PrimaryKey {
		s += " PRIMARY KEY"
		if c.Increments {
			s += " AUTOINCREMENT"
		}
	}
	if d, ok := c.DefaultSQL(); ok {
		s += " DEFAULT " + d
	}
	if g := c.Generated; g != nil {
		s += " GENERATED ALWAYS AS " + g.As + " " + strings.ToUpper(g.Kind)
	}
	if c.NotNull {
		s += " NOT NULL"
	}
	return s
}

func createIndex(table string, i *schema.Index) string {
	kind := "INDEX"
	if i.Unique {
		kind = "UNIQUE INDEX"
	}
	var parts []string
	for _, p := range i.Parts {
		if p.IsExpression {
			parts = append(parts, p.Text)
		} else {
			parts = append(parts, quote(p.Text))
		}
	}
	s := "CREATE " + kind + " " + quote(i.Name) + " ON " + quote(table) + " (" + strings.Join(parts, ",") + ")"
	if i.Where != "" {
		s += " WHERE " + i.Where
	}
	return s + ";"
}

// quote writes a name for SQLite. Backticks, because a name in double quotes that no column has is taken for a string.
func quote(s string) string { return "`" + strings.ReplaceAll(s, "`", "``") + "`" }

func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func quoteAll(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = quote(n)
	}
	return strings.Join(out, ",")
}
