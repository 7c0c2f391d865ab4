package migrate

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/compiler/migrate/schema"
)

// columns adds, alters and drops the columns of one table.
func (w *postgres) columns(d *difference) {
	table := pgName(d.after.Space, d.after.Name)
	again := recomputed(d)
	for _, c := range again {
		w.add("ALTER TABLE %s DROP COLUMN %s;", table, pgQuote(c.Name))
	}
	for _, c := range d.added {
		w.addColumn(d, table, c)
	}
	for _, a := range d.altered {
		w.alterColumn(d, table, a)
	}
	for _, c := range d.dropped {
		w.add("ALTER TABLE %s DROP COLUMN %s;", table, pgQuote(c.Name))
		if c.Generated == nil {
			w.risk(d.after.ID(), RiskLoss, "The values of %s.%s are lost.", d.after.ID(), c.Name)
		}
	}
	for _, c := range again {
		w.add("ALTER TABLE %s ADD COLUMN %s;", table, pgColumn(w.r.after.Schema, c))
		w.risk(d.after.ID(), RiskRewrite, "The column %s.%s is computed again for every row while the table is locked.", d.after.ID(), c.Name)
	}
}

// recomputed are generated columns that stay as they are, but are made of a column whose type changes: PostgreSQL refuses that while
// they are there.
func recomputed(d *difference) []*schema.Column {
	var out []*schema.Column
	for _, c := range d.after.Columns {
		was := d.before.Column(c.Name)
		if c.Generated == nil || was == nil || !sameColumn(was, c) {
			continue
		}
		if slices.ContainsFunc(d.altered, func(a alteration) bool {
			return a.before.Type != a.after.Type && schema.Mentions(c.Generated.As, a.after.Name)
		}) {
			out = append(out, c)
		}
	}
	return out
}

// disturb lists what goes with columns that are dropped and made again, to be made again too.
func disturb(d *difference) {
	names := map[string]bool{}
	for _, c := range recomputed(d) {
		names[c.Name] = true
	}
	for _, a := range d.altered {
		if a.after.Generated != nil && !sameGenerated(a.before, a.after) {
			names[a.after.Name] = true
		}
	}
	for name := range names {
		d.dropIndexes, d.addIndexes = both(d.before.Indexes, d.after.Indexes, d.dropIndexes, d.addIndexes, func(i *schema.Index) (string, bool) {
			return i.Name, schema.Mentions(i.Where, name) || slices.ContainsFunc(i.Parts, func(p schema.Part) bool { return schema.Mentions(p.Text, name) })
		})
		d.dropUniques, d.addUniques = both(d.before.Uniques, d.after.Uniques, d.dropUniques, d.addUniques, func(u *schema.Unique) (string, bool) {
			return u.Name, slices.Contains(u.Columns, name)
		})
		d.dropChecks, d.addChecks = both(d.before.Checks, d.after.Checks, d.dropChecks, d.addChecks, func(c *schema.Check) (string, bool) {
			return c.Name, schema.Mentions(c.SQL, name)
		})
	}
}

// both adds what is on both sides and concerned to what is dropped and to what is added.
func both[T any](before, after, dropped, added []T, about func(T) (name string, concerned bool)) (drop, add []T) {
	in := func(list []T, name string) bool {
		return slices.ContainsFunc(list, func(o T) bool { n, _ := about(o); return n == name })
	}
	for _, e := range after {
		if name, concerned := about(e); concerned && in(before, name) && !in(added, name) && !in(dropped, name) {
			dropped, added = append(dropped, e), append(added, e)
		}
	}
	return dropped, added
}

func (w *postgres) addColumn(d *difference, table string, c *schema.Column) {
	fill, filled := d.fills[c.Name]
	if !filled {
		w.add("ALTER TABLE %s ADD COLUMN %s;", table, pgColumn(w.r.after.Schema, c))
		if _, ok := c.DefaultSQL(); ok && !c.Constant() || c.Generated != nil || c.Identity != nil || strings.Contains(c.Type, "serial") {
			w.risk(d.after.ID(), RiskRewrite, "The column %s.%s has a value of its own for each row: every row is written again while the table is locked.", d.after.ID(), c.Name)
		}
		return
	}
	open := c.Clone()
	open.NotNull, open.PrimaryKey = false, false
	w.add("ALTER TABLE %s ADD COLUMN %s;", table, pgColumn(w.r.after.Schema, open))
	w.add("UPDATE %s SET %s = (%s);", table, pgQuote(c.Name), fill)
	if c.NotNull {
		w.add("ALTER TABLE %s ALTER COLUMN %s SET NOT NULL;", table, pgQuote(c.Name))
	}
	w.risk(d.after.ID(), RiskRewrite, "Every row of %s gets a value in %s: all of them are written again while the table is locked.", d.after.ID(), c.Name)
}

