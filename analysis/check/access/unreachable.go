package access

import (
	"fmt"
	"strings"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics"
)

// Unreachable asks on behalf of somebody who has every role there is.
var Unreachable = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB4011", Title: "Operation, view or action that nobody can reach", Since: "0.1.0", Severity: diagnostics.Warning,
		Why:     "Its parts contradict each other: even somebody with every role is refused on every row.",
		Fix:     "Correct the parts that exclude each other, or remove it.",
		Bad:     staged("{\n    and: [\n      { or: [\n        { roles: ['admin'], record: { stage: 'draft' } },\n        { roles: ['owner'], record: { stage: 'draft', createdBy: '$ctx.userId' } },\n      ] },\n      { record: { stage: { equals: 'sent' } } },\n    ],\n  }"),
		Good:    staged("{\n    or: [\n      { roles: ['admin'], record: { stage: 'draft' } },\n      { roles: ['owner'], record: { stage: { equals: 'sent' } } },\n    ],\n  }"),
		Related: []diagnostics.Code{"QB4002", "QB4012"}, CWE: []int{570},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		everybody := p.Effective.Everybody()
		if p.Policy() == nil || p.Effective.Rows(everybody).IsNever() {
			return
		}
		for d := range doors(p) {
			if !d.row || empty(d.access) || !allSound(p, d.access) {
				continue
			}
			contradiction := false // in one condition, which has a rule of its own
			narrow(p, d.access, p.Effective.Rows(everybody), func(model.Condition, policy.Predicate) { contradiction = true })
			if contradiction || d.verdict(p.Effective, everybody) != policy.No {
				continue
			}
			report(diagnostics.Diagnostic{
				At: p.At(d.at), Message: fmt.Sprintf("Nobody can ever reach %s: what it asks for excludes itself.", strings.TrimPrefix(d.label(), "crud.")),
				Help: "No row satisfies all of its parts at once. Correct the one that is wrong.", Key: p.Subject(d.label()),
			})
		}
	},
}

// empty says whether a rule or a part of it lists nobody, which has a rule of its own.
func empty(a *model.Access) bool {
	switch a.Kind {
	case model.AccessRoles, model.AccessUserRole:
		return len(a.Roles) == 0
	case model.AccessAny, model.AccessAll:
		for _, sub := range a.Sub {
			if empty(sub) {
				return true
			}
		}
		return len(a.Sub) == 0
	}
	return false
}
