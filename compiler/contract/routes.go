package contract

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/contract/literal"
	"github.com/qbls/qbls/diagnostics/text"
)

// route is what answers one method at one path.
type route struct {
	resource *model.Resource
	method   string // GET
	path     string // /api/v1/candidates/:id
	answers  string // list, view:pipeline, action:reject
	access   *model.Access
	action   *model.Action
	view     *model.View
	op       *model.Operation
}

func (r route) key() string { return r.method + " " + r.path }

// id tells a route from those of other resources at the same path.
func (r route) id() string { return r.key() + " " + string(r.resource.ID) }

// libraryOf is the module of the library that has an operation.
var libraryOf = map[string]text.Path{
	"list": "src/lib/read.ts", "get": "src/lib/read.ts", "view": "src/lib/read.ts", "create": "src/lib/write.ts", "update": "src/lib/write.ts", "remove": "src/lib/remove.ts",
	"put": "src/lib/put.ts", "batchPut": "src/lib/put.ts", "batchCreate": "src/lib/batch.ts", "batchUpdate": "src/lib/batch.ts", "batchDelete": "src/lib/batch.ts", "action": "src/lib/action.ts",
}

// operationRoutes are where operations live (api.md, Requests and answers), and what the library calls them.
var operationRoutes = map[model.Op][3]string{
	model.List: {"GET", "", "list"}, model.Get: {"GET", "/:id", "get"}, model.Create: {"POST", "", "create"}, model.Update: {"PATCH", "/:id", "update"},
	model.Delete: {"DELETE", "/:id", "remove"}, model.Put: {"PUT", "/:id", "put"}, model.BatchCreate: {"POST", "/batch", "batchCreate"},
	model.BatchUpdate: {"PATCH", "/batch", "batchUpdate"}, model.BatchDelete: {"DELETE", "/batch", "batchDelete"}, model.BatchUpsert: {"PUT", "/batch", "batchPut"},
}

// declaredRoutes are the routes that the definitions ask for.
func declaredRoutes(r *model.Resource) []route {
	var out []route
	base := "/api/v1/" + r.Segment
	for _, op := range r.Operations {
		if at, ok := operationRoutes[op.Op]; ok && !r.Internal {
			out = append(out, route{resource: r, method: at[0], path: base + at[1], answers: at[2], access: op.Access, op: op})
		}
	}
	for _, w := range r.Views {
		out = append(out, route{resource: r, method: "GET", path: base + "/views/" + w.Name, answers: "view:" + w.Name, access: w.Access, view: w})
	}
	for _, a := range r.Actions {
		x := route{resource: r, method: strings.ToUpper(a.Method), path: base + "/:id/" + a.Name, answers: "action:" + a.Name, access: a.Access, action: a}
		if x.method == "" {
			x.method = "POST"
		}
		if a.Standalone {
			x.path = "/api/v1/" + strings.Trim(a.Path, "/")
		}
		out = append(out, x)
	}
	return out
}

// routes reads every mounted module of routes, and compares what it serves with what is declared.
func (v *verifier) routes() {
	v.byFile = make(map[text.Path]*emitted, len(v.resources))
	owners := make(map[text.Path]*model.Resource, len(v.resources))
	for _, r := range v.Project.Resources {
		if e := v.resources[r.ID]; e != nil {
			v.byFile[e.file] = e
		}
		owners[routesOf(r)] = r
	}
	served := map[string]bool{}
	whole := make(map[model.ID]bool, len(v.Project.Resources))
	for from := 0; from < len(v.mounted) && !v.stopped(); {
		to := from + 1
		for to < len(v.mounted) && v.mounted[to].file == v.mounted[from].file {
			to++
		}
		owner := owners[v.mounted[from].file]
		read := v.routesOf(v.mounted[from:to], owner)
		v.checked++
		if read.whole {
			whole[owner.ID] = true
		}
		for _, key := range read.served {
			served[key] = true
		}
		from = to
	}
	for _, r := range v.Project.Resources {
		if !whole[r.ID] {
			v.missing(r, served)
		}
	}
}

// routesOf reads a module of routes with what is mounted of it. The owner is the resource that it belongs to, nil for none.
func (v *verifier) routesOf(mounts []mount, owner *model.Resource) routesPart {
	module := routesModule{mounts[0].file, mounts, v.byFile, map[string]bool{}, map[model.ID]bool{}}
	return v.part(string(module.file), v.routesKey(module, owner), func() any { return v.module(module, owner) }).(routesPart)
}

// routesModule is a module of routes that is being read.
type routesModule struct {
	file     text.Path
	mounts   []mount
	policies map[text.Path]*emitted
	served   map[string]bool   // method, path and resource
	about    map[model.ID]bool // whose routes it serves
}

// routesPart is what is known of a module of routes: that it serves all routes of the resource that it belongs to and nothing else, or
// what it serves.
type routesPart struct {
	whole  bool
	served []string
}

