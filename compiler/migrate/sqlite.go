package migrate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/compiler/migrate/schema"
)

// sqlite writes the statements that turn one SQLite schema into another.
//
// SQLite alters little in place: names, new columns that hold nothing or a constant, columns that nothing depends on. Everything else
// is a rebuild: the table is made anew beside itself, filled, and takes the old one's place. Three things make that lose nothing:
//
//   - Dropping a table deletes its rows first, and where foreign keys are enforced (always on D1, where a migration is one transaction
//     and cannot switch them off) that deletes or changes rows of other tables by ON DELETE. Those rows are put aside before, and what
//     is missing is put back after. Where keys are not enforced nothing is missing, and nothing happens.
//   - References of a table to itself point to the new table, so that its copied rows are no children of the old one.
//   - Triggers, views and indexes that migrations made by hand go with a table; they are made again from the text that made them.
type sqlite struct {
	r          *resolution
	handmade   []Handmade
	now        map[string]*schema.Table // the tables as they are at this point of the migration, by name
	fresh      map[string]bool          // made by this migration: empty
	statements []string
	risks      []Risk
}

func (w *sqlite) add(format string, args ...any) {
	w.statements = append(w.statements, fmt.Sprintf(format, args...))
}

func (w *sqlite) write(diffs []*difference, created []*schema.Table, dropped []*schema.Table) {
	rebuilt := w.rebuilt(diffs)
	w.suspend(rebuilt, dropped)
	for _, c := range w.r.changes {
		switch c.Kind {
		case RenameTable:
			w.add("ALTER TABLE %s RENAME TO %s;", quote(c.Old), quote(c.Table))
		case RenameColumn:
			w.add("ALTER TABLE %s RENAME COLUMN %s TO %s;", quote(c.Table), quote(c.Old), quote(c.Name))
		}
	}
	for _, d := range diffs {
		for _, i := range d.dropIndexes {
			w.add("DROP INDEX %s;", quote(i.Name))
		}
	}
	for _, t := range created {
		w.add("%s", createTable(t, t.Name))
		w.indexes(t.Name, t.Indexes)
		w.fresh[t.Name], w.now[t.Name] = true, t
	}
	for _, d := range diffs {
		if !rebuilt[d.after.Name] {
			w.alter(d)
			w.now[d.after.Name] = d.after
		}
	}
	for _, d := range diffs {
		if rebuilt[d.after.Name] {
			w.rebuild(d)
			w.now[d.after.Name] = d.after
		}
	}
	for _, d := range diffs {
		if rebuilt[d.after.Name] {
			w.indexes(d.after.Name, d.after.Indexes)
		} else {
			w.indexes(d.after.Name, d.addIndexes)
		}
		for _, i := range d.addIndexes {
			w.indexRisk(d, i)
		}
	}
	w.drop(dropped)
	w.resume(rebuilt, dropped)
}

func (w *sqlite) indexes(table string, list []*schema.Index) {
	for _, i := range list {
		w.add("%s", createIndex(table, i))
	}
}

func (w *sqlite) rebuilt(diffs []*difference) map[string]bool {
	out := map[string]bool{}
	for _, d := range diffs {
		if needsRebuild(d) {
			out[d.after.Name] = true
		}
	}
	return out
}

// needsRebuild says whether SQLite cannot alter a table to its new form (sqlite.org/lang_altertable).
func needsRebuild(d *difference) bool {
	if len(d.altered)+len(d.addChecks)+len(d.dropChecks)+len(d.addUniques)+len(d.dropUniques)+len(d.dropForeign) > 0 || d.key {
		return true
	}
	for _, f := range d.addForeign {
		if inline(d, f) == nil {
			return true
		}
	}
	for _, c := range d.added {
		if c.PrimaryKey || d.fills[c.Name] != "" || c.Generated != nil && c.Generated.Kind == "stored" {
			return true
		}
		if _, ok := c.DefaultSQL(); ok && !c.Constant() || c.NotNull && !ok && c.Generated == nil {
			return true
		}
	}
	for _, c := range d.dropped {
		if c.PrimaryKey || slices.Contains(d.before.Key(), c.Name) || used(d.before, c.Name) {
			return true
		}
	}
	return false
}

