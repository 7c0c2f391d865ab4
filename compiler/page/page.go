// Package page draws what a backend enforces, for a person who has to judge it: one HTML file that asks for nothing from anywhere.
//
// It shows the matrix of roles and routes, every resource with its rows, fields, states and actions, where personal data can be read,
// and what was proven of the emitted files. Everything on it comes from the policy and the report; nothing is decided here.
package page

import (
	"cmp"
	_ "embed"
	"html/template"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/analysis/query"
	"github.com/qbls/qbls/compiler/contract"
	"github.com/qbls/qbls/diagnostics/text"
)

//go:embed page.html
var layout string

//go:embed page.css
var style string

//go:embed page.js
var script string

// view is parsed when a page is drawn: most commands draw none.
var view = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{
		"style": func() template.CSS { return template.CSS(style) }, "script": func() template.JS { return template.JS(script) },
		"join": func(list []string) string { return strings.Join(list, ", ") },
	}).Parse(layout))
})

// Write draws a project. The report is that of the same definitions; nil: nothing has been proven, and the page says so.
func Write(w io.Writer, s *analysis.Snapshot, root text.Path, report *contract.Report) error {
	return view().Execute(w, dataOf(s, root, report))
}

type data struct {
	Project   string
	Report    *contract.Report
	Roles     []string
	Columns   int // of the matrix
	Resources []resource
	Personal  []personal
	Routes    int
	Public    []string // routes that answer callers without a session
}

type resource struct {
	Name, Anchor, Table, Feature, Place string
	Internal                            bool
	Firewall                            []string
	Hidden                              bool
	Routes                              []route
	Fields                              []field
	Machines                            []machine
	Actions                             []action
}

type route struct {
	Method, Path, Name string
	Cells              []cell
}

// cell is one answer: kind is yes, rows, function, masked or no.
type cell struct {
	Role, Kind, Text string
	Sample           string // of a masked value
}

func dataOf(s *analysis.Snapshot, root text.Path, report *contract.Report) *data {
	p := s.Project(root)
	roles := rolesOf(s, root)
	out := &data{Project: p.Config.Name, Report: report, Columns: len(roles) + 1}
	for _, role := range roles {
		out.Roles = append(out.Roles, shown(role))
	}
	for _, r := range p.Resources {
		e := s.Effective(root, r.ID)
		if e == nil {
			continue
		}
		item := resourceOf(s, r, e, roles)
		for _, at := range query.Endpoints(r) {
			line := route{Method: at.Method, Path: at.Path, Name: at.Name}
			for _, role := range roles {
				line.Cells = append(line.Cells, cellOf(role, decide(e, at, asked(role))))
			}
			if line.Cells[len(line.Cells)-1].Kind != "no" { // the last are callers without a session
				out.Public = append(out.Public, at.Method+" "+at.Path)
			}
			item.Routes = append(item.Routes, line)
		}
		out.Routes += len(item.Routes)
		out.Resources = append(out.Resources, item)
		out.Personal = append(out.Personal, personalOf(r, e, roles)...)
	}
	slices.SortStableFunc(out.Resources, func(a, b resource) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// rolesOf are those that some resource distinguishes, and always callers without a role and without a session.
func rolesOf(s *analysis.Snapshot, root text.Path) []string {
	matrix, _ := query.MatrixOf(s, root, "")
	out := slices.DeleteFunc(slices.Clone(matrix.Roles), func(role string) bool { return role == policy.Authenticated || role == policy.Public })
	return append(out, policy.Authenticated, policy.Public)
}

func decide(e *policy.Effective, at query.Endpoint, roles []string) policy.Decision {
	switch at.Kind {
	case query.ViewEndpoint:
		return e.CanView(roles, at.Name)
	case query.ActionEndpoint:
		return e.Acts(roles, at.Name)
	}
	return e.Can(roles, model.Op(at.Name))
}

func cellOf(role string, d policy.Decision) cell {
	out := cell{Role: shown(role), Kind: "no", Text: "refused"}
	rows := "every row"
	if !d.Rows.IsAlways() {
		rows = "rows where " + d.Rows.SQL()
	}
	switch d.Verdict {
	case policy.Yes:
		out.Kind, out.Text = "yes", rows
	case policy.IfRow:
		out.Kind, out.Text = "rows", rows
	case policy.Undecided:
		out.Kind, out.Text = "function", "decided by a function of the project, among "+rows
	}
	for _, because := range d.Because {
		out.Text += " — " + because.Text
	}
	return out
}

// shown is a role as a person knows it.
func shown(role string) string {
	switch role {
	case policy.Public:
		return "anonymous"
	case policy.Authenticated:
		return "any session"
	}
	return strings.TrimPrefix(role, "user:")
}

func asked(role string) []string {
	if role == policy.Public {
		return nil
	}
	return []string{role}
}
