package migrate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/compiler/migrate/schema"
)

// postgres writes the statements that turn one PostgreSQL schema into another. PostgreSQL alters in place and keeps the names of what
// it alters, so constraints whose names follow a renamed table or column are renamed too.
//
// What others depend on goes first (foreign keys, then checks, unique constraints, indexes, keys) and comes back last.
type postgres struct {
	r          *resolution
	statements []string
	risks      []Risk
	problems   []Problem
}

func (w *postgres) add(format string, args ...any) {
	w.statements = append(w.statements, fmt.Sprintf(format, args...))
}

func (w *postgres) risk(table string, kind RiskKind, format string, args ...any) {
	w.risks = append(w.risks, Risk{table, kind, fmt.Sprintf(format, args...)})
}

func (w *postgres) write(diffs []*difference, created, dropped []*schema.Table) {
	w.spaces()
	w.newTypes()
	w.renames()
	for _, d := range diffs {
		w.renameConstraints(d)
	}
	for _, d := range diffs {
		disturb(d)
		w.dropConstraints(d)
	}
	w.changedTypes(diffs)
	for _, t := range created {
		w.add("%s", pgCreateTable(w.r.after.Schema, t))
	}
	for _, d := range diffs {
		w.columns(d)
	}
	for _, d := range diffs {
		w.addConstraints(d)
	}
	for _, t := range created {
		for _, i := range t.Indexes {
			w.add("%s", pgIndex(t, i))
		}
	}
	for _, t := range created {
		w.foreign(t, t.ForeignKeys)
	}
	for _, d := range diffs {
		w.foreign(d.after, d.addForeign)
		for _, f := range d.addForeign {
			w.risk(d.after.ID(), RiskLock, "The foreign key %s checks every row of %s, and writes to %s and %s wait meanwhile.", f.Name, d.after.ID(), d.after.ID(), f.ParentID())
		}
	}
	for _, t := range dropped {
		w.add("DROP TABLE %s CASCADE;", pgName(t.Space, t.Name))
		w.risk(t.ID(), RiskLoss, "The table %s is dropped with all its rows.", t.ID())
	}
	for _, e := range w.r.before.Enums {
		if w.r.after.Enum(schema.ID(e.Space, e.Name)) == nil {
			w.add("DROP TYPE %s;", pgType(e))
		}
	}
}

func (w *postgres) spaces() {
	known := map[string]bool{"": true}
	for _, t := range w.r.before.Tables {
		known[t.Space] = true
	}
	for _, t := range w.r.after.Tables {
		if !known[t.Space] {
			known[t.Space] = true
			w.add("CREATE SCHEMA IF NOT EXISTS %s;", pgQuote(t.Space))
		}
	}
}

func (w *postgres) newTypes() {
	for _, e := range w.r.after.Enums {
		if w.r.before.Enum(schema.ID(e.Space, e.Name)) == nil {
			w.add("CREATE TYPE %s AS ENUM(%s);", pgType(e), pgValues(e.Values))
		}
	}
}

func (w *postgres) renames() {
	spaces := map[string]string{}
	for _, t := range w.r.before.Tables {
		spaces[t.ID()] = t.Space
	}
	for _, c := range w.r.changes {
		space, name := split(c.Table)
		switch c.Kind {
		case RenameTable:
			oldSpace, oldName := split(c.Old)
			if oldSpace != space {
				w.add("ALTER TABLE %s SET SCHEMA %s;", pgName(oldSpace, oldName), pgQuote(orPublic(space)))
			}
			if oldName != name {
				w.add("ALTER TABLE %s RENAME TO %s;", pgName(space, oldName), pgQuote(name))
			}
		case RenameColumn:
			w.add("ALTER TABLE %s RENAME COLUMN %s TO %s;", pgName(space, name), pgQuote(c.Old), pgQuote(c.Name))
		}
	}
}

func split(id string) (space, name string) {
	if before, after, ok := strings.Cut(id, "."); ok {
		return before, after
	}
	return "", id
}

func orPublic(space string) string {
	if space == "" {
		return "public"
	}
	return space
}