// inline returns the new column that can bring a new foreign key with it.
func inline(d *difference, f *schema.ForeignKey) *schema.Column {
	for _, c := range d.added {
		if len(f.Columns) == 1 && f.Columns[0] == c.Name && c.Default == nil && !c.NotNull {
			return c
		}
	}
	return nil
}

// used says whether an expression or a constraint of a table names a column. Its indexes are dropped anyway.
func used(t *schema.Table, column string) bool {
	for _, f := range t.ForeignKeys {
		if slices.Contains(f.Columns, column) {
			return true
		}
	}
	for _, u := range t.Uniques {
		if slices.Contains(u.Columns, column) {
			return true
		}
	}
	for _, c := range t.Checks {
		if schema.Mentions(c.SQL, column) {
			return true
		}
	}
	return slices.ContainsFunc(t.Columns, func(c *schema.Column) bool { return c.Generated != nil && schema.Mentions(c.Generated.As, column) })
}

// alter changes a table in place.
func (w *sqlite) alter(d *difference) {
	name := quote(d.after.Name)
	for _, c := range d.dropped {
		w.add("ALTER TABLE %s DROP COLUMN %s;", name, quote(c.Name))
		w.risk(d.after.Name, RiskRewrite, "Dropping the column %s.%s writes every row of the table again.", d.after.Name, c.Name)
	}
	for _, c := range d.added {
		line := column(c)
		for _, f := range d.addForeign {
			if inline(d, f) == c {
				line += " REFERENCES " + quote(f.Parent) + "(" + quote(f.Keys[0]) + ") ON UPDATE " + schema.Rule(f.OnUpdate) + " ON DELETE " + schema.Rule(f.OnDelete)
			}
		}
		w.add("ALTER TABLE %s ADD COLUMN %s;", name, line)
	}
}

// rebuild makes a table anew beside itself, fills it, and puts it in the place of the old one.
func (w *sqlite) rebuild(d *difference) {
	name := d.after.Name
	temporary := "__new_" + name
	threatened := w.threatened(name)
	w.add("PRAGMA defer_foreign_keys=ON;")
	w.add("%s", createTable(d.after, temporary))
	w.copy(d, temporary)
	for _, c := range d.after.Columns {
		if c.Increments {
			w.sequence(name, temporary)
		}
	}
	for _, t := range threatened {
		w.putAside(t)
	}
	w.add("DROP TABLE %s;", quote(name))
	w.add("ALTER TABLE %s RENAME TO %s;", quote(temporary), quote(name))
	for _, t := range threatened {
		w.putBack(t, name)
	}
	w.add("PRAGMA defer_foreign_keys=OFF;")
	w.rebuildRisk(d, threatened)
}

// copy fills the new table. Every value is carried over as it is; the new column's affinity may write a number as text or the other way.
func (w *sqlite) copy(d *difference, temporary string) {
	var into, from []string
	for _, c := range d.after.Columns {
		if c.Generated != nil {
			continue
		}
		value := quote(c.Name)
		fill, filled := d.fills[c.Name]
		was := d.before.Column(c.Name)
		switch {
		case was == nil && !filled:
			continue // the default, or nothing
		case was == nil:
			value = "(" + fill + ")"
		case filled:
			value = "coalesce(" + value + ", (" + fill + "))"
		}
		into, from = append(into, quote(c.Name)), append(from, value)
	}
	if len(into) > 0 {
		w.add("INSERT INTO %s(%s) SELECT %s FROM %s;", quote(temporary), strings.Join(into, ", "), strings.Join(from, ", "), quote(d.after.Name))
	}
}

// sequence keeps AUTOINCREMENT from giving an id again that a deleted row had.
func (w *sqlite) sequence(name, temporary string) {
	w.add("DELETE FROM sqlite_sequence WHERE name = %s AND EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = %s);", literal(temporary), literal(name))
	w.add("INSERT INTO sqlite_sequence(name, seq) SELECT %s, seq FROM sqlite_sequence WHERE name = %s;", literal(temporary), literal(name))
}

