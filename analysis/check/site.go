package check

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics/text"
)

// Site is one place where a file may write an access rule.
type Site struct {
	Label  string             // "crud.list", "views.board", "the action approve"
	Op     model.Op           // "" for views and actions
	Action *definition.Action // nil for operations and views
	Access *definition.Access // nil when none is written
	At     text.Anchor        // of the operation, view or action
}

// HasRow says whether the rule is asked with a record at hand.
func (s Site) HasRow() bool {
	if s.Action != nil {
		return !s.Action.Standalone.Or(false)
	}
	return s.Op != model.Create && s.Op != model.BatchCreate
}

// listed keeps what many rules of a pass walk through. A pass is used by one rule after the other.
type listed[T any] struct {
	done bool
	list []T
}

func (l *listed[T]) get(find func() []T) []T {
	if !l.done {
		l.done, l.list = true, slices.Clip(find())
	}
	return l.list
}

// Sites lists the access rules of the file, in the order in which they are written: operations, views, actions.
func (p *FilePass) Sites() []Site {
	return p.sites.get(func() []Site { return fileSites(p.File) })
}

func fileSites(f *definition.File) (out []Site) {
	if f == nil {
		return nil
	}
	if f.Table != nil {
		out = policySites(f.Table)
	}
	return append(out, actionSites(f.Actions)...)
}

// policySites lists the rules of operations and views. What read says of list and get is one rule, written once.
func policySites(d *definition.Resource) (out []Site) {
	out = make([]Site, 0, len(d.Operations)+len(d.Views))
	for _, op := range d.Operations {
		label := strings.Join(op.Path, ".")
		if op.Off || label == "read" && op.Name.Text == "get" {
			continue
		}
		out = append(out, Site{Label: label, Op: model.Op(op.Name.Text), Access: op.Access, At: op.Name.At})
	}
	for _, v := range d.Views {
		out = append(out, Site{Label: strings.Join(v.Path, "."), Access: v.Access, At: v.Name.At})
	}
	return out
}

func actionSites(list *definition.Actions) (out []Site) {
	if list != nil {
		for _, a := range list.Items {
			out = append(out, Site{Label: "the action " + a.Name.Text, Action: a, Access: a.Access, At: a.Name.At})
		}
	}
	return out
}

// Sites lists the access rules of the resource: of its policy and of its actions.
func (p *ResourcePass) Sites() []Site {
	if p.Policy() == nil && p.Resource.Table != nil {
		return nil
	}
	return p.sites.get(func() []Site { return sites(p.Resource) })
}

func sites(r *model.Resource) (out []Site) {
	if r.Source != nil {
		out = policySites(r.Source)
	}
	for _, list := range r.ActionLists() {
		out = append(out, actionSites(list)...)
	}
	return out
}

// Each calls f for an access rule and for every rule nested in it, outermost first.
func Each(a *definition.Access, f func(*definition.Access)) {
	if a == nil {
		return
	}
	f(a)
	for i := range a.Or {
		Each(&a.Or[i], f)
	}
	for i := range a.And {
		Each(&a.And[i], f)
	}
}

// Conditions lists the record conditions of a site.
func (s Site) Conditions() (out []definition.Condition) {
	Each(s.Access, func(a *definition.Access) { out = append(out, a.Record...) })
	return out
}

// RoleList is one list of roles.
type RoleList struct {
	Label   string
	Roles   *definition.Roles
	Masking bool // masking.show.roles, where "everyone" has a meaning
	User    bool // userRole: the user's own role, another universe than the roles of members
}

// RoleLists lists every list of roles of the file.
func (p *FilePass) RoleLists() []RoleList {
	if p.File == nil {
		return nil
	}
	return p.roles.get(func() []RoleList { return roleLists(p.Sites(), p.File.Table) })
}

// RoleLists lists every list of roles of the resource's files.
func (p *ResourcePass) RoleLists() []RoleList {
	return p.roles.get(func() []RoleList { return RoleListsOf(p.Resource) })
}

// RoleListsOf lists every list of roles of a resource's files.
func RoleListsOf(r *model.Resource) []RoleList {
	if r.Internal && r.Table != nil {
		return nil
	}
	return roleLists(sites(r), r.Source)
}

func roleLists(sites []Site, d *definition.Resource) (out []RoleList) {
	out = make([]RoleList, 0, len(sites)+4)
	add := func(l RoleList) {
		if l.Roles != nil {
			out = append(out, l)
		}
	}
	for _, s := range sites {
		Each(s.Access, func(a *definition.Access) {
			add(RoleList{Label: s.Label, Roles: a.Roles})
			add(RoleList{Label: s.Label, Roles: a.UserRole, User: true})
		})
	}
	if d == nil {
		return out
	}
	if d.Firewall != nil {
		for _, s := range d.Firewall.Scopes {
			add(RoleList{Label: "firewall." + s.Kind, Roles: s.Roles})
		}
	}
	for _, m := range d.Masks {
		add(RoleList{Label: "masking." + m.Field.Text, Roles: m.Roles, Masking: true})
		add(RoleList{Label: "masking." + m.Field.Text + ".query", Roles: m.Query})
	}
	if d.Realtime != nil {
		add(RoleList{Label: "realtime", Roles: d.Realtime.RequiredRoles})
	}
	return out
}
