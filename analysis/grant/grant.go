// Package grant lists what a project grants: one line for every caller, resource and thing that can be done, with the rows it holds for.
// Two lists can be compared: what somebody gained, what they lost. A list is plain data, so that it can be kept in a report and compared
// years later, without the definitions that it came from.
package grant

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics/text"
)

// List is everything that a project grants, sorted, with what else a change of would be noticed.
type List struct {
	Roles    []string // everybody that the grants speak of
	Grants   []Grant
	Settings []map[string]string // one of each resource; neither grants anything

	text []byte // of a list that was joined of parts: it has nothing else
}

// Grant says that somebody may do something to some rows of a resource.
type Grant struct {
	Resource string          `json:"resource"`
	What     string          `json:"what"`           // "list", "view board", "action close", "read email", "masked email", "create email", "filter email", "close writes status"
	Who      string          `json:"-"`              // written as a list: those who have the same
	Rows     [][]policy.Atom `json:"rows"`           // alternatives of comparisons that all hold; one empty alternative is every row
	Mask     string          `json:"mask,omitempty"` // of "masked": the type
	Code     string          `json:"code,omitempty"` // digest of the function of the project that decides
	At       Place           `json:"at"`
}

// Place is where the definitions say so. Lines and columns begin with 1; the zero Place is nowhere.
type Place struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// Anonymous is the name of callers without a session; policy.Authenticated is that of callers without a role.
const Anonymous = "anonymous"

// Source reads the definitions.
type Source interface {
	Place(text.Place) Place
	Text(text.Place) string
}

// Of lists the grants of a project.
func Of(p *model.Project, from Source) *List {
	out := &List{Roles: Everybody(p), Grants: []Grant{}, Settings: []map[string]string{}}
	for _, r := range p.Resources {
		out.Grants = append(out.Grants, one(p, r, out.Roles, from)...)
		out.Settings = append(out.Settings, settings(r))
	}
	slices.SortStableFunc(out.Grants, order)
	return out
}

func order(a, b Grant) int {
	return cmp.Or(cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.What, b.What), cmp.Compare(a.Who, b.Who))
}

func rolesOf(who string) []string {
	if who == Anonymous {
		return nil
	}
	if role, ok := strings.CutPrefix(who, "user role "); ok {
		return []string{policy.Authenticated, policy.UserRole(role)}
	}
	return []string{who}
}

func userRoles(p *model.Project) (out []string) {
	for _, r := range p.Resources {
		r.EachAccess(func(a *model.Access) {
			if a.Kind == model.AccessUserRole {
				out = append(out, a.Roles...)
			}
		})
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// lister lists what one caller may do to one resource.
type lister struct {
	resource *model.Resource
	policy   *policy.Effective
	from     Source
	who      string
	roles    []string
	out      []Grant
}

func (l *lister) name() string {
	if l.resource.Table == nil || l.resource.Segment != "" {
		return l.resource.Segment
	}
	return l.resource.Table.Name
}

func (l *lister) add(what string, d policy.Decision, mask string) {
	if d.Verdict == policy.No {
		return
	}
	g := Grant{Resource: l.name(), What: what, Who: l.who, Rows: d.Rows.Alternatives(), Mask: mask}
	if len(d.Because) > 0 {
		g.At = l.place(d.Because[0].At)
	}
	if d.Verdict == policy.Undecided {
		for _, because := range d.Because {
			if strings.Contains(because.Text, "function") {
				g.Code += digest(l.from.Text(l.resource.Place(because.At)))
			}
		}
	}
	if d.Rows.Large() {
		g.Rows = [][]policy.Atom{{{Column: "…", Op: "large", Value: d.Rows.SQL()}}}
	}
	l.out = append(l.out, g)
}

func digest(code string) string {
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(code), " ")))
	return hex.EncodeToString(sum[:8])
}

func (l *lister) place(a text.Anchor) Place {
	if a == (text.Anchor{}) {
		return Place{}
	}
	return l.from.Place(l.resource.Place(a))
}