func (w *postgres) renameConstraints(d *difference) {
	table := pgName(d.after.Space, d.after.Name)
	rename := func(from, to string) {
		w.add("ALTER TABLE %s RENAME CONSTRAINT %s TO %s;", table, pgQuote(from), pgQuote(to))
	}
	for _, r := range d.renamedForeign {
		rename(r[0].Name, r[1].Name)
	}
	for _, r := range d.renamedUniques {
		rename(r[0].Name, r[1].Name)
	}
	if d.renamedKey {
		rename(d.before.PrimaryKey.Name, d.after.PrimaryKey.Name)
	}
	for _, r := range d.renamedIndexes {
		w.add("ALTER INDEX %s RENAME TO %s;", pgName(d.after.Space, r[0].Name), pgQuote(r[1].Name))
	}
}

func (w *postgres) dropConstraints(d *difference) {
	table := pgName(d.after.Space, d.after.Name)
	drop := func(name string) { w.add("ALTER TABLE %s DROP CONSTRAINT %s;", table, pgQuote(name)) }
	for _, f := range d.dropForeign {
		drop(f.Name)
	}
	for _, c := range d.dropChecks {
		drop(c.Name)
	}
	for _, u := range d.dropUniques {
		drop(u.Name)
	}
	for _, i := range d.dropIndexes {
		w.add("DROP INDEX %s;", pgName(d.after.Space, i.Name))
	}
	if d.key && len(d.before.Key()) > 0 {
		w.dropKey(d)
	}
}

// dropKey drops a primary key. The name of one that a single column has is PostgreSQL's own, made from the table's name of that time:
// the catalogue knows it.
func (w *postgres) dropKey(d *difference) {
	table := pgName(d.after.Space, d.after.Name)
	if d.before.PrimaryKey != nil {
		w.add("ALTER TABLE %s DROP CONSTRAINT %s;", table, pgQuote(d.before.PrimaryKey.Name))
	} else {
		w.add("DO $$ BEGIN EXECUTE (SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname) FROM pg_constraint WHERE contype = 'p' AND conrelid = %s::regclass); END $$;", literal(table))
	}
	for _, k := range d.before.Key() { // a key makes its columns required, and leaves them so
		if c := d.after.Column(k); c != nil && !c.NotNull && !slices.Contains(d.after.Key(), k) {
			w.add("ALTER TABLE %s ALTER COLUMN %s DROP NOT NULL;", table, pgQuote(k))
		}
	}
}

func (w *postgres) addConstraints(d *difference) {
	t, table := d.after, pgName(d.after.Space, d.after.Name)
	if keys := t.Key(); d.key && len(keys) > 0 && !slices.ContainsFunc(d.added, func(c *schema.Column) bool { return c.PrimaryKey }) {
		if t.PrimaryKey != nil {
			w.add("ALTER TABLE %s ADD CONSTRAINT %s PRIMARY KEY(%s);", table, pgQuote(t.PrimaryKey.Name), pgQuoteAll(keys))
		} else {
			w.add("ALTER TABLE %s ADD PRIMARY KEY (%s);", table, pgQuoteAll(keys))
		}
		w.risk(t.ID(), RiskRefuse, "If two rows of %s have the same key, or one has none, the migration is refused as a whole.", t.ID())
	}
	for _, u := range d.addUniques {
		w.add("ALTER TABLE %s ADD %s;", table, pgUnique(u))
		w.risk(t.ID(), RiskRefuse, "If two rows of %s have the same values in %s, the migration is refused as a whole.", t.ID(), u.Name)
	}
	for _, c := range d.addChecks {
		w.add("ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s);", table, pgQuote(c.Name), c.SQL)
		w.risk(t.ID(), RiskRefuse, "If a row of %s does not fulfil the check %s, the migration is refused as a whole.", t.ID(), c.Name)
	}
	for _, i := range d.addIndexes {
		w.add("%s", pgIndex(t, i))
		w.risk(t.ID(), RiskLock, "Writes to %s wait while the index %s is built.", t.ID(), i.Name)
		if i.Unique {
			w.risk(t.ID(), RiskRefuse, "If two rows of %s have the same values in the unique index %s, the migration is refused as a whole.", t.ID(), i.Name)
		}
	}
}

func (w *postgres) foreign(t *schema.Table, list []*schema.ForeignKey) {
	for _, f := range list {
		w.add("ALTER TABLE %s ADD CONSTRAINT %s FOREIGN KEY (%s) REFERENCES %s(%s) ON DELETE %s ON UPDATE %s;", pgName(t.Space, t.Name), pgQuote(f.Name), pgQuoteAll(f.Columns),
			pgName(orPublic(f.Space), f.Parent), pgQuoteAll(f.Keys), schema.Rule(f.OnDelete), schema.Rule(f.OnUpdate))
	}
}
