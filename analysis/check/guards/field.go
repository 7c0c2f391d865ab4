// Package guards holds the rules about which fields clients may write.
package guards

import (
	"fmt"
	"iter"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
)

// Set are the rules of this package.
func Set() check.Set {
	return check.Set{
		Resource: []check.ResourceRule{UnknownField, CreateableProtected, UpdatableProtected, UpdatableImmutable, SystemField, UnknownAction, Unfillable, OpenToStrangers, NothingUpdatable, SystemDefault, ImpossibleValue, UnfitRule, InAnothersName},
		Project:  []check.ProjectRule{Unwritable},
	}
}

// listed is one field of one guard list.
type listed struct {
	list  string
	field definition.Name
}

// fields yields the fields of all guard lists.
func fields(d *definition.Resource) iter.Seq[listed] {
	return func(yield func(listed) bool) {
		if d == nil || d.Guards == nil {
			return
		}
		lists := [...]struct {
			name    string
			columns *definition.Columns
		}{{"createable", d.Guards.Createable}, {"updatable", d.Guards.Updatable}, {"immutable", d.Guards.Immutable}}
		for _, l := range lists {
			if l.columns == nil {
				continue
			}
			for _, n := range l.columns.Items {
				if !yield(listed{l.name, n}) {
					return
				}
			}
		}
		for _, p := range d.Guards.Protected {
			if !yield(listed{"protected", p.Field}) {
				return
			}
		}
	}
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
		for f := range fields(p.Policy()) {
			if f.field.Text == "" || p.Column(f.field.Text) != nil || p.Unread(f.field.Text) {
				continue
			}
			at := p.At(f.field.At)
			help, fixes := check.Rename(f.field.Text, p.WritableKeys(), at)
			for i := range fixes {
				fixes[i].Safe = fixes[i].Safe && !lists(p.Policy(), f.list, fixes[i].Edits[at.Path][0].New) // twice in a list
			}
			report(diagnostics.Diagnostic{
				At: at, Message: fmt.Sprintf("guards.%s lists %q, which is no column of %s.", f.list, f.field.Text, p.Table()),
				Help: help, Fixes: fixes, Key: p.Subject(f.list, f.field.Text),
			})
		}
	},
}

func lists(d *definition.Resource, list, field string) bool {
	for f := range fields(d) {
		if f.list == list && f.field.Text == field {
			return true
		}
	}
	return false
}
