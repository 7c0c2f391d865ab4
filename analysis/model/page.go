package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// pageSources says which tables and columns that a page shows are not there.
func (p *Project) pageSources(f *definition.File) (out []diagnostics.Diagnostic) {
	unknown := func(rule *diagnostics.Rule, at text.Place, word string, known []string, message string) {
		d := diagnostics.Diagnostic{Rule: rule, At: at, Message: message}
		if len(known) <= 12 {
			d.Help = "Known here: " + strings.Join(known, ", ") + "."
		}
		if near, ok := diagnostics.Nearest(word, slices.Values(known)); ok {
			d.Help = "Did you mean " + near + "?"
			d.Fixes = []diagnostics.Fix{{Title: "Change to " + near, Edits: map[text.Path][]text.Edit{at.Path: {{Span: at.Span, New: near}}}}}
		}
		out = append(out, d)
	}
	for _, source := range f.Page.Sources {
		name, ok := source.Table.Get()
		if !ok {
			continue
		}
		r := p.tableCalled(name)
		if r == nil {
			unknown(Unbound, f.Place(source.Table.At), name, p.bindings(), fmt.Sprintf("The page shows the table %q, and the project has no such table.", name))
			continue
		}
		keys := make([]string, 0, len(r.Table.Columns))
		for _, c := range r.Table.Columns {
			keys = append(keys, c.Key)
		}
		column := func(key string, at text.Place) {
			if !slices.Contains(keys, key) && len(r.Table.Source.Unread) == 0 {
				unknown(definition.WrongValue, at, key, keys, fmt.Sprintf("The page shows %s of %s, which has no such column.", key, r.Binding))
			}
		}
		if source.Columns != nil {
			for _, n := range source.Columns.Items {
				column(n.Text, f.Place(n.At))
			}
		}
		if sort, ok := source.Sort.Get(); ok {
			at := f.Place(source.Sort.At)
			key := strings.TrimPrefix(sort, "-") // descending
			at.Span.Start += int32(len(sort) - len(key))
			column(key, at)
		}
	}
	return out
}

// tableCalled finds a table by its constant, its SQL name or the name of its file, in singular or plural.
func (p *Project) tableCalled(name string) *Resource {
	for _, same := range []func(string) bool{
		func(s string) bool { return s == name },
		func(s string) bool { return s != "" && singular(fold(s)) == singular(fold(name)) },
	} {
		for _, r := range p.Resources {
			if r.Table != nil && (same(r.Binding) || same(r.Table.Source.Name.V) || same(r.Segment)) {
				return r
			}
		}
	}
	return nil
}

// bindings are the constants of all tables.
func (p *Project) bindings() (out []string) {
	for _, r := range p.Resources {
		if r.Table != nil {
			out = append(out, r.Binding)
		}
	}
	slices.Sort(out)
	return out
}
