// Package routes says which routes a project has. The library makes them of the policies: what a policy grants is served at the place of
// that operation (lib/routes.ts), by what src/app.ts names for it.
package routes

import (
	"strings"

	"github.com/qbls/qbls/analysis/model"
)

// Route is one route of a resource. Path is relative to the mount /api/v1/<Mount>.
type Route struct {
	Mount  string
	Method string
	Path   string
	Op     model.Op      // "" for views and actions
	View   *model.View   // nil otherwise
	Action *model.Action // nil otherwise
}

// FullPath is the path below the server's root, with :id as parameter.
func (r Route) FullPath() string {
	return "/api/v1/" + r.Mount + strings.TrimSuffix(r.Path, "/")
}

// single are the operations: where each is mounted, what policies call it, and the library's name and module for it.
var single = []struct {
	op                  model.Op
	method, path, grant string
	name, module        string
}{
	{model.List, "get", "/", "list", "list", "read"}, {model.Get, "get", "/:id", "get", "get", "read"}, {model.Create, "post", "/", "create", "create", "write"},
	{model.Update, "patch", "/:id", "update", "update", "write"}, {model.Delete, "delete", "/:id", "delete", "remove", "write"}, {model.Put, "put", "/:id", "put", "put", "put"},
	{model.BatchCreate, "post", "/batch", "batch:create", "batchCreate", "batch"}, {model.BatchUpdate, "patch", "/batch", "batch:update", "batchUpdate", "batch"},
	{model.BatchDelete, "delete", "/batch", "batch:delete", "batchDelete", "batch"}, {model.BatchUpsert, "put", "/batch", "batch:put", "batchPut", "put"},
}

// Of lists the routes of a resource: operations, views, actions. An internal table has none but those of its actions.
func Of(r *model.Resource) []Route {
	var out []Route
	for _, s := range single {
		if !r.Internal && r.Operation(s.op) != nil {
			out = append(out, Route{Mount: r.Segment, Method: s.method, Path: s.path, Op: s.op})
		}
		if s.op != model.List {
			continue
		}
		for _, v := range r.Views {
			out = append(out, Route{Mount: r.Segment, Method: "get", Path: "/views/" + v.Name, View: v})
		}
	}
	for _, a := range r.Actions {
		method := strings.ToLower(a.Method)
		if method == "" {
			method = "post"
		}
		if !a.Standalone {
			out = append(out, Route{Mount: r.Segment, Method: method, Path: "/:id/" + a.Name, Action: a})
			continue
		}
		mount, rest, _ := strings.Cut(strings.TrimPrefix(a.Path, "/"), "/")
		out = append(out, Route{Mount: mount, Method: method, Path: "/" + rest, Action: a})
	}
	return out
}

// Operation is an operation of the library: what policies call it when they grant it, its name there, and its module.
type Operation struct{ Grant, Name, Module string }

// Operations are those that the policies of a project grant, in the order of api.md.
func Operations(p *model.Project) []Operation {
	granted := map[string]bool{}
	for _, r := range p.Resources {
		for _, grant := range Grants(r) {
			granted[grant] = true
		}
	}
	var out []Operation
	for _, s := range single {
		if granted[s.grant] {
			out = append(out, Operation{s.grant, s.name, s.module})
		}
	}
	for _, s := range []Operation{{"view", "view", "read"}, {"action", "action", "action"}} {
		if granted[s.Grant] {
			out = append(out, s)
		}
	}
	return out
}

// Grants are the operations that the policy of a resource grants, each once, by what it calls them.
func Grants(r *model.Resource) (out []string) {
	for _, s := range single {
		if !r.Internal && r.Operation(s.op) != nil {
			out = append(out, s.grant)
		}
	}
	if len(r.Views) > 0 {
		out = append(out, "view")
	}
	if len(r.Actions) > 0 {
		out = append(out, "action")
	}
	return out
}
