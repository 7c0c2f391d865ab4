// Package migrate writes the migrations of a project: SQL files with a journal and snapshots in the layout of drizzle-kit 0.31, so
// that its tools read them, though it is not needed to make them.
//
// A migration is a pure function of the last committed snapshot and the tables now. This version makes the first one, from nothing;
// Snapshot is the seam for the next: it is what a later migration starts from.
package migrate

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/qbls/qbls/compiler/emit/storage"
)

// Breakpoint separates statements: drivers take one at a time.
const Breakpoint = "--> statement-breakpoint"

// SQL returns the statements that create the tables, in their order, with their indexes behind each table.
func SQL(d *storage.Database) string {
	var statements []string
	for _, t := range d.Tables {
		statements = append(statements, createTable(t))
		for _, i := range t.Indexes {
			statements = append(statements, createIndex(t, i))
		}
	}
	return strings.Join(statements, "\n"+Breakpoint+"\n") + "\n"
}

func createTable(t *storage.Table) string {
	var lines []string
	for _, c := range t.Columns {
		lines = append(lines, column(c))
	}
	for _, f := range t.ForeignKeys {
		lines = append(lines, fmt.Sprintf("FOREIGN KEY (%s) REFERENCES %s(%s) ON UPDATE %s ON DELETE %s",
			quoteAll(f.Columns(t)), quote(f.Parent.Name), quoteAll(f.ParentColumns()), rule(f.OnUpdate), rule(f.OnDelete)))
	}
	if len(t.PrimaryKey) > 0 {
		lines = append(lines, "PRIMARY KEY("+quoteAll(t.PrimaryKey)+")")
	}
	for _, c := range t.Checks {
		lines = append(lines, `CONSTRAINT "`+strings.ReplaceAll(c.Name, `"`, `""`)+`" CHECK(`+c.SQL+")")
	}
	return "CREATE TABLE " + quote(t.Name) + " (\n\t" + strings.Join(lines, ",\n\t") + "\n);"
}

func column(c storage.Column) string {
	s := quote(c.Name) + " " + c.Type()
	if c.PrimaryKey {
		s += " PRIMARY KEY"
		if c.AutoInc {
			s += " AUTOINCREMENT"
		}
	}
	if d, ok := defaultSQL(c); ok {
		s += " DEFAULT " + d
	}
	if c.NotNull {
		s += " NOT NULL"
	}
	return s
}

// defaultSQL returns a column's default as SQL text.
func defaultSQL(c storage.Column) (string, bool) {
	switch {
	case c.Default == nil:
		return "", false
	case c.Default.SQL != "":
		return c.Default.SQL, true
	case c.Default.JSON != "":
		return "'" + strings.ReplaceAll(c.Default.JSON, "'", "''") + "'", true
	}
	switch v := c.Default.Literal.(type) {
	case string:
		if c.Mode == "json" {
			v = strconv.Quote(v)
		}
		return "'" + strings.ReplaceAll(v, "'", "''") + "'", true
	case bool:
		return strconv.FormatBool(v), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	}
	return "", false
}

func createIndex(t *storage.Table, i storage.Index) string {
	kind := "INDEX"
	if i.Unique {
		kind = "UNIQUE INDEX"
	}
	var terms []string
	for _, term := range t.Terms(i) {
		if term.Expression {
			terms = append(terms, term.Text)
		} else {
			terms = append(terms, quote(term.Text))
		}
	}
	s := "CREATE " + kind + " " + quote(i.Name) + " ON " + quote(t.Name) + " (" + strings.Join(terms, ",") + ")"
	if i.Where != "" {
		s += " WHERE " + i.Where
	}
	return s + ";"
}

func rule(s string) string {
	if s == "" {
		return "no action"
	}
	return s
}

func quote(s string) string { return "`" + strings.ReplaceAll(s, "`", "``") + "`" }

func quoteAll(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = quote(n)
	}
	return strings.Join(out, ",")
}
