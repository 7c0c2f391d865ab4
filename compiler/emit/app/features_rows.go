package app

import (
	"slices"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/runtime"
)

// rowFeatures are what reading and writing the rows of one resource asks of the library.
func rowFeatures(r *model.Resource) runtime.Features {
	out := when(asksCode(r), runtime.Code) |
		when(slices.ContainsFunc(r.Foreign, func(f *model.ForeignKey) bool { return f.Target == r.ID }), runtime.Trees)
	for _, m := range r.Masks {
		out |= when(m.Type == "creditCard", runtime.CardMask) | when(m.Type == "name", runtime.NameMask) | when(m.Type == "custom", runtime.CustomMask)
	}
	if r.Table == nil {
		return out
	}
	for _, c := range r.Table.Columns {
		out |= columnFeatures(c) | when(c.Builder != "text" && isKey(r.Table, c), runtime.Serial)
	}
	return out
}

// isKey says whether a column is of the primary key, wherever the table says so.
func isKey(t *model.Table, c *model.Column) bool {
	return c.PrimaryKey || slices.ContainsFunc(t.Indexes, func(i *model.Index) bool { return i.Kind == "primaryKey" && slices.Contains(i.Columns, c.Key) })
}

// asksCode says whether a function decides over access. A rule that is missing is emitted as one that grants nobody.
func asksCode(r *model.Resource) bool {
	found := slices.ContainsFunc(r.Operations, func(o *model.Operation) bool { return o.Access == nil }) ||
		slices.ContainsFunc(r.Views, func(v *model.View) bool { return v.Access == nil }) ||
		slices.ContainsFunc(r.Actions, func(a *model.Action) bool { return a.Access == nil })
	r.EachAccess(func(a *model.Access) { found = found || a.Kind == model.AccessFunc })
	return found
}

// columnFeatures are what the values of a column ask. Drizzle's builder and mode say what they are.
func columnFeatures(c *model.Column) runtime.Features {
	return when(c.Format == "url" || c.Format == "uuid" || c.Format == "date", runtime.Formats) |
		when(c.Mode == "bigint", runtime.BigInts) |
		when(c.Mode == "json", runtime.JSON) |
		when(c.Builder == "blob" && c.Mode != "bigint" && c.Mode != "json", runtime.Bytes) |
		when(c.Builder == "numeric", runtime.Numerics)
}
