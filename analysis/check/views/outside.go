package views

import (
	"fmt"
	"slices"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
)

// OutsideFields: filtering by a column tells its values, whether the view returns it or not.
var OutsideFields = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB6008", Title: "View is queried by a column that it does not show", Since: "0.1.0", Locked: true, Waivable: true,
		Why: "Whoever can filter or sort by a column learns its values, row by row, without ever seeing it.",
		Fix: "Add the column to the view's fields, or take it out of the query.",
		Bad: check.Example("", "views: { ids: { fields: ['id'], access: { roles: ['member'] }, query: { filterable: ['name'] } } },"), Good: check.Example("", "views: { names: { fields: ['id', 'name'], access: { roles: ['member'] }, query: { filterable: ['name'] } } },"),
		CWE: []int{203, 863},
	},
	Run: func(p *check.FilePass, report check.Report) {
		if p.File.Table == nil {
			return
		}
		for _, v := range p.File.Table.Views {
			if v.Query == nil || v.Fields == nil {
				continue
			}
			shown := []string{model.CreatedAt, model.ModifiedAt}
			for _, n := range v.Fields.Items {
				shown = append(shown, n.Text)
			}
			for _, list := range []struct {
				name    string
				columns *definition.Columns
			}{{"filtered", v.Query.Filterable}, {"searched", v.Query.Searchable}, {"sorted", v.Query.Sortable}} {
				if list.columns == nil {
					continue
				}
				for _, n := range list.columns.Items {
					if slices.Contains(shown, n.Text) || !declared(p.File, n.Text) {
						continue
					}
					report(diagnostics.Diagnostic{
						At: p.At(n.At), Message: fmt.Sprintf("The view %s can be %s by %s, which it does not show: its readers would learn the values all the same.", v.Name.Text, list.name, n.Text),
						Help: fmt.Sprintf("Add '%s' to the fields of %s, or remove it here.", n.Text, v.Name.Text), Key: p.Subject(v.Name.Text, n.Text),
					})
				}
			}
		}
	},
}

// declared says whether a name is a column: another rule reports those that are not.
func declared(f *definition.File, key string) bool {
	if slices.Contains(model.AuditColumns, key) {
		return true
	}
	for _, t := range f.Tables {
		if slices.ContainsFunc(t.Columns, func(c *definition.Column) bool { return c.Key.Text == key }) {
			return true
		}
	}
	return false
}
