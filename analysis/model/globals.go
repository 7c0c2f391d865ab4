package model

import (
	"maps"
	"slices"
	"strconv"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/parallel"
)

// globals gathers what resources need to know of the whole project. Its hash leaves places out, so that an edit which changes
// no role, table or route keeps every resource.
//
// roles counts how often definitions name each role. Globals that say what those of the version before said are the same value.
func globals(c *Config, units []*unit, previous *Project) (g *Globals, roles map[string]int) {
	g = &Globals{Tables: map[string]ID{}, Segments: map[string][]ID{}}
	uses := map[string]*Role{}
	role := func(name string) *Role {
		if uses[name] == nil {
			uses[name] = &Role{Name: name}
		}
		return uses[name]
	}
	for _, name := range DefaultHierarchy {
		role(name).BuiltIn = true
	}
	for _, name := range c.Hierarchy {
		role(name).Ranked = true
	}
	for _, u := range units {
		if u.table != nil {
			if name := sqlTable(c, u.table); g.Tables[name] == "" {
				g.Tables[name] = u.id
			}
		}
		if u.policy != nil {
			g.Segments[u.segment] = append(g.Segments[u.segment], u.id)
		}
	}
	roles, g.Prefixes = counted(units, previous)
	for name, n := range roles {
		role(name).Uses = often(n)
	}
	names := slices.Sorted(maps.Keys(uses))
	d := newDigest()
	for _, name := range names {
		g.Roles = append(g.Roles, *uses[name])
		d.text(name, []string{"never", "once", "often"}[uses[name].Uses]) // all that rules ask
	}
	for _, u := range units {
		d.text(string(u.id), u.sqlName(), u.segment, strconv.FormatBool(u.policy != nil), g.Prefixes[u.id])
	}
	g.Hash = d.sum()
	if previous != nil && previous.Config == c && previous.Globals.Hash == g.Hash && maps.Equal(previous.Globals.Tables, g.Tables) {
		return previous.Globals, roles // the hash has the rest
	}
	return g, roles
}

// counted finds how often units name each role, and the prefixes, on all processors: a thousand tables name tens of thousands of roles.
func counted(units []*unit, previous *Project) (roles map[string]int, ids map[ID]string) {
	const share = 100
	counts := make([]map[string]int, 1+len(units)/share)
	parallel.For(1+len(counts), func(i int) {
		if i == 0 {
			ids = prefixes(units, previous)
			return
		}
		count := map[string]int{}
		for _, u := range units[(i-1)*share : min(i*share, len(units))] {
			eachRole(u, func(n definition.Name) {
				if name := plain(n.Text); name != "" {
					count[name]++
				}
			})
		}
		counts[i-1] = count
	})
	roles = counts[0]
	for _, count := range counts[1:] {
		for name, n := range count {
			roles[name] += n
		}
	}
	return roles, ids
}

// often is all that matters of how often something is said.
func often(n int) int { return min(n, 2) }

// Special names in role lists that are no roles of members (language.md, Access).
const (
	Public        = "PUBLIC"
	Authenticated = "AUTHENTICATED"
	Everyone      = "everyone"
)

// plain is the role that an expression such as "recruiter+" names, "" for the special names.
func plain(s string) string {
	switch s {
	case Public, Authenticated, Everyone, "*", "":
		return ""
	}
	if s[len(s)-1] == '+' {
		return s[:len(s)-1]
	}
	return s
}

// eachRole calls f for every member role that a unit's definitions name.
func eachRole(u *unit, f func(definition.Name)) {
	list := func(r *definition.Roles) {
		if r != nil {
			for _, n := range r.Items {
				f(n)
			}
		}
	}
	var access func(a *definition.Access)
	access = func(a *definition.Access) {
		if a == nil {
			return
		}
		list(a.Roles)
		for i := range a.Or {
			access(&a.Or[i])
		}
		for i := range a.And {
			access(&a.And[i])
		}
	}
	if p := u.policy; p != nil {
		for _, o := range p.Operations {
			access(o.Access)
		}
		for _, v := range p.Views {
			access(v.Access)
		}
		for _, m := range p.Masks {
			list(m.Roles)
			list(m.Query)
		}
		if p.Firewall != nil {
			for _, s := range p.Firewall.Scopes {
				list(s.Roles)
			}
		}
	}
	for _, f := range u.away {
		for _, item := range f.Actions.Items {
			access(item.Access)
		}
	}
}
