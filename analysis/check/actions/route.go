package actions

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics"
)

const standalone = "  standalone: true,\n  path: '%s',\n  description: 'Does it',\n  access: { roles: ['admin'] },\n  execute: async () => ({}),\n"

// DuplicateRoute compares the routes of standalone actions with all routes of the project.
var DuplicateRoute = check.ProjectRule{
	Doc: &diagnostics.Rule{
		Code: "QB7007", Title: "Two things at one route", Since: "0.1.0", Locked: true,
		Why:  "Only the first one answers. Which one that is, and whose access rule holds, would depend on the order of files.",
		Fix:  "Give one of them another path.",
		Bad:  check.ExampleActions(check.Example(""), "archive: {\n"+fmt.Sprintf(standalone, "/archive")+"},\nsweep: {\n"+fmt.Sprintf(standalone, "/archive")+"},"),
		Good: check.ExampleActions(check.Example(""), "archive: {\n"+fmt.Sprintf(standalone, "/archive")+"},\nsweep: {\n"+fmt.Sprintf(standalone, "/sweep")+"},"),
		CWE:  []int{863},
	},
	Facts: func(r *model.Resource, _ *policy.Effective) (out []check.Fact) {
		at := r.Place(r.Firewall.At)
		out = make([]check.Fact, 0, len(r.Operations)+len(r.Views)+len(r.Actions))
		for _, op := range r.Operations {
			out = append(out, check.Fact{Key: r.Segment, Value: string(op.Op), From: r.ID, At: r.Place(op.At)})
		}
		for _, v := range r.Views {
			out = append(out, check.Fact{Key: r.Segment, Value: viewFact + v.Name, From: r.ID, At: r.Place(v.At)})
		}
		for _, a := range r.Actions {
			if a.Standalone {
				out = append(out, check.Fact{Key: first(a.Path), Value: standaloneFact + a.Name + "\n" + a.Method + "\n" + a.Path, From: r.ID, At: r.Place(a.At)})
				continue
			}
			out = append(out, check.Fact{Key: r.Segment, Value: actionFact + a.Name + "\n" + a.Method, From: r.ID, At: r.Place(a.At)})
		}
		for i := range out {
			if out[i].At.Path == "" {
				out[i].At = at
			}
		}
		return out
	},
	Fold: func(segment string, facts []check.Fact, _ *model.Config, report check.Report) {
		if !slices.ContainsFunc(facts, func(f check.Fact) bool { return strings.HasPrefix(f.Value, standaloneFact) }) {
			return
		}
		first, second := map[string]check.Fact{}, map[string]check.Fact{} // of each route
		for _, f := range facts {
			at, _ := said(segment, f)
			if _, taken := first[at]; !taken {
				first[at] = f
			} else if _, taken := second[at]; !taken {
				second[at] = f
			}
		}
		for _, f := range facts {
			if !strings.HasPrefix(f.Value, standaloneFact) {
				continue
			}
			at, what := said(segment, f)
			other, clash := second[at]
			if !clash {
				continue
			}
			if first[at] != f {
				other = first[at]
			}
			_, others := said(segment, other)
			report(diagnostics.Diagnostic{
				At: f.At, Message: fmt.Sprintf("%s is called by %s, and so is %s.", "T"+what[1:], at, others),
				Help: "Give it another path or method.", Key: string(f.From) + "." + strings.TrimPrefix(what, "the action "), Related: []diagnostics.Related{{At: other.At, Message: "the other one"}},
			})
		}
	},
}

// Facts are short, because every project has thousands and few have standalone actions: the name of an operation; the word for a view
// or an action with its name, its method and its path, a line each, as far as its kind leaves them open.
const standaloneFact, actionFact, viewFact = "standalone ", "action ", "view "

// first is the first segment of a path, which the routes of a resource share.
func first(path string) string {
	path, _, _ = strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return parameter.ReplaceAllString(path, ":id")
}

// said is the route that a fact stands for, and what is there.
func said(segment string, f check.Fact) (at, what string) {
	kind, rest, _ := strings.Cut(f.Value, " ")
	switch name, rest, _ := strings.Cut(rest, "\n"); kind + " " {
	case standaloneFact:
		method, path, _ := strings.Cut(rest, "\n")
		return route(method, path), "the action " + name
	case actionFact:
		return route(rest, "/"+segment+"/:id/"+name), "the action " + name + " of " + segment
	case viewFact:
		return route("GET", "/"+segment+"/views/"+name), "the view " + name + " of " + segment
	}
	op := model.Op(f.Value)
	return route(crudMethod[op], "/"+segment+crudPath[op]), "crud." + f.Value + " of " + segment
}

var parameter = regexp.MustCompile(`:[A-Za-z_][A-Za-z0-9_]*`)

// route is a method and a path; how a parameter is called makes no difference.
func route(method, path string) string {
	path = strings.TrimSuffix(path, "/")
	if base, ok := strings.CutSuffix(path, "/:id"); strings.Contains(path, ":") && (!ok || strings.Contains(base, ":")) {
		path = parameter.ReplaceAllString(path, ":id")
	}
	return method + " /api/v1" + path
}

var crudMethod = map[model.Op]string{
	model.List: "GET", model.Get: "GET", model.Create: "POST", model.Update: "PATCH", model.Delete: "DELETE", model.Put: "PUT",
	model.BatchCreate: "POST", model.BatchUpdate: "PATCH", model.BatchDelete: "DELETE", model.BatchUpsert: "PUT",
}

var crudPath = map[model.Op]string{
	model.Get: "/:id", model.Update: "/:id", model.Delete: "/:id", model.Put: "/:id",
	model.BatchCreate: "/batch", model.BatchUpdate: "/batch", model.BatchDelete: "/batch", model.BatchUpsert: "/batch",
}
