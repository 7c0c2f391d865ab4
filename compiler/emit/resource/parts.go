package resource

import (
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/ts"
)

// batchOf returns the single operation that a batch operation repeats.
func batchOf(op model.Op) (model.Op, bool) {
	switch op {
	case model.BatchCreate:
		return model.Create, true
	case model.BatchUpdate:
		return model.Update, true
	case model.BatchDelete:
		return model.Delete, true
	case model.BatchUpsert:
		return model.Put, true
	}
	return op, false
}

// batch emits the rule of a batch operation. The access is written only where the definition has one: else it is that of the single
// operation.
func (w *writer) batch(op *model.Operation, single model.Op) (*ts.Object, error) {
	limit := op.MaxBatch
	if limit == 0 {
		limit = model.DefaultMaxBatch
	}
	o := ts.Obj().Set("max", ts.Number(limit))
	if !op.Atomic && op.Source != nil {
		o.Set("atomic", ts.Bool(false))
	}
	inherited := op.Derived || op.Source == nil || op.Source.Access == nil
	if inherited && w.Resource.Operation(single) != nil {
		return o, nil
	}
	access, err := w.access(op.Access, operationPath(op))
	if err != nil {
		return nil, err
	}
	return o.Set("access", access), nil
}

func (w *writer) write() (ts.Value, error) {
	g := w.Resource.Guards
	defaults := ts.Obj()
	for _, kind := range []model.Op{model.Create, model.BatchCreate} {
		if op := w.Resource.Operation(kind); op != nil && defaults.Empty() {
			for _, d := range op.Defaults {
				defaults.Set(d.Field.Text, ts.Of(d.Value))
			}
		}
	}
	if g.Open && len(g.Protected)+len(g.Immutable) > 0 {
		return nil, w.refuse(w.Resource.Source.BodyAt, "guards", "guards: false opens every field, and a column says .protected() or .immutable(): list what may be written instead")
	}
	if g.Open {
		if !defaults.Empty() {
			return nil, w.refuse(w.Resource.Operation(model.Create).At, "create.defaults", "create.defaults together with guards: false is not emitted by this version")
		}
		return ts.String("open"), nil
	}
	o := ts.Obj()
	for _, l := range []struct {
		name string
		list []string
	}{{"create", g.Create}, {"update", g.Update}, {"immutable", g.Immutable}} {
		if len(l.list) > 0 {
			o.Set(l.name, ts.Strings(l.list))
		}
	}
	protected := ts.Obj()
	for _, p := range g.Protected {
		if p.Any {
			protected.Set(p.Column, ts.String("any"))
		} else {
			protected.Set(p.Column, ts.Strings(p.Actions))
		}
	}
	set(o, "protected", protected)
	set(o, "defaults", defaults)
	if o.Empty() {
		return nil, nil
	}
	return o, nil
}

func (w *writer) masks() (*ts.Object, error) {
	out := ts.Obj()
	for _, m := range w.Resource.Masks {
		o := ts.Obj().Set("type", ts.String(m.Type))
		if m.Type == "custom" {
			o.Set("mask", ts.Code(w.modules.Definition(w.Resource.File)+at("policy", "masking", m.Column, "mask")))
		}
		show := ts.Obj()
		switch {
		case m.All:
			show.Set("roles", ts.Strings([]string{"everyone"}))
		case len(m.Roles) > 0:
			show.Set("roles", ts.Strings(m.Roles))
		}
		if m.Owner != "" {
			show.Set("owner", ts.String(m.Owner))
		}
		o.Set("show", show)
		if len(m.Query) > 0 {
			o.Set("query", ts.Obj().Set("roles", ts.Strings(m.Query)))
		}
		out.Set(m.Column, o)
	}
	return out, nil
}

