package contract

import (
	"strings"
	"unique"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/contract/literal"
	"github.com/qbls/qbls/diagnostics/text"
)

// openapiParts compares the documented routes path by path, of which it reads those that have changed. It is false when the document is
// not exactly what it should be: then nothing was found out yet.
func (v *verifier) openapiParts() bool { return v.documentParts(openapiFile, "paths", v.pathsOf) }

// documentParts compares a document by its parts, and proves it where nothing is wrong; else it is as if it had not been looked at.
func (v *verifier) documentParts(file text.Path, parts string, compare func(src string) (span, bool)) bool {
	src, ok := v.content(file)
	if !ok {
		return false
	}
	before := v.found
	v.found = found{}
	at, whole := compare(src)
	whole = whole && len(v.violations) == 0
	read := v.found
	v.found = before
	if whole {
		v.add(read)
		v.prove(DocumentAgreement, file, at, parts)
	}
	return whole
}

// pathsOf compares the paths of a document, and returns where they stand.
func (v *verifier) pathsOf(src string) (span, bool) {
	top, ok := partsOf(src)
	security, err := literal.ReadJSON(top["security"].text)
	if !ok || err != nil || !anonymousIsRefused(security) {
		return span{}, false
	}
	kinds, ok := partsOf(top["components"].text)
	if !ok {
		return span{}, false
	}
	v.shared = map[string]parts{}
	for kind, m := range kinds {
		if v.shared[kind], ok = partsOf(m.text); !ok {
			return span{}, false
		}
	}
	want := map[string][]route{}
	for _, r := range v.Project.Resources {
		for _, d := range declaredRoutes(r) {
			d.path = strings.ReplaceAll(d.path, ":id", "{id}")
			want[d.path] = append(want[d.path], d)
		}
	}
	list, ok := members(top["paths"].text)
	for _, m := range list {
		if v.stopped() {
			return span{}, true
		}
		routes := want[m.name]
		delete(want, m.name)
		if len(routes) == 0 && !beside(m.name) || len(routes) > 0 && !v.pathPart(m, routes) {
			return span{}, false
		}
	}
	return top["paths"].span(), ok && len(want) == 0
}

// pathPart compares the operations of one path with its routes.
func (v *verifier) pathPart(m member, routes []route) bool {
	var of []*model.Resource
	for _, d := range routes {
		of = append(of, d.resource)
	}
	read := v.part("openapi "+m.name, v.project()+v.declared(of...)+m.sum(), func() any { return v.path(m, routes) }).(pathRead)
	return read.whole
}

// pathRead is what reading the operations of a path gives: whether they are all that is declared, and the components they refer to.
type pathRead struct {
	whole bool
	asked map[reference]string
}

// holds says whether the components are what they were.
func (p pathRead) holds(v *verifier) bool {
	for r, sum := range p.asked {
		if v.shared[r.kind][r.name].sum() != sum {
			return false
		}
	}
	return true
}

func (v *verifier) path(m member, routes []route) pathRead {
	item, err := literal.ReadJSON(m.text)
	if err != nil || item.Form != literal.Object || len(item.Props) != len(routes) {
		return pathRead{}
	}
	unread := false
	c := &components{asked: map[reference]bool{}}
	c.read = func(kind, name string) *literal.Value {
		value, err := literal.ReadJSON(v.shared[kind][name].text)
		unread = unread || err != nil
		return value
	}
	for _, d := range routes {
		for _, method := range item.Props {
			if strings.EqualFold(method.Name, d.method) {
				v.documented(c, d, method)
			}
		}
		if item.Get(strings.ToLower(d.method)) == nil {
			return pathRead{}
		}
	}
	out := pathRead{whole: !unread, asked: map[reference]string{}}
	for r := range c.asked { // names of their own: those that were read are pieces of the document, and would keep all of it
		out.asked[reference{unique.Make(r.kind).Value(), unique.Make(r.name).Value()}] = v.shared[r.kind][r.name].sum()
	}
	return out
}

// registryParts compares the registry table by table, as openapiParts does paths.
func (v *verifier) registryParts() bool { return v.documentParts(registryFile, "tables", v.tablesOf) }

func (v *verifier) tablesOf(src string) (span, bool) {
	top, ok := partsOf(src)
	if !ok {
		return span{}, false
	}
	list, ok := members(top["tables"].text)
	found := map[model.ID]bool{}
	for _, m := range list {
		if v.stopped() {
			return span{}, true
		}
		read := v.part("registry "+m.name, v.project()+m.sum(), func() any { return v.table(m) }).(tableRead)
		if read.id == "" || found[read.id] {
			return span{}, false
		}
		found[read.id] = true
	}
	return top["tables"].span(), ok && len(found) == len(v.Project.Resources)
}

// tableRead is the resource that an entry of the registry is about, and what was declared of it; none when it is about no certain one.
type tableRead struct {
	id       model.ID
	declared string
}

// holds says whether the same is declared.
func (t tableRead) holds(v *verifier) bool {
	r := v.Project.Resource(t.id)
	return r != nil && v.declared(r) == t.declared
}

func (v *verifier) table(m member) tableRead {
	o, err := literal.ReadJSON(m.text)
	if err != nil || o.Form != literal.Object {
		return tableRead{}
	}
	feature, name := o.Get("feature"), o.Get("dbName")
	if feature == nil || name == nil {
		return tableRead{}
	}
	var of []*model.Resource
	for _, r := range v.Project.Resources {
		if r.Feature == feature.Str && (r.Table != nil && r.Table.Name == name.Str || r.Table == nil && name.Str == "") {
			of = append(of, r)
		}
	}
	if len(of) != 1 {
		return tableRead{} // which of several it is, is told by their order
	}
	v.registeredTable(of[0], literal.Property{Name: m.name, Value: o, Start: o.Start, End: o.End})
	return tableRead{of[0].ID, v.declared(of[0])}
}
