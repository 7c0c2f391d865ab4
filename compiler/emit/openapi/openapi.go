// Package openapi emits openapi.json: exactly the routes of the backend with their parameters, bodies, statuses and error codes.
//
// It is made from the same list of routes as the routes modules (emit/routes), so that a path cannot be documented and not exist.
package openapi

import (
	"maps"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/declared"
	"github.com/qbls/qbls/compiler/emit/naming"
	"github.com/qbls/qbls/compiler/emit/ordered"
	"github.com/qbls/qbls/compiler/emit/routes"
	"github.com/qbls/qbls/compiler/emit/ts"
)

// Path is where the document is written, relative to the output.
const Path = "openapi.json"

// Document returns the OpenAPI 3.1 description of a project's backend; parts are those of the resources, as Of makes them.
func Document(p *model.Project, parts map[model.ID]*Part) *ordered.Map {
	d := &document{paths: ordered.New(), schemas: shared(), parameters: map[string]any{}}
	tags := []any{}
	for _, f := range p.Features {
		used := false
		for _, r := range f.Resources {
			one := parts[r.ID]
			d.add(one)
			used = used || len(one.operations) > 0
		}
		if used {
			tags = append(tags, ordered.New().Set("name", f.Name))
		}
	}
	d.add(fixed(p))
	tags = append(tags, ordered.New().Set("name", "auth"), ordered.New().Set("name", "system"))
	parameters := ordered.New()
	for _, name := range slices.Sorted(maps.Keys(d.parameters)) {
		parameters.Set(name, d.parameters[name])
	}
	return ordered.New().Set("openapi", "3.1.0").
		Set("info", ordered.New().Set("title", p.Config.Name+" API").Set("version", "1.0.0")).
		Set("servers", []any{ordered.New().Set("url", "/")}).
		Set("security", signedIn(p)).
		Set("tags", tags).Set("paths", d.paths).
		Set("components", ordered.New().Set("securitySchemes", schemes(p)).Set("schemas", d.schemas).Set("parameters", parameters).Set("responses", answers()))
}

type document struct {
	paths, schemas *ordered.Map
	parameters     map[string]any
}

// add joins a part; an operation stands at its path after those that the path already has.
func (d *document) add(p *Part) {
	for _, o := range p.operations {
		item, ok := d.paths.Get(o.path)
		if !ok {
			item = ordered.New()
			d.paths.Set(o.path, item)
		}
		item.(*ordered.Map).Set(o.method, o.text)
	}
	for _, s := range p.schemas {
		d.schemas.Set(s.Name, s.Text)
	}
	for _, s := range p.parameters {
		d.parameters[s.Name] = s.Text
	}
}

func schemes(p *model.Project) *ordered.Map {
	o := ordered.New().
		Set("bearerAuth", ordered.New().Set("type", "http").Set("scheme", "bearer")).
		Set("cookieAuth", ordered.New().Set("type", "apiKey").Set("in", "cookie").Set("name", "better-auth.session_token"))
	if p.Config.HasPlugin("apiKey") {
		o.Set("apiKeyAuth", ordered.New().Set("type", "apiKey").Set("in", "header").Set("name", "x-api-key"))
	}
	return o
}

func sessions() []any {
	return []any{ordered.New().Set("bearerAuth", []string{}), ordered.New().Set("cookieAuth", []string{})}
}

func signedIn(p *model.Project) []any {
	if p.Config.HasPlugin("apiKey") {
		return append(sessions(), ordered.New().Set("apiKeyAuth", []string{}))
	}
	return sessions()
}

// Part is what the document says of one resource, laid out.
type Part struct {
	operations          []operation
	schemas, parameters []*ordered.Named
}

// Keep keeps the texts of the part in a store.
func (p *Part) Keep(s *ordered.Store) *Part {
	for i := range p.operations {
		p.operations[i].text = s.Keep(p.operations[i].text)
	}
	for _, list := range [][]*ordered.Named{p.schemas, p.parameters} {
		for i := range list {
			list[i] = s.KeepNamed(list[i])
		}
	}
	return p
}

type operation struct {
	path, method string
	text         ordered.Text
}

// Of documents the routes of a resource: nothing when it has none.
func Of(p *model.Project, r *model.Resource, names *naming.Project) *Part {
	list := routes.Of(r)
	if len(list) == 0 {
		return &Part{}
	}
	s := &subject{p: p, r: r, name: ts.Pascal(names.Of(r.ID).Table), schemas: ordered.New(), parameters: ordered.New()}
	s.define()
	out := &Part{}
	for _, route := range list {
		out.operation(strings.ReplaceAll(route.FullPath(), ":id", "{id}"), route.Method, s.open(route, s.operation(route)))
	}
	out.schemas, out.parameters = components(s.schemas), components(s.parameters)
	return out
}

// operation adds one; operations stand in "paths", in the item of their path.
func (p *Part) operation(path, method string, o *ordered.Map) {
	p.operations = append(p.operations, operation{path, method, ordered.Lay(o, method, 3)})
}

