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
	access   *model.Access
	action   *model.Action
	view     *model.View
	op       *model.Operation
}

func (r route) key() string { return r.method + " " + r.path }

// operation is where one lives (api.md, Requests and answers), what policies call it, and the library's name and module for it.
type operation struct{ method, path, grant, name, module string }

var operations = map[model.Op]operation{
	model.List: {"GET", "", "list", "list", "read"}, model.Get: {"GET", "/:id", "get", "get", "read"}, model.Create: {"POST", "", "create", "create", "write"},
	model.Update: {"PATCH", "/:id", "update", "update", "write"}, model.Delete: {"DELETE", "/:id", "delete", "remove", "write"}, model.Put: {"PUT", "/:id", "put", "put", "put"},
	model.BatchCreate: {"POST", "/batch", "batch:create", "batchCreate", "batch"}, model.BatchUpdate: {"PATCH", "/batch", "batch:update", "batchUpdate", "batch"},
	model.BatchDelete: {"DELETE", "/batch", "batch:delete", "batchDelete", "batch"}, model.BatchUpsert: {"PUT", "/batch", "batch:put", "batchPut", "put"},
}

// declaredRoutes are the routes that the definitions ask for.
func declaredRoutes(r *model.Resource) []route {
	var out []route
	base := "/api/v1/" + r.Segment
	for _, op := range r.Operations {
		if at, ok := operations[op.Op]; ok && !r.Internal {
			out = append(out, route{resource: r, method: at.method, path: base + at.path, access: op.Access, op: op})
		}
	}
	for _, w := range r.Views {
		out = append(out, route{resource: r, method: "GET", path: base + "/views/" + w.Name, access: w.Access, view: w})
	}
	for _, a := range r.Actions {
		x := route{resource: r, method: strings.ToUpper(a.Method), path: base + "/:id/" + a.Name, access: a.Access, action: a}
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

// needed are the operations that the policies of a project grant, by what those call them. The library makes the routes of the policies: what
// one grants is served at the place of that operation, by what the app names for it, and nothing else is (lib/routes.ts).
func needed(p *model.Project) map[string]operation {
	out := map[string]operation{}
	for _, r := range p.Resources {
		maps.Copy(out, granted(r))
	}
	return out
}

// granted are those of one policy.
func granted(r *model.Resource) map[string]operation {
	out := map[string]operation{}
	for _, op := range r.Operations {
		if o, ok := operations[op.Op]; ok && !r.Internal {
			out[o.grant] = o
		}
	}
	if len(r.Views) > 0 {
		out["view"] = operation{name: "view", module: "read"}
	}
	if len(r.Actions) > 0 {
		out["action"] = operation{name: "action", module: "action"}
	}
	return out
}

// answering reads app.operations: what is granted is answered by the library's operation of that name, each once.
func (v *verifier) answering(m *literal.Module, o *literal.Value) {
	if o.Form != literal.Object {
		v.odd(appFile, spanOf(o), "app.operations", "the operations of the library")
		return
	}
	want := needed(v.Project)
	for _, p := range o.Props {
		op, granted := want[p.Name]
		if !granted || !p.Value.IsName(op.name) || !comes(appFile, m, op.name, text.Path("src/lib/"+op.module+".ts"), op.name) {
			at := span{p.Start, p.End}
			if granted && p.Value.IsName(op.name) { // the right name of another module
				at = importAt(m, op.name, at)
			}
			v.odd(appFile, at, "app.operations."+p.Name, "operations of the library that a policy grants")
		}
		delete(want, p.Name)
	}
	for _, grant := range slices.Sorted(maps.Keys(want)) {
		v.odd(appFile, spanOf(o), "app.operations."+grant, "the operation "+grant+", which a policy grants")
	}
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

// runs compares the code that the actions of a policy run, and the schema beside it, with the author's.
func (v *verifier) runs(e *emitted) {
	for _, a := range e.declared.Actions {
		value := e.policy.actionAt[a.Name]
		if value == nil {
			continue // that it is missing is reported where policies are compared
		}
		source, path := actionPath(e.declared, a)
		run, handler := value.Get("run"), value.Get("handler")
		if shared := e.policy.literal.Get("code"); run == nil && shared != nil && len(path) > 0 {
			run, path = shared, path[:len(path)-1] // of the path to an action the name comes last
		}
		own := v.refers(e.file, e.module, run, source, path)
		handled := handler == nil
		if a.Handler != nil {
			handled = handler != nil && handler.Form == literal.Path && len(handler.Path) == 1 && comes(e.file, e.module, handler.Path[0], v.linkedPath(a.Handler.Path), "*")
		}
		at := spanOf(value)
		switch {
		case own && handled:
			v.prove(ActionValidation, e.file, spanOf(run), string(e.declared.ID)+".actions."+a.Name)
			continue
		case own && handler != nil:
			at = spanOf(handler)
		case !own && run != nil && run.Form == literal.Path && slices.Equal(run.Path[1:], path): // the right member of another module
			at = importAt(e.module, run.Path[0], spanOf(run))
		case !own && run != nil:
			at = spanOf(run)
		case !own:
			at = e.span // neither the action nor the policy says what it runs
		}
		v.violate(broken{rule: ActionValidation, resource: e.declared, subject: "actions." + a.Name, file: e.file, at: at,
			declared: fmt.Sprintf("%s of %s", strings.Join(append([]string{"default"}, path...), "."), source), emitted: short(v.text(e.file)[at.start:at.end]),
			message: "The action " + a.Name + " does not run what its file declares."})
	}
}
