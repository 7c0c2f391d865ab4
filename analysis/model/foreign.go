package model

import (
	"slices"
	"strings"
	"unicode"
)

// foreign finds a table's foreign keys: `references` of the definition, .references() of the column, the column's name
// (language.md, Columns). Scope and audit columns are never foreign keys to the project's tables.
func (l *linker) foreign(u *unit) (out []*ForeignKey) {
	declared := map[string]string{}
	if u.policy != nil {
		for _, p := range u.policy.References {
			declared[p.Key.Text] = p.Value.Text
		}
	}
	for _, c := range u.table.Columns {
		key := c.Key.Text
		var k *ForeignKey
		if c.References != nil {
			if target := l.bound(u, c.References.Binding); target != nil {
				k = &ForeignKey{Column: key, Target: target.id, Key: c.References.Column, Declared: true, OnDelete: c.References.OnDelete, OnUpdate: c.References.OnUpdate}
			}
		}
		if name, ok := declared[key]; ok {
			if target := l.named(u, name); target != nil && (k == nil || k.Target != target.id) {
				k = &ForeignKey{Column: key, Target: target.id, Key: primary(target)}
			}
		}
		if k == nil && c.Scope.V == "" && conventional(key) {
			if target := l.named(u, strings.TrimSuffix(key, "Id")); target != nil {
				k = &ForeignKey{Column: key, Target: target.id, Key: primary(target)}
			}
		}
		if k != nil {
			out = append(out, k)
		}
	}
	return out
}

// compositeKeys are the foreign keys of several columns. One to a table that is not there is left out: the reference rules say so.
func (l *linker) compositeKeys(u *unit) (out []*CompositeKey) {
	for _, f := range u.table.Foreign {
		if target := l.bound(u, f.Binding); target != nil {
			out = append(out, &CompositeKey{Name: f.Name, Columns: texts(f.Columns), Target: target.id, Keys: f.Keys, OnDelete: f.OnDelete, OnUpdate: f.OnUpdate, Source: f})
		}
	}
	return out
}

// conventional says whether a column's name alone may make it a foreign key.
func conventional(key string) bool {
	return strings.HasSuffix(key, "Id") && key != "Id" && !slices.Contains(organizationNames, key) && !slices.Contains(ownerNames, key) && !slices.Contains(teamNames, key)
}

func primary(u *unit) string {
	for _, c := range u.table.Columns {
		if c.PrimaryKey {
			return c.Key.Text
		}
	}
	return "id"
}

// bound follows a local name of the table's file: an import, or a table of the same file.
func (l *linker) bound(u *unit, local string) *unit {
	_, t := tableNamed(l.in.Files, u.origin, local)
	return l.byTable[t]
}

// named finds a table by what people call it: its constant, its file, its SQL name, in singular or plural. The own feature
// comes first; a name that fits several tables elsewhere means none.
func (l *linker) named(u *unit, name string) *unit {
	all := l.byName[singular(fold(name))]
	var own []*unit
	for _, other := range all {
		if other.feature == u.feature {
			own = append(own, other)
		}
	}
	for _, found := range [][]*unit{own, all} {
		if len(found) == 1 {
			return found[0]
		}
	}
	return nil
}

// fold makes camelCase, snake_case and kebab-case the same.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

func singular(s string) string {
	switch {
	case strings.HasSuffix(s, "ies"):
		return s[:len(s)-3] + "y"
	case strings.HasSuffix(s, "sses") || strings.HasSuffix(s, "xes") || strings.HasSuffix(s, "ches"):
		return s[:len(s)-2]
	case strings.HasSuffix(s, "s") && !strings.HasSuffix(s, "ss"):
		return s[:len(s)-1]
	}
	return s
}
