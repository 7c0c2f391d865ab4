package verify

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
)

// Context paths.
const (
	activeOrg = "activeOrgId"
	userID    = "userId"
	userEmail = "user.email"
)

// World is who calls and what is in the database.
type World struct {
	Home, Away string // organizations; everybody with a role in the project belongs to the first
	Callers    []*Caller

	project *model.Project
	values  *values
	tables  map[model.ID]*rows
	cells   map[string]cell // a value that occurs once → where

	learning sync.Mutex
	open     map[cell]bool // values that a mask of the project's own leaves as they are; nil until it was asked
}

// Caller is somebody who sends requests.
type Caller struct {
	Name   string
	Token  string // of the session; "" without one
	member []string
	org    string
	user   string // role of the user itself
	ctx    map[string]any
}

// roles are what the policy is asked about.
func (c *Caller) roles() []string {
	if c.Token == "" {
		return nil
	}
	out := append([]string{policy.Authenticated}, c.member...)
	if c.user != "" {
		out = append(out, policy.UserRole(c.user))
	}
	return out
}

func (c *Caller) context(path string) (any, bool) {
	v, ok := c.ctx[policy.ContextPath(path)]
	return v, ok
}

// Row is a row of the world, by property name, with the values that policies see: texts, numbers, booleans, null.
type Row struct {
	ID     string
	Values map[string]any
}

type rows struct {
	resource *model.Resource
	list     []*Row // that nobody changes or removes
	extra    []*Row // each for one probe
	taken    map[string]bool
}

type cell struct {
	resource *model.Resource
	column   string
	row      *Row
}

func newWorld(p *model.Project) *World {
	w := &World{
		Home: "org_verify_home", Away: "org_verify_away", project: p, values: newValues(), tables: map[model.ID]*rows{}, cells: map[string]cell{},
	}
	w.people()
	w.values.learn(p, w.Callers)
	w.populate()
	return w
}

// people makes a caller for each role, two for pairs of roles, one of another organization, and those without.
func (w *World) people() {
	w.add(Caller{Name: "nobody"})
	if !w.project.Config.Organizations {
		w.add(Caller{Name: "ada", Token: "ada"})
		w.add(Caller{Name: "ben", Token: "ben"})
		for _, role := range userRoles(w.project) {
			w.add(Caller{Name: "user role " + role, Token: "user-" + role, user: role, member: []string{role}})
		}
		return
	}
	var names []string
	for _, role := range w.project.Globals.Roles {
		names = append(names, role.Name)
	}
	w.add(Caller{Name: "newcomer", Token: "newcomer"})
	for _, role := range names {
		w.add(Caller{Name: role, Token: "home-" + role, member: []string{role}, org: w.Home})
	}
	pair := []string{names[0], names[len(names)-1]}
	w.add(Caller{Name: strings.Join(pair, " and "), Token: "home-pair", member: pair, org: w.Home})
	for _, role := range userRoles(w.project) {
		w.add(Caller{Name: "user role " + role, Token: "user-" + role, user: role, member: []string{"member"}, org: w.Home})
	}
	if slices.Contains(userRoles(w.project), platformAdmin) {
		w.add(Caller{Name: "platform administrator with every role", Token: "admin-all", user: platformAdmin, member: names, org: w.Home})
	}
	w.add(Caller{Name: "stranger", Token: "away", member: names, org: w.Away})
}

func (w *World) add(c Caller) {
	c.ctx = map[string]any{}
	switch {
	case c.Token == "" && w.project.Config.Organizations:
		c.ctx[activeOrg] = w.Home // named by the request
	case c.Token != "":
		id := "usr_verify_" + strconv.Itoa(len(w.Callers))
		c.Token = "verify-" + c.Token
		c.ctx[userID], c.ctx[userEmail] = id, id+"@verify.example"
		roles := []any{}
		for _, r := range c.member {
			roles = append(roles, r)
		}
		c.ctx["roles"] = roles
		if c.org != "" {
			c.ctx[activeOrg] = c.org
		}
		if c.user != "" {
			c.ctx["userRole"] = c.user
		}
	}
	w.Callers = append(w.Callers, &c)
}

// platformAdmin is the role of users themselves that unsafe actions ask for.
const platformAdmin = "admin"

// asksAdmin says whether an action is for platform administrators alone, whatever its access says.
func asksAdmin(a *model.Action) bool {
	return a.Source != nil && a.Source.Unsafe != nil && (a.Source.Unsafe.AdminOnly.Or(true) || a.Source.Unsafe.CrossTenant.Or(true))
}

// userRoles are the roles of users themselves that access rules and unsafe actions name.
func userRoles(p *model.Project) []string {
	var out []string
	for _, r := range p.Resources {
		r.EachAccess(func(a *model.Access) {
			if a.Kind == model.AccessUserRole {
				out = append(out, a.Roles...)
			}
		})
		for _, a := range r.Actions {
			if asksAdmin(a) {
				out = append(out, platformAdmin)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
