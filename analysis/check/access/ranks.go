package access

import (
	"fmt"
	"strings"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics"
)

// Hierarchy looks at auth.roleHierarchy: every role has one rank, and only roles of members have any.
var Hierarchy = check.ConfigRule{
	Doc: &diagnostics.Rule{
		Code: "QB4008", Title: "Role hierarchy does not rank", Since: "0.1.0", Locked: true,
		Why:     `"x+" lets in x and every role above it. A role with two ranks, or a word that is no role, makes it unknown who that is.`,
		Fix:     "List every role once, lowest first.",
		Bad:     "-- quickback.config.ts --\n" + configWith("'member', 'admin', 'member', 'owner'") + "-- features/things/things.ts --\n" + check.Example(""),
		Good:    "-- quickback.config.ts --\n" + configWith("'member', 'admin', 'owner'") + "-- features/things/things.ts --\n" + check.Example(""),
		Related: []diagnostics.Code{"QB4004"}, CWE: []int{863},
	},
	Run: func(p *check.ConfigPass, report check.Report) {
		if p.Config == nil || p.Config.Source == nil || p.Config.Source.RoleHierarchy == nil {
			return
		}
		seen := map[string]bool{}
		for _, n := range p.Config.Source.RoleHierarchy.Items {
			found := diagnostics.Diagnostic{At: p.At(n.At), Key: "roleHierarchy." + n.Text, Help: "List every role once, lowest first."}
			switch {
			case seen[n.Text]:
				found.Message = fmt.Sprintf("%q has two ranks, so it is not known which roles are above it.", n.Text)
			case n.Text == "*" || n.Text == model.Everyone || n.Text == policy.Public || n.Text == policy.Authenticated:
				found.Message = fmt.Sprintf("%q is no role of members, so it has no rank.", n.Text)
			case strings.HasSuffix(n.Text, "+"):
				found.Message = fmt.Sprintf("%q is not the name of a role: + is written where a role is used.", n.Text)
			default:
				seen[n.Text] = true
				continue
			}
			report(found)
		}
	},
}

func configWith(roles string) string {
	return `import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';

export default defineConfig({
  name: 'things',
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