// routesKey is all that reading a module of routes looks at. Of other resources than the one that it belongs to nothing is in it: a module
// that serves those is read each time.
func (v *verifier) routesKey(m routesModule, owner *model.Resource) string {
	if owner == nil {
		return ""
	}
	key := v.project() + v.declared(owner) + v.sum(m.file)
	if e := v.resources[owner.ID]; e != nil {
		key += string(e.file) + "\x00" + e.name
	}
	for _, at := range m.mounts {
		key += "\x00" + at.segment + "\x00" + at.name
	}
	return key
}

func (v *verifier) module(m routesModule, owner *model.Resource) routesPart {
	module := v.read(m.file, Closure, nil)
	if module == nil {
		return routesPart{}
	}
	used := map[string]bool{}
	for _, at := range m.mounts {
		used[at.name] = true
		v.router(at, module, m)
	}
	v.sideEffects(m.file, module)
	for _, r := range module.Run {
		v.odd(m.file, spanOf(r), "statements", "no statement")
	}
	for _, c := range module.Consts {
		if !used[c.Name] {
			v.odd(m.file, span{c.Start, c.End}, c.Name, "routes that are mounted")
		}
	}
	if module.Default != nil || len(module.Reexports) > 0 {
		v.odd(m.file, span{0, len(v.text(m.file))}, "exports", "routes, and nothing else")
	}
	if owner != nil && len(m.about) == 1 && m.about[owner.ID] && !slices.ContainsFunc(declaredRoutes(owner), func(d route) bool { return !m.served[d.id()] }) {
		return routesPart{whole: true}
	}
	return routesPart{served: slices.Sorted(maps.Keys(m.served))}
}

// missing reports the declared routes of a resource that nothing serves.
func (v *verifier) missing(r *model.Resource, served map[string]bool) {
	list := declaredRoutes(r)
	slices.SortStableFunc(list, func(a, b route) int { return strings.Compare(a.id(), b.id()) })
	for _, d := range list {
		if served[d.id()] {
			continue
		}
		file, at := v.home(d)
		v.violate(broken{rule: Closure, resource: d.resource, subject: d.key(), file: file, at: at, declared: d.key() + " → " + d.answers, emitted: "nothing", message: "The declared route " + d.key() + " is not served."})
	}
}

// home is where a route belongs: the module of its resource's routes, else the app that does not mount it.
func (v *verifier) home(d route) (text.Path, span) {
	file := routesOf(d.resource)
	segment, _, _ := strings.Cut(strings.TrimPrefix(d.path, "/api/v1/"), "/")
	if src, ok := v.content(file); ok && slices.ContainsFunc(v.mounted, func(m mount) bool { return m.file == file && m.segment == segment }) {
		return file, span{0, len(src)}
	}
	return appFile, span{0, len(v.text(appFile))}
}

// router reads (rt: Runtime) => routes(resource, rt).get('/', list)….
func (v *verifier) router(m mount, module *literal.Module, all routesModule) {
	c := module.Const(m.name)
	if c == nil || !c.Exported || c.Value.Form != literal.Arrow || strings.Join(strings.Fields(c.Value.Str), "") != "rt:Runtime" {
		v.odd(m.file, span{}, m.name, "the routes "+m.name)
		return
	}
	var chain []*literal.Value
	at := c.Value.On
	for at.Form == literal.Call && at.Member != "" {
		chain = append(chain, at)
		at = at.On
	}
	r := routed(m.file, module, at, all.policies)
	if r == nil {
		where := spanOf(at)
		if at.Form == literal.Call && at.On.IsName("routes") && !comes(m.file, module, "routes", "src/lib/routes.ts", "routes") {
			where = importAt(module, "routes", where)
		}
		v.odd(m.file, where, m.name, "routes(…) of the library, with a policy of the app")
		return
	}
	below := "/api/v1/" + m.segment
	if !slices.ContainsFunc(declaredRoutes(r), func(d route) bool { return d.path == below || strings.HasPrefix(d.path, below+"/") }) {
		v.odd(appFile, m.at, "app.features."+m.segment, "routes that are declared below "+below)
		return
	}
	all.about[r.ID] = true
	want := map[string]route{}
	for _, d := range declaredRoutes(r) {
		want[d.id()] = d
	}
	slices.Reverse(chain)
	for _, call := range chain {
		v.route(m, module, r, call, want, all.served)
	}
	v.prove(AuthGate, m.file, spanOf(c.Value), string(r.ID))
	v.prove(Closure, m.file, spanOf(c.Value), "/api/v1/"+m.segment)
	if len(r.Masks) > 0 {
		v.prove(MaskCompleteness, m.file, spanOf(c.Value), string(r.ID))
	}
}

