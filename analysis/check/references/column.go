// Package references holds the rules about names that name nothing: columns, roles, tables, operators, context paths, and
// values that a column cannot have. TypeScript sees only strings where these stand.
package references

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
)

// Set are the rules of this package.
func Set() check.Set {
	return check.Set{
		File:     []check.FileRule{UnknownOperator},
		Resource: []check.ResourceRule{UnknownColumn, OutsideEnum, WrongType, UnknownContext, UnknownReference, UnknownHint},
		Project:  []check.ProjectRule{RoleNearMiss},
	}
}

// UnknownColumn looks at every list and rule that names a column, guards and firewalls apart, which have rules of their own.
var UnknownColumn = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB2011", Title: "Column does not exist", Since: "0.1.0", Locked: true,
		Why: "A rule about a column that does not exist protects nothing: a mask on `emial` leaves `email` clear.",
		Fix: "Write the name of a column of the table, as its property is called.",
		Bad: check.Example("", "displayColumn: 'nmae',"), Good: check.Example("", "displayColumn: 'name',"),
		Related: []diagnostics.Code{"QB5001", "QB3004"}, CWE: []int{1287},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		if p.Policy() == nil {
			return
		}
		for _, use := range unknownUses(p) {
			at := p.At(use.name.At)
			at.Span.Start += use.sign
			help, fixes := check.Rename(use.name.Text, p.ColumnKeys(), at)
			report(diagnostics.Diagnostic{
				At: at, Message: fmt.Sprintf("%s has no column %q, which %s names.", p.Table(), use.name.Text, use.where),
				Help: help, Fixes: fixes, Key: p.Subject(use.where, use.name.Text),
			})
		}
	},
}

type use struct {
	name  definition.Name
	where string
	sign  int32 // length of the "-" of a descending sort
}

// unknownUses lists where a resource's definition names columns that its table does not have.
func unknownUses(p *check.ResourcePass) []use {
	return slices.DeleteFunc(uses(p), func(u use) bool { return !unknown(p, u.name.Text) })
}

func unknown(p *check.ResourcePass, column string) bool {
	return column != "" && p.Column(column) == nil && !p.Unread(column)
}

// uses lists the columns that a resource's definition names. Of lists of columns, which are long, only the unknown ones.
func uses(p *check.ResourcePass) (out []use) {
	d := p.Policy()
	list := func(where, of string, c *definition.Columns) {
		if c == nil {
			return
		}
		for _, n := range c.Items {
			if unknown(p, n.Text) {
				out = append(out, use{name: n, where: where + of})
			}
		}
	}
	for _, s := range p.Sites() {
		check.Each(s.Access, func(a *definition.Access) {
			for _, c := range a.Record {
				out = append(out, use{name: c.Field, where: "the record condition of " + s.Label})
			}
		})
	}
	for _, op := range d.Operations {
		list("crud."+op.Name.Text, ".fields", op.Fields)
		for _, v := range op.Defaults {
			out = append(out, use{name: v.Field, where: "crud." + op.Name.Text + ".defaults"})
		}
	}
	for _, m := range d.Masks {
		out = append(out, use{name: m.Field, where: "masking"})
	}
	for _, v := range d.Views {
		where := "views." + v.Name.Text
		list(where, ".fields", v.Fields)
		if q := v.Query; q != nil {
			list(where, ".query.filterable", q.Filterable)
			list(where, ".query.searchable", q.Searchable)
			list(where, ".query.sortable", q.Sortable)
			if s, ok := q.DefaultSort.Get(); ok {
				column := strings.TrimPrefix(s, "-")
				out = append(out, use{definition.Name{Text: column, At: q.DefaultSort.At}, where + ".query.defaultSort", int32(len(s) - len(column))})
			}
		}
	}
	return append(out, otherUses(p, d)...)
}

func otherUses(p *check.ResourcePass, d *definition.Resource) (out []use) {
	for _, pair := range d.References {
		out = append(out, use{name: pair.Key, where: "references"})
	}
	for _, pair := range d.InputHints {
		out = append(out, use{name: pair.Key, where: "inputHints"})
	}
	if display, ok := d.Display.Get(); ok {
		out = append(out, use{name: definition.Name{Text: display, At: d.Display.At}, where: "displayColumn"})
	}
	if d.DefaultSort != nil {
		out = append(out, use{name: d.DefaultSort.Field, where: "defaultSort"})
	}
	for _, v := range d.Validation {
		out = append(out, use{name: v.Field, where: "validation"})
	}
	for _, u := range d.Unique {
		for _, n := range u.Items {
			out = append(out, use{name: n, where: "unique"})
		}
	}
	for _, i := range p.Resource.Table.Source.Indexes {
		for _, n := range i.Columns {
			out = append(out, use{name: n, where: "an index of the table"})
		}
	}
	return out
}
