package definition

import (
	"github.com/qbls/qbls/analysis/syntax"
)

var resourceKeys = &keys{
	known: []string{"firewall", "firewallErrorMode", "crud", "guards", "masking", "views", "references", "displayColumn", "defaultSort", "inputHints", "validation", "unique"},
	later: []string{"read", "create", "update", "delete", "list", "get", "put", "actions", "layouts", "realtime", "embeddings"},
}

// resource reads defineTable(table, { … }).
func (r *reader) resource(call syntax.Node) *Resource {
	res := &Resource{At: r.at(call.Callee())}
	if first := call.Child(0).Inner(); first.Kind() == syntax.Ident {
		res.Binding, res.BindingAt = first.Name(), r.at(first)
	} else {
		r.wrong(first, "the first argument", "the table")
	}
	o := r.object(call.Child(1), "A resource", resourceKeys)
	if o == nil {
		res.BodyAt = r.at(call)
		return res
	}
	res.BodyAt = r.at(o.node)
	r.firewall(res, o)
	r.crud(res, o)
	if o.has("guards") {
		res.Guards = r.guards(r.value(o.value("guards")))
	}
	res.Masks = r.masking(o)
	res.Views = r.views(o)
	res.References = r.pairs(o, "references")
	res.InputHints = r.pairs(o, "inputHints")
	res.Display = o.str("displayColumn")
	r.defaultSort(res, o)
	res.Validation = r.validation(o)
	r.unique(res, o)
	return res
}

func (r *reader) pairs(o *object, key string) (out []Pair) {
	if !o.has(key) {
		return nil
	}
	r.object(o.value(key), key, nil).each(func(name Name, p syntax.Node) {
		if v := r.str(p.Value(), key+"."+name.Text); v.State == Known {
			out = append(out, Pair{name, Name{v.V, v.At}})
		}
	})
	return out
}

func (r *reader) defaultSort(res *Resource, o *object) {
	if !o.has("defaultSort") {
		return
	}
	s := r.object(o.value("defaultSort"), "defaultSort", &keys{known: []string{"field", "order"}})
	field, ok := s.str("field").Get()
	if !ok {
		if s != nil {
			r.report(WrongValue, place(s.node), "Write { field: 'name', order: 'asc' }.", "defaultSort needs a field.")
		}
		return
	}
	order := s.str("order")
	if v, ok := order.Get(); ok && v != "asc" && v != "desc" {
		r.report(WrongValue, r.file.Place(order.At), "Expected 'asc' or 'desc'.", "%q is no order.", v)
	}
	res.DefaultSort = &Sort{Field: Name{field, s.str("field").At}, Desc: order.V == "desc", At: r.at(s.node)}
}

func (r *reader) unique(res *Resource, o *object) {
	list := r.value(o.value("unique"))
	if !o.has("unique") {
		return
	}
	if list.Kind() != syntax.Array {
		r.wrong(list, "unique", "a list of { columns: […] }")
		return
	}
	for _, n := range r.elements(list) {
		u := r.object(n, "A unique constraint", &keys{known: []string{"columns"}})
		if c := u.columns("columns"); c != nil {
			res.Unique = append(res.Unique, *c)
		}
	}
}

var scopeKeys = map[string]*keys{
	"organization": {known: []string{"column", "source"}},
	"team":         {known: []string{"column", "source"}},
	"owner":        {known: []string{"column", "source", "mode", "roles"}},
	"softDelete":   {known: []string{"column"}},
}

