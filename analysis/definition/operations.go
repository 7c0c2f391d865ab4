package definition

import (
	"slices"

	"github.com/qbls/qbls/analysis/syntax"
)

var batchKeys = []string{"access", "maxBatchSize", "allowAtomic", "allowFailFast"}

var operationKeys = map[string]*keys{
	"list":        {known: []string{"access", "pageSize", "maxPageSize", "fields"}},
	"get":         {known: []string{"access", "fields"}},
	"create":      {known: []string{"access", "defaults"}},
	"update":      {known: []string{"access"}},
	"delete":      {known: []string{"access", "mode"}},
	"put":         {known: []string{"access"}},
	"batchCreate": {known: batchKeys},
	"batchUpdate": {known: batchKeys},
	"batchDelete": {known: append(slices.Clone(batchKeys), "mode")},
	"batchUpsert": {known: batchKeys},
}

var readKeys = &keys{known: []string{"access", "views", "defaultView", "pageSize", "maxPageSize", "fields"}}

// operations reads the three places where operations are written: crud, read and the top level. They mean the same.
func (r *reader) operations(res *Resource, o *object) {
	r.read(res, o)
	if p, ok := o.prop("crud"); ok {
		res.HasCrud, res.CrudAt = true, r.anchor(namePlace(p))
		r.object(p.Value(), "crud", &keys{known: operationNames}).each(func(name Name, p syntax.Node) {
			r.addOperation(res, r.operation(name, r.value(p.Value()), "crud", name.Text))
		})
	}
	o.each(func(name Name, p syntax.Node) {
		if slices.Contains(operationNames, name.Text) {
			r.addOperation(res, r.operation(name, r.value(p.Value()), name.Text))
		}
	})
	modes := map[string]Value[string]{}
	for _, op := range res.Operations {
		modes[op.Name.Text] = op.Mode
	}
	one, many := modes["delete"], modes["batchDelete"]
	if many.State == Known && many.V != one.Or("soft") {
		r.report(WrongValue, r.file.Place(many.At), "Write the same mode on delete.", "delete and batchDelete of one table remove rows in the same way.")
	}
}

// addOperation keeps the first of two operations of one name: which of two access rules holds must not depend on their order.
func (r *reader) addOperation(res *Resource, op *Operation) {
	for _, other := range res.Operations {
		if other.Name.Text == op.Name.Text && !slices.Equal(other.Path, op.Path) {
			r.report(WrongValue, r.file.Place(op.Name.At), "Keep one of them.", "%s is written twice, here and in %s.", op.Name.Text, other.Path[0])
			return
		}
	}
	res.Operations = append(res.Operations, op)
}

// read reads { access, views, defaultView, … }: list and get with one access.
func (r *reader) read(res *Resource, o *object) {
	p, ok := o.prop("read")
	if !ok {
		return
	}
	n := r.value(p.Value())
	res.Read = &Reading{At: r.anchor(namePlace(p))}
	read := r.object(n, "read", readKeys)
	list := &Operation{Name: Name{"list", res.Read.At}, Path: []string{"read"}, At: r.at(n)}
	list.Access, list.Fields = r.accessOf(read), read.columns("fields")
	list.PageSize, list.MaxPageSize = r.size(read, "pageSize"), r.size(read, "maxPageSize")
	get := &Operation{Name: Name{"get", res.Read.At}, Path: list.Path, At: list.At, Access: list.Access, Fields: list.Fields}
	res.Operations = append(res.Operations, list, get)
	res.Views = r.views(read, []string{"read"})
	res.Read.DefaultView = read.str("defaultView")
	if v, ok := res.Read.DefaultView.Get(); ok && !slices.ContainsFunc(res.Views, func(w *View) bool { return w.Name.Text == v }) {
		names := []string{}
		for _, w := range res.Views {
			names = append(names, w.Name.Text)
		}
		r.suggest(WrongValue, r.file.Place(res.Read.DefaultView.At), v, names, "read.views has no view %q.", v)
	}
}

func (r *reader) operation(name Name, n syntax.Node, path ...string) *Operation {
	op := &Operation{Name: name, At: r.at(n), Path: path}
	if b, ok := n.Bool(); ok && !b {
		op.Off = true
		return op
	}
	o := r.object(n, dotted(path), operationKeys[name.Text])
	op.Access = r.accessOf(o)
	op.Fields = o.columns("fields")
	op.PageSize, op.MaxPageSize, op.MaxBatch = r.size(o, "pageSize"), r.size(o, "maxPageSize"), r.size(o, "maxBatchSize")
	op.AllowAtomic, op.FailFast = o.bool("allowAtomic"), o.bool("allowFailFast")
	if b, ok := op.FailFast.Get(); ok && !b {
		r.later(r.file.Place(op.FailFast.At), "allowFailFast: false")
	}
	op.Mode = o.str("mode")
	r.oneOf(&op.Mode, "way to delete", "soft", "hard")
	if o.has("defaults") {
		r.object(o.value("defaults"), "defaults", nil).each(func(name Name, p syntax.Node) {
			value := r.value(p.Value())
			if v, ok := r.literal(value, "The default of "+name.Text); ok {
				op.Defaults = append(op.Defaults, FieldDefault{name, v, r.anchor(inside(value))})
			}
		})
	}
	return op
}

// size reads a positive whole number.
func (r *reader) size(o *object, key string) Value[float64] {
	v := o.num(key)
	if v.State == Known && (v.V < 1 || v.V != float64(int(v.V))) {
		r.report(WrongValue, r.file.Place(v.At), "Expected a whole number of at least 1.", "%v is no %s.", v.V, key)
		v.State = Invalid
	}
	return v
}

func dotted(path []string) string {
	out := path[0]
	for _, p := range path[1:] {
		out += "." + p
	}
	return out
}