// routed is the resource of routes(resource, rt): one whose policy the app lists.
func routed(file text.Path, m *literal.Module, call *literal.Value, policies map[text.Path]*emitted) *model.Resource {
	if call.Form != literal.Call || !call.On.IsName("routes") || len(call.Items) != 2 || !call.Items[1].IsName("rt") || !comes(file, m, "routes", "src/lib/routes.ts", "routes") || call.Items[0].Form != literal.Path {
		return nil
	}
	from, name := imported(file, m, call.Items[0].Path[0])
	if e := policies[from]; e != nil && e.name == name && len(call.Items[0].Path) == 1 {
		return e.declared
	}
	return nil
}

func (v *verifier) route(m mount, module *literal.Module, r *model.Resource, call *literal.Value, want map[string]route, served map[string]bool) {
	// The range is that of this call alone: from behind what it is called on.
	at := span{call.On.End, call.End}
	if len(call.Items) != 2 || call.Items[0].Form != literal.Str || !slices.Contains([]string{"get", "post", "put", "patch", "delete"}, call.Member) {
		v.odd(m.file, at, m.name, "a method with a path and an operation of the library")
		return
	}
	answers, ok := v.operation(m.file, module, call.Items[1])
	path := strings.TrimSuffix("/api/v1/"+m.segment+call.Items[0].Str, "/")
	key := strings.ToUpper(call.Member) + " " + path
	d, declared := want[key+" "+string(r.ID)]
	switch {
	case !declared || served[key+" "+string(r.ID)]:
		v.violate(broken{rule: Closure, resource: r, subject: key, file: m.file, at: at, declared: "no such route", emitted: key + " → " + answers, message: "The route " + key + " is served, and nothing declares it."})
		return
	case !ok || d.answers != answers:
		if d.answers == answers { // the right name of another module
			name, _, _ := strings.Cut(answers, ":")
			at, answers = importAt(module, name, at), answers+" of another module"
		}
		v.violate(broken{rule: Closure, resource: r, subject: key, file: m.file, at: at, declared: d.answers, emitted: answers, message: "The route " + key + " is answered by something else than declared."})
	case d.action != nil:
		v.actionRoute(m.file, module, d, call.Items[1])
	}
	served[key+" "+string(r.ID)] = true
}

// operation is what answers a route: an operation of the library, by its name.
func (v *verifier) operation(file text.Path, m *literal.Module, value *literal.Value) (string, bool) {
	switch {
	case value.Form == literal.Path && len(value.Path) == 1:
		return value.Path[0], comes(file, m, value.Path[0], libraryOf[value.Path[0]], value.Path[0])
	case value.Form == literal.Call && value.On.IsName("view") && len(value.Items) == 1 && value.Items[0].Form == literal.Str:
		return "view:" + value.Items[0].Str, comes(file, m, "view", libraryOf["view"], "view")
	case value.Form == literal.Call && value.On.IsName("action") && (len(value.Items) == 2 || len(value.Items) == 3) && value.Items[0].Form == literal.Str:
		return "action:" + value.Items[0].Str, comes(file, m, "action", libraryOf["action"], "action")
	}
	return short(v.text(file)[value.Start:value.End]), false
}

// actionPath is where an action stands: its file, and the path into its default export.
func actionPath(r *model.Resource, a *model.Action) (text.Path, []string) {
	form, file := definition.ActionsOfTable, r.ActionsFile
	if a.List != nil {
		form, file = a.List.Form, a.File.Path
	}
	if form == definition.ActionFile {
		return file, nil
	}
	return file, []string{"actions", a.Name}
}

// actionRoute compares the code that an action runs, and the schema beside it, with the author's.
func (v *verifier) actionRoute(file text.Path, m *literal.Module, d route, call *literal.Value) {
	source, path := actionPath(d.resource, d.action)
	ok := v.refers(file, m, call.Items[1], source, path)
	if handler := d.action.Handler; handler != nil {
		ok = ok && len(call.Items) == 3 && call.Items[2].Form == literal.Path && len(call.Items[2].Path) == 1 && comes(file, m, call.Items[2].Path[0], v.linkedPath(handler.Path), "*")
	} else {
		ok = ok && len(call.Items) == 2
	}
	if !ok {
		at := spanOf(call)
		if given := call.Items[1]; given.Form == literal.Path && slices.Equal(given.Path[1:], path) { // the right member of another module
			at = importAt(m, given.Path[0], at)
		}
		v.violate(broken{rule: ActionValidation, resource: d.resource, subject: "actions." + d.action.Name, file: file, at: at,
			declared: fmt.Sprintf("%s of %s", strings.Join(append([]string{"default"}, path...), "."), source), emitted: short(v.text(file)[call.Start:call.End]),
			message: "The action " + d.action.Name + " does not run what its file declares."})
		return
	}
	v.prove(ActionValidation, file, spanOf(call), string(d.resource.ID)+".actions."+d.action.Name)
}
