package lsp

import (
	"context"

	"github.com/qbls/qbls/analysis/query"
	"github.com/qbls/qbls/lsp/session"
)

// TreeResult is the answer to qbls/tree.
type TreeResult struct {
	Projects []TreeProject `json:"projects"`
}

// TreeProject is a project with its features.
type TreeProject struct {
	Name     string        `json:"name"`
	URI      string        `json:"uri"`
	Complete bool          `json:"complete"`
	Features []TreeFeature `json:"features"`
}

// TreeFeature is a feature with its resources.
type TreeFeature struct {
	Name      string         `json:"name"`
	Resources []TreeResource `json:"resources"`
}

// TreeResource is a resource with what it serves.
type TreeResource struct {
	ID       string      `json:"id"`
	Name     string      `json:"name"`
	Internal bool        `json:"internal"`
	Location *Place      `json:"location,omitzero"`
	Routes   []TreeRoute `json:"routes"`
	Views    []TreeRoute `json:"views"`
	Actions  []TreeRoute `json:"actions"`
	Who      []string    `json:"who"`
}

// TreeRoute is one way in.
type TreeRoute struct {
	Name     string      `json:"name"`
	Kind     string      `json:"kind"`
	Method   string      `json:"method"`
	Path     string      `json:"path"`
	Location *Place      `json:"location,omitzero"`
	Who      []TreeGrant `json:"who"`
}

// TreeGrant is a role that has it; Some: for some rows, or when a function says so.
type TreeGrant struct {
	Role string `json:"role"`
	Some bool   `json:"some"`
}

func (s *server) tree(ctx context.Context, p ProjectParams) (*TreeResult, error) {
	out := &TreeResult{Projects: []TreeProject{}}
	if p.URI != "" {
		seen, ok := view(ctx).Project(p.URI)
		if !ok {
			return nil, noProject(p.URI)
		}
		out.Projects = append(out.Projects, treeOf(seen))
		return out, ctx.Err()
	}
	for seen := range view(ctx).Projects() {
		out.Projects = append(out.Projects, treeOf(seen))
	}
	return out, ctx.Err()
}

func treeOf(p session.Seen) TreeProject {
	out := TreeProject{URI: p.URI(), Features: []TreeFeature{}}
	tree, ok := query.Tree(p.Snapshot, p.Root)
	if !ok {
		return out
	}
	out.Name, out.Complete = tree.Name, tree.Complete
	for _, f := range tree.Features {
		feature := TreeFeature{Name: f.Name, Resources: []TreeResource{}}
		for _, r := range f.Resources {
			feature.Resources = append(feature.Resources, TreeResource{
				ID: string(r.ID), Name: r.Name, Internal: r.Internal, Location: placeOf(p, r.At),
				Routes: treeRoutes(p, r.Routes), Views: treeRoutes(p, r.Views), Actions: treeRoutes(p, r.Actions), Who: listed(r.Who),
			})
		}
		out.Features = append(out.Features, feature)
	}
	return out
}

func treeRoutes(p session.Seen, list []query.Served) []TreeRoute {
	out := make([]TreeRoute, 0, len(list))
	for _, s := range list {
		r := TreeRoute{Name: s.Name, Kind: string(s.Kind), Method: s.Method, Path: s.Path, Location: placeOf(p, s.At), Who: []TreeGrant{}}
		for _, g := range s.Who {
			r.Who = append(r.Who, TreeGrant(g))
		}
		out = append(out, r)
	}
	return out
}

// listed is a list that is empty rather than null.
func listed(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
