package references

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// RoleNearMiss compares the roles of the whole project: one that is used once and spelt almost like another is a slip. A role
// with + has to be ranked, which another rule asks.
var RoleNearMiss = check.ProjectRule{
	Doc: &diagnostics.Rule{
		Code: "QB2012", Title: "Role looks misspelt", Since: "0.1.0", Severity: diagnostics.Warning,
		Why: "Roles are plain strings. A misspelt one is a role that nobody has, so the people it was meant for are locked out.",
		Fix: "Correct the name, or add the role to auth.roleHierarchy if it is one of its own.",
		Bad: check.Example("", "crud: {\n  list: { access: { roles: ['recruiter'] } },\n  create: { access: { roles: ['recruter'] } },\n  update: { access: { roles: ['recruiter'] } },\n},"), Good: check.Example("", "crud: {\n  list: { access: { roles: ['recruiter'] } },\n  create: { access: { roles: ['recruiter'] } },\n  update: { access: { roles: ['recruiter'] } },\n},"),
		CWE: []int{1287},
	},
	Facts: func(r *model.Resource, _ *policy.Effective) (out []check.Fact) {
		first := map[string]int{} // of the names that the resource has said, where in out
		out = make([]check.Fact, 0, 8)
		for _, list := range check.RoleListsOf(r) {
			if list.User {
				continue
			}
			for _, n := range list.Roles.Items {
				name := n.Text
				if !check.Holdable(name) || name == "*" || strings.HasSuffix(name, "+") || name == model.Everyone || name == policy.Public || name == policy.Authenticated {
					continue
				}
				fact := check.Fact{Key: "roles", Value: name, From: r.ID, At: r.Place(n.At)}
				i, again := first[name]
				switch {
				case !again:
					first[name] = len(out)
					out = append(out, fact)
				case looksSpecial(name):
					out = append(out, fact)
				case out[i].At != text.Place{} && out[i].At != fact.At: // a name that stands twice is meant, wherever it stands
					out[i].At = text.Place{}
					out = append(out, out[i])
				}
			}
		}
		return out
	},
	Fold: func(_ string, facts []check.Fact, config *model.Config, report check.Report) {

		uses, where := map[string]int{}, map[check.Fact]bool{}
		for _, f := range facts {
			if at := (check.Fact{Value: f.Value, At: f.At}); f.At == (text.Place{}) || !where[at] { // a list that many share says a name once
				where[at] = true
				uses[f.Value]++
			}
		}
		settled := map[string]bool{} // names that are certainly meant
		for _, name := range model.DefaultHierarchy {
			settled[name] = true
		}
		settled[policy.Public], settled[policy.Authenticated] = true, true
		if config != nil {
			for _, name := range config.Hierarchy {
				settled[name] = true
			}
		}
		for name, n := range uses {
			if n > 1 && !looksSpecial(name) {
				settled[name] = true
			}
		}
		for _, f := range facts {
			at := check.Fact{Value: f.Value, At: f.At}
			if settled[f.Value] || f.At != (text.Place{}) && !where[at] {
				continue
			}
			delete(where, at)
			for _, other := range slices.Sorted(maps.Keys(settled)) {
				if check.Slip(f.Value, other) {
					report(diagnostics.Diagnostic{
						At: f.At, Message: said(f.Value, other),
						Help: fmt.Sprintf("Did you mean %q?", other), Fixes: []diagnostics.Fix{check.Replace("Change to "+other, f.At, other)}, Key: f.Value,
					})
					break
				}
			}
		}
	},
}

// looksSpecial says whether a name is one of the special ones but for its case. However often it stands, nobody has that role.
func looksSpecial(name string) bool {
	return strings.EqualFold(name, policy.Public) || strings.EqualFold(name, policy.Authenticated)
}

func said(name, other string) string {
	if other == policy.Public || other == policy.Authenticated {
		return fmt.Sprintf("%q is the name of a role that nobody has; it looks like %s.", name, other)
	}
	return fmt.Sprintf("The role %q is named only here, and looks like %q.", name, other)
}
