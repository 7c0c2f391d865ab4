package contract

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/contract/literal"
	"github.com/qbls/qbls/diagnostics/text"
)

// Indexes, keys and checks are compared as sentences: those that the model asks for, and those that the third argument of an emitted table
// makes. Two of one kind and name are the same constraint said otherwise; all others are missing or too many.

// constraint is one entry of that argument.
type constraint struct {
	name string // kind and name: what two versions of it share
	says string
	at   span
}

const coreModule text.Path = "drizzle-orm/sqlite-core"

// constraints compares those of a table.
func (v *verifier) constraints(file text.Path, m *literal.Module, table *literal.Value, r *model.Resource) {
	wrong := func(name string, at span, declared, emitted string) {
		v.violate(broken{rule: RoundTrip, resource: r, subject: "constraints." + name, file: file, at: at, declared: declared, emitted: emitted, message: "The " + name + " of " + r.Table.Name + " is emitted otherwise than declared."})
	}
	place := spanOf(table)
	var got []constraint
	unread := false
	if len(table.Items) == 3 {
		list := table.Items[2]
		place = spanOf(list)
		for _, item := range list.On.Items {
			c, err := v.constraint(file, m, list.Str, item, r)
			if err != nil {
				wrong("constraint", spanOf(item), "an index, a key or a check of Drizzle", err.Error())
				unread = true
				continue
			}
			c.at = spanOf(item)
			got = append(got, c)
		}
	}
	want := v.declaredConstraints(r)
	for _, w := range want {
		i := slices.IndexFunc(got, func(g constraint) bool { return g.name == w.name })
		if i < 0 {
			if !unread { // else it may be what was reported already
				wrong(w.name, place, w.says, "nothing")
			}
			continue
		}
		if got[i].says != w.says {
			wrong(w.name, got[i].at, w.says, got[i].says)
		}
		got = slices.Delete(got, i, i+1)
	}
	for _, g := range got {
		wrong(g.name, g.at, "nothing", g.says)
	}
}

// declaredConstraints are those that the model asks for. A unique index that a foreign key refers to holds for every row: SQLite takes no
// other for a parent.
func (v *verifier) declaredConstraints(r *model.Resource) (out []constraint) {
	if keys := primaryKeys(r.Table); len(keys) > 1 {
		out = append(out, constraint{name: "primary key", says: "primary key over " + strings.Join(keys, ", ")})
	}
	for _, i := range r.Table.Indexes {
		if i.Kind == "primaryKey" || slices.ContainsFunc(out, func(c constraint) bool { return c.name == "index "+i.Name }) {
			continue
		}
		where := i.Where
		if i.Kind != "index" && slices.Contains(v.parents[r.ID], strings.Join(i.Columns, " ")) {
			where = ""
		}
		out = append(out, indexSays(i.Name, i.Kind != "index", declaredTerms(r.Table, i), where))
	}
	for _, f := range r.Table.Foreign {
		target := v.Project.Resource(f.Target)
		if target == nil || target.Table == nil || lacks(target.Table, f.Keys) || lacks(r.Table, f.Columns) {
			continue
		}
		out = append(out, foreignSays(f.Name, f.Columns, target.Table.Name, f.Keys, f.OnDelete, f.OnUpdate))
	}
	for _, c := range r.Table.Checks {
		out = append(out, checkSays(c.Name, c.SQL))
	}
	return out
}

// primaryKeys are the columns of a table's primary key, by property name.
func primaryKeys(t *model.Table) (keys []string) {
	for _, i := range t.Indexes {
		if i.Kind == "primaryKey" {
			return i.Columns
		}
	}
	for _, c := range t.PrimaryKey() {
		keys = append(keys, c.Key)
	}
	return keys
}

