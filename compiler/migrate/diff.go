package migrate

import (
	"slices"

	"github.com/qbls/qbls/compiler/migrate/schema"
)

// Kind is what a change does.
type Kind string

const (
	CreateTable  Kind = "create table"
	RenameTable  Kind = "rename table"
	DropTable    Kind = "drop table"
	AddColumn    Kind = "add column"
	RenameColumn Kind = "rename column"
	AlterColumn  Kind = "alter column"
	DropColumn   Kind = "drop column"
	AddIndex     Kind = "add index"
	DropIndex    Kind = "drop index"
	AddConstr    Kind = "add constraint"
	DropConstr   Kind = "drop constraint"
	ChangeKey    Kind = "change primary key"
	ChangeType   Kind = "change type"   // PostgreSQL's enums
	RetainTable  Kind = "retain table"  // the model has it no more; it stays
	RetainColumn Kind = "retain column" // the model has it no more; it stays
)

// Change is one difference between what is in the database and the model, to name migrations by and to tell people.
type Change struct {
	Kind  Kind   `json:"kind"`
	Table string `json:"table,omitempty"`
	Name  string `json:"name,omitempty"` // of a column, an index, a constraint or a type
	Old   string `json:"old,omitempty"`  // former name
}

// difference is what changes about one table, which has its new name on both sides.
type difference struct {
	before, after           *schema.Table
	added, dropped          []*schema.Column
	altered                 []alteration
	addIndexes, dropIndexes []*schema.Index
	addForeign, dropForeign []*schema.ForeignKey
	addUniques, dropUniques []*schema.Unique
	addChecks, dropChecks   []*schema.Check
	key                     bool
	renamedForeign          [][2]*schema.ForeignKey // PostgreSQL: the same under another name
	renamedUniques          [][2]*schema.Unique
	renamedIndexes          [][2]*schema.Index
	renamedKey              bool
	fills                   map[string]string
}

type alteration struct{ before, after *schema.Column }

func (d *difference) empty() bool {
	return len(d.added)+len(d.dropped)+len(d.altered)+len(d.addIndexes)+len(d.dropIndexes)+len(d.addForeign)+len(d.dropForeign)+len(d.addUniques)+len(d.dropUniques)+
		len(d.addChecks)+len(d.dropChecks)+len(d.renamedForeign)+len(d.renamedUniques)+len(d.renamedIndexes) == 0 && !d.key && !d.renamedKey
}

// compare returns what changes about a table.
func compare(dialect schema.Dialect, before, after *schema.Table, fills map[string]string) *difference {
	d := &difference{before: before, after: after, fills: fills}
	for _, c := range after.Columns {
		switch was := before.Column(c.Name); {
		case was == nil:
			d.added = append(d.added, c)
		case !sameColumn(was, c):
			d.altered = append(d.altered, alteration{was, c})
		}
	}
	for _, c := range before.Columns {
		if after.Column(c.Name) == nil {
			d.dropped = append(d.dropped, c)
		}
	}
	d.addIndexes, d.dropIndexes, d.renamedIndexes = lists(before.Indexes, after.Indexes, func(i *schema.Index) string { return i.Name }, sameIndex)
	d.addUniques, d.dropUniques, d.renamedUniques = lists(before.Uniques, after.Uniques, func(u *schema.Unique) string { return u.Name }, sameUnique)
	d.addChecks, d.dropChecks, _ = lists(before.Checks, after.Checks, func(c *schema.Check) string { return c.Name }, func(a, b *schema.Check) bool { return a.SQL == b.SQL })
	d.addForeign, d.dropForeign, d.renamedForeign = lists(before.ForeignKeys, after.ForeignKeys, func(f *schema.ForeignKey) string { return f.Name }, sameForeign)
	d.key = !slices.Equal(before.Key(), after.Key())
	if dialect == schema.SQLite {
		d.renamedForeign = nil // their names are in no database
		for _, r := range d.renamedIndexes {
			d.dropIndexes, d.addIndexes = append(d.dropIndexes, r[0]), append(d.addIndexes, r[1])
		}
		d.renamedIndexes, d.renamedUniques = nil, nil
		return d
	}
	d.renamedKey = !d.key && before.PrimaryKey != nil && after.PrimaryKey != nil && before.PrimaryKey.Name != after.PrimaryKey.Name
	return d
}

