package contract

import (
	"reflect"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/contract/literal"
	"github.com/qbls/qbls/diagnostics/text"
)

const openapiFile text.Path = "openapi.json"

// beside are paths that every backend documents besides its own: what they do is the library's and Better Auth's.
func beside(path string) bool {
	return path == "/health" || path == "/openapi.json" || strings.HasPrefix(path, "/api/auth/")
}

// openapi compares the documented routes with the declared ones: all of them, no other, who may call them, and which columns they take
// and return.
func (v *verifier) openapi() {
	if v.openapiParts() {
		return
	}
	doc := v.document(openapiFile, v.Project.Config.OpenAPI)
	if doc == nil {
		return
	}
	paths, shared := doc.Get("paths"), within(doc)
	want := map[string]route{}
	for _, r := range v.Project.Resources {
		for _, d := range declaredRoutes(r) {
			d.path = strings.ReplaceAll(d.path, ":id", "{id}")
			want[d.key()] = d
		}
	}
	if !anonymousIsRefused(doc.Get("security")) {
		v.disagrees(openapiFile, propertyAt(doc, "security"), nil, "security", "a session is needed", "none is")
	}
	if paths == nil || paths.Form != literal.Object {
		v.disagrees(openapiFile, spanOf(doc), nil, "paths", "the routes", "nothing")
		return
	}
	for _, path := range paths.Props {
		for _, method := range path.Value.Props {
			key := strings.ToUpper(method.Name) + " " + path.Name
			d, declared := want[key]
			if declared {
				v.documented(shared, d, method)
				delete(want, key)
			} else if !beside(path.Name) {
				v.disagrees(openapiFile, span{method.Start, method.End}, nil, key, "no such route", "a route")
			}
		}
	}
	var missing []string
	for key := range want {
		missing = append(missing, key)
	}
	slices.Sort(missing)
	for _, key := range missing {
		at := propertyAt(paths, want[key].path)
		v.disagrees(openapiFile, at, want[key].resource, key, "a route", "nothing")
	}
	v.prove(DocumentAgreement, openapiFile, spanOf(paths), "paths")
}

// anonymousIsRefused says whether no alternative of a security requirement is empty.
func anonymousIsRefused(list *literal.Value) bool {
	return list != nil && list.Form == literal.List && len(list.Items) > 0 && !slices.ContainsFunc(list.Items, func(i *literal.Value) bool { return len(i.Props) == 0 })
}

// documented compares one operation.
func (v *verifier) documented(c *components, d route, p literal.Property) {
	o, key := p.Value, d.key()
	if !sameAccess(o.Get("x-quickback-access"), d.access) {
		v.disagrees(openapiFile, propertyAt(o, "x-quickback-access"), d.resource, key+" access", "the declared access", said(decoded(o.Get("x-quickback-access"))))
	}
	security := o.Get("security")
	if open := security != nil && !anonymousIsRefused(security); open != admitsAnybody(d.access) {
		v.disagrees(openapiFile, propertyAt(o, "security"), d.resource, key+" security", said(admitsAnybody(d.access)), said(open))
	}
	if status := success(d); o.Get("responses").Get(status) == nil {
		v.disagrees(openapiFile, propertyAt(o, "responses"), d.resource, key+" status", status, "no answer of that status")
	}
	if d.op != nil {
		v.bodies(c, d, o)
	}
	if columns := d.shows(); columns != nil {
		answer := answered(c, o.Get("responses").Get("200"))
		if data := c.follow(answer.Get("properties").Get("data")); data != nil && data.Get("items") != nil {
			answer = c.follow(data.Get("items"))
		}
		v.sameColumns(d.resource, key+" answer", columns, answer, propertyAt(o, "responses"))
	}
}

func success(d route) string {
	if d.op != nil && (d.op.Op == model.Create || d.op.Op == model.BatchCreate) {
		return "201"
	}
	return "200"
}

// shows are the columns that a read answers with; nil for what does not read rows.
func (d route) shows() []string {
	switch {
	case d.view != nil:
		return sorted(d.view.Fields)
	case d.op == nil || d.op.Op != model.List && d.op.Op != model.Get:
		return nil
	case len(d.op.Fields) > 0:
		return sorted(d.op.Fields)
	}
	var out []string
	for _, c := range d.resource.Table.Columns {
		out = append(out, c.Key)
	}
	return sorted(out)
}

// writable are the columns that a body may have: what the guards let a client write.
func (v *verifier) writable(r *model.Resource, op model.Op) []string {
	out := []string{}
	g := r.Guards
	for _, c := range r.Table.Columns {
		named := slices.Contains(g.Update, c.Key)
		if op == model.Create {
			named = slices.Contains(g.Create, c.Key) || slices.Contains(g.Immutable, c.Key)
		}
		key := op == model.Create && c.Role == model.KeyColumn && v.Project.Config.GenerateID == "false"
		if key || c.Role == model.Plain && (g.Open || named) {
			out = append(out, c.Key)
		}
	}
	return sorted(out)
}

func (v *verifier) bodies(c *components, d route, o *literal.Value) {
	if d.op.Op != model.Create && d.op.Op != model.Update {
		return
	}
	schema := c.follow(o.Get("requestBody").Get("content").Get("application/json").Get("schema"))
	at := propertyAt(o, "requestBody")
	v.sameColumns(d.resource, d.key()+" body", v.writable(d.resource, d.op.Op), schema, at)
	if more := schema.Get("additionalProperties"); more == nil || more.Form != literal.Bool || more.Bool {
		v.disagrees(openapiFile, at, d.resource, d.key()+" body", "no further columns", "further columns")
	}
}

// sameColumns compares the properties of a schema with columns; the labels of foreign keys stand beside them.
func (v *verifier) sameColumns(r *model.Resource, subject string, want []string, schema *literal.Value, at span) {
	got := []string{}
	if properties := schema.Get("properties"); properties != nil {
		at = spanOf(properties)
		for _, p := range properties.Props {
			stem, isLabel := strings.CutSuffix(p.Name, "_label")
			if !isLabel || r.Table.Column(p.Name) != nil || r.Table.Column(stem+"Id") == nil {
				got = append(got, p.Name)
			}
		}
	}
	if got = sorted(got); !reflect.DeepEqual(got, append([]string{}, want...)) {
		v.disagrees(openapiFile, at, r, subject, strings.Join(want, ", "), strings.Join(got, ", "))
	}
}

func answered(c *components, response *literal.Value) *literal.Value {
	return c.follow(c.follow(response).Get("content").Get("application/json").Get("schema"))
}
