package page

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/check/masking"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
)

// field is a column with what each role sees of it, and who may write it.
type field struct {
	Name, Type, Role string
	Personal         bool
	Cells            []cell
	Writes           string
}

// action is an action with the states that it is allowed in.
type action struct {
	Name, Route, Description string
	Who                      []string
	States                   []string
	Unsafe                   string // the reason, for actions past every scope
}

// personal is one column with personal data, and who reads it clear or masked.
type personal struct {
	Resource, Anchor, Column, Mask string
	Clear, Masked                  []string
}

func resourceOf(s *analysis.Snapshot, r *model.Resource, e *policy.Effective, roles []string) resource {
	out := resource{
		Name: r.Segment, Anchor: anchor(r), Feature: r.Feature, Internal: r.Internal, Hidden: r.Firewall.Hide, Firewall: firewall(r, e),
		Place: string(r.File),
	}
	if f := s.File(r.File); f != nil {
		if at := r.Place(r.Firewall.At); at.Path == r.File {
			out.Place = fmt.Sprintf("%s:%d", r.File, f.Position(int(at.Span.Start), 0).Line+1)
		}
	}
	if r.Table == nil {
		out.Actions = actions(r, e, roles, "", nil)
		return out
	}
	out.Table = r.Table.Name
	for _, c := range r.Table.Columns {
		out.Fields = append(out.Fields, fieldOf(r, e, c, roles))
	}
	out.Machines = machines(r, e, roles)
	column, states := "", []string(nil)
	if len(out.Machines) > 0 {
		column, states = out.Machines[0].Column, out.Machines[0].States
	}
	out.Actions = actions(r, e, roles, column, states)
	return out
}

func anchor(r *model.Resource) string { return "r-" + strings.ReplaceAll(string(r.ID), "/", "-") }

// firewall says which rows exist for a caller, one line a condition.
func firewall(r *model.Resource, e *policy.Effective) []string {
	var out []string
	for _, row := range r.Firewall.Rows {
		line := policy.Compare(row.Column, row.Op, row.Ctx, row.Value).SQL()
		if len(row.Unless) > 0 {
			line += " — not for " + strings.Join(row.Unless, ", ")
		}
		out = append(out, line)
	}
	if len(out) == 0 {
		out = append(out, "every row of the table: "+map[bool]string{true: "the firewall is an exception", false: "there is no firewall"}[r.Firewall.Exception])
	}
	return out
}

var samples = map[string]string{
	"email": "j***@y*********.com", "phone": "******4567", "ssn": "*****6789", "creditCard": "************1111", "name": "J*** S****",
	"redact": "[REDACTED]", "custom": "by a function of the project",
}

func fieldOf(r *model.Resource, e *policy.Effective, c *model.Column, roles []string) field {
	out := field{Name: c.Key, Type: c.Type(), Role: roleOf(c), Personal: masking.Personal(c), Writes: writes(r, e, c)}
	if len(c.Enum) > 0 {
		out.Type = strings.Join(c.Enum, " | ")
	}
	for _, role := range roles {
		out.Cells = append(out.Cells, reads(r, e, c, role))
	}
	return out
}

func roleOf(c *model.Column) string {
	return map[model.ColumnRole]string{model.KeyColumn: "key", model.ScopeColumn: "scope", model.AuditColumn: "audit", model.DeleteColumn: "audit", model.GeneratedColumn: "generated"}[c.Role]
}

// reads is the most that a role sees of a column, by any way.
func reads(r *model.Resource, e *policy.Effective, c *model.Column, role string) cell {
	out := cell{Role: shown(role), Kind: "no", Text: "never in an answer"}
	consider := func(by string, d policy.Decision, f policy.FieldDecision) {
		if d.Verdict == policy.No {
			return
		}
		switch {
		case f.Verdict == policy.Yes:
			out.Kind, out.Text, out.Sample = "yes", "clear, by "+by, ""
		case f.Verdict == policy.IfRow && out.Kind != "yes":
			out.Kind, out.Text, out.Sample = "rows", "clear on own rows, else masked", samples[f.Masked]
		case f.Masked != "" && out.Kind == "no":
			out.Kind, out.Text, out.Sample = "masked", "masked", samples[f.Masked]
		}
	}
	roles := asked(role)
	for _, op := range []model.Op{model.Get, model.List} {
		if !r.Internal {
			consider(string(op), e.Can(roles, op), e.Reads(roles, op, c.Key))
		}
	}
	for _, v := range r.Views {
		consider("the view "+v.Name, e.CanView(roles, v.Name), e.ReadsView(roles, v.Name, c.Key))
	}
	return out
}

// writes says by what a column can be written.
func writes(r *model.Resource, e *policy.Effective, c *model.Column) string {
	var by []string
	for _, op := range []model.Op{model.Create, model.Update, model.Put} {
		if r.Operation(op) != nil && e.Guarded(op, c.Key) == "" {
			by = append(by, string(op))
		}
	}
	for _, p := range r.Guards.Protected {
		if p.Column == c.Key && p.Any {
			by = append(by, "any action")
		} else if p.Column == c.Key {
			by = append(by, p.Actions...)
		}
	}
	switch {
	case len(by) > 0:
		return strings.Join(by, ", ")
	case c.Role != model.Plain:
		return "the system"
	}
	return "—"
}

func actions(r *model.Resource, e *policy.Effective, roles []string, column string, states []string) []action {
	var out []action
	for _, a := range r.Actions {
		item := action{Name: a.Name, Route: method(a) + " /api/v1/" + r.Segment + "/:id/" + a.Name}
		if a.Standalone {
			item.Route = method(a) + " /api/v1" + a.Path
		}
		if a.Source != nil {
			item.Description = a.Source.Description.Or("")
			if a.Source.Unsafe != nil {
				item.Unsafe = a.Source.Unsafe.Reason.Or("no reason is given")
			}
		}
		for _, role := range roles {
			d := e.Acts(asked(role), a.Name)
			if d.Verdict == policy.No {
				continue
			}
			item.Who = append(item.Who, shown(role))
			for _, state := range states {
				if !a.Standalone && !slices.Contains(item.States, state) && possible(d, column, state) {
					item.States = append(item.States, state)
				}
			}
		}
		out = append(out, item)
	}
	return out
}

func method(a *model.Action) string {
	if a.Method == "" {
		return "POST"
	}
	return strings.ToUpper(a.Method)
}

// possible says whether a decision leaves room for a row in a state.
func possible(d policy.Decision, column, state string) bool {
	return !d.Rows.And(policy.Compare(column, policy.OpEquals, "", state)).IsNever()
}

func personalOf(r *model.Resource, e *policy.Effective, roles []string) (out []personal) {
	if r.Table == nil || r.Internal {
		return nil
	}
	for _, c := range r.Table.Columns {
		i := slices.IndexFunc(r.Masks, func(m *model.Mask) bool { return m.Column == c.Key })
		if i < 0 && !masking.Personal(c) {
			continue
		}
		item := personal{Resource: r.Segment, Anchor: anchor(r), Column: c.Key, Mask: "none"}
		if i >= 0 {
			item.Mask = r.Masks[i].Type
		}
		for _, role := range roles {
			switch got := reads(r, e, c, role); got.Kind {
			case "yes":
				item.Clear = append(item.Clear, got.Role)
			case "rows":
				item.Clear = append(item.Clear, got.Role+" (own rows)")
			case "masked":
				item.Masked = append(item.Masked, got.Role)
			}
		}
		out = append(out, item)
	}
	return out
}
