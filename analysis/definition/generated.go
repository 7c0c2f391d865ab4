package definition

import (
	"slices"

	"github.com/qbls/qbls/analysis/syntax"
)

// computed is a call of generatedAlwaysAs. It is read when all columns are known, for it may name any of them.
type computed struct {
	column *Column
	call   syntax.Node
}

// generated reads .generatedAlwaysAs(sql`…`, { mode }), whose text may also come from a function.
func (r *reader) generated(t *Table) {
	parameter := r.parameter
	r.parameter = "" // of the columns' function: builders, and no columns
	defer func() { r.parameter = parameter }()
	for _, g := range r.computed {
		c := g.column
		if !slices.Contains(t.Columns, c) {
			continue // written twice, and the last one counts
		}
		if t.Dialect != SQLite { // refused as a whole
			c.AutoInc = true
			continue
		}
		if c.PrimaryKey || c.Default != nil || c.OnCreate || c.OnUpdate {
			r.report(WrongValue, methodPlace(g.call), "Remove the default, the function or the key.", "%s is computed by the database: it can be no key and have no other value.", c.Key.Text)
			continue
		}
		from := g.call.Child(0).Inner()
		if from.Kind() == syntax.Lambda {
			from = r.returned(from)
		}
		if !from.Valid() || from.Kind() == syntax.Missing {
			r.gap(g.call.Child(0), "what "+c.Key.Text+" is computed from")
			continue
		}
		out := &Generated{At: r.at(g.call)}
		var ok bool
		if text, plain := r.value(from).Str(); plain {
			out.SQL, ok = SQL{Text: []string{text}}, true
		} else {
			out.SQL, ok = r.sql(t, from, "What "+c.Key.Text+" is computed from")
		}
		if g.call.Child(1).Valid() {
			mode := r.object(g.call.Child(1), "generatedAlwaysAs(…)", &keys{known: []string{"mode"}}).str("mode")
			r.oneOf(&mode, "mode of a generated column", "virtual", "stored")
			out.Stored = mode.V == "stored"
		}
		if ok {
			c.Generated = out
		}
	}
}
