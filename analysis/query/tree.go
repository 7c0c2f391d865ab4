package query

import (
	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics/text"
)

// ProjectTree is a project as a person walks through it: features, their resources, what each serves and to whom.
type ProjectTree struct {
	Name     string
	Root     text.Path
	Complete bool // without an error: what is shown is what would be compiled
	Features []FeatureTree
}

// FeatureTree is one feature.
type FeatureTree struct {
	Name      string
	Resources []ResourceTree
}

// ResourceTree is one table with its policy, or an internal table.
type ResourceTree struct {
	ID       model.ID
	Name     string // its URL segment, or the table's name when it has no routes
	Internal bool
	At       text.Place
	Routes   []Served
	Views    []Served
	Actions  []Served
	Who      []string // every role that has a way in
}

// Served is one way in, with the roles that have it.
type Served struct {
	Endpoint
	Who []Grant
}

// Grant says that a role may; Some that it may with some rows only or at some times.
type Grant struct {
	Role string
	Some bool
}

// Tree is the tree of a project; false when there is none.
func Tree(s *analysis.Snapshot, root text.Path) (*ProjectTree, bool) {
	sc := projectScene(s, root)
	if sc == nil {
		return nil, false
	}
	out := &ProjectTree{Root: root, Complete: sc.project.Complete}
	if sc.project.Config != nil {
		out.Name = sc.project.Config.Name
	}
	for _, f := range sc.project.Features {
		feature := FeatureTree{Name: f.Name}
		for _, r := range f.Resources {
			feature.Resources = append(feature.Resources, sc.branch(r))
		}
		out.Features = append(out.Features, feature)
	}
	return out, true
}

// projectScene is a scene without a place, for questions about a whole project; nil without one.
func projectScene(s *analysis.Snapshot, root text.Path) *scene {
	if s == nil || s.Project(root) == nil {
		return nil
	}
	return &scene{s: s, root: root, project: s.Project(root)}
}

func (sc *scene) branch(r *model.Resource) ResourceTree {
	out := ResourceTree{ID: r.ID, Name: r.Segment, Internal: r.Internal, At: home(r)}
	e := sc.effective(r)
	if r.Internal && r.Table != nil {
		out.Name = r.Table.Name
	}
	in := map[string]bool{}
	for _, at := range Endpoints(r) {
		way := Served{Endpoint: at}
		if e != nil {
			for _, role := range sc.audience(r) {
				if v := decide(e, at, caller(role)).Verdict; v != policy.No {
					way.Who = append(way.Who, Grant{role, v != policy.Yes})
					in[role] = true
				}
			}
		}
		switch at.Kind {
		case ViewEndpoint:
			out.Views = append(out.Views, way)
		case ActionEndpoint:
			out.Actions = append(out.Actions, way)
		default:
			out.Routes = append(out.Routes, way)
		}
	}
	if e != nil {
		for _, role := range sc.audience(r) {
			if in[role] {
				out.Who = append(out.Who, role)
			}
		}
	}
	return out
}

// home is where a resource is declared: its policy, else its table, else its file.
func home(r *model.Resource) text.Place {
	if r.Source != nil && r.Home != nil {
		if at := r.Place(r.Source.At); at.Path != "" {
			return at
		}
	}
	if r.Table != nil && r.Table.Source != nil && r.Origin() != nil {
		return r.Origin().Place(r.Table.Source.At)
	}
	return text.Place{Path: r.File}
}
