// Package routes emits src/features/<feature>/<segment>.routes.ts: the resource mounted, each route on a line of its own, so that a
// reviewer sees the whole surface at once.
package routes

import (
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/link"
	"github.com/qbls/qbls/compiler/emit/naming"
	"github.com/qbls/qbls/compiler/emit/ts"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/diagnostics/text"
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

// single are the operations: where each is mounted, and the library's name and module for it.
var single = []struct {
	op           model.Op
	method, path string
	name, module string
}{
	{model.List, "get", "/", "list", "read"}, {model.Get, "get", "/:id", "get", "read"}, {model.Create, "post", "/", "create", "write"},
	{model.Update, "patch", "/:id", "update", "write"}, {model.Delete, "delete", "/:id", "remove", "remove"}, {model.Put, "put", "/:id", "put", "put"},
	{model.BatchCreate, "post", "/batch", "batchCreate", "batch"}, {model.BatchUpdate, "patch", "/batch", "batchUpdate", "batch"},
	{model.BatchDelete, "delete", "/batch", "batchDelete", "batch"}, {model.BatchUpsert, "put", "/batch", "batchPut", "put"},
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

// Mount is a constant of a routes module and the first segment it is mounted at.
type Mount struct {
	Segment string
	Const   string
}

// Mounts lists where the routes of a resource are mounted: its segment, and those of standalone actions elsewhere.
func Mounts(r *model.Resource, names *naming.Names) []Mount {
	var out []Mount
	for _, s := range Segments(r) {
		name := names.Routes
		if s != r.Segment {
			name = strings.TrimSuffix(names.Routes, "Routes") + ts.Pascal(s) + "Routes"
		}
		out = append(out, Mount{s, name})
	}
	return out
}

// Segments are the first segments of the paths of a resource's routes: its own before the others.
func Segments(r *model.Resource) []string {
	var segments []string
	for _, route := range Of(r) {
		if !slices.Contains(segments, route.Mount) {
			segments = append(segments, route.Mount)
		}
	}
	sort.Slice(segments, func(i, j int) bool {
		if (segments[i] == r.Segment) != (segments[j] == r.Segment) {
			return segments[i] == r.Segment
		}
		return segments[i] < segments[j]
	})
	return segments
}

// Emit returns the routes module of a resource, nil when it has no routes.
func Emit(p *model.Project, r *model.Resource, all *naming.Project) *output.File {
	n := all.Of(r.ID)
	list := Of(r)
	if len(list) == 0 {
		return nil
	}
	w := &writer{r: r, n: n, ops: map[string][]string{"routes": {"routes", "type Runtime"}}, modules: link.NewImports(p, n.RoutesFile())}
	var body strings.Builder
	for _, m := range Mounts(r, n) {
		body.WriteString("\nexport const " + m.Const + " = (rt: Runtime) => routes(" + n.Resource + ", rt)")
		for _, route := range list {
			if route.Mount == m.Segment {
				body.WriteString("\n  ." + route.Method + "(" + ts.Quote(route.Path) + ", " + w.op(route) + ")")
			}
		}
		body.WriteString(";\n")
	}
	content := naming.Header(p, r.File, r.ActionsFile) + w.imports() + body.String()
	return &output.File{Path: text.Path(n.RoutesFile()), Content: []byte(content)}
}

type writer struct {
	r       *model.Resource
	n       *naming.Names
	ops     map[string][]string // names imported from the library, by module
	modules *link.Imports
}

func (w *writer) op(route Route) string {
	switch {
	case route.View != nil:
		w.use("read", "view")
		return "view(" + ts.Quote(route.View.Name) + ")"
	case route.Action != nil:
		return w.action(route.Action)
	}
	for _, s := range single {
		if s.op == route.Op {
			w.use(s.module, s.name)
			return s.name
		}
	}
	panic("routes: no operation " + string(route.Op))
}

// action refers to the linked modules: the action as defined, and its handler when it has one.
func (w *writer) action(a *model.Action) string {
	w.use("action", "action")
	s := "action(" + ts.Quote(a.Name) + ", " + w.modules.Action(w.r, a)
	if a.Handler != nil {
		s += ", " + w.modules.Handler(a.Handler.Path)
	}
	return s + ")"
}

func (w *writer) use(module, name string) {
	if !slices.Contains(w.ops[module], name) {
		w.ops[module] = append(w.ops[module], name)
	}
}

func (w *writer) imports() string {
	var b strings.Builder
	from := w.n.RoutesFile()
	for _, module := range slices.Sorted(maps.Keys(w.ops)) {
		sort.Strings(w.ops[module])
		b.WriteString(ts.Import(w.ops[module], naming.Relative(from, "src/lib/"+module+".ts")))
	}
	return b.String() + w.modules.String() + "import { " + w.n.Resource + " } from './" + w.n.Stem + ".resource.ts';\n"
}
