package references

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
)

// ContextPaths are the context paths of every project.
var ContextPaths = []string{"userId", "userRole", "roles", "activeOrgId", "orgId", "activeTeamId", "isAnonymous", "user.id", "user.email", "user.name", "session.id"}

func knownContext(path string, config *model.Config) bool {
	name, isEnv := strings.CutPrefix(path, "env.")
	return slices.Contains(ContextPaths, path) || isEnv && name != "" || config != nil && slices.Contains(config.Context, path)
}

// UnknownContext looks at $ctx paths.
var UnknownContext = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB2016", Title: "Unknown context path", Since: "0.1.0", Locked: true,
		Why: "A context value that does not exist is missing in every request, so the rule never holds for anybody.",
		Fix: "Use userId, userRole, roles, activeOrgId, activeTeamId, isAnonymous, user.id, user.email, user.name, session.id or env.NAME.",
		Bad: check.Example("", "crud: {\n  list: { access: { record: { createdBy: '$ctx.user' } } },\n  create: { access: { roles: ['admin'] } },\n  update: { access: { roles: ['admin'] } },\n},"), Good: check.Example("", "crud: {\n  list: { access: { record: { createdBy: '$ctx.userId' } } },\n  create: { access: { roles: ['admin'] } },\n  update: { access: { roles: ['admin'] } },\n},"),
		Related: []diagnostics.Code{"QB3005"}, CWE: []int{1287},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		for _, c := range comparisons(p) {
			for _, path := range contextPaths(c.Value) {
				if knownContext(path.Text, p.Config) {
					continue
				}
				known := slices.Clone(ContextPaths)
				if p.Config != nil {
					known = append(known, p.Config.Context...)
				}
				at := p.At(path.At)
				help, _ := check.Near(path.Text, known, at)
				report(diagnostics.Diagnostic{
					At: at, Message: fmt.Sprintf("There is no context value %q, so the comparison of %s in %s never holds.", path.Text, c.Field.Text, c.where),
					Help: help, Key: p.Subject(c.Field.Text, path.Text),
				})
			}
		}
	},
}

// contextPaths are the paths that an operand names, alone or in a list.
func contextPaths(o definition.Operand) (out []definition.Name) {
	if o.Ctx != "" {
		out = append(out, definition.Name{Text: o.Ctx, At: o.At})
	}
	for _, item := range o.Items {
		if path, ok := strings.CutPrefix(item.Text, "$ctx."); ok {
			out = append(out, definition.Name{Text: path, At: item.At})
		}
	}
	return out
}
