package query

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics/text"
)

// LensKind says what choosing a lens does.
type LensKind uint8

const (
	EndpointsLens LensKind = iota // shows the routes
	WhoLens                       // shows the matrix of the resource
	GeneratedLens                 // opens what is emitted for the resource
	RunLens                       // runs the backend
)

// Lens is a line above a declaration that says something and leads to more.
type Lens struct {
	Span     text.Span
	Title    string
	Kind     LensKind
	Resource model.ID
}

// Lenses are the lenses of a file: above the policy its endpoints, who can reach it, the generated code and running it; above each
// action its route and who may call it.
func Lenses(s *analysis.Snapshot, path text.Path) []Lens {
	sc := newScene(s, path, 0)
	if sc == nil || sc.resource == nil {
		return nil
	}
	r := sc.resource
	e := sc.effective(r)
	if e == nil {
		return nil
	}
	var out []Lens
	if r.File == path && r.Source != nil {
		if at := r.Place(r.Source.At); at.Path == path {
			all := Endpoints(r)
			out = append(out,
				Lens{at.Span, plural(len(all), "endpoint") + " at /api/v1/" + r.Segment, EndpointsLens, r.ID},
				Lens{at.Span, sc.reachedBy(r, e, all), WhoLens, r.ID},
				Lens{at.Span, "open generated code", GeneratedLens, r.ID},
				Lens{at.Span, "run in qbls dev", RunLens, r.ID})
		}
	}
	for _, end := range Endpoints(r) {
		if end.Kind == ActionEndpoint && end.At.Path == path {
			who := strings.ReplaceAll(sc.whoDoes(r, func(roles []string) policy.Decision { return decide(e, end, roles) }), "`", "")
			out = append(out, Lens{end.At.Span, fmt.Sprintf("%s %s: %s", end.Method, end.Path, who), WhoLens, r.ID})
		}
	}
	return out
}

// reachedBy names the roles that have at least one way in.
func (sc *scene) reachedBy(r *model.Resource, e *policy.Effective, all []Endpoint) string {
	var in []string
	for _, role := range sc.audience(r) {
		if slices.ContainsFunc(all, func(at Endpoint) bool { return decide(e, at, caller(role)).Verdict != policy.No }) {
			in = append(in, role)
		}
	}
	switch n := len(in); {
	case n == 0:
		return "reached by nobody"
	case n > 4:
		return fmt.Sprintf("reached by %s and %d more", strings.Join(in[:3], ", "), n-3)
	}
	return "reached by " + strings.Join(in, ", ")
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
