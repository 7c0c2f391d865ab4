package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics/text"
)

// Where returns the firewall as it is for a caller for whom nothing is waived.
func (e *Effective) Where() Predicate { return e.firewall(who{}, false) }

// Rows returns the firewall for a set of roles: an owner scope can be waived for some, and without a session there is no owner.
func (e *Effective) Rows(roles []string) Predicate { return e.rows(who{roles: roles}) }

// rows is the firewall for a set of roles. Most firewalls are the same for everybody who is signed in.
func (e *Effective) rows(w who) Predicate {
	if !e.alike(w) {
		return e.firewall(w, true)
	}
	e.once.Do(func() { e.forAll = e.firewall(w, true) })
	return e.forAll
}

// alike says whether the firewall is the one of everybody who is signed in.
func (e *Effective) alike(w who) bool {
	return w.signedIn() && !slices.ContainsFunc(e.Resource.Firewall.Rows, func(row model.Row) bool { return len(row.Unless) > 0 })
}

// scoped puts the firewall for a set of roles into words.
func (e *Effective) scoped(w who, where Predicate) string {
	if !e.alike(w) {
		return "only rows where " + where.SQL()
	}
	e.told.Do(func() { e.said = "only rows where " + where.SQL() })
	return e.said
}

// Waivers returns the scopes that do not hold for everybody, as a person reads them.
func (e *Effective) Waivers() []string {
	var out []string
	for _, row := range e.Resource.Firewall.Rows {
		if len(row.Unless) > 0 {
			out = append(out, fmt.Sprintf("%s is waived for %s", row.Column, strings.Join(row.Unless, ", ")))
		}
	}
	return out
}

func (e *Effective) firewall(w who, settled bool) Predicate {
	out := Always()
	for _, row := range e.Resource.Firewall.Rows {
		if settled && len(row.Unless) > 0 && w.hasAny(row.Unless) {
			continue
		}
		out = out.And(e.compare(row.Column, row.Op, row.Ctx, row.Value))
	}
	if settled {
		out = out.without(w.lacks)
	}
	return out
}

// Can decides an operation of CRUD. An operation that the resource does not have is No.
func (e *Effective) Can(roles []string, op model.Op) Decision {
	if e.Resource.Operation(op) == nil {
		return refuse(fmt.Sprintf("the resource has no %s", op), text.Anchor{})
	}
	return e.can(who{roles: roles}, op)
}

// May is the verdict of Can alone, which costs a fraction: for those who ask about many and explain few.
func (e *Effective) May(roles []string, op model.Op) Verdict {
	return e.can(who{roles, true}, op).Verdict
}

func (e *Effective) can(w who, op model.Op) Decision {
	operation := e.Resource.Operation(op)
	if operation == nil {
		return Decision{}
	}
	return e.decide(w, operation.Access, operation.At, op != model.Create && op != model.BatchCreate, true)
}

// CanAct decides an action. A standalone action sees no rows, so no firewall applies and no record condition can hold.
func (e *Effective) CanAct(roles []string, action string) Decision {
	if e.Resource.Action(action) == nil {
		return refuse(fmt.Sprintf("there is no action %s", action), text.Anchor{})
	}
	return e.act(who{roles: roles}, action)
}

// MayAct is the verdict of CanAct alone.
func (e *Effective) MayAct(roles []string, action string) Verdict {
	return e.act(who{roles, true}, action).Verdict
}

func (e *Effective) act(w who, action string) Decision {
	a := e.Resource.Action(action)
	if a == nil {
		return Decision{}
	}
	return e.decide(w, a.Access, a.At, !a.Standalone, !a.Standalone)
}

// CanView decides reading a view.
func (e *Effective) CanView(roles []string, view string) Decision {
	if !slices.ContainsFunc(e.Resource.Views, func(v *model.View) bool { return v.Name == view }) {
		return refuse(fmt.Sprintf("there is no view %s", view), text.Anchor{})
	}
	return e.view(who{roles: roles}, view)
}

// MayView is the verdict of CanView alone.
func (e *Effective) MayView(roles []string, view string) Verdict {
	return e.view(who{roles, true}, view).Verdict
}

func (e *Effective) view(w who, name string) Decision {
	for _, v := range e.Resource.Views {
		if v.Name == name {
			return e.decide(w, v.Access, v.At, true, true)
		}
	}
	return Decision{}
}

func refuse(why string, at text.Anchor) Decision {
	return Decision{Verdict: No, Because: []Because{{Text: why, At: at}}}
}

// decide settles roles and joins what is left with the firewall. hasRow: the access rule can look at a row; scoped: the
// firewall applies (a row that is created lies inside of it, because its scope columns are stamped).
func (e *Effective) decide(w who, access *model.Access, at text.Anchor, hasRow, scoped bool) Decision {
	if access == nil {
		return Decision{Because: w.says("no access is declared, so nobody has it", at)}
	}
	left := e.residual(w, access, hasRow, w.signedIn())
	d := Decision{Rows: left.rows.without(w.lacks), Because: left.because}
	granted := d.Rows.IsAlways()
	if scoped {
		firewall := e.rows(w)
		if len(e.Resource.Firewall.Rows) > 0 && !d.Rows.IsNever() && !w.brief {
			d.Because = append(d.Because, Because{Text: e.scoped(w, firewall), At: e.Resource.Firewall.At})
		}
		d.Rows = d.Rows.And(firewall)
	}
	switch {
	case d.Rows.IsNever():
		d.Verdict = No
	case left.undecided:
		d.Verdict = Undecided
	case granted:
		d.Verdict = Yes
	default:
		d.Verdict = IfRow
	}
	return d
}

