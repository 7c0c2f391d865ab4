package policy

import (
	"fmt"
	"slices"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics/text"
)

// Reads decides whether a column of the answers of an operation is clear, masked or left out. Answers to writes are narrowed
// as get is, or as list is on a resource without get.
func (e *Effective) Reads(roles []string, op model.Op, column string) FieldDecision {
	if e.May(roles, op) == No {
		return FieldDecision{Because: e.Can(roles, op).Because}
	}
	if narrowed := e.narrowedBy(op); narrowed != nil && !slices.Contains(narrowed.Fields, column) {
		return FieldDecision{Because: []Because{{Text: fmt.Sprintf("%s.fields leaves it out", narrowed.Op), At: narrowed.At}}}
	}
	return e.field(who{roles: roles}, column)
}

// ReadsView decides the same for the answers of a view.
func (e *Effective) ReadsView(roles []string, view, column string) FieldDecision {
	if e.MayView(roles, view) == No {
		return FieldDecision{Because: e.CanView(roles, view).Because}
	}
	for _, v := range e.Resource.Views {
		if v.Name == view && !slices.Contains(v.Fields, column) {
			return FieldDecision{Because: []Because{{Text: "the view leaves it out", At: v.At}}}
		}
	}
	return e.field(who{roles: roles}, column)
}

// narrowedBy returns the operation whose fields narrow the answers of op, or nil.
func (e *Effective) narrowedBy(op model.Op) *model.Operation {
	candidates := []model.Op{model.Get, model.List}
	if op == model.List {
		candidates = []model.Op{model.List}
	}
	for _, c := range candidates {
		if o := e.Resource.Operation(c); o != nil {
			if len(o.Fields) == 0 {
				return nil
			}
			return o
		}
	}
	return nil
}

// field decides a column that is part of an answer.
func (e *Effective) field(w who, column string) FieldDecision {
	c := e.column(column)
	if c == nil {
		return FieldDecision{Because: []Because{{Text: fmt.Sprintf("there is no column %s", column)}}}
	}
	if !w.signedIn() && (c.Role == model.ScopeColumn || c.Role == model.AuditColumn || c.Role == model.DeleteColumn) {
		return FieldDecision{Because: []Because{{Text: "system columns are not returned without a session"}}}
	}
	for _, m := range e.Resource.Masks {
		if m.Column == column {
			return masked(w, m)
		}
	}
	return FieldDecision{Verdict: Yes}
}

func masked(w who, m *model.Mask) FieldDecision {
	switch {
	case m.All:
		return FieldDecision{Verdict: Yes, Because: []Because{{Text: "masking shows it to everyone", At: m.At}}}
	case w.hasAny(m.Roles):
		return FieldDecision{Verdict: Yes, Because: []Because{{Text: "masking shows it to this role", At: m.At}}}
	case m.Owner != "" && w.signedIn():
		return FieldDecision{Verdict: IfRow, Masked: m.Type, Because: []Because{{Text: "masked as " + m.Type + " except where " + m.Owner + " = ctx.userId", At: m.At}}}
	}
	return FieldDecision{Verdict: No, Masked: m.Type, Because: []Because{{Text: "masked as " + m.Type, At: m.At}}}
}

// Writes decides whether an operation may write a column: the operation's decision, or No when the guards refuse the column.
func (e *Effective) Writes(roles []string, op model.Op, column string) Decision {
	d := e.Can(roles, op)
	if d.Verdict == No {
		return d
	}
	if why := e.Guarded(op, column); why != "" {
		return refuse(why, text.Anchor{})
	}
	return d
}

// Guarded says why no client may write a column by an operation, whatever its roles; "" when the guards let it.
func (e *Effective) Guarded(op model.Op, column string) string {
	g := e.Resource.Guards
	creates := op == model.Create || op == model.BatchCreate
	updates := op == model.Update || op == model.BatchUpdate
	c := e.column(column)
	switch {
	case c == nil:
		return fmt.Sprintf("there is no column %s", column)
	case !creates && !updates && op != model.Put && op != model.BatchUpsert:
		return fmt.Sprintf("%s writes no field", op)
	case c.Role == model.KeyColumn:
		if e.clientIDs && !updates {
			return ""
		}
		return "the id is managed by the system"
	case c.Role != model.Plain:
		return "the column is managed by the system"
	case g.Open:
		return ""
	}
	if slices.ContainsFunc(g.Protected, func(p model.Protected) bool { return p.Column == column }) {
		return "the column is protected: only actions write it"
	}
	immutable := slices.Contains(g.Immutable, column)
	switch {
	case updates && immutable:
		return "the column is immutable"
	case updates && !slices.Contains(g.Update, column):
		return "the column is not updatable"
	case !updates && !immutable && !slices.Contains(g.Create, column):
		return "the column is not createable"
	}
	return ""
}

func (e *Effective) column(key string) *model.Column {
	if e.Resource.Table == nil {
		return nil
	}
	return e.Resource.Table.Column(key)
}
