package access

import (
	"fmt"
	"slices"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics"
)

// Void compares alternatives: one that asks for more than another which admits the same people anyway.
var Void = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB4014", Title: "Restriction that another alternative lifts", Since: "0.1.0", Severity: diagnostics.Warning,
		Why:     "The roles are held to a condition here and admitted without any beside it. Whoever wrote the condition believes that it holds.",
		Fix:     "Take the roles out of the alternative that admits them to everything, or remove the condition.",
		Bad:     staged("{ or: [{ roles: ['member+'] }, { roles: ['member'], record: { stage: 'sent' } }] }"),
		Good:    staged("{ or: [{ roles: ['admin+'] }, { roles: ['member'], record: { stage: 'sent' } }] }"),
		Related: []diagnostics.Code{"QB4013"}, CWE: []int{863},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		if p.Policy() == nil {
			return
		}
		for d := range doors(p) {
			if d.row && d.access.Kind == model.AccessAny {
				alternatives(d.access, func(arm *model.Access, roles []string) {
					lifted := !slices.ContainsFunc(roles, func(role string) bool { return d.verdict(p.Effective, []string{role}) != policy.Yes })
					if !lifted {
						return
					}
					report(diagnostics.Diagnostic{
						At: p.At(where(arm).At), Message: fmt.Sprintf("This condition of %s holds nobody back: another alternative admits %s to every row.", d.label(), check.List(roles)),
						Help: "Take the roles out of the other alternative, or remove this one.", Key: p.Subject(d.label(), roles[0]),
					})
				})
			}
		}
	},
}

// alternatives calls f for each alternative that holds roles to a condition.
func alternatives(a *model.Access, f func(arm *model.Access, roles []string)) {
	for _, arm := range a.Sub {
		switch arm.Kind {
		case model.AccessAny:
			alternatives(arm, f)
		case model.AccessAll:
			i := slices.IndexFunc(arm.Sub, func(sub *model.Access) bool { return sub.Kind == model.AccessRoles })
			if i >= 0 && len(arm.Sub[i].Roles) > 0 && where(arm) != nil {
				f(arm, arm.Sub[i].Roles)
			}
		}
	}
}

// where is the first condition of a conjunction, nil when it has none.
func where(a *model.Access) *model.Condition {
	for _, sub := range a.Sub {
		if sub.Kind == model.AccessWhere && len(sub.Where) > 0 {
			return &sub.Where[0]
		}
	}
	return nil
}
