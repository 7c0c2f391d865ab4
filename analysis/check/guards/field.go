// Package guards holds the rules about which fields clients may write.
package guards

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
)

// Set are the rules of this package.
func Set() check.Set {
	return check.Set{
		Resource: []check.ResourceRule{UnknownField, CreateableProtected, UpdatableProtected, UpdatableImmutable, SystemField, UnknownAction, Unfillable},
		Project:  []check.ProjectRule{Unwritable},
	}
}

// listed is one field of one guard list.
type listed struct {
	list  string
	field definition.Name
}

func fields(d *definition.Resource) (out []listed) {
	if d == nil || d.Guards == nil {
		return nil
	}
	for _, l := range []struct {
		name    string
		columns *definition.Columns
	}{{"createable", d.Guards.Createable}, {"updatable", d.Guards.Updatable}, {"immutable", d.Guards.Immutable}} {
		if l.columns != nil {
			for _, n := range l.columns.Items {
				out = append(out, listed{l.name, n})
			}
		}
	}
	for _, p := range d.Guards.Protected {
		out = append(out, listed{"protected", p.Field})
	}
	return out
}

// UnknownField: a guard about a field that does not exist guards nothing (seeds: compiler__definitions__guards, errors 4 and 5).
var UnknownField = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB5001", Title: "Guarded field does not exist", Since: "0.1.0", Locked: true,
		Why: "A guard about a field that does not exist guards nothing: with `staus` protected, clients change `status`.",
		Fix: "Write the name of a column of the table, as its property is called.",
		Bad: check.Example("", "guards: { createable: ['nmae', 'name'], updatable: ['name'] },"), Good: check.Example("", "guards: { createable: ['name'], updatable: ['name'] },"),
		Related: []diagnostics.Code{"QB2011"}, CWE: []int{915, 1287},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		for _, f := range fields(p.Policy()) {
			if f.field.Text == "" || p.Column(f.field.Text) != nil {
				continue
			}
			at := p.At(f.field.At)
			help, fixes := check.Near(f.field.Text, p.WritableKeys(), at)
			report(diagnostics.Diagnostic{
				At: at, Message: fmt.Sprintf("guards.%s lists %q, which is no column of %s.", f.list, f.field.Text, p.Table()),
				Help: help, Fixes: fixes, Key: p.Subject(f.list, f.field.Text),
			})
		}
	},
}

// SystemField: ids, scope columns and audit columns are managed by the system whatever guards say.
var SystemField = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB5005", Title: "Guards list a field that the system manages", Since: "0.1.0", Locked: true,
		Why: "Ids, scope columns and audit columns come from the session and the clock. A client that could write them would forge who owns or changed a row, so listing them never has an effect.",
		Fix: "Remove the field from the list.",
		Bad: check.Example("", "guards: { createable: ['name', 'organizationId'], updatable: ['name'] },"), Good: check.Example(""),
		Related: []diagnostics.Code{"QB5001"}, CWE: []int{915},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		for _, f := range fields(p.Policy()) {
			c := p.Column(f.field.Text)
			if c == nil || c.Role == model.Plain || c.Role == model.KeyColumn && clientKey(p, f.list) {
				continue
			}
			report(diagnostics.Diagnostic{
				At: p.At(f.field.At), Message: fmt.Sprintf("guards.%s lists %s, %s: no client can write it.", f.list, c.Key, managed(c)),
				Help: "Remove it from the list.", Fixes: removal(p, f.field), Key: p.Subject(f.list, c.Key),
			})
		}
	},
}

// clientKey says whether clients choose ids and this list may say so, although it need not.
func clientKey(p *check.ResourcePass, list string) bool {
	return p.Config != nil && p.Config.GenerateID == "false" && (list == "createable" || list == "immutable")
}

func managed(c *model.Column) string {
	switch c.Role {
	case model.KeyColumn:
		return "the primary key, which is generated"
	case model.ScopeColumn:
		return "which the firewall stamps with the caller's own value"
	case model.DeleteColumn:
		return "which deleting a row sets"
	}
	return "which every write sets by itself"
}
