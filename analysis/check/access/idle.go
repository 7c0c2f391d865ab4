package access

import (
	"fmt"
	"slices"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
)

// IdleRole: a role of the hierarchy that no definition admits anywhere. Better Auth's own roles are there whether used or not.
var IdleRole = check.LinkedRule{
	Doc: &diagnostics.Rule{
		Code: "QB4015", Title: "Role that may do nothing", Since: "0.1.0", Severity: diagnostics.Warning,
		Why:     "The hierarchy ranks the role and no definition admits it, so whoever is invited with it is refused everywhere.",
		Fix:     "Admit the role where it was meant to work, or take it out of auth.roleHierarchy.",
		Bad:     ranking("'auditor', 'member', 'admin', 'owner'"),
		Good:    ranking("'member', 'admin', 'owner'"),
		Related: []diagnostics.Code{"QB4008", "QB2012"},
	},
	Run: func(p *check.LinkedPass, report check.Report) {
		config := p.Project.Config
		if config.Source == nil || config.Source.RoleHierarchy == nil || p.Config == nil {
			return
		}
		var idle []string
		for _, role := range config.Hierarchy {
			if !slices.Contains(model.DefaultHierarchy, role) {
				idle = append(idle, role)
			}
		}
		for _, r := range p.Project.Resources {
			if len(idle) == 0 || slices.ContainsFunc(r.Files(), func(f *definition.File) bool { return len(f.Gaps) > 0 }) {
				return // what could not be read may admit it
			}
			admits(r, func(roles []string) {
				idle = slices.DeleteFunc(idle, func(role string) bool { return slices.Contains(roles, role) })
			})
		}
		if !anyAccess(p.Project) {
			return // a project that begins
		}
		for _, n := range config.Source.RoleHierarchy.Items {
			if slices.Contains(idle, n.Text) {
				report(diagnostics.Diagnostic{
					At: p.Config.Place(n.At), Message: fmt.Sprintf("No definition admits the role %q to anything.", n.Text),
					Help: "Name it in an access rule, also by a lower role with +, or remove it here.", Key: "roleHierarchy." + n.Text,
				})
			}
		}
	},
}

// admits calls f for each list of roles that opens something in a resource.
func admits(r *model.Resource, f func(roles []string)) {
	r.EachAccess(func(a *model.Access) {
		if a.Kind == model.AccessRoles {
			f(a.Roles)
		}
	})
	for _, m := range r.Masks {
		f(m.Roles)
	}
	for _, row := range r.Firewall.Rows {
		f(row.Unless)
	}
}

func anyAccess(p *model.Project) bool {
	return slices.ContainsFunc(p.Resources, func(r *model.Resource) bool { return !r.Internal && len(r.Operations)+len(r.Actions) > 0 })
}

func ranking(roles string) string {
	return "-- features/things/things.ts --\n" + check.Example("") + "-- quickback.config.ts --\n" + `import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';

export default defineConfig({
  name: 'things',
  template: 'hono',
  features: { organizations: true },
  auth: { roleHierarchy: [` + roles + `] },
  providers: {
    runtime: defineRuntime('bun'),
    database: defineDatabase('better-sqlite3'),
    auth: defineAuth('better-auth'),
  },
});
`
}
