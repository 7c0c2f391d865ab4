package model

import (
	"slices"

	"github.com/qbls/qbls/analysis/definition"
)

// optIns gathers what the columns of a table say of themselves.
func optIns(t *Table) (o OptIns) {
	for _, c := range t.Columns {
		if c.Source == nil {
			continue
		}
		if f := c.Source.Filterable; f != nil {
			o.Filterable = append(o.Filterable, Filter{Column: c.Key, Operators: texts(f.Items)})
		}
		if c.Source.Searchable != nil {
			o.Searchable = append(o.Searchable, c.Key)
		}
		if c.Source.Sortable != nil {
			o.Sortable = append(o.Sortable, c.Key)
		}
	}
	return o
}

// Filter returns how a column can be filtered by; ok is false when others opted in and it did not. The times of a row always can.
func (o OptIns) Filter(column string) (operators []string, ok bool) {
	for _, f := range o.Filterable {
		if f.Column == column {
			return f.Operators, true
		}
	}
	return nil, o.Filterable == nil || column == CreatedAt || column == ModifiedAt
}

// columnGuards adds what columns say of themselves to the guards: .protected() and .immutable().
func columnGuards(t *Table, g Guards) Guards {
	for _, c := range t.Columns {
		if c.Source == nil {
			continue
		}
		if c.Source.Protected != nil && !slices.ContainsFunc(g.Protected, func(p Protected) bool { return p.Column == c.Key }) {
			g.Protected = append(g.Protected, Protected{Column: c.Key, Any: true})
		}
		if c.Source.Immutable != nil && !slices.Contains(g.Immutable, c.Key) {
			g.Immutable = append(g.Immutable, c.Key)
		}
	}
	return g
}

// columnRules are the validation rules that columns carry, joined with those of the policy: both hold.
func columnRules(t *Table, written []*definition.Validation) []*definition.Validation {
	out := slices.Clone(written)
	for _, c := range t.Columns {
		if c.Source == nil || c.Source.Rule == nil {
			continue
		}
		at := slices.IndexFunc(out, func(v *definition.Validation) bool { return v.Field.Text == c.Key })
		if at < 0 {
			out = append(out, c.Source.Rule)
			continue
		}
		out[at] = both(out[at], c.Source.Rule)
	}
	return out
}

func both(a, b *definition.Validation) *definition.Validation {
	v := *a
	v.MinLength, v.Min = higher(a.MinLength, b.MinLength), higher(a.Min, b.Min)
	v.MaxLength, v.Max = lower(a.MaxLength, b.MaxLength), lower(a.Max, b.Max)
	first, has := a.Pattern.Get()
	second, also := b.Pattern.Get()
	switch {
	case also && !has:
		v.Pattern = b.Pattern
	case also && first != second: // each is found somewhere, as if it were alone
		v.Pattern.V = `(?=[\s\S]*(?:` + first + `))(?=[\s\S]*(?:` + second + `))`
	}
	return &v
}

func higher(a, b definition.Value[float64]) definition.Value[float64] {
	if x, ok := a.Get(); !ok || b.Or(x) > x {
		return b
	}
	return a
}

func lower(a, b definition.Value[float64]) definition.Value[float64] {
	if x, ok := a.Get(); !ok || b.Or(x) < x {
		return b
	}
	return a
}

// columnMasks are those of .masked(type) that no masking rule replaces: the owner of the row sees the value, nobody else.
func (l *linker) columnMasks(r *Resource, ruled map[string]bool) (out []*Mask) {
	for _, c := range r.Table.Columns {
		if c.Source == nil || c.Source.Masked == nil || ruled[c.Key] {
			continue
		}
		ruled[c.Key] = true
		out = append(out, &Mask{Column: c.Key, Type: c.Source.Masked.Type.V, Owner: l.ownerOf(r), At: c.Source.Masked.At})
	}
	return out
}
