package query

import (
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics/text"
)

// Endpoint is one route that a resource will have.
type Endpoint struct {
	Method string // GET, POST, PATCH, PUT, DELETE
	Path   string // from the server's root, with :id for the record
	Kind   EndpointKind
	Name   string     // of the operation, view or action
	At     text.Place // where it is declared; the zero Place when it comes with something else
}

// EndpointKind tells what a route does.
type EndpointKind string

// The kinds of routes of a resource.
const (
	OperationEndpoint EndpointKind = "operation"
	ViewEndpoint      EndpointKind = "view"
	ActionEndpoint    EndpointKind = "action"
)

// routesOf are the method and path of each operation below a resource (api.md, Requests and answers).
var routesOf = map[model.Op][2]string{
	model.List: {"GET", ""}, model.Get: {"GET", "/:id"}, model.Create: {"POST", ""}, model.Update: {"PATCH", "/:id"},
	model.Delete: {"DELETE", "/:id"}, model.Put: {"PUT", "/:id"},
	model.BatchCreate: {"POST", "/batch"}, model.BatchUpdate: {"PATCH", "/batch"}, model.BatchDelete: {"DELETE", "/batch"}, model.BatchUpsert: {"PUT", "/batch"},
}

// Endpoints lists the routes of a resource: operations in the order of the documentation, views, actions. An internal table has none
// but those of its actions.
func Endpoints(r *model.Resource) []Endpoint {
	var out []Endpoint
	base := "/api/v1/" + r.Segment
	if !r.Internal {
		for _, op := range model.Ops {
			if o := r.Operation(op); o != nil {
				e := Endpoint{Method: routesOf[op][0], Path: base + routesOf[op][1], Kind: OperationEndpoint, Name: string(op)}
				if !o.Derived {
					e.At = r.Place(o.At)
				}
				out = append(out, e)
			}
		}
		for _, v := range r.Views {
			out = append(out, Endpoint{"GET", base + "/views/" + v.Name, ViewEndpoint, v.Name, r.Place(v.At)})
		}
	}
	for _, a := range r.Actions {
		e := Endpoint{strings.ToUpper(a.Method), base + "/:id/" + a.Name, ActionEndpoint, a.Name, r.Place(a.At)}
		if a.Source != nil && a.File != nil && a.Source.Name.At != (text.Anchor{}) {
			e.At = a.File.Place(a.Source.Name.At)
		}
		if e.Method == "" {
			e.Method = "POST"
		}
		if a.Standalone {
			e.Path = "/api/v1" + a.Path
		}
		out = append(out, e)
	}
	return out
}

// decide is the decision about an endpoint for a set of roles.
func decide(e *policy.Effective, at Endpoint, roles []string) policy.Decision {
	switch at.Kind {
	case ViewEndpoint:
		return e.CanView(roles, at.Name)
	case ActionEndpoint:
		return e.Acts(roles, at.Name)
	}
	return e.Can(roles, model.Op(at.Name))
}
