package app

import (
	"slices"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/audit"
	"github.com/qbls/qbls/compiler/emit/authschema"
)

// AuthOptions are the parts of Better Auth's schema that a project needs. Roles of users themselves are a column of its admin plugin; without
// organizations they are all the roles that there are.
func AuthOptions(p *model.Project) authschema.Options {
	o := authschema.Options{Organizations: p.Config.Organizations, Teams: p.Teams()}
	if audit.Unsafe(p) || slices.ContainsFunc(p.Resources, asksUserRole) || !p.Config.Organizations && namesRoles(p) {
		o.Plugins = append(o.Plugins, "admin")
	}
	for _, part := range authPartsOf(p) {
		if part.schema != "" {
			o.Plugins = append(o.Plugins, part.schema)
		}
	}
	return o
}

// asksUserRole says whether a rule of access names roles of users themselves.
func asksUserRole(r *model.Resource) bool {
	found := false
	r.EachAccess(func(a *model.Access) { found = found || a.Kind == model.AccessUserRole })
	return found
}

// namesRoles says whether a definition names a role that somebody has to be given.
func namesRoles(p *model.Project) bool {
	return slices.ContainsFunc(p.Globals.Roles, func(r model.Role) bool { return r.Uses > 0 })
}