// components lays out what stands in "components", in the section of its kind.
func components(m *ordered.Map) []*ordered.Named {
	out := make([]*ordered.Named, 0, len(m.Keys()))
	for _, name := range m.Keys() {
		v, _ := m.Get(name)
		out = append(out, &ordered.Named{Name: name, Text: ordered.Lay(v, name, 3)})
	}
	return out
}

// subject is the resource that is being documented.
type subject struct {
	p                   *model.Project
	r                   *model.Resource
	name                string // of its schemas
	schemas, parameters *ordered.Map
}

// share puts a parameter among the components and returns a reference. What has the same name is the same.
func (s *subject) share(name string, p *ordered.Map) *ordered.Map {
	s.parameters.Set(name, p)
	return component("parameters", name)
}

func (s *subject) operation(route routes.Route) *ordered.Map {
	segment := ts.Pascal(s.r.Segment)
	switch {
	case route.View != nil:
		v := route.View
		o := s.start("View "+v.Name+" of "+s.r.Segment, "list"+segment+ts.Pascal(v.Name), v.Access)
		return s.reading(o, s.viewParameters(v), ref(s.view(v)), v.Access)
	case route.Action != nil:
		return s.action(route)
	}
	op := s.r.Operation(route.Op)
	verb := map[model.Op]string{model.List: "List", model.Get: "Get one of", model.Create: "Create one of", model.Update: "Update one of",
		model.Delete: "Delete one of", model.Put: "Replace one of", model.BatchCreate: "Create many of", model.BatchUpdate: "Update many of",
		model.BatchDelete: "Delete many of", model.BatchUpsert: "Replace many of"}[route.Op]
	o := s.start(verb+" "+s.r.Segment, string(route.Op)+segment, op.Access)
	switch route.Op {
	case model.List:
		return s.reading(o, s.listParameters(op), ref(s.name+"List"), op.Access)
	case model.Get:
		o.Set("parameters", []any{s.idParameter(), s.fieldsParameter()})
		return responses(o, s.answer("200", "The record", ref(s.name)), s.failures(op.Access, "304", "400"))
	case model.Create:
		o.Set("requestBody", body(ref(s.name+"Create")))
		return responses(o, s.answer("201", "Created", data(ref(s.name))), s.failures(op.Access, "400", "409", "413"))
	case model.Update:
		o.Set("parameters", []any{s.idParameter()}).Set("requestBody", body(ref(s.name+"Update")))
		return responses(o, s.answer("200", "Updated", data(ref(s.name))), s.failures(op.Access, "400", "409", "413"))
	case model.Delete:
		o.Set("parameters", []any{s.idParameter()})
		return responses(o, s.answer("200", "Deleted", data(s.deleted())), s.failures(op.Access, "409"))
	case model.Put:
		o.Set("parameters", []any{s.idParameter()}).Set("requestBody", body(ref(s.name+"Create")))
		ok := s.answer("200", "Replaced", data(ref(s.name)))
		v, _ := s.answer("201", "Created", data(ref(s.name))).Get("201")
		return responses(o, ok.Set("201", v), s.failures(op.Access, "400", "409", "413"))
	}
	return s.batch(o, route.Op, op)
}

// open adds what callers without a session have to say where rows belong to organizations.
func (s *subject) open(route routes.Route, o *ordered.Map) *ordered.Map {
	var access *model.Access
	switch {
	case route.View != nil:
		access = route.View.Access
	case route.Action != nil:
		access = route.Action.Access
	default:
		access = s.r.Operation(route.Op).Access
	}
	if s.r.Firewall.Scope == "" || !public(access) {
		return o
	}
	list, _ := o.Get("parameters")
	parameters, _ := list.([]any)
	return o.Set("parameters", append(parameters, s.share("organizationId", query("organizationId", typed("string"), "The organization, for callers without a session"))))
}

// start begins an operation: what it is called and who may call it.
func (s *subject) start(summary, id string, access *model.Access) *ordered.Map {
	o := ordered.New().Set("tags", []string{s.r.Feature}).Set("summary", summary).Set("operationId", lower(id)).
		Set("x-quickback-access", declared.Access(access))
	if public(access) {
		o.Set("security", append([]any{ordered.New()}, signedIn(s.p)...))
	}
	return o
}

func (s *subject) deleted() *ordered.Map {
	return object(ordered.New().Set("id", s.idSchema()).Set("deleted", ordered.New().Set("const", true)), "id", "deleted")
}

// public says whether a caller without a session can pass.
func public(a *model.Access) bool {
	if a == nil {
		return false
	}
	switch a.Kind {
	case model.AccessRoles:
		for _, r := range a.Roles {
			if r == model.Public {
				return true
			}
		}
	case model.AccessAny, model.AccessAll:
		for _, sub := range a.Sub {
			if public(sub) {
				return true
			}
		}
	}
	return false
}

func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }
