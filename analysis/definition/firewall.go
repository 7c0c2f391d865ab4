package definition

import "github.com/qbls/qbls/analysis/syntax"

var scopeKeys = map[string]*keys{
	"organization": {known: []string{"column", "source"}},
	"team":         {known: []string{"column", "source"}},
	"owner":        {known: []string{"column", "source", "mode", "roles"}},
	"softDelete":   {known: []string{"column"}},
}

// firewall reads the named form { organization, owner, … } or the list of predicates (language.md, Firewall).
func (r *reader) firewall(res *Resource, o *object) {
	p, ok := o.prop("firewall")
	if !ok {
		return
	}
	from := r.mark()
	fw := &Firewall{At: r.anchor(namePlace(p)), ErrorMode: res.ErrorMode}
	res.Firewall = fw
	defer func() { fw.State = r.stateSince(from) }()
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
		r.errorMode(&fw.ErrorMode)
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

func (r *reader) errorMode(v *Value[string]) {
	if v.State == Known && v.V != "hide" && v.V != "reveal" {
		r.report(WrongValue, r.file.Place(v.At), "Expected 'reveal' (403) or 'hide' (404).", "%q is no error mode.", v.V)
		v.State = Invalid
	}
}

// predicate reads one element of the list: { field, equals: 'ctx.activeOrgId' }.
func (r *reader) predicate(n syntax.Node) []Condition {
	o := r.object(n, "A firewall predicate", &keys{known: append([]string{"field"}, Operators...)})
	if o == nil {
		return nil
	}
	const help = "Write { field: 'organizationId', equals: 'ctx.activeOrgId' }."
	field := o.str("field")
	if field.State == Absent {
		r.report(WrongValue, place(o.node), help, "A firewall predicate needs a field.")
	}
	if field.State != Known {
		return nil
	}
	var out []Condition
	compares := false
	o.each(func(name Name, p syntax.Node) {
		if name.Text == "field" {
			return
		}
		compares = true
		if v, ok := r.operand(p.Value(), true); ok {
			out = append(out, Condition{Field: Name{field.V, field.At}, Op: name, Value: v})
		}
	})
	if !compares {
		r.report(WrongValue, place(o.node), help, "A firewall predicate needs something that the field is compared with.")
	}
	return out
}