func (r *reader) firewall(res *Resource, o *object) {
	mode := o.str("firewallErrorMode")
	p, ok := o.prop("firewall")
	if !ok {
		return
	}
	fw := &Firewall{At: r.anchor(namePlace(p)), ErrorMode: mode}
	res.Firewall = fw
	if list := r.value(p.Value()); list.Kind() == syntax.Array {
		fw.IsArray = true
		for _, n := range r.elements(list) {
			fw.Predicates = append(fw.Predicates, r.predicate(n)...)
		}
		return
	}
	f := r.object(p.Value(), "firewall", &keys{known: []string{"organization", "owner", "team", "softDelete", "exception", "errorMode"}})
	fw.Exception = f.bool("exception")
	if f.has("errorMode") {
		fw.ErrorMode = f.str("errorMode")
	}
	if v, ok := fw.ErrorMode.Get(); ok && v != "hide" && v != "reveal" {
		r.report(WrongValue, r.file.Place(fw.ErrorMode.At), "Expected 'reveal' (403) or 'hide' (404).", "%q is no error mode.", v)
	}
	for _, kind := range []string{"organization", "owner", "team", "softDelete"} {
		if p, ok := f.prop(kind); ok {
			s := r.object(p.Value(), "The "+kind+" scope", scopeKeys[kind])
			scope := Scope{Kind: kind, At: r.anchor(namePlace(p)), Column: s.str("column"), Source: s.str("source"), Mode: s.str("mode"), Roles: r.roles(s, "roles")}
			if kind == "softDelete" {
				fw.SoftDelete = &scope
			} else {
				fw.Scopes = append(fw.Scopes, scope)
			}
		}
	}
}

// predicate reads one element of the array form: { field, equals: 'ctx.activeOrgId' }.
func (r *reader) predicate(n syntax.Node) []Condition {
	o := r.object(n, "A firewall predicate", &keys{known: append([]string{"field"}, Operators...)})
	if o == nil {
		return nil
	}
	field := o.str("field")
	if field.State == Absent {
		r.report(WrongValue, place(o.node), "Write { field: 'organizationId', equals: 'ctx.activeOrgId' }.", "A firewall predicate needs a field.")
		return nil
	}
	var out []Condition
	o.each(func(name Name, p syntax.Node) {
		if name.Text != "field" {
			if v, ok := r.operand(p.Value(), true); ok {
				out = append(out, Condition{Field: Name{field.V, field.At}, Op: name, Value: v})
			}
		}
	})
	return out
}

var operationKeys = map[string]*keys{
	"list":        {known: []string{"access", "pageSize", "maxPageSize", "fields"}},
	"get":         {known: []string{"access", "fields"}},
	"create":      {known: []string{"access", "defaults"}},
	"update":      {known: []string{"access"}},
	"delete":      {known: []string{"access", "mode"}},
	"put":         {known: []string{"access"}},
	"batchCreate": {known: []string{"access", "maxBatchSize", "allowAtomic", "allowFailFast"}},
	"batchUpdate": {known: []string{"access", "maxBatchSize", "allowAtomic", "allowFailFast"}},
	"batchDelete": {known: []string{"access", "maxBatchSize", "allowAtomic", "allowFailFast", "mode"}},
	"batchUpsert": {known: []string{"access", "maxBatchSize", "allowAtomic", "allowFailFast"}},
}

func (r *reader) crud(res *Resource, o *object) {
	p, ok := o.prop("crud")
	if !ok {
		return
	}
	res.HasCrud, res.CrudAt = true, r.anchor(namePlace(p))
	crud := r.object(p.Value(), "crud", &keys{
		known: []string{"list", "get", "create", "update", "delete", "batchCreate", "batchUpdate", "batchDelete"},
		later: []string{"put", "batchUpsert"},
	})
	crud.each(func(name Name, p syntax.Node) {
		res.Operations = append(res.Operations, r.operation(name, r.value(p.Value())))
	})
}

func (r *reader) operation(name Name, n syntax.Node) *Operation {
	op := &Operation{Name: name, At: r.at(n)}
	if b, ok := n.Bool(); ok && !b {
		op.Off = true
		return op
	}
	o := r.object(n, "crud."+name.Text, operationKeys[name.Text])
	op.Access = r.accessOf(o)
	op.Fields = o.columns("fields")
	op.PageSize, op.MaxPageSize, op.MaxBatch = o.num("pageSize"), o.num("maxPageSize"), o.num("maxBatchSize")
	op.Mode = o.str("mode")
	if v, ok := op.Mode.Get(); ok && v != "soft" && v != "hard" {
		r.report(WrongValue, r.file.Place(op.Mode.At), "Expected 'soft' or 'hard'.", "%q is no way to delete.", v)
		op.Mode.State = Invalid
	}
	if o.has("defaults") {
		r.object(o.value("defaults"), "defaults", nil).each(func(name Name, p syntax.Node) {
			if v, ok := r.literal(p.Value(), "The default of "+name.Text); ok {
				op.Defaults = append(op.Defaults, FieldDefault{name, v})
			}
		})
	}
	return op
}