// referredTo lists the columns of each table that foreign keys of a project refer to, sorted and joined by blanks.
func referredTo(p *model.Project) map[model.ID][]string {
	out := map[model.ID][]string{}
	add := func(target model.ID, keys ...string) {
		joined := strings.Join(keys, " ")
		if at, there := slices.BinarySearch(out[target], joined); !there {
			out[target] = slices.Insert(out[target], at, joined)
		}
	}
	for _, r := range p.Resources {
		referring(r, add)
	}
	return out
}

// referring tells which columns of which resources the foreign keys of one refer to.
func referring(r *model.Resource, to func(target model.ID, keys ...string)) {
	for _, f := range r.Foreign {
		if f.Declared {
			to(f.Target, f.Key)
		}
	}
	if r.Table != nil {
		for _, f := range r.Table.Foreign {
			to(f.Target, f.Keys...)
		}
	}
}

// declaredTerms are what an index is over: property names, and SQL in brackets.
func declaredTerms(t *model.Table, i *model.Index) []string {
	if i.Parts == nil {
		return i.Columns
	}
	var out []string
	for _, part := range i.Parts {
		c := slices.IndexFunc(t.Columns, func(c *model.Column) bool { return part == `"`+strings.ReplaceAll(c.Name, `"`, `""`)+`"` })
		if c < 0 {
			out = append(out, "("+part+")")
			continue
		}
		out = append(out, t.Columns[c].Key)
	}
	return out
}

func indexSays(name string, unique bool, terms []string, where string) constraint {
	kind := map[bool]string{true: "unique index", false: "index"}[unique]
	says := fmt.Sprintf("%s %q over %s", kind, name, strings.Join(terms, ", "))
	if where != "" {
		says += " where " + where
	}
	return constraint{name: "index " + name, says: says}
}

func foreignSays(name string, columns []string, target string, keys []string, onDelete, onUpdate string) constraint {
	says := fmt.Sprintf("foreign key %q of %s to %s (%s)%s", name, strings.Join(columns, ", "), target, strings.Join(keys, ", "), follows(onDelete, onUpdate))
	return constraint{name: "foreign key over " + strings.Join(columns, ", "), says: says}
}

// follows says what a foreign key does when its parent goes or changes.
func follows(onDelete, onUpdate string) (out string) {
	if onDelete != "" {
		out += " on delete " + onDelete
	}
	if onUpdate != "" {
		out += " on update " + onUpdate
	}
	return out
}

func checkSays(name, sql string) constraint {
	return constraint{name: "check " + name, says: fmt.Sprintf("check %q (%s)", name, sql)}
}

// constraint reads one entry: index('x').on(t.a).where(sql`…`), primaryKey({ … }), foreignKey({ … }).onDelete('x'), check('x', sql`…`). t is
// the name of the table in it.
func (v *verifier) constraint(file text.Path, m *literal.Module, t string, item *literal.Value, r *model.Resource) (constraint, error) {
	calls := map[string]*literal.Value{}
	for item.Form == literal.Call && item.Member != "" {
		if calls[item.Member] != nil {
			return constraint{}, fmt.Errorf("%s twice", item.Member)
		}
		calls[item.Member] = item
		item = item.On
	}
	if item.Form != literal.Call || item.On.Form != literal.Path || len(item.On.Path) != 1 {
		return constraint{}, fmt.Errorf("what is no constraint")
	}
	kind := item.On.Path[0]
	if !comes(file, m, kind, coreModule, kind) {
		return constraint{}, fmt.Errorf("%s, which is not Drizzle's", kind)
	}
	read := constraintReader{v, file, m, t, calls}
	switch kind {
	case "index", "uniqueIndex":
		return read.index(kind == "uniqueIndex", item)
	case "primaryKey":
		return read.primaryKey(item)
	case "foreignKey":
		return read.foreignKey(item, r)
	case "check":
		return read.check(item)
	}
	return constraint{}, fmt.Errorf("%s, which makes no constraint that qbls emits", kind)
}

// lacks says whether a table has not all of some columns.
func lacks(t *model.Table, keys []string) bool {
	return slices.ContainsFunc(keys, func(k string) bool { return t.Column(k) == nil })
}
