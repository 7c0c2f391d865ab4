package actions

import (
	"fmt"
	"regexp"
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
		for _, op := range r.Operations {
			out = append(out, check.Fact{Key: route(crudMethod[op.Op], "/"+r.Segment+crudPath[op.Op]), Value: "crud." + string(op.Op) + " of " + r.Segment, From: r.ID, At: r.Place(op.At)})
		}
		for _, v := range r.Views {
			out = append(out, check.Fact{Key: route("GET", "/"+r.Segment+"/views/"+v.Name), Value: "the view " + v.Name + " of " + r.Segment, From: r.ID, At: r.Place(v.At)})
		}
		for _, a := range r.Actions {
			if a.Standalone {
				out = append(out, check.Fact{Key: route(a.Method, a.Path), Value: standaloneFact + a.Name, From: r.ID, At: r.Place(a.At)})
				continue
			}
			out = append(out, check.Fact{Key: route(a.Method, "/"+r.Segment+"/:id/"+a.Name), Value: "the action " + a.Name + " of " + r.Segment, From: r.ID, At: r.Place(a.At)})
		}
		for i := range out {
			if out[i].At.Path == "" {
				out[i].At = at
			}
		}
		return out
	},
	Fold: func(key string, facts []check.Fact, _ *model.Config, report check.Report) {
		if len(facts) < 2 {
			return
		}
		for i, f := range facts {
			name, ok := strings.CutPrefix(f.Value, standaloneFact)
			if !ok {
				continue
			}
			other := facts[0]
			if i == 0 {
				other = facts[1]
			}
			report(diagnostics.Diagnostic{
				At: f.At, Message: fmt.Sprintf("The action %s is called by %s, and so is %s.", name, key, described(other)),
				Help: "Give it another path or method.", Key: string(f.From) + "." + name, Related: []diagnostics.Related{{At: other.At, Message: "the other one"}},
			})
		}
	},
}

const standaloneFact = "standalone "

func described(f check.Fact) string {
	if name, ok := strings.CutPrefix(f.Value, standaloneFact); ok {
		return "the action " + name
	}
	return f.Value
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
