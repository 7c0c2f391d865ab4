package access

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Empty: an empty rule reads like "no restriction" and grants nobody.
var Empty = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB4002", Title: "Access that grants nobody", Since: "0.1.0", Locked: true, Waivable: true,
		Why: "An empty rule looks like no restriction at all. It grants nobody, and the operation never works.",
		Fix: "List the roles that may call it, or remove the operation.",
		Bad: check.Example("", crud("{ roles: [] }")), Good: check.Example("", crud("{ roles: ['member'] }")),
		Related: []diagnostics.Code{"QB4001", "QB4003"}, CWE: []int{284},
	},
	Run: func(p *check.FilePass, report check.Report) {
		for _, s := range p.Sites() {
			check.Each(s.Access, func(a *definition.Access) {
				at, what := emptiness(a)
				if what == "" {
					return
				}
				report(diagnostics.Diagnostic{
					At: p.At(at), Message: fmt.Sprintf("%s in the access of %s grants nobody.", what, s.Label),
					Help: "List the roles that may call it, such as roles: ['member'], or PUBLIC for everybody.", Key: p.Subject(s.Label),
				})
			})
		}
	},
}

// emptiness finds the part of one access object that is empty; what is "" when there is none. What could not be read looks empty
// afterwards and is not: it is reported where it is read.
func emptiness(a *definition.Access) (at text.Anchor, what string) {
	for _, list := range []*definition.Roles{a.Roles, a.UserRole} {
		if list != nil && len(list.Items) == 0 && list.State == definition.Known {
			return list.At, "An empty list of roles"
		}
	}
	switch {
	case a.State != definition.Known:
	case a.HasOr && len(a.Or) == 0:
		return a.At, "An empty or"
	case a.HasAnd && len(a.And) == 0:
		return a.At, "An empty and"
	case a.Empty:
		return a.At, "An empty object"
	}
	return at, ""
}
