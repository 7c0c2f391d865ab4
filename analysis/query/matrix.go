package query

import (
	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics/text"
)

// Matrix says for every resource, way in and role of a project what the policy answers.
type Matrix struct {
	Root      text.Path
	Complete  bool
	Roles     []string // columns: every role that some resource distinguishes
	Resources []MatrixResource
}

// MatrixResource is the part of one resource.
type MatrixResource struct {
	ID   model.ID
	Name string
	At   text.Place
	Rows []MatrixRow
}

// MatrixRow is one way in, with a cell for each role of the matrix, in its order.
type MatrixRow struct {
	Endpoint
	Cells []Cell
}

// Cell is one decision.
type Cell struct {
	Role      string
	Verdict   string     // yes, no, rows (some rows), function (decided when it is called)
	Condition string     // of the rows, as a person reads it; "" when every row or none
	Because   []string   // what grants or refuses
	At        text.Place // the line that decides; the zero Place when it is written nowhere
}

// MatrixOf is the matrix of a project, or of one of its resources when an id is given; false when there is no such thing.
func MatrixOf(s *analysis.Snapshot, root text.Path, only model.ID) (*Matrix, bool) {
	sc := projectScene(s, root)
	if sc == nil || only != "" && sc.project.Resource(only) == nil {
		return nil, false
	}
	out := &Matrix{Root: root, Complete: sc.project.Complete}
	var chosen []*model.Resource
	seen := map[string]bool{}
	for _, r := range sc.project.Resources {
		if sc.effective(r) == nil || only != "" && r.ID != only {
			continue
		}
		chosen = append(chosen, r)
		for _, role := range sc.audience(r) {
			seen[role] = true
		}
	}
	for _, role := range append(sc.knownRoles(), policy.Authenticated, policy.Public) {
		if seen[role] {
			out.Roles = append(out.Roles, role)
			delete(seen, role)
		}
	}
	for _, r := range chosen {
		for _, role := range sc.audience(r) { // roles of the user, in the order in which they are met
			if seen[role] {
				out.Roles = append(out.Roles, role)
				delete(seen, role)
			}
		}
	}
	for _, r := range chosen {
		out.Resources = append(out.Resources, sc.matrix(r, out.Roles))
	}
	return out, true
}

func (sc *scene) matrix(r *model.Resource, roles []string) MatrixResource {
	out := MatrixResource{ID: r.ID, Name: r.Segment, At: home(r)}
	e := sc.effective(r)
	for _, at := range Endpoints(r) {
		row := MatrixRow{Endpoint: at}
		for _, role := range roles {
			row.Cells = append(row.Cells, cell(r, role, decide(e, at, caller(role)), at.At))
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

var verdicts = map[policy.Verdict]string{policy.No: "no", policy.Yes: "yes", policy.IfRow: "rows", policy.Undecided: "function"}

func cell(r *model.Resource, role string, d policy.Decision, declared text.Place) Cell {
	out := Cell{Role: role, Verdict: verdicts[d.Verdict], At: declared}
	if d.Verdict != policy.No && !d.Rows.IsAlways() {
		out.Condition = d.Rows.SQL()
	}
	found := false
	for _, because := range d.Because {
		out.Because = append(out.Because, because.Text)
		if at := r.Place(because.At); !found && at.Path != "" && at.Span.Len() > 0 {
			out.At, found = at, true
		}
	}
	return out
}