func (l *lister) all() {
	r := l.resource
	for _, o := range r.Operations {
		if r.Internal {
			break
		}
		d := l.policy.Can(l.roles, o.Op)
		l.add(string(o.Op), d, "")
		l.writes(o.Op, d)
	}
	for _, v := range r.Views {
		l.add("view "+v.Name, l.policy.CanView(l.roles, v.Name), "")
	}
	for _, a := range r.Actions {
		d := l.policy.Acts(l.roles, a.Name)
		what := "action " + a.Name
		if a.Source != nil && a.Source.Unsafe != nil {
			what = "unsafe action " + a.Name
		}
		l.add(what, d, "")
		for _, p := range r.Guards.Protected {
			if p.Any || slices.Contains(p.Actions, a.Name) {
				l.add(a.Name+" writes "+p.Column, d, "")
			}
		}
	}
	l.reads()
}

// writes lists the columns that an operation lets a client write.
func (l *lister) writes(op model.Op, d policy.Decision) {
	if l.resource.Table == nil || op != model.Create && op != model.Update && op != model.Put {
		return
	}
	for _, c := range l.resource.Table.Columns {
		if l.policy.Guarded(op, c.Key) == "" {
			l.add(string(op)+" "+c.Key, d, "")
		}
	}
}

// reads lists the columns that a caller sees clear or masked, by whatever way there is.
func (l *lister) reads() {
	if l.resource.Table == nil {
		return
	}
	for _, c := range l.resource.Table.Columns {
		if c.Role == model.DeleteColumn {
			continue // who reads a row reads that it is not deleted
		}
		clear, masked := policy.Decision{}, policy.Decision{}
		kind := ""
		add := func(d policy.Decision, f policy.FieldDecision) {
			if d.Verdict == policy.No {
				return
			}
			switch {
			case f.Verdict == policy.Yes:
				join(&clear, d, f, d.Rows)
			case f.Verdict == policy.IfRow:
				join(&clear, d, f, d.Rows.And(policy.Compare(l.owner(c.Key), policy.OpEquals, "userId", nil)))
				join(&masked, d, f, d.Rows)
				kind = f.Masked
			case f.Masked != "":
				join(&masked, d, f, d.Rows)
				kind = f.Masked
			}
		}
		for _, op := range []model.Op{model.List, model.Get} {
			if !l.resource.Internal {
				add(l.policy.Can(l.roles, op), l.policy.Reads(l.roles, op, c.Key))
			}
		}
		for _, v := range l.resource.Views {
			add(l.policy.CanView(l.roles, v.Name), l.policy.ReadsView(l.roles, v.Name, c.Key))
		}
		l.add("read "+c.Key, clear, "")
		l.add("masked "+c.Key, masked, kind)
		l.filters(c.Key)
	}
}

func (l *lister) owner(column string) string {
	for _, m := range l.resource.Masks {
		if m.Column == column {
			return m.Owner
		}
	}
	return ""
}

// filters lists the masked columns that a caller may filter by nevertheless.
func (l *lister) filters(column string) {
	for _, m := range l.resource.Masks {
		if m.Column != column || len(m.Query) == 0 {
			continue
		}
		if d := l.policy.Can(l.roles, model.List); d.Verdict != policy.No && slices.ContainsFunc(m.Query, func(role string) bool { return slices.Contains(l.roles, role) }) {
			l.add("filter "+column, d, "")
		}
	}
}

// join adds rows to a decision.
func join(to *policy.Decision, d policy.Decision, f policy.FieldDecision, rows policy.Predicate) {
	if to.Verdict == policy.No {
		*to = policy.Decision{Verdict: d.Verdict, Rows: rows, Because: append(slices.Clone(f.Because), d.Because...)}
		return
	}
	to.Rows = to.Rows.Or(rows)
	if d.Verdict != policy.Undecided {
		to.Verdict = d.Verdict
	}
}

// settings are what no grant says, and what people would want to know of when it changes.
func settings(r *model.Resource) map[string]string {
	out := map[string]string{"resource": r.Segment}
	if r.Firewall.Hide {
		out["rows out of reach"] = "hidden (404)"
	} else {
		out["rows out of reach"] = "refused (403)"
	}
	for _, o := range r.Operations {
		if o.Op == model.Delete {
			out["delete"] = map[bool]string{true: "soft", false: "hard"}[o.Soft]
		}
		if o.MaxPageSize > 0 {
			out[string(o.Op)+" page size"] = fmt.Sprintf("%d, at most %d", o.PageSize, o.MaxPageSize)
		}
		if o.MaxBatch > 0 {
			out[string(o.Op)+" batch size"] = fmt.Sprint(o.MaxBatch)
		}
	}
	for _, a := range r.Actions {
		out["route of "+a.Name] = strings.TrimSpace(a.Method + " " + a.Path)
	}
	return out
}
