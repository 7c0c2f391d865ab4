package lsp

import (
	"context"

	"go.lsp.dev/jsonrpc2"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/query"
)

// MatrixParams name a project, and one resource of it or all.
type MatrixParams struct {
	URI      string `json:"uri,omitzero"`
	Resource string `json:"resource,omitzero"` // "feature/file"
}

// MatrixResult is the answer to qbls/matrix.
type MatrixResult struct {
	URI       string           `json:"uri"` // of the project
	Complete  bool             `json:"complete"`
	Roles     []string         `json:"roles"`
	Resources []MatrixResource `json:"resources"`
}

// MatrixResource is the part of one resource.
type MatrixResource struct {
	ID       string      `json:"id"`
	Name     string      `json:"name"`
	Location *Place      `json:"location,omitzero"`
	Rows     []MatrixRow `json:"rows"`
}

// MatrixRow is one way in, with a cell for each role.
type MatrixRow struct {
	Name     string       `json:"name"`
	Kind     string       `json:"kind"`
	Method   string       `json:"method"`
	Path     string       `json:"path"`
	Location *Place       `json:"location,omitzero"`
	Cells    []MatrixCell `json:"cells"`
}

// MatrixCell is one decision.
type MatrixCell struct {
	Role      string   `json:"role"`
	Verdict   string   `json:"verdict"` // yes, no, rows, function
	Condition string   `json:"condition,omitzero"`
	Because   []string `json:"because"`
	Location  *Place   `json:"location,omitzero"`
}

func (s *server) matrix(ctx context.Context, p MatrixParams) (*MatrixResult, error) {
	seen, ok := view(ctx).Project(p.URI)
	if !ok {
		return nil, noProject(p.URI)
	}
	m, ok := query.MatrixOf(seen.Snapshot, seen.Root, model.ID(p.Resource))
	if !ok {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "the project has no resource %q", p.Resource)
	}
	out := &MatrixResult{URI: seen.URI(), Complete: m.Complete, Roles: listed(m.Roles), Resources: []MatrixResource{}}
	for _, r := range m.Resources {
		resource := MatrixResource{ID: string(r.ID), Name: r.Name, Location: placeOf(seen, r.At), Rows: []MatrixRow{}}
		for _, row := range r.Rows {
			line := MatrixRow{Name: row.Name, Kind: string(row.Kind), Method: row.Method, Path: row.Path, Location: placeOf(seen, row.At), Cells: []MatrixCell{}}
			for _, c := range row.Cells {
				line.Cells = append(line.Cells, MatrixCell{
					Role: c.Role, Verdict: c.Verdict, Condition: c.Condition, Because: listed(c.Because), Location: placeOf(seen, c.At),
				})
			}
			resource.Rows = append(resource.Rows, line)
		}
		out.Resources = append(out.Resources, resource)
	}
	return out, ctx.Err()
}