// alterColumn changes a column in place. A default stands in the way of another type, so it goes before and comes after.
func (w *postgres) alterColumn(d *difference, table string, a alteration) {
	id, name := d.after.ID(), pgQuote(a.after.Name)
	alter := func(what string) { w.add("ALTER TABLE %s ALTER COLUMN %s %s;", table, name, what) }
	if !sameGenerated(a.before, a.after) {
		w.generated(d, table, a)
		return
	}
	was, hadDefault := a.before.DefaultSQL()
	now, hasDefault := a.after.DefaultSQL()
	typed := a.before.Type != a.after.Type || a.before.TypeSpace != a.after.TypeSpace
	if a.before.Identity != nil && a.after.Identity == nil {
		alter("DROP IDENTITY")
	}
	if hadDefault && (typed || !hasDefault) {
		alter("DROP DEFAULT")
	}
	if typed {
		w.retype(d, table, a)
	}
	if hasDefault && (typed || was != now || !hadDefault) {
		alter("SET DEFAULT " + now)
	}
	required := func(c *schema.Column, t *schema.Table) bool { return c.NotNull || slices.Contains(t.Key(), c.Name) }
	switch {
	case required(a.after, d.after) && !required(a.before, d.before):
		if fill, ok := d.fills[a.after.Name]; ok {
			w.add("UPDATE %s SET %s = (%s) WHERE %s IS NULL;", table, name, fill, name)
			w.risk(id, RiskRewrite, "Rows without a value in %s.%s get %s.", id, a.after.Name, fill)
		}
		alter("SET NOT NULL")
		w.risk(id, RiskLock, "Every row of %s is looked at while the table is locked, since %s becomes required.", id, a.after.Name)
	case a.before.NotNull && !required(a.after, d.after) && !slices.Contains(d.before.Key(), a.before.Name):
		alter("DROP NOT NULL")
	}
	w.identity(alter, a)
}

func (w *postgres) retype(d *difference, table string, a alteration) {
	id, name := d.after.ID(), pgQuote(a.after.Name)
	target := pgColumnType(w.r.after.Schema, a.after)
	if serial := strings.Contains(a.before.Type, "serial"); serial || strings.Contains(a.after.Type, "serial") {
		integers := map[string]string{"serial": "integer", "bigserial": "bigint", "smallserial": "smallint"}
		if to := integers[a.after.Type]; to != "" {
			target = to
		}
		if !serial {
			w.problems = append(w.problems, Problem{Reason: NotSupported, Table: id, Column: a.after.Name, Key: []string{"renames", "columns", id, a.after.Name},
				Text: "The column " + id + "." + a.after.Name + " cannot become " + a.after.Type + ": that is a column with a sequence of its own, made with the column.",
				Help: "Use an identity column (generatedAlwaysAsIdentity), which an existing column can become."})
			return
		}
		if integers[a.after.Type] == "" { // its sequence belongs to the default, which goes
			w.add("ALTER TABLE %s ALTER COLUMN %s DROP DEFAULT;", table, name)
		}
	}
	through := ""
	if enum(w.r.before.Schema, a.before) || enum(w.r.after.Schema, a.after) {
		through = "::text"
	}
	w.add("ALTER TABLE %s ALTER COLUMN %s SET DATA TYPE %s USING %s%s::%s;", table, name, target, name, through, target)
	w.risk(id, RiskRewrite, "The type of %s.%s changes from %s to %s: the table is locked while every row is written again, and a value that does not fit refuses the migration as a whole.", id, a.after.Name, a.before.Type, a.after.Type)
}

func enum(s *schema.Schema, c *schema.Column) bool {
	return s.Enum(schema.ID(c.TypeSpace, schema.ElementType(c.Type))) != nil
}

// generated makes a column computed, or no longer computed, or otherwise computed. Only the last step keeps what was there.
func (w *postgres) generated(d *difference, table string, a alteration) {
	name := pgQuote(a.after.Name)
	if a.after.Generated == nil {
		w.add("ALTER TABLE %s ALTER COLUMN %s DROP EXPRESSION;", table, name)
		return
	}
	if a.before.Generated == nil {
		w.risk(d.after.ID(), RiskLoss, "The column %s.%s is computed from now on: the values in it are replaced.", d.after.ID(), a.after.Name)
	}
	w.add("ALTER TABLE %s DROP COLUMN %s;", table, name)
	w.add("ALTER TABLE %s ADD COLUMN %s;", table, pgColumn(w.r.after.Schema, a.after))
	w.risk(d.after.ID(), RiskRewrite, "The column %s.%s is computed for every row while the table is locked.", d.after.ID(), a.after.Name)
}