func (r *reader) guards(n syntax.Node) *Guards {
	g := &Guards{At: r.at(n)}
	if b, ok := n.Bool(); ok && !b {
		g.Open = true
		return g
	}
	o := r.object(n, "guards", &keys{known: []string{"createable", "updatable", "immutable", "protected"}})
	g.Createable, g.Updatable, g.Immutable = o.columns("createable"), o.columns("updatable"), o.columns("immutable")
	p := r.value(o.value("protected"))
	switch {
	case !o.has("protected"):
	case p.Kind() == syntax.Array:
		fields, _ := r.names(p, "protected")
		for _, f := range fields {
			g.Protected = append(g.Protected, Protected{Field: f, Any: true})
		}
	default:
		r.object(p, "protected", nil).each(func(name Name, p syntax.Node) {
			if actions, ok := r.names(p.Value(), "protected."+name.Text); ok {
				g.Protected = append(g.Protected, Protected{Field: name, Actions: actions})
			}
		})
	}
	return g
}

func (r *reader) masking(o *object) (out []*Mask) {
	if !o.has("masking") {
		return nil
	}
	r.object(o.value("masking"), "masking", nil).each(func(name Name, p syntax.Node) {
		m := r.object(p.Value(), "A masking rule", &keys{known: []string{"type", "show", "mask", "query"}})
		rule := &Mask{Field: name, At: r.at(p.Value()), Type: m.str("type")}
		if p, ok := m.prop("mask"); ok {
			if r.value(p.Value()).Kind() == syntax.Lambda {
				rule.Func = true
			} else { // the oldest form: { mask: 'ssn' }
				rule.Type = r.str(p.Value(), "mask")
			}
		}
		if m.has("show") {
			show := r.object(m.value("show"), "show", &keys{known: []string{"roles", "or"}})
			rule.Roles, rule.Owner = r.roles(show, "roles"), show.str("or")
		}
		if m.has("query") {
			rule.Query = r.roles(r.object(m.value("query"), "query", &keys{known: []string{"roles"}}), "roles")
		}
		out = append(out, rule)
	})
	return out
}

func (r *reader) views(o *object) (out []*View) {
	if !o.has("views") {
		return nil
	}
	r.object(o.value("views"), "views", nil).each(func(name Name, p syntax.Node) {
		v := r.object(p.Value(), "A view", &keys{known: []string{"fields", "access", "query"}})
		view := &View{Name: name, At: r.at(p.Value()), Fields: v.columns("fields"), Access: r.accessOf(v)}
		if v.has("query") {
			q := r.object(v.value("query"), "query", &keys{known: []string{"filterable", "searchable", "sortable", "defaultSort"}})
			view.Query = &ViewQuery{q.columns("filterable"), q.columns("searchable"), q.columns("sortable"), q.str("defaultSort")}
		}
		out = append(out, view)
	})
	return out
}

func (r *reader) validation(o *object) (out []*Validation) {
	if !o.has("validation") {
		return nil
	}
	r.object(o.value("validation"), "validation", nil).each(func(name Name, p syntax.Node) {
		v := r.object(p.Value(), "A validation rule", &keys{known: []string{"minLength", "maxLength", "min", "max", "pattern", "enum", "email"}})
		rule := &Validation{Field: name, At: r.at(p.Value()), MinLength: v.num("minLength"), MaxLength: v.num("maxLength"), Min: v.num("min"), Max: v.num("max"), Email: v.bool("email")}
		if re := r.value(v.value("pattern")); re.Kind() == syntax.Regex {
			rule.Pattern = Value[string]{Known, re.Text(), r.at(re)}
		} else {
			rule.Pattern = v.str("pattern")
		}
		if list := v.columns("enum"); list != nil {
			rule.Enum = list.Items
		}
		out = append(out, rule)
	})
	return out
}
