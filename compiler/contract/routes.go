package contract

import (
	"fmt"
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
	want := map[string]route{}
	for _, r := range v.Project.Resources {
		for _, d := range declaredRoutes(r) {
			want[d.key()+" "+string(r.ID)] = d
		}
	}
	served := map[string]bool{}
	modules := map[text.Path]*literal.Module{}
	used := map[text.Path]map[string]bool{}
	for _, m := range v.mounted {
		module, seen := modules[m.file]
		if !seen {
			module = v.read(m.file, Closure, nil)
			modules[m.file], used[m.file] = module, map[string]bool{}
			v.checked++
		}
		if module == nil {
			continue
		}
		used[m.file][m.name] = true
		v.router(m, module, want, served)
	}
	for file, module := range modules {
		if module == nil {
			continue
		}
		v.sideEffects(file, module)
		for _, r := range module.Run {
			v.odd(file, spanOf(r), "statements", "no statement")
		}
		for _, c := range module.Consts {
			if !used[file][c.Name] {
				v.odd(file, span{c.Start, c.End}, c.Name, "routes that are mounted")
			}
		}
		if module.Default != nil || len(module.Reexports) > 0 {
			v.odd(file, span{0, len(v.files[file])}, "exports", "routes, and nothing else")
		}
	}
	v.missing(want, served)
}

func (v *verifier) missing(want map[string]route, served map[string]bool) {
	var keys []string
	for k := range want {
		if !served[k] {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	for _, k := range keys {
		d := want[k]
		file, at := v.home(d)
		v.violate(broken{rule: Closure, resource: d.resource, subject: d.key(), file: file, at: at, declared: d.key() + " → " + d.answers, emitted: "nothing", message: "The declared route " + d.key() + " is not served."})
	}
}

// home is where a route belongs: the module of its resource's routes, else the app that does not mount it.
func (v *verifier) home(d route) (text.Path, span) {
	file := text.Path("src/features/" + d.resource.Feature + "/" + stemOf(d.resource) + ".routes.ts")
	segment, _, _ := strings.Cut(strings.TrimPrefix(d.path, "/api/v1/"), "/")
	if src, ok := v.files[file]; ok && slices.ContainsFunc(v.mounted, func(m mount) bool { return m.file == file && m.segment == segment }) {
		return file, span{0, len(src)}
	}
	return appFile, span{0, len(v.files[appFile])}
}

// router reads (rt: Runtime) => routes(resource, rt).get('/', list)….
func (v *verifier) router(m mount, module *literal.Module, want map[string]route, served map[string]bool) {
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
	r := v.routed(m.file, module, at)
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
	slices.Reverse(chain)
	for _, call := range chain {
		v.route(m, module, r, call, want, served)
	}
	v.prove(AuthGate, m.file, spanOf(c.Value), string(r.ID))
	v.prove(Closure, m.file, spanOf(c.Value), "/api/v1/"+m.segment)
	if len(r.Masks) > 0 {
		v.prove(MaskCompleteness, m.file, spanOf(c.Value), string(r.ID))
	}
}

// routed is the resource of routes(resource, rt): one whose policy the app lists.
func (v *verifier) routed(file text.Path, m *literal.Module, call *literal.Value) *model.Resource {
	if call.Form != literal.Call || !call.On.IsName("routes") || len(call.Items) != 2 || !call.Items[1].IsName("rt") || !comes(file, m, "routes", "src/lib/routes.ts", "routes") || call.Items[0].Form != literal.Path {
		return nil
	}
	from, name := imported(file, m, call.Items[0].Path[0])
	for _, e := range v.resources {
		if e.file == from && e.name == name && len(call.Items[0].Path) == 1 {
			return e.declared
		}
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
		v.violate(broken{rule: Closure, resource: r, subject: key, file: m.file, at: at, declared: d.answers, emitted: answers, message: "The route " + key + " is answered by something else than declared."})
	case d.action != nil:
		v.actionRoute(m.file, module, d, call.Items[1])
	}
	served[key+" "+string(r.ID)] = true
}

// operation is what answers a route: an operation of the library, by its name.
func (v *verifier) operation(file text.Path, m *literal.Module, value *literal.Value) (string, bool) {
	const library text.Path = "src/lib/routes.ts"
	switch {
	case value.Form == literal.Path && len(value.Path) == 1:
		return value.Path[0], comes(file, m, value.Path[0], library, value.Path[0])
	case value.Form == literal.Call && value.On.IsName("view") && len(value.Items) == 1 && value.Items[0].Form == literal.Str:
		return "view:" + value.Items[0].Str, comes(file, m, "view", library, "view")
	case value.Form == literal.Call && value.On.IsName("action") && (len(value.Items) == 2 || len(value.Items) == 3) && value.Items[0].Form == literal.Str:
		return "action:" + value.Items[0].Str, comes(file, m, "action", library, "action")
	}
	return short(v.files[file][value.Start:value.End]), false
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
			declared: fmt.Sprintf("%s of %s", strings.Join(append([]string{"default"}, path...), "."), source), emitted: short(v.files[file][call.Start:call.End]),
			message: "The action " + d.action.Name + " does not run what its file declares."})
		return
	}
	v.prove(ActionValidation, file, spanOf(call), string(d.resource.ID)+".actions."+d.action.Name)
}