func (w *postgres) identity(alter func(string), a alteration) {
	now, was := a.after.Identity, a.before.Identity
	switch {
	case now == nil || sameIdentity(now, was):
	case was == nil:
		alter("ADD " + pgIdentity(now))
		w.risk("", RiskManual, "The sequence of %s begins at %s: move it behind the highest value that is there with setval.", a.after.Name, now.Start)
	default:
		if was.Kind != now.Kind {
			alter("SET GENERATED " + pgIdentityKind(now))
		}
		cycle := "NO CYCLE"
		if now.Cycle {
			cycle = "CYCLE"
		}
		alter("SET INCREMENT BY " + now.Increment + " SET MINVALUE " + now.Min + " SET MAXVALUE " + now.Max + " SET START WITH " + now.Start + " SET CACHE " + now.Cache + " SET " + cycle)
	}
}

// changedTypes brings enums to their new values. New values are added in place. A value that is gone, or another order, needs a new
// type that every column is moved to; a row that still has such a value refuses it.
func (w *postgres) changedTypes(diffs []*difference) {
	for _, e := range w.r.after.Enums {
		was := w.r.before.Enum(schema.ID(e.Space, e.Name))
		if was == nil || slices.Equal(was.Values, e.Values) {
			continue
		}
		rest := slices.DeleteFunc(slices.Clone(e.Values), func(v string) bool { return !slices.Contains(was.Values, v) })
		if slices.Equal(rest, was.Values) && !w.usedNow(e, was, diffs) {
			for i, v := range e.Values {
				if slices.Contains(was.Values, v) {
					continue
				}
				place := ""
				if i == 0 {
					place = " BEFORE " + literal(was.Values[0])
				} else {
					place = " AFTER " + literal(e.Values[i-1])
				}
				w.add("ALTER TYPE %s ADD VALUE %s%s;", pgType(e), literal(v), place)
			}
			continue
		}
		w.replaceType(e)
	}
}

// usedNow says whether a new value is used in the same migration, which PostgreSQL refuses for values added in place.
func (w *postgres) usedNow(e, was *schema.Enum, diffs []*difference) bool {
	for _, v := range e.Values {
		if slices.Contains(was.Values, v) {
			continue
		}
		for _, d := range diffs {
			for _, c := range d.after.Columns {
				if s, ok := c.DefaultSQL(); ok && strings.Contains(s, literal(v)) {
					return true
				}
			}
			for _, c := range d.after.Checks {
				if strings.Contains(c.SQL, literal(v)) {
					return true
				}
			}
			for _, f := range d.fills {
				if strings.Contains(f, literal(v)) {
					return true
				}
			}
		}
	}
	return false
}

// replaceType moves the columns of every table that has the type now to a type with the new values.
func (w *postgres) replaceType(e *schema.Enum) {
	old := "__old_" + e.Name
	w.add("ALTER TYPE %s RENAME TO %s;", pgType(e), pgQuote(old))
	w.add("CREATE TYPE %s AS ENUM(%s);", pgType(e), pgValues(e.Values))
	for _, t := range w.r.before.Tables {
		after := w.r.after.Table(t.ID())
		if after == nil {
			continue
		}
		for _, c := range t.Columns {
			if schema.ID(c.TypeSpace, schema.ElementType(c.Type)) != schema.ID(e.Space, e.Name) {
				continue
			}
			table, name := pgName(t.Space, t.Name), pgQuote(c.Name)
			target := pgType(e) + strings.TrimPrefix(c.Type, schema.ElementType(c.Type))
			through := "text" + strings.TrimPrefix(c.Type, schema.ElementType(c.Type))
			d, has := c.DefaultSQL()
			if has {
				w.add("ALTER TABLE %s ALTER COLUMN %s DROP DEFAULT;", table, name)
			}
			w.add("ALTER TABLE %s ALTER COLUMN %s SET DATA TYPE %s USING %s::%s::%s;", table, name, target, name, through, target)
			if now := after.Column(c.Name); has && now != nil {
				if s, still := now.DefaultSQL(); still && s == d {
					w.add("ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s;", table, name, d)
				}
			}
			w.risk(t.ID(), RiskRewrite, "The values of the type %s change: every row of %s is written again, and a row with a value that is gone refuses the migration as a whole.", e.Name, t.ID())
		}
	}
	w.add("DROP TYPE %s;", pgName(orPublic(e.Space), old))
}
