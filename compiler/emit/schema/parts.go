package schema

import (
	"strings"

	"github.com/qbls/qbls/compiler/emit/naming"
	"github.com/qbls/qbls/compiler/emit/storage"
	"github.com/qbls/qbls/compiler/emit/ts"
)

// terms writes what an index is over: t.name, or sql`…`.
func (w *writer) terms(t *storage.Table, i storage.Index) []string {
	var out []string
	for _, term := range t.Terms(i) {
		if term.Expression {
			w.sql = true
			out = append(out, "sql"+ts.Template(term.Text))
			continue
		}
		out = append(out, "t"+ts.Member(keyOf(t, term.Text)))
	}
	return out
}

func keyOf(t *storage.Table, name string) string {
	for _, c := range t.Columns {
		if c.Name == name {
			return c.Key
		}
	}
	return name
}

// foreignKey writes a foreign key of several columns.
func (w *writer) foreignKey(t *storage.Table, f storage.ForeignKey) string {
	w.core["foreignKey"] = true
	parent := f.Parent.Const
	if f.Parent == t {
		parent = "t"
	} else if f.Parent.Module != w.from {
		w.other(naming.Relative(w.from, f.Parent.Module), parent)
	}
	var own, theirs []string
	for _, p := range f.Pairs() {
		own, theirs = append(own, "t"+ts.Member(p.Key)), append(theirs, parent+ts.Member(p.ParentKey))
	}
	s := "foreignKey({ columns: [" + strings.Join(own, ", ") + "], foreignColumns: [" + strings.Join(theirs, ", ") + "]"
	if f.Given != "" {
		s += ", name: " + ts.Quote(f.Given)
	}
	s += " })"
	if f.OnDelete != "" {
		s += ".onDelete(" + ts.Quote(f.OnDelete) + ")"
	}
	if f.OnUpdate != "" {
		s += ".onUpdate(" + ts.Quote(f.OnUpdate) + ")"
	}
	return s
}
