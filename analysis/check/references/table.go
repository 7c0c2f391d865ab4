package references

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
)

// UnknownReference looks at the tables that the key references and the columns' .references() name.
var UnknownReference = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB2017", Title: "Referenced table does not exist", Since: "0.1.0",
		Why: "Labels, lookups and the check that a foreign key points to a row its author may see are made from this. A table that does not exist switches them off.",
		Fix: "Name a table of the project: by its constant, its file or its SQL name, in singular or plural.",
		Bad: check.Example("parentId: text('parent_id'),", "guards: { createable: ['name', 'parentId'], updatable: ['name'] },", "references: { parentId: 'thign' },"), Good: check.Example("parentId: text('parent_id'),", "guards: { createable: ['name', 'parentId'], updatable: ['name'] },", "references: { parentId: 'thing' },"),
		Related: []diagnostics.Code{"QB2011"},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		if p.Policy() == nil || p.Globals == nil {
			return
		}
		for _, pair := range p.Policy().References {
			if p.Column(pair.Key.Text) == nil || isTable(p, pair.Key.Text, pair.Value.Text) {
				continue
			}
			at := p.At(pair.Value.At)
			help, fixes := check.Rename(pair.Value.Text, slices.Sorted(maps.Keys(p.Globals.Tables)), at)
			report(diagnostics.Diagnostic{
				At: at, Message: fmt.Sprintf("%s refers to the table %q, and the project has no such table.", pair.Key.Text, pair.Value.Text),
				Help: help, Fixes: fixes, Key: p.Subject(pair.Key.Text),
			})
		}
		for _, c := range p.Resource.Table.Columns {
			if c.Source != nil && c.Source.References != nil {
				declared(p, c, report)
			}
		}
		for _, f := range p.Resource.Table.Source.Foreign {
			composite(p, f, report)
		}
	},
}

// declared looks at one .references(() => table.column).
func declared(p *check.ResourcePass, c *model.Column, report check.Report) {
	ref := c.Source.References
	found := diagnostics.Diagnostic{At: p.At(ref.At), Key: p.Subject(c.Key)}
	i := slices.IndexFunc(p.Resource.Foreign, func(k *model.ForeignKey) bool { return k.Column == c.Key && k.Declared })
	if i < 0 {
		found.Message = fmt.Sprintf("%s refers to %s.%s, and %s is no table of the project's features.", c.Key, ref.Binding, ref.Column, ref.Binding)
		found.Help = "Import the table from the file that declares it, or remove .references()."
		report(found)
		return
	}
	target := p.Resource
	if id := p.Resource.Foreign[i].Target; id != target.ID && p.Other != nil {
		target = p.Other(id)
	}
	if target == nil || target.Table == nil || target.Table.Column(ref.Column) != nil {
		return
	}
	var known []string
	for _, other := range target.Table.Columns {
		known = append(known, other.Key)
	}
	found.Message = fmt.Sprintf("%s refers to %s.%s, and %s has no such column.", c.Key, ref.Binding, ref.Column, target.Segment)
	found.Help, _ = check.Near(ref.Column, known, found.At)
	report(found)
}

// composite looks at a foreignKey of several columns.
func composite(p *check.ResourcePass, f *definition.CompositeReference, report check.Report) {
	found := diagnostics.Diagnostic{At: p.At(f.At), Key: p.Subject("")}
	i := slices.IndexFunc(p.Resource.Table.Foreign, func(k *model.CompositeKey) bool { return k.Source.At == f.At })
	if i < 0 {
		found.Message = fmt.Sprintf("This key refers to %s, which is no table of the project's features.", f.Binding)
		found.Help = "Import the table from the file that declares it, or remove the key."
		report(found)
		return
	}
	target := p.Resource
	if id := p.Resource.Table.Foreign[i].Target; id != target.ID && p.Other != nil {
		target = p.Other(id)
	}
	for _, key := range f.Keys {
		if target != nil && target.Table != nil && target.Table.Column(key) == nil {
			found.Message = fmt.Sprintf("This key refers to %s.%s, and %s has no such column.", f.Binding, key, target.Segment)
			report(found)
		}
	}
}

// isTable says whether a name stands for a table: by SQL name, file, or the constant of the table that the column was linked to.
func isTable(p *check.ResourcePass, column, name string) bool {
	wanted := folded(name)
	for sql, id := range p.Globals.Tables {
		if folded(sql) == wanted || folded(string(id)[strings.LastIndexByte(string(id), '/')+1:]) == wanted {
			return true
		}
	}
	if wanted == folded(p.Resource.Binding) {
		return true
	}
	for _, k := range p.Resource.Foreign {
		if k.Column != column || p.Other == nil {
			continue
		}
		if target := p.Other(k.Target); target != nil && folded(target.Binding) == wanted {
			return true
		}
	}
	return false
}

// folded makes camelCase, snake_case, kebab-case, singular and plural the same.
func folded(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '_' || r == '-' {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
	if stem, ok := strings.CutSuffix(s, "ies"); ok {
		return stem + "y"
	}
	for _, plural := range []string{"sses", "xes", "ches"} {
		if strings.HasSuffix(s, plural) {
			return strings.TrimSuffix(s, "es")
		}
	}
	if strings.HasSuffix(s, "ss") {
		return s
	}
	return strings.TrimSuffix(s, "s")
}
