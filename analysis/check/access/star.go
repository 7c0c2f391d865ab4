// Package access holds the rules about who may call what.
package access

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
)

// Set are the rules of this package.
func Set() check.Set {
	return check.Set{
		File:     []check.FileRule{Star, Empty, Missing, Function, RecordOnCreate, Unholdable},
		Resource: []check.ResourceRule{Unranked, NothingOpened, Put, Keyed, Unreachable, NeverHolds, AlwaysHolds, Void},
		Config:   []check.ConfigRule{Hierarchy},
		Linked:   []check.LinkedRule{IdleRole},
	}
}

func crud(list string) string {
	return "crud: {\n  list: { access: " + list + " },\n  create: { access: { roles: ['admin'] } },\n  update: { access: { roles: ['admin'] } },\n},"
}

// Star: "*" could mean everybody, or everybody signed in. The language has a word for each. "everyone" is one of masking.show
// only, so in an access rule it is the name of a role that nobody has.
var Star = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB4001", Title: `Role "*" or "everyone"`, Since: "0.1.0", Locked: true,
		Why: `"*" is the name of no role. Read as "anybody", it would open the operation to the internet.`,
		Fix: "Write PUBLIC for everybody, or AUTHENTICATED for everybody who is signed in.",
		Bad: check.Example("", crud("{ roles: ['*'] }")), Good: check.Example("", crud("{ roles: ['AUTHENTICATED'] }")),
		Related: []diagnostics.Code{"QB4002"}, CWE: []int{284},
	},
	Run: func(p *check.FilePass, report check.Report) {
		for _, l := range p.RoleLists() {
			for _, n := range l.Roles.Items {
				if n.Text != "*" && (n.Text != model.Everyone || l.Masking || l.User) {
					continue
				}
				at := p.At(n.At)
				found := diagnostics.Diagnostic{
					At: at, Message: fmt.Sprintf("%s lists %q, which is no role.", l.Label, n.Text), Key: p.Subject(l.Label),
					Help:  "Write AUTHENTICATED for everybody who is signed in, or PUBLIC for everybody, signed in or not.",
					Fixes: []diagnostics.Fix{check.Replace("Everybody who is signed in: AUTHENTICATED", at, "AUTHENTICATED"), check.Replace("Everybody, signed in or not: PUBLIC", at, "PUBLIC")},
				}
				if l.Masking {
					found.Help = "Write everyone to show the value to every caller."
					found.Fixes = []diagnostics.Fix{check.Replace("Show it to everyone", at, "everyone")}
				}
				report(found)
			}
		}
	},
}
