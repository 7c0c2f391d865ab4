package check

import (
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

// Sites lists the access rules of a file, in the order in which they are written: operations, views, actions.
func Sites(f *definition.File) (out []Site) {
	if f == nil {
		return nil
	}
	if f.Table != nil {
		for _, op := range f.Table.Operations {
			if !op.Off {
				out = append(out, Site{Label: "crud." + op.Name.Text, Op: model.Op(op.Name.Text), Access: op.Access, At: op.Name.At})
			}
		}
		for _, v := range f.Table.Views {
			out = append(out, Site{Label: "views." + v.Name.Text, Access: v.Access, At: v.Name.At})
		}
	}
	if f.Actions != nil {
		for _, a := range f.Actions.Items {
			out = append(out, Site{Label: "the action " + a.Name.Text, Action: a, Access: a.Access, At: a.Name.At})
		}
	}
	return out
}

// Sites lists the access rules of the resource: of its table's file and of its actions.
func (p *ResourcePass) Sites() []Site {
	if p.Policy() == nil {
		return nil
	}
	out := Sites(p.Resource.Home)
	if p.Resource.Away != nil && p.Resource.Away != p.Resource.Home {
		out = append(out, Sites(p.Resource.Away)...)
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

// RoleLists lists every list of roles of a file.
func RoleLists(f *definition.File) (out []RoleList) {
	add := func(l RoleList) {
		if l.Roles != nil {
			out = append(out, l)
		}
	}
	for _, s := range Sites(f) {
		Each(s.Access, func(a *definition.Access) {
			add(RoleList{Label: s.Label, Roles: a.Roles})
			add(RoleList{Label: s.Label, Roles: a.UserRole, User: true})
		})
	}
	if f != nil && f.Table != nil {
		if f.Table.Firewall != nil {
			for _, s := range f.Table.Firewall.Scopes {
				add(RoleList{Label: "firewall." + s.Kind, Roles: s.Roles})
			}
		}
		for _, m := range f.Table.Masks {
			add(RoleList{Label: "masking." + m.Field.Text, Roles: m.Roles, Masking: true})
			add(RoleList{Label: "masking." + m.Field.Text + ".query", Roles: m.Query})
		}
	}
	return out
}

// RoleLists lists every list of roles of the resource's files.
func (p *ResourcePass) RoleLists() []RoleList { return roleLists(p.Resource) }

func roleLists(r *model.Resource) []RoleList {
	if r.Internal {
		return nil
	}
	out := RoleLists(r.Home)
	if r.Away != nil && r.Away != r.Home {
		out = append(out, RoleLists(r.Away)...)
	}
	return out
}

// RoleListsOf lists every list of roles of a resource's files.
func RoleListsOf(r *model.Resource) []RoleList { return roleLists(r) }
