package views

import (
	"fmt"
	"slices"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics"
)

const (
	mobile      = "mobile: text('mobile'),"
	mobileGuard = "guards: { createable: ['name', 'mobile'], updatable: ['name'] },"
)

// Unqueryable compares who reads a view with who may query its masked columns (language.md, Masking).
var Unqueryable = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB6010", Title: "View is queried by a column that is masked for all its readers", Since: "0.1.0", Locked: true, Waivable: true,
		Why:     "Nobody may filter or sort by what he sees masked, so the parameter is refused with 400 for every reader of the view.",
		Fix:     "Show the column to a role that reads the view, list the role in query.roles, or take the column out of the query.",
		Bad:     check.Example(mobile, mobileGuard, "masking: { mobile: { type: 'phone', show: { or: 'owner' } } },", "views: { contacts: { fields: ['id', 'mobile'], access: { roles: ['member'] }, query: { filterable: ['mobile'] } } },"),
		Good:    check.Example(mobile, mobileGuard, "masking: { mobile: { type: 'phone', show: { roles: ['member'] } } },", "views: { contacts: { fields: ['id', 'mobile'], access: { roles: ['member'] }, query: { filterable: ['mobile'] } } },"),
		Related: []diagnostics.Code{"QB6007", "QB6011"}, CWE: []int{203},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		if p.Policy() == nil {
			return
		}
		for _, v := range p.Resource.Views {
			if v.Source == nil || v.Source.Query == nil {
				continue
			}
			readers := readersOf(p.Effective, v)
			if len(readers) == 0 {
				continue // it can be reached without a role, or by nobody
			}
			for _, list := range []*definition.Columns{v.Source.Query.Filterable, v.Source.Query.Searchable, v.Source.Query.Sortable} {
				if list == nil {
					continue
				}
				for _, n := range list.Items {
					m := maskOf(p.Resource, n.Text)
					if m == nil || m.All || !slices.Contains(v.Fields, n.Text) || slices.ContainsFunc(readers, func(role string) bool { return queries(m, role) }) {
						continue
					}
					report(diagnostics.Diagnostic{
						At: p.At(n.At), Message: fmt.Sprintf("%s is masked for every reader of the view %s, so nobody can query by it.", n.Text, v.Name),
						Help: fmt.Sprintf("Add a role of the view to masking.%s.show.roles, or remove the column here.", n.Text), Key: p.Subject(v.Name, n.Text),
						Related: []diagnostics.Related{{At: p.At(m.At), Message: "masked here"}},
					})
				}
			}
		}
	},
}

// queries says whether a role may filter by a masked column. PUBLIC and AUTHENTICATED stand for people who may have any role.
func queries(m *model.Mask, role string) bool {
	return role == policy.Public || role == policy.Authenticated || slices.Contains(m.Roles, role) || slices.Contains(m.Query, role)
}

// Wider compares who reads a view with who may list the resource, for people without any role: another list of roles may well be
// meant as it is.
var Wider = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB6015", Title: "View is open to strangers and the resource is not", Since: "0.1.0", Severity: diagnostics.Warning, Locked: true,
		Why:     "list and get ask for a role, and the view lets everybody in: they read every row of the resource, column by column.",
		Fix:     "Ask for a role in the view, or open list as well, so that both say the same.",
		Bad:     check.Example("", "views: { names: { fields: ['id', 'name'], access: { roles: ['PUBLIC'] } } },"),
		Good:    check.Example("", "views: { names: { fields: ['id', 'name'], access: { roles: ['member'] } } },"),
		Related: []diagnostics.Code{"QB6005", "QB6007"}, CWE: []int{863, 306},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		if p.Policy() == nil || !opens(p.Resource.Operation(model.List)) && !opens(p.Resource.Operation(model.Get)) {
			return // the views are all there is to read
		}
		for _, v := range p.Resource.Views {
			for _, who := range []struct {
				roles []string
				words string
			}{{nil, "everybody, also without a session"}, {[]string{policy.Authenticated}, "everybody who is signed in"}} {
				if p.Effective.MayView(who.roles, v.Name) == policy.No || p.Effective.May(who.roles, model.List) != policy.No || p.Effective.May(who.roles, model.Get) != policy.No {
					continue
				}
				report(diagnostics.Diagnostic{
					At: p.At(v.At), Message: fmt.Sprintf("The view %s is open to %s, and neither list nor get of %s is.", v.Name, who.words, p.Table()),
					Help: "Ask for a role in the view's access, or open list to them.", Key: p.Subject(v.Name, "wider"),
				})
				break
			}
		}
	},
}

func opens(op *model.Operation) bool {
	return op != nil && op.Access != nil && (op.Access.Kind != model.AccessAny || len(op.Access.Sub) > 0)
}