// lists compares two lists of named things: those that are new or other than before, those that are gone or were other, and those that
// are the same under another name.
func lists[T any](before, after []T, name func(T) string, same func(a, b T) bool) (added, dropped []T, renamed [][2]T) {
	find := func(list []T, n string) (v T, ok bool) {
		for _, e := range list {
			if name(e) == n {
				return e, true
			}
		}
		return v, false
	}
	for _, e := range before {
		if now, ok := find(after, name(e)); !ok || !same(e, now) {
			dropped = append(dropped, e)
		}
	}
	for _, e := range after {
		was, ok := find(before, name(e))
		if ok && same(was, e) {
			continue
		}
		if at := slices.IndexFunc(dropped, func(o T) bool { _, stays := find(after, name(o)); return !stays && same(o, e) }); !ok && at >= 0 {
			renamed = append(renamed, [2]T{dropped[at], e})
			dropped = slices.Delete(dropped, at, at+1)
			continue
		}
		added = append(added, e)
	}
	return added, dropped, renamed
}

func sameColumn(a, b *schema.Column) bool {
	da, hasA := a.DefaultSQL()
	db, hasB := b.DefaultSQL()
	return a.Type == b.Type && a.TypeSpace == b.TypeSpace && a.PrimaryKey == b.PrimaryKey && a.NotNull == b.NotNull && a.Increments == b.Increments &&
		da == db && hasA == hasB && sameGenerated(a, b) && sameIdentity(a.Identity, b.Identity)
}

func sameGenerated(a, b *schema.Column) bool {
	if a.Generated == nil || b.Generated == nil {
		return a.Generated == b.Generated
	}
	return *a.Generated == *b.Generated
}

func sameIdentity(a, b *schema.Identity) bool {
	if a == nil || b == nil {
		return a == b
	}
	x, y := *a, *b
	x.Space, y.Space = "", ""
	return x == y
}

func sameIndex(a, b *schema.Index) bool {
	return a.Unique == b.Unique && a.Where == b.Where && a.Method == b.Method && slices.Equal(a.Parts, b.Parts) && slices.Equal(a.With, b.With)
}

func sameUnique(a, b *schema.Unique) bool {
	return slices.Equal(a.Columns, b.Columns) && a.NullsNotDistinct == b.NullsNotDistinct
}

func sameForeign(a, b *schema.ForeignKey) bool {
	return a.ParentID() == b.ParentID() && slices.Equal(a.Columns, b.Columns) && slices.Equal(a.Keys, b.Keys) &&
		schema.Rule(a.OnDelete) == schema.Rule(b.OnDelete) && schema.Rule(a.OnUpdate) == schema.Rule(b.OnUpdate)
}

// changes tells what a difference does.
func (d *difference) changes() []Change {
	id := d.after.ID()
	var out []Change
	add := func(kind Kind, name, old string) {
		out = append(out, Change{Kind: kind, Table: id, Name: name, Old: old})
	}
	for _, c := range d.added {
		add(AddColumn, c.Name, "")
	}
	for _, a := range d.altered {
		add(AlterColumn, a.after.Name, "")
	}
	for _, c := range d.dropped {
		add(DropColumn, c.Name, "")
	}
	if d.key || d.renamedKey {
		add(ChangeKey, "", "")
	}
	for _, i := range d.addIndexes {
		add(AddIndex, i.Name, "")
	}
	for _, r := range d.renamedIndexes {
		add(AddIndex, r[1].Name, r[0].Name)
	}
	for _, i := range d.dropIndexes {
		if !slices.ContainsFunc(d.addIndexes, func(o *schema.Index) bool { return o.Name == i.Name }) {
			add(DropIndex, i.Name, "")
		}
	}
	d.constraints(add)
	return out
}

func (d *difference) constraints(add func(Kind, string, string)) {
	added := map[string]bool{}
	plus := func(name, old string) { added[name] = true; add(AddConstr, name, old) }
	for _, f := range d.addForeign {
		plus(f.Name, "")
	}
	for _, u := range d.addUniques {
		plus(u.Name, "")
	}
	for _, c := range d.addChecks {
		plus(c.Name, "")
	}
	for _, r := range d.renamedForeign {
		plus(r[1].Name, r[0].Name)
	}
	for _, r := range d.renamedUniques {
		plus(r[1].Name, r[0].Name)
	}
	minus := func(name string) {
		if !added[name] {
			add(DropConstr, name, "")
		}
	}
	for _, f := range d.dropForeign {
		minus(f.Name)
	}
	for _, u := range d.dropUniques {
		minus(u.Name)
	}
	for _, c := range d.dropChecks {
		minus(c.Name)
	}
}
