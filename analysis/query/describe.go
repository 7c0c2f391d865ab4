package query

import (
	"fmt"
	"strings"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics/text"
)

// DescribeRoutes is a page of Markdown with every route of a project, or of one resource: method, path, who may call it.
func DescribeRoutes(s *analysis.Snapshot, root text.Path, only model.ID) string {
	sc := projectScene(s, root)
	if sc == nil {
		return ""
	}
	return sc.page("Routes", only, func(b *strings.Builder, r *model.Resource) {
		b.WriteString("| | route | who |\n|---|---|---|\n")
		e := sc.effective(r)
		for _, at := range Endpoints(r) {
			who := "nobody"
			if e != nil {
				who = sc.whoDoes(r, func(roles []string) policy.Decision { return decide(e, at, roles) })
			}
			fmt.Fprintf(b, "| %s | %s | %s |\n", at.Name, code(at.Method+" "+at.Path), strings.ReplaceAll(who, "|", "\\|"))
		}
	})
}

// DescribePolicy is a page of Markdown with the effective policy of a project, or of one resource: rows, who may do what, which
// fields may be written, and what is masked.
func DescribePolicy(s *analysis.Snapshot, root text.Path, only model.ID) string {
	sc := projectScene(s, root)
	if sc == nil {
		return ""
	}
	return sc.page("Effective policy", only, func(b *strings.Builder, r *model.Resource) {
		e := sc.effective(r)
		if e == nil {
			b.WriteString("Internal table: no route reaches its rows.\n")
			return
		}
		where, derived := e.Where().SQL(), ""
		if e.Where().IsAlways() {
			where = "every row"
		}
		if r.Firewall.Derived {
			derived = ", derived from the columns"
		}
		fmt.Fprintf(b, "Rows: %s%s\n", code(where), derived)
		for _, w := range e.Waivers() {
			fmt.Fprintf(b, "\n%s\n", w)
		}
		b.WriteString("\n| | who | rows |\n|---|---|---|\n")
		for _, at := range Endpoints(r) {
			for _, line := range sc.grants(r, e, at) {
				b.WriteString(line)
			}
		}
		sc.describeColumns(b, r, e)
	})
}

// grants are the lines of one way in: roles that have it with the same rows share one.
func (sc *scene) grants(r *model.Resource, e *policy.Effective, at Endpoint) []string {
	var g grouped
	for _, role := range sc.audience(r) {
		d := decide(e, at, caller(role))
		if d.Verdict == policy.No {
			continue
		}
		rows := ""
		if !d.Rows.IsAlways() {
			rows = d.Rows.SQL()
		}
		if d.Verdict == policy.Undecided {
			rows = strings.TrimSpace(rows + " and a function decides")
		}
		g.add(rows, role)
	}
	var out []string
	for _, rows := range g.order {
		shown := "all"
		if rows != "" {
			shown = code(strings.ReplaceAll(rows, "|", "\\|"))
		}
		out = append(out, fmt.Sprintf("| %s | %s | %s |\n", at.Name, codes(g.roles[rows]), shown))
	}
	if out == nil {
		out = []string{fmt.Sprintf("| %s | nobody | |\n", at.Name)}
	}
	return out
}

func (sc *scene) describeColumns(b *strings.Builder, r *model.Resource, e *policy.Effective) {
	if r.Table == nil {
		return
	}
	b.WriteString("\n| column | create | update | mask |\n|---|---|---|---|\n")
	for _, c := range r.Table.Columns {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", c.Key, written(r, e, model.Create, c.Key), written(r, e, model.Update, c.Key), mask(r, c.Key))
	}
}

func written(r *model.Resource, e *policy.Effective, op model.Op, column string) string {
	switch {
	case r.Operation(op) == nil:
		return ""
	case e.Guarded(op, column) != "":
		return "no: " + e.Guarded(op, column)
	}
	return "yes"
}

// page is a heading, a warning when the project has errors, and a section for each resource.
func (sc *scene) page(title string, only model.ID, section func(*strings.Builder, *model.Resource)) string {
	var b strings.Builder
	name := ""
	if sc.project.Config != nil {
		name = sc.project.Config.Name
	}
	fmt.Fprintf(&b, "# %s: %s\n", title, name)
	if !sc.project.Complete {
		b.WriteString("\nThe definitions have errors, so this is not compiled yet.\n")
	}
	for _, r := range sc.project.Resources {
		if only != "" && r.ID != only || len(Endpoints(r)) == 0 && only == "" && !r.Internal {
			continue
		}
		heading := r.Segment
		if r.Internal && r.Table != nil {
			heading = r.Table.Name
		}
		fmt.Fprintf(&b, "\n## %s\n\n", heading)
		section(&b, r)
	}
	return b.String()
}