func (w *writer) list() *ts.Object {
	o := ts.Obj()
	if op := w.Resource.Operation(model.List); op != nil {
		if op.PageSize > 0 && op.PageSize != model.DefaultPageSize {
			o.Set("pageSize", ts.Number(op.PageSize))
		}
		if op.MaxPageSize > 0 && op.MaxPageSize != model.DefaultMaxPage {
			o.Set("maxPageSize", ts.Number(op.MaxPageSize))
		}
		if len(op.Fields) > 0 {
			o.Set("fields", ts.Strings(op.Fields))
		}
	}
	optIns(o, w.Resource.OptIns)
	if s := w.Resource.Sort; s != nil {
		key := s.Column
		if s.Desc {
			key = "-" + key
		}
		o.Set("sort", ts.String(key))
	}
	if w.Resource.View != "" {
		o.Set("defaultView", ts.String(w.Resource.View))
	}
	return o
}

// optIns sets the allow-lists that columns make, of the list and of every view without a query.
func optIns(o *ts.Object, in model.OptIns) {
	if in.Filterable != nil {
		filters := ts.Obj()
		for _, f := range in.Filterable {
			if len(f.Operators) == 0 {
				filters.Set(f.Column, ts.Bool(true))
			} else {
				filters.Set(f.Column, ts.Strings(f.Operators))
			}
		}
		o.Set("filterable", filters)
	}
	if in.Searchable != nil {
		o.Set("searchable", ts.Strings(in.Searchable))
	}
	if in.Sortable != nil {
		o.Set("sortable", ts.Strings(in.Sortable))
	}
}

// viewPath is where the definition has the access of a view.
func viewPath(v *model.View) string {
	path := []string{"views", v.Name}
	if v.Source != nil && len(v.Source.Path) > 0 {
		path = v.Source.Path
	}
	return at(append([]string{"policy"}, append(path[:len(path):len(path)], "access")...)...)
}

func (w *writer) views() (*ts.Object, error) {
	out := ts.Obj()
	for _, v := range w.Resource.Views {
		access, err := w.access(v.Access, viewPath(v))
		if err != nil {
			return nil, err
		}
		if len(v.Fields) == 0 {
			return nil, w.refuse(v.At, "views."+v.Name, "A view without fields shows nothing")
		}
		o := ts.Obj().Set("fields", ts.Strings(v.Fields)).Set("access", access)
		if v.HasQuery {
			q := ts.Obj().Set("filterable", ts.Strings(v.Filterable)).Set("searchable", ts.Strings(v.Searchable)).Set("sortable", ts.Strings(v.Sortable))
			if v.DefaultSort != "" {
				q.Set("defaultSort", ts.String(v.DefaultSort))
			}
			o.Set("query", q)
		}
		out.Set(v.Name, o)
	}
	return out, nil
}

func (w *writer) values() *ts.Object {
	out := ts.Obj()
	for _, v := range w.Resource.Validation {
		o := ts.Obj()
		number := func(name string, n definition.Value[float64]) {
			if f, ok := n.Get(); ok {
				o.Set(name, ts.Number(f))
			}
		}
		number("minLength", v.MinLength)
		number("maxLength", v.MaxLength)
		number("min", v.Min)
		number("max", v.Max)
		if s, ok := v.Pattern.Get(); ok {
			o.Set("pattern", ts.String(s))
		}
		if len(v.Enum) > 0 {
			list := make(ts.Array, len(v.Enum))
			for i, e := range v.Enum {
				list[i] = ts.String(e.Text)
			}
			o.Set("enum", list)
		}
		if v.Email.Or(false) {
			o.Set("format", ts.String("email"))
		}
		set(out, v.Field.Text, o)
	}
	for _, c := range w.Resource.Table.Columns {
		if c.Format == "" {
			continue
		}
		if rule, ok := find(out, c.Key); ok && rule != nil {
			if _, has := find(rule, "format"); !has {
				rule.Set("format", ts.String(c.Format))
			}
			continue
		}
		out.Set(c.Key, ts.Obj().Set("format", ts.String(c.Format)))
	}
	return out
}
