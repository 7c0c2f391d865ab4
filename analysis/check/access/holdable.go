package access

import (
	"fmt"
	"strings"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics"
)

// Unholdable: a member's roles are kept as one text with commas between them, so a role can hold neither a comma nor space around
// it. PUBLIC and AUTHENTICATED are no roles of a user (language.md, Access).
var Unholdable = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB4010", Title: "Role that nobody can have", Since: "0.1.0", Locked: true, Waivable: true,
		Why: "Roles are kept as one text with commas between them. A name with a comma or with space around it never matches, so the people it was meant for are locked out. One with an invisible character is another role than the one that everybody reads.",
		Fix: "Write one role in each string, without spaces around it.",
		Bad: check.Example("", crud("{ roles: ['admin,member'] }")), Good: check.Example("", crud("{ roles: ['admin', 'member'] }")),
		Related: []diagnostics.Code{"QB2012", "QB4002"}, CWE: []int{1287},
	},
	Run: func(p *check.FilePass, report check.Report) {
		for _, list := range p.RoleLists() {
			for _, n := range list.Roles.Items {
				why := ""
				switch {
				case list.User && (n.Text == policy.Public || n.Text == policy.Authenticated):
					why = fmt.Sprintf("%s is written in roles; no user has it as a role of its own.", n.Text)
				case check.Holdable(n.Text):
					continue
				case strings.TrimSpace(n.Text) == "":
					why = "A role without a name is one that nobody has."
				case strings.Contains(n.Text, ","):
					why = fmt.Sprintf("%q is one name with a comma in it, which no role can have.", n.Text)
				case check.Invisible(n.Text):
					why = fmt.Sprintf("%q has a character that nobody sees: it is another role than the one it reads as.", n.Text)
				default:
					why = fmt.Sprintf("%q has space around it, which no role can have.", n.Text)
				}
				report(diagnostics.Diagnostic{At: p.At(n.At), Message: why, Help: "Write each role as a string of its own: ['admin', 'member'].", Key: p.Subject(list.Label, n.Text)})
			}
		}
	},
}
