package definition

import (
	"github.com/qbls/qbls/analysis/syntax"
)

// operationNames are the CRUD operations, in the order of the documentation. They stand in crud or at the top level.
var operationNames = []string{"list", "get", "create", "update", "delete", "put", "batchCreate", "batchUpdate", "batchDelete", "batchUpsert"}

var policyKeys = append([]string{
	"firewall", "firewallErrorMode", "read", "crud", "guards", "masking", "views", "references", "displayColumn", "defaultSort", "inputHints", "validation",
	"unique", "layouts", "realtime", "embeddings",
}, operationNames...)

var resourceKeys = &keys{known: policyKeys, later: []string{"actions", "columns"}}

// resource reads defineTable(table, { … }).
func (r *reader) resource(call syntax.Node) *Resource {
	res := &Resource{At: r.at(call.Callee())}
	first := call.Child(0).Inner()
	if made, ok := r.settled(first); ok {
		first = made
	}
	if first.Kind() == syntax.Ident {
		res.Binding, res.BindingAt = first.Name(), r.at(first)
	} else {
		r.wrong(first, "the first argument", "the table")
	}
	o := r.object(call.Child(1), "A resource", resourceKeys)
	if o == nil {
		res.BodyAt = r.at(call)
		return res
	}
	r.policy(res, o)
	return res
}

// policy reads the keys that every form of a resource has.
func (r *reader) policy(res *Resource, o *object) {
	res.BodyAt = r.at(o.node)
	res.ErrorMode = o.str("firewallErrorMode")
	r.errorMode(&res.ErrorMode)
	r.firewall(res, o)
	r.operations(res, o)
	if o.has("guards") {
		res.Guards = r.guards(r.value(o.value("guards")))
	}
	res.Masks = r.masking(o)
	res.Views = append(res.Views, r.views(o, nil)...)
	r.twice(res)
	res.References = r.pairs(o, "references")
	res.InputHints = r.pairs(o, "inputHints")
	res.Display = o.str("displayColumn")
	r.defaultSort(res, o)
	res.Validation = r.validation(o)
	r.unique(res, o)
	res.Layouts = r.layouts(o)
	res.Realtime = r.realtime(o)
	res.Embeddings = r.embeddings(o)
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
	name := s.str("field")
	if name.State == Absent && s != nil {
		r.report(WrongValue, place(s.node), "Write { field: 'name', order: 'asc' }.", "defaultSort needs a field.")
	}
	if name.State != Known {
		return
	}
	order := s.str("order")
	r.oneOf(&order, "order", "asc", "desc")
	res.DefaultSort = &Sort{Field: Name{name.V, name.At}, Desc: order.V == "desc", At: r.at(s.node)}
}

func (r *reader) unique(res *Resource, o *object) {
	for _, n := range r.list(o, "unique", "a list of { columns: […] }") {
		if r.value(n).Kind() == syntax.Array { // as unique() of a table takes them
			r.report(WrongValue, place(n), "Write { columns: "+spanText(n, n.Span())+" }.", "A unique constraint names its columns in columns.")
			continue
		}
		u := r.object(n, "A unique constraint", &keys{known: []string{"columns"}})
		c := u.columns("columns")
		if c == nil && u != nil || c != nil && c.State == Known && len(c.Items) == 0 {
			r.report(WrongValue, place(u.node), "Write { columns: ['a', 'b'] }.", "A unique constraint needs columns.")
		}
		if c != nil {
			res.Unique = append(res.Unique, *c)
		}
	}
}

// list returns the elements of a key that holds a list.
func (r *reader) list(o *object, key, expected string) []syntax.Node {
	p, ok := o.prop(key)
	if !ok {
		return nil
	}
	list := r.value(p.Value())
	if list.Kind() != syntax.Array {
		r.wrong(list, key, expected)
		return nil
	}
	return r.elements(list)
}
