package query

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
)

// audience lists the roles that a resource distinguishes: asking each of them alone shows its whole policy. Anonymous callers
// come last.
func (sc *scene) audience(r *model.Resource) []string {
	seen := map[string]bool{}
	add := func(roles []string) {
		for _, role := range roles {
			seen[role] = true
		}
	}
	r.EachAccess(func(a *model.Access) {
		switch a.Kind {
		case model.AccessRoles:
			add(a.Roles)
		case model.AccessUserRole:
			for _, role := range a.Roles {
				seen[policy.UserRole(role)] = true
			}
		}
	})
	for _, m := range r.Masks {
		add(m.Roles)
	}
	for _, row := range r.Firewall.Rows {
		add(row.Unless)
	}
	var out []string
	for _, role := range append(sc.knownRoles(), policy.Authenticated, policy.Public) {
		if seen[role] {
			out = append(out, role)
			delete(seen, role)
		}
	}
	rest := make([]string, 0, len(seen))
	for role := range seen {
		if role != "everyone" {
			rest = append(rest, role)
		}
	}
	slices.Sort(rest)
	return append(out, rest...)
}

// caller is the set of roles of somebody who has one role. Somebody with any role is signed in.
func caller(role string) []string {
	if role == policy.Public {
		return nil
	}
	return []string{role}
}

// grouped sorts an audience by answer: those with nothing to add first, then in the order in which answers appear.
type grouped struct {
	order []string
	roles map[string][]string
}

func (g *grouped) add(answer, role string) {
	if g.roles == nil {
		g.roles = map[string][]string{}
	}
	if _, known := g.roles[answer]; !known {
		g.order = append(g.order, answer)
	}
	g.roles[answer] = append(g.roles[answer], role)
}

func (g *grouped) String() string {
	order := g.order
	if _, plain := g.roles[""]; plain {
		order = append([]string{""}, slices.DeleteFunc(slices.Clone(g.order), func(s string) bool { return s == "" })...)
	}
	var out []string
	for _, answer := range order {
		line := codes(g.roles[answer])
		if answer != "" {
			line += " " + answer
		}
		out = append(out, line)
	}
	return strings.Join(out, "; ")
}

// whoDoes lists who gets past a decision, with the rows that the access rule itself leaves.
func (sc *scene) whoDoes(r *model.Resource, decide func(roles []string) policy.Decision) string {
	var g grouped
	for _, role := range sc.audience(r) {
		switch decide(caller(role)).Verdict {
		case policy.Yes:
			g.add("", role)
		case policy.IfRow:
			g.add("(some rows)", role)
		case policy.Undecided:
			g.add("(a function decides)", role)
		}
	}
	if len(g.order) == 0 {
		return "nobody"
	}
	return g.String()
}