// residual is what is left of an access rule once roles are settled. When a function takes part, rows is the most it can allow.
type residual struct {
	rows      Predicate
	undecided bool
	because   []Because
}

// Without a session a condition or a function admits only beside PUBLIC; open says that PUBLIC stands beside it, or that there is
// a session.
func (e *Effective) residual(w who, a *model.Access, hasRow, open bool) residual {
	switch a.Kind {
	case model.AccessRoles:
		return w.settled(w.hasAny(a.Roles), "role", a)
	case model.AccessUserRole:
		return w.settled(w.hasUserRole(a.Roles), "user role", a)
	case model.AccessWhere, model.AccessFunc:
		if !open {
			return residual{because: w.says("needs to be signed in: a condition alone admits nobody without a session", a.At)}
		}
		if a.Kind == model.AccessWhere {
			return e.whereResidual(w, a, hasRow)
		}
		return residual{rows: Always(), undecided: true, because: w.says("a function decides at run time", a.At)}
	case model.AccessAny:
		return e.anyResidual(w, a, hasRow, open)
	case model.AccessAll:
		return e.allResidual(w, a, hasRow, open)
	}
	return residual{because: w.says("the access rule could not be read", a.At)}
}

// settled is what is left of a list of roles: everything or nothing.
func (w who) settled(has bool, noun string, a *model.Access) residual {
	out, verb := residual{}, "needs "
	if has {
		out.rows, verb = Always(), "has "
	}
	if !w.brief {
		out.because = w.says(verb+noun+" of "+strings.Join(a.Roles, ", "), a.At)
	}
	return out
}

func (e *Effective) whereResidual(w who, a *model.Access, hasRow bool) residual {
	if !hasRow {
		return residual{because: w.says("a record condition, where there is no record yet, never holds", a.At)}
	}
	rows := Always()
	var because []Because
	for _, c := range a.Where {
		p := e.compare(c.Column, c.Op, c.Ctx, c.Value)
		rows = rows.And(p)
		if !w.brief {
			because = append(because, Because{Text: "only rows where " + p.SQL(), At: c.At})
		}
	}
	return residual{rows: rows, because: because}
}

// anyResidual: an empty list of alternatives grants nobody.
func (e *Effective) anyResidual(w who, a *model.Access, hasRow, open bool) residual {
	var refused []Because
	out := residual{}
	for _, sub := range a.Sub {
		r := e.residual(w, sub, hasRow, open)
		switch {
		case r.rows.IsAlways() && !r.undecided:
			return r
		case r.rows.IsNever():
			refused = append(refused, r.because...)
		default:
			out.rows = out.rows.Or(r.rows)
			out.undecided = out.undecided || r.undecided
			out.because = append(out.because, r.because...)
		}
	}
	if out.because == nil {
		out.because = refused
	}
	return out
}

// allResidual: an empty list of conditions grants nobody, too; no default opens a door.
func (e *Effective) allResidual(w who, a *model.Access, hasRow, open bool) residual {
	if len(a.Sub) == 0 {
		return residual{because: w.says("an empty access rule grants nobody", a.At)}
	}
	open = open || slices.ContainsFunc(a.Sub, func(sub *model.Access) bool { return e.admitsAll(w, sub, hasRow) })
	out := residual{rows: Always()}
	for _, sub := range a.Sub {
		r := e.residual(w, sub, hasRow, open)
		if r.rows.IsNever() {
			return residual{because: r.because}
		}
		out.rows = out.rows.And(r.rows)
		out.undecided = out.undecided || r.undecided
		out.because = append(out.because, r.because...)
	}
	return out
}

// admitsAll says whether PUBLIC, or roles in its place, stands in a conjunction without a condition of its own.
func (e *Effective) admitsAll(w who, a *model.Access, hasRow bool) bool {
	if a.Kind == model.AccessAll {
		return slices.ContainsFunc(a.Sub, func(sub *model.Access) bool { return e.admitsAll(w, sub, hasRow) })
	}
	r := e.residual(w, a, hasRow, false)
	return r.rows.IsAlways() && !r.undecided
}

// compare builds the predicate of a comparison with the column's type in mind: dates are compared as the moment they mean.
func (e *Effective) compare(column, op, ctx string, value any) Predicate {
	if e.Resource.Table != nil {
		if c := e.Resource.Table.Column(column); c != nil && c.Type() == "date" {
			value = canonicalDates(value)
		}
	}
	return Compare(column, op, ctx, value)
}

func canonicalDates(value any) any {
	switch v := value.(type) {
	case string:
		if moment, ok := ParseDate(v); ok {
			return moment.UTC().Format(dateLayout)
		}
	case []any:
		out := slices.Clone(v)
		for i := range out {
			out[i] = canonicalDates(out[i])
		}
		return out
	}
	return value
}
