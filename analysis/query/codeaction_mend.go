package query

import (
	"fmt"
	"slices"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/names"
	"github.com/qbls/qbls/analysis/syntax/edit"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Findings whose remedy needs the whole project, or is one of several ways to go on.
const (
	maskedByName    = diagnostics.Code("QB6002")
	unknownReferent = diagnostics.Code("QB2017")
)

// mends are the remedies of what is found at a range that no rule can offer by itself.
func (sc *scene) mends(found []diagnostics.Diagnostic, from, to int) (out []CodeAction) {
	for i, d := range found {
		if int(d.At.Span.End) < from || int(d.At.Span.Start) > to {
			continue
		}
		switch d.Rule.Code {
		case maskedByName:
			out = append(out, sc.maskThis(&found[i])...)
		case unknownReferent:
			out = append(out, sc.importReferent(&found[i])...)
		}
	}
	return out
}

// maskThis writes out the mask that a column has because of its name.
func (sc *scene) maskThis(d *diagnostics.Diagnostic) []CodeAction {
	r := sc.resource
	if r == nil || r.Source == nil || r.Home.Path != sc.path || !policyObject(sc.tree, r).Valid() {
		return nil
	}
	i := slices.IndexFunc(r.Masks, func(m *model.Mask) bool { return m.Default && r.Place(m.At) == d.At })
	if i < 0 {
		return nil
	}
	m := r.Masks[i]
	return []CodeAction{{Title: "Write out the mask of " + m.Column, Kind: QuickFix, Finding: d, Edit: sc.writeMasks([]*model.Mask{m})}}
}

// importReferent imports the table that a column refers to, when there is one of that name in the project and the file has nothing of that
// name: then something else is wrong with the reference.
func (sc *scene) importReferent(d *diagnostics.Diagnostic) []CodeAction {
	if sc.project == nil || sc.resource == nil || sc.resource.Table == nil {
		return nil
	}
	for _, c := range sc.resource.Table.Columns {
		if c.Source == nil || c.Source.References == nil || sc.resource.Place(c.Source.References.At) != d.At || d.At.Path != sc.path {
			continue
		}
		binding := c.Source.References.Binding
		table := names.Resolver{Project: sc.project}.Only(binding)
		if table == nil || table.TableFile == "" || table.TableFile == sc.path || sc.binds(binding) {
			return nil
		}
		module := edit.Specifier(sc.path, table.TableFile)
		return []CodeAction{{
			Title: fmt.Sprintf("Import %s from %s", binding, module), Kind: QuickFix, Preferred: true, Finding: d,
			Edit: edits(Change{sc.path: append([]text.Edit{}, edit.AddImport(sc.tree, module, binding)...)}),
		}}
	}
	return nil
}

// binds says whether the file imports something by a name, or declares a table of it.
func (sc *scene) binds(name string) bool {
	d := sc.s.Definition(sc.path)
	return d == nil || slices.ContainsFunc(d.Imports, func(im definition.Import) bool { return im.Local == name }) ||
		slices.ContainsFunc(d.Tables, func(t *definition.Table) bool { return t.Binding == name })
}
