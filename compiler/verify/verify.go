// Package verify proves a running backend against the definitions it was compiled from.
//
// From the model alone it makes a world: two organizations, a caller for every role and for nobody, and rows of every kind that a
// rule can tell apart, written past the API. Then it asks the backend over HTTP, and compares status, error code, rows and masks of
// every answer with what package policy says. The emitted code and the library that enforces it are not read at all.
//
// Whatever the definitions alone cannot tell, such as what an action's own code answers, is not guessed: the answer then only has to
// be no refusal, and functions of the project that decide access make a probe inconclusive.
package verify

import (
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
)

// Suite is what is asked of a backend, in order, after the rows of World are written to its database.
type Suite struct {
	World  *World
	Probes []Probe
}

// Probe is one request and what must come of it.
type Probe struct {
	Resource  string // URL segment
	Operation string // list, get, …, "view contact", "action publish"
	Caller    *Caller
	Method    string
	Path      string // below the base path of the API
	Body      any    // sent as JSON; nil for none
	About     string // what is tried, for a person
	Want      Want
}

// Name is the probe in one line, the same in every run.
func (p Probe) Name() string {
	return p.Caller.Name + ": " + p.Method + " " + p.Path + " (" + p.About + ")"
}

// New makes the suite of a complete project. The same project gives the same suite.
func New(project *model.Project) *Suite {
	w := newWorld(project)
	s := &Suite{World: w}
	var later []Probe
	for _, r := range project.Resources {
		p := &planner{world: w, resource: r, policy: policy.FromModel(project.Config, r)}
		if r.Table == nil {
			p.actions()
			later = append(later, p.probes...)
			continue
		}
		if r.Internal {
			p.closed()
			s.Probes = append(s.Probes, p.probes...)
			continue
		}
		p.reads()
		p.questions()
		p.refusedWrites()
		p.guards()
		p.references()
		first := len(p.probes)
		p.creations()
		p.puts()
		p.actions()
		p.removals()
		// What changes rows comes after everything that looks at them.
		s.Probes, later = append(s.Probes, p.probes[:first]...), append(later, p.probes[first:]...)
	}
	s.Probes = append(s.Probes, later...)
	return s
}

// planner makes the probes of one resource.
type planner struct {
	world    *World
	resource *model.Resource
	policy   *policy.Effective
	probes   []Probe
}

func (p *planner) add(operation string, c *Caller, method, rest string, body any, about string, want Want) {
	p.addAt(operation, c, method, "/"+p.resource.Segment+rest, body, about, want)
}

func (p *planner) addAt(operation string, c *Caller, method, path string, body any, about string, want Want) {
	if c.Token == "" && p.scoped() { // a caller without a session says which organization is meant
		separator := "?"
		if strings.Contains(path, "?") {
			separator = "&"
		}
		path += separator + "organizationId=" + p.world.Home
	}
	p.probes = append(p.probes, Probe{
		Resource: p.resource.Segment, Operation: operation, Caller: c, Method: method, Path: path, Body: body, About: about, Want: want,
	})
}

// scoped says whether the firewall asks for an organization.
func (p *planner) scoped() bool {
	for _, row := range p.resource.Firewall.Rows {
		if policy.ContextPath(row.Ctx) == activeOrg {
			return true
		}
	}
	return false
}