// threatened are the tables whose rows dropping a table would delete or change by ON DELETE, the nearest first.
func (w *sqlite) threatened(name string) []*schema.Table {
	var out []*schema.Table
	seen := map[string]bool{name: true}
	for queue := []string{name}; len(queue) > 0; queue = queue[1:] {
		for _, id := range sortedKeys(w.now) {
			t := w.now[id]
			if seen[t.Name] || w.fresh[t.Name] {
				continue
			}
			for _, f := range t.ForeignKeys {
				if f.Parent != queue[0] || !slices.Contains([]string{"cascade", "set null", "set default"}, strings.ToLower(f.OnDelete)) {
					continue
				}
				if !seen[t.Name] {
					seen[t.Name] = true
					out = append(out, t)
				}
				if strings.ToLower(f.OnDelete) == "cascade" {
					queue = append(queue, t.Name)
				}
			}
		}
	}
	return out
}

func (w *sqlite) putAside(t *schema.Table) {
	names := columnsOf(t)
	if len(t.Key()) == 0 {
		names = append([]string{"rowid AS __qbls_rowid"}, names...)
	}
	w.add("CREATE TABLE %s AS SELECT %s FROM %s;", quote("__keep_"+t.Name), strings.Join(names, ", "), quote(t.Name))
}

// putBack inserts rows that are gone and restores references that were cleared.
func (w *sqlite) putBack(t *schema.Table, rebuilt string) {
	kept, name := quote("__keep_"+t.Name), quote(t.Name)
	names := columnsOf(t)
	into, from := slices.Clone(names), make([]string, len(names))
	for i, n := range names {
		from[i] = kept + "." + n
	}
	match := name + ".rowid = " + kept + ".__qbls_rowid"
	if keys := t.Key(); len(keys) == 0 {
		into, from = append([]string{"rowid"}, into...), append([]string{kept + ".__qbls_rowid"}, from...)
	} else {
		var parts []string
		for _, k := range keys {
			parts = append(parts, name+"."+quote(k)+" IS "+kept+"."+quote(k))
		}
		match = strings.Join(parts, " AND ")
	}
	w.add("INSERT INTO %s(%s) SELECT %s FROM %s WHERE NOT EXISTS (SELECT 1 FROM %s WHERE %s);", name, strings.Join(into, ", "), strings.Join(from, ", "), kept, name, match)
	for _, f := range t.ForeignKeys {
		if rule := strings.ToLower(f.OnDelete); rule != "set null" && rule != "set default" {
			continue
		}
		for _, c := range f.Columns {
			value := fmt.Sprintf("(SELECT %s.%s FROM %s WHERE %s)", kept, quote(c), kept, match)
			w.add("UPDATE %s SET %s = %s WHERE %s IS NOT %s;", name, quote(c), value, quote(c), value)
		}
	}
	w.add("DROP TABLE %s;", kept)
}

func columnsOf(t *schema.Table) []string {
	var out []string
	for _, c := range t.Columns {
		if c.Generated == nil {
			out = append(out, quote(c.Name))
		}
	}
	return out
}

// drop removes the tables that are declared to go. Those that others refer to come last.
func (w *sqlite) drop(tables []*schema.Table) {
	if len(tables) == 0 {
		return
	}
	w.add("PRAGMA defer_foreign_keys=ON;")
	left := slices.Clone(tables)
	for len(left) > 0 {
		at := slices.IndexFunc(left, func(t *schema.Table) bool {
			return !slices.ContainsFunc(left, func(o *schema.Table) bool {
				return o != t && slices.ContainsFunc(o.ForeignKeys, func(f *schema.ForeignKey) bool { return f.Parent == t.Name })
			})
		})
		at = max(at, 0) // a circle: any of them
		w.add("DROP TABLE %s;", quote(left[at].Name))
		w.risk(left[at].Name, RiskLoss, "The table %s is dropped with all its rows.", left[at].Name)
		left = slices.Delete(left, at, at+1)
	}
	w.add("PRAGMA defer_foreign_keys=OFF;")
}
