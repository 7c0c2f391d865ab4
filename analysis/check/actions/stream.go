package actions

import (
	"fmt"
	"slices"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics"
)

const (
	masksEmail    = "email: text('email'),"
	emailsOfAdmin = "masking: { email: { type: 'email', show: { roles: ['admin'] } } },"
	emailGuard    = "guards: { createable: ['name', 'email'], updatable: ['name'] },"
)

// PastMasks: streams and files leave as the code made them, so that no mask of the table is applied to what they hold.
var PastMasks = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB7022", Title: "Stream or file that goes out past the masks", Since: "0.1.0", Severity: diagnostics.Warning,
		Why:     "Data that an action returns is masked for its caller. A stream, a file or a Response goes out as the code made it: a masked column that it was filled with reaches roles that see the mask everywhere else.",
		Fix:     "Return data, or open the action to roles that see the columns, or select the other columns only and suppress this where that is so.",
		Bad:     check.ExampleActions(check.Example(masksEmail, emailGuard, emailsOfAdmin), streaming("member")),
		Good:    check.ExampleActions(check.Example(masksEmail, emailGuard, emailsOfAdmin), streaming("admin")),
		CWE:     []int{200},
		Related: []diagnostics.Code{"QB6007", "QB6011"},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		if p.Policy() == nil {
			return
		}
		for _, a := range p.Resource.Actions {
			form, known := a.Source.ResponseType.Get()
			if !known || form != "stream" && form != "file" {
				continue
			}
			columns, roles := unmasked(p.Effective, p.Resource, a)
			if len(columns) == 0 {
				continue
			}
			report(diagnostics.Diagnostic{
				At: p.At(a.Source.ResponseType.At), Message: fmt.Sprintf("What %s sends as a %s is not masked: %s may call it, and sees %s of %s masked.", a.Name, form, check.List(roles), check.List(columns), p.Table()),
				Help: "Return data instead, or leave these columns out of what is sent.", Key: p.Subject(a.Name, "responseType"),
			})
		}
	},
}

// unmasked lists the columns that some caller of an action sees masked everywhere else, and those callers' roles.
func unmasked(e *policy.Effective, r *model.Resource, a *model.Action) (columns, roles []string) {
	if e == nil {
		return nil, nil
	}
	var named []string
	a.Access.Each(func(access *model.Access) {
		if access.Kind == model.AccessRoles {
			named = append(named, access.Roles...)
		}
	})
	slices.Sort(named)
	for _, role := range slices.Compact(named) {
		if e.MayAct([]string{role}, a.Name) == policy.No {
			continue
		}
		for _, mask := range r.Masks {
			if !mask.All && !slices.Contains(mask.Roles, role) {
				if !slices.Contains(columns, mask.Column) {
					columns = append(columns, mask.Column)
				}
				if !slices.Contains(roles, role) {
					roles = append(roles, role)
				}
			}
		}
	}
	slices.Sort(columns)
	return columns, roles
}

func streaming(role string) string {
	return "export: {\n  description: 'Sends all of them',\n  standalone: true,\n  responseType: 'stream',\n  access: { roles: ['" + role + "'] },\n" +
		"  execute: async ({ db }) => new Response(JSON.stringify(await db.select().from(things))).body,\n},"
}
