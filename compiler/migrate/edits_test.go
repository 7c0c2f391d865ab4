package migrate

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/compiler/migrate/schema"
)

// author edits a model as authors do, one edit after the other, and says what hints the edit needs.
type author struct {
	r     *rand.Rand
	model *schema.Schema
	names int
	gone  []*schema.Column // columns that were removed once, to come back
	hints Hints
}

func newAuthor(d schema.Dialect, seed uint64) *author {
	a := &author{r: rand.New(rand.NewPCG(seed, 7)), model: &schema.Schema{Dialect: d}}
	for range 3 {
		a.addTable()
	}
	return a
}

func (a *author) name(prefix string) string { a.names++; return fmt.Sprintf("%s%d", prefix, a.names) }
func (a *author) chance(n int) bool         { return a.r.IntN(n) == 0 }
func (a *author) pick() *schema.Table       { return a.model.Tables[a.r.IntN(len(a.model.Tables))] }

// plain is a column that is no key, or nil.
func (a *author) plain(t *schema.Table) *schema.Column {
	var list []*schema.Column
	for _, c := range t.Columns {
		foreign := slices.ContainsFunc(t.ForeignKeys, func(f *schema.ForeignKey) bool { return slices.Contains(f.Columns, c.Name) })
		if !slices.Contains(t.Key(), c.Name) && !foreign && c.Generated == nil {
			list = append(list, c)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list[a.r.IntN(len(list))]
}

func (a *author) column() *schema.Column {
	c := &schema.Column{Name: a.name("c"), Type: []string{"text", "integer", "real"}[a.r.IntN(3)]}
	if a.chance(2) {
		c.Default = a.constant(c.Type)
		c.NotNull = a.chance(2)
	}
	return c
}

func (a *author) constant(kind string) any {
	if kind == "text" {
		return []string{"''", "'it''s; fine'", "'x'"}[a.r.IntN(3)]
	}
	return json.Number([]string{"0", "7", "-2.5"}[a.r.IntN(2)])
}

// edit changes one thing. The names of a table and its columns are left alone while it is edited otherwise.
func (a *author) edit() {
	a.hints = Hints{Tables: map[string]string{}, Columns: map[string]map[string]string{}, Backfills: map[string]map[string]string{}, Drops: Drops{Columns: map[string][]string{}}}
	edits := []func(){a.addTable, a.removeTable, a.renameTable, a.addColumn, a.addColumn, a.addColumn, a.removeColumn, a.removeColumn, a.renameColumn, a.renameColumn, a.changeType, a.changeDefault,
		a.changeRequired, a.changeRequired, a.addIndex, a.addIndex, a.removeIndex, a.addForeign, a.addForeign, a.changeForeign, a.addCheck, a.removeCheck, a.comeBack, a.addGenerated, a.changeKey}
	edits[a.r.IntN(len(edits))]()
}

func (a *author) addTable() {
	t := &schema.Table{Name: a.name("t")}
	switch a.r.IntN(4) {
	case 0:
		t.Columns = []*schema.Column{{Name: "a", Type: "text", NotNull: true}, {Name: "id", Type: "integer", NotNull: true}}
		t.PrimaryKey = &schema.Key{Name: t.Name + "_a_id_pk", Columns: []string{"a", "id"}}
	case 1:
		t.Columns = []*schema.Column{{Name: "id", Type: "integer", PrimaryKey: true, NotNull: true, Increments: a.model.Dialect == schema.SQLite}}
	default:
		t.Columns = []*schema.Column{{Name: "id", Type: "integer", PrimaryKey: true, NotNull: true}}
	}
	for range 1 + a.r.IntN(3) {
		t.Columns = append(t.Columns, a.column())
	}
	a.model.Tables = append(a.model.Tables, t)
	if a.chance(2) {
		a.foreignOf(t)
	}
}

func (a *author) removeTable() {
	if len(a.model.Tables) < 3 {
		return
	}
	at := a.r.IntN(len(a.model.Tables))
	t := a.model.Tables[at]
	for _, o := range a.model.Tables {
		if o != t && slices.ContainsFunc(o.ForeignKeys, func(f *schema.ForeignKey) bool { return f.Parent == t.Name }) {
			return
		}
	}
	if a.chance(2) {
		a.hints.Drops.Tables = []string{t.Name}
	}
	a.model.Tables = slices.Delete(a.model.Tables, at, at+1)
}

func (a *author) renameTable() {
	t := a.pick()
	old, now := t.Name, a.name("t")
	a.hints.Tables[now] = old
	a.model.RenameTable(old, now)
}

func (a *author) addColumn() {
	t := a.pick()
	c := a.column()
	switch a.r.IntN(4) {
	case 0:
		c.NotNull, c.Default = true, nil
		a.backfill(t, c)
	case 1:
		c.Type, c.Default = "text", "(lower('ABC'))"
		c.NotNull = a.chance(2)
	}
	t.Columns = append(t.Columns, c)
}

func (a *author) backfill(t *schema.Table, c *schema.Column) {
	a.hints.Backfills[t.Name] = map[string]string{c.Name: map[string]string{"text": "'b' || id", "integer": "1 + 1", "real": "0.5", "numeric": "3"}[c.Type]}
}

func (a *author) removeColumn() {
	t := a.pick()
	c := a.plain(t)
	if c == nil {
		return
	}
	uses := func(s string) bool { return schema.Mentions(s, c.Name) }
	if slices.ContainsFunc(t.Columns, func(o *schema.Column) bool { return o.Generated != nil && uses(o.Generated.As) }) {
		return
	}
	t.Checks = slices.DeleteFunc(t.Checks, func(o *schema.Check) bool { return uses(o.SQL) })
	t.Indexes = slices.DeleteFunc(t.Indexes, func(i *schema.Index) bool {
		return uses(i.Where) || slices.ContainsFunc(i.Parts, func(p schema.Part) bool { return uses(p.Text) })
	})
	t.Columns = slices.DeleteFunc(t.Columns, func(o *schema.Column) bool { return o == c })
	if a.chance(2) {
		a.hints.Drops.Columns[t.Name] = []string{c.Name}
	} else {
		a.gone = append(a.gone, c.Clone())
	}
}

// comeBack declares a column again that was removed and retained; in another table it is a new one of that name.
func (a *author) comeBack() {
	if len(a.gone) == 0 {
		return
	}
	t, c := a.pick(), a.gone[a.r.IntN(len(a.gone))].Clone()
	if t.Column(c.Name) != nil {
		return
	}
	if c.NotNull && c.Default == nil {
		a.backfill(t, c)
	}
	t.Columns = append(t.Columns, c)
}

func (a *author) renameColumn() {
	t := a.pick()
	c := t.Columns[a.r.IntN(len(t.Columns))]
	if c.Name == "id" { // backfills name it
		return
	}
	old, now := c.Name, a.name("c")
	a.hints.Columns[t.Name] = map[string]string{now: old}
	a.model.RenameColumn(t, old, now)
}

func (a *author) changeType() {
	t := a.pick()
	if c := a.plain(t); c != nil && c.Default == nil {
		to := map[string]string{"integer": "text", "real": "text", "text": "text", "numeric": "text"}[c.Type]
		if a.chance(2) && c.Type == "integer" {
			to = "numeric"
		}
		c.Type = to
	}
}

func (a *author) changeDefault() {
	if c := a.plain(a.pick()); c != nil {
		if c.Default != nil && !c.NotNull && a.chance(2) {
			c.Default = nil
		} else {
			c.Default = a.constant(c.Type)
		}
	}
}

func (a *author) changeRequired() {
	t := a.pick()
	c := a.plain(t)
	if c == nil {
		return
	}
	if c.NotNull = !c.NotNull; c.NotNull && (c.Default == nil || a.chance(2)) {
		a.backfill(t, c)
	}
}

func (a *author) addIndex() {
	t := a.pick()
	c := t.Columns[a.r.IntN(len(t.Columns))]
	i := &schema.Index{Name: a.name("i"), Parts: []schema.Part{{Text: c.Name}}}
	if a.model.Dialect == schema.Postgres {
		i.Method, i.Parts[0].Nulls = "btree", "last"
	}
	if a.chance(3) { // unique with the key in it: rows allow it
		i.Unique = true
		for _, k := range t.Key() {
			if k != c.Name {
				i.Parts = append(i.Parts, schema.Part{Text: k, Nulls: i.Parts[0].Nulls})
			}
		}
		if c.Name != "id" && !slices.Contains(t.Key(), c.Name) {
			i.Where = `"` + c.Name + `" is not null`
		}
		if len(t.Key()) == 1 && c.Name == t.Key()[0] {
			i.Where = ""
		}
		if len(t.Key()) > 1 && slices.Contains(t.Key(), c.Name) {
			i.Where = ""
		}
	}
	t.Indexes = append(t.Indexes, i)
}

func (a *author) removeIndex() {
	if t := a.pick(); len(t.Indexes) > 0 {
		t.Indexes = t.Indexes[1:]
	}
}

// foreignOf adds a reference to a table with one key, also to itself. Only a new column can refer: old values may refer to nothing.
func (a *author) foreignOf(t *schema.Table) {
	p := a.pick()
	if a.chance(4) {
		p = t
	}
	if keys := p.Key(); len(keys) == 1 && p.Column(keys[0]).Type == "integer" {
		c := &schema.Column{Name: a.name("c"), Type: "integer"}
		t.Columns = append(t.Columns, c)
		t.ForeignKeys = append(t.ForeignKeys, &schema.ForeignKey{Name: t.Name + "_" + c.Name + "_" + p.Name + "_" + keys[0] + "_fk", Columns: []string{c.Name}, Parent: p.Name, Keys: keys, OnDelete: a.rule(), OnUpdate: a.rule()})
	}
}

func (a *author) rule() string {
	return []string{"no action", "cascade", "set null", "restrict"}[a.r.IntN(4)]
}

func (a *author) addForeign() { a.foreignOf(a.pick()) }

func (a *author) changeForeign() {
	if t := a.pick(); len(t.ForeignKeys) > 0 {
		if a.chance(3) {
			t.ForeignKeys = t.ForeignKeys[1:]
		} else {
			t.ForeignKeys[0].OnDelete = a.rule()
		}
	}
}

func (a *author) addCheck() {
	t := a.pick()
	c := t.Columns[a.r.IntN(len(t.Columns))]
	t.Checks = append(t.Checks, &schema.Check{Name: a.name("k"), SQL: fmt.Sprintf(`"%s"."%s" is null or "%s" is not null`, t.Name, c.Name, c.Name)})
}

func (a *author) removeCheck() {
	if t := a.pick(); len(t.Checks) > 0 {
		t.Checks = t.Checks[1:]
	}
}

func (a *author) addGenerated() {
	t := a.pick()
	if c := a.plain(t); c != nil {
		g := &schema.Column{Name: a.name("g"), Type: "text", Generated: &schema.Generated{As: `("` + c.Name + `" || '!')`, Kind: []string{"virtual", "stored"}[a.r.IntN(2)]}}
		if a.model.Dialect == schema.Postgres {
			g.Generated.Kind, g.Generated.As = "stored", `"`+c.Name+`" is null`
			g.Type = "boolean"
		}
		t.Columns = append(t.Columns, g)
	}
}

// changeKey widens a key of one column that nothing refers to.
func (a *author) changeKey() {
	t := a.pick()
	c := a.plain(t)
	if c == nil || t.PrimaryKey != nil || !c.NotNull || slices.ContainsFunc(a.model.Tables, func(o *schema.Table) bool {
		return slices.ContainsFunc(o.ForeignKeys, func(f *schema.ForeignKey) bool { return f.Parent == t.Name })
	}) {
		return
	}
	id := t.Column("id")
	if id == nil || !id.PrimaryKey {
		return
	}
	id.PrimaryKey, id.Increments = false, false
	t.PrimaryKey = &schema.Key{Name: t.Name + "_id_" + c.Name + "_pk", Columns: []string{"id", c.Name}}
}

// fill writes rows into every table. Parents come first, a table that refers to itself refers to its row before.
func fill(s *schema.Schema, round int, exec func(query string, args ...any), ids func(table, column string) []string) {
	for _, t := range s.Tables {
		for n := range 2 {
			var names, marks []string
			var values []any
			for _, c := range t.Columns {
				if c.Generated != nil {
					continue
				}
				var v any
				switch c.Type {
				case "integer", "numeric":
					v = round*10 + n
				case "real":
					v = float64(round) + 0.25
				case "json", "jsonb":
					v = fmt.Sprintf(`{"a":%d}`, n)
				case "mood":
					v = "a"
				default:
					v = fmt.Sprintf("v%d-%d", round, n)
				}
				for _, f := range t.ForeignKeys {
					if slices.Contains(f.Columns, c.Name) {
						v = nil
						if known := ids(f.Parent, f.Keys[0]); len(known) > 0 {
							v = json.Number(known[(round+n)%len(known)]).String()
						}
					}
				}
				names, values = append(names, `"`+c.Name+`"`), append(values, v)
				marks = append(marks, fmt.Sprintf("$%d", len(values)))
			}
			exec(fmt.Sprintf(`INSERT INTO "%s" (%s) VALUES (%s)`, t.Name, strings.Join(names, ", "), strings.Join(marks, ", ")), values...)
		}
	}
}

// TestEdits: whatever is edited in whatever order, the database ends as if it had been made at once, and no value is lost on the way.
func TestEdits(t *testing.T) {
	const seeds, edits = 200, 25
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			a, l, c := newAuthor(schema.SQLite, seed), openLite(t, seed%2 == 0), NewCommitted(nil)
			p := mustPlan(t, c, a.model, Hints{})
			l.apply(p.Statements)
			c = next(c, p)
			for round := range edits {
				fill(a.model, round+1, l.exec, func(table, column string) []string { return l.strings(`select "` + column + `" from "` + table + `"`) })
				before := l.contents(p.physical)
				a.edit()
				last := p
				p = mustPlan(t, c, a.model.Clone(), a.hints)
				if p.Empty() {
					p.physical = last.physical
					continue
				}
				l.apply(p.Statements)
				survives(t, p, before, l.contents(p.physical))
				c = next(c, p)
			}
			fresh := openLite(t, true)
			fresh.apply(mustPlan(t, NewCommitted(nil), p.physical, Hints{}).Statements)
			if got, want := l.describe(), fresh.describe(); got != want {
				t.Fatalf("after %d edits the database is\n%s\n\nmade at once it is\n%s", edits, got, want)
			}
			if again := mustPlan(t, c, a.model, a.hints); !again.Empty() {
				t.Fatalf("a second migration would follow:\n%s", again.SQL())
			}
		})
	}
}
