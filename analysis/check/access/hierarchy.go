package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
)

// Unranked: "x+" means x and every role above it, so x has to be ranked.
var Unranked = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB4004", Title: "Role with + that is not in the hierarchy", Since: "0.1.0", Locked: true,
		Why: "Which roles are above this one is written nowhere, so it is not known whom the rule lets in.",
		Fix: "Add the role to auth.roleHierarchy, lowest first, or list the roles.",
		Bad: check.Example("", crud("{ roles: ['auditor+'] }")), Good: check.Example("", crud("{ roles: ['member+'] }")),
		Related: []diagnostics.Code{"QB2012"}, CWE: []int{863},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		if p.Config == nil {
			return
		}
		for _, l := range p.RoleLists() {
			for _, n := range l.Roles.Items {
				base, plus := strings.CutSuffix(n.Text, "+")
				if !plus || slices.Contains(p.Config.Hierarchy, base) && !l.User {
					continue
				}
				at := p.At(n.At)
				var ranked []string
				for _, name := range p.Config.Hierarchy {
					ranked = append(ranked, name+"+")
				}
				var help string
				var fixes []diagnostics.Fix
				if !l.User {
					help, fixes = check.Near(n.Text, ranked, at)
				}
				report(diagnostics.Diagnostic{
					At: at, Message: message(p.Config, l, base), Fixes: fixes, Key: p.Subject(l.Label, n.Text),
					Help: strings.TrimSpace(didYouMean(help) + " " + remedy(p.Config, l, base)),
				})
			}
		}
	},
}

func message(c *model.Config, l check.RoleList, base string) string {
	switch {
	case l.User:
		return fmt.Sprintf("User roles have no hierarchy, so %q in %s says nothing.", base+"+", l.Label)
	case !c.HierarchySet:
		return fmt.Sprintf("%s asks for %q and every role above it, and the project ranks only %s.", l.Label, base, strings.Join(c.Hierarchy, " < "))
	}
	return fmt.Sprintf("%s asks for %q and every role above it, and auth.roleHierarchy does not rank it.", l.Label, base)
}

func remedy(c *model.Config, l check.RoleList, base string) string {
	if l.User {
		return "Name the user roles one by one."
	}
	if c.HierarchySet {
		return "Add it to auth.roleHierarchy, or list the roles."
	}
	return fmt.Sprintf("Rank it in quickback.config.ts, lowest first: auth: { roleHierarchy: ['member', '%s', 'admin', 'owner'] }.", base)
}

func didYouMean(help string) string {
	if strings.HasPrefix(help, "Did you mean") {
		return help
	}
	return ""
}
