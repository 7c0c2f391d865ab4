package policy

import (
	"slices"
	"strings"
)

// maxConjuncts bounds the normal form: 2ⁿ alternatives out of n small ones would stop the editor.
const maxConjuncts = 256

// Predicate says which rows, in disjunctive normal form: alternatives of atoms that all hold, sorted, without contradictions
// and without what another alternative already covers. Two predicates that are Equal mean the same; the opposite is not
// guaranteed. The zero value is the predicate no row satisfies.
type Predicate struct {
	any   [][]Atom
	large bool
}

// Always is satisfied by every row, Never by none.
func Always() Predicate { return Predicate{any: everything} }

// everything is the one alternative that asks for nothing. Predicates share it, as nobody changes the alternatives of one.
var everything = [][]Atom{{}}

// Never is satisfied by no row.
func Never() Predicate { return Predicate{} }

// Compare returns the predicate of one comparison. ctx is a context path without "$ctx.", or "" to compare with value.
func Compare(column, op, ctx string, value any) Predicate {
	atoms, never := atomsOf(column, op, ctx, value)
	if never {
		return Never()
	}
	return Predicate{any: [][]Atom{atoms}}.normal()
}

// IsAlways says whether every row satisfies the predicate.
func (p Predicate) IsAlways() bool { return !p.large && len(p.any) == 1 && len(p.any[0]) == 0 }

// IsNever says whether no row satisfies the predicate.
func (p Predicate) IsNever() bool { return !p.large && len(p.any) == 0 }

// Large says that the predicate has too many alternatives to be written out. It is then neither Always nor Never, implies
// nothing, and holds for no row.
func (p Predicate) Large() bool { return p.large }

// Alternatives returns the normal form.
func (p Predicate) Alternatives() [][]Atom { return p.any }

// Equal compares normal forms. A Large predicate equals nothing.
func (p Predicate) Equal(q Predicate) bool {
	return !p.large && !q.large && slices.EqualFunc(p.any, q.any, func(a, b []Atom) bool { return slices.EqualFunc(a, b, Atom.equal) })
}

// And returns the rows that satisfy both.
func (p Predicate) And(q Predicate) Predicate {
	if p.IsNever() || q.IsNever() {
		return Never()
	}
	switch {
	case p.large || q.large:
		return Predicate{large: true}
	case p.IsAlways():
		return q
	case q.IsAlways():
		return p
	}
	var out [][]Atom
	for _, a := range p.any {
		for _, b := range q.any {
			if c, possible := conjunct(slices.Concat(a, b)); possible {
				out = append(out, c)
			}
		}
		if len(out) > 4*maxConjuncts {
			if out = absorb(out); len(out) > maxConjuncts {
				return Predicate{large: true}
			}
		}
	}
	return Predicate{any: out}.normal()
}

// Or returns the rows that satisfy at least one.
func (p Predicate) Or(q Predicate) Predicate {
	if p.IsAlways() || q.IsAlways() {
		return Always()
	}
	if p.large || q.large {
		return Predicate{large: true}
	}
	return Predicate{any: slices.Concat(p.any, q.any)}.normal()
}

// Implies says whether every row that satisfies p satisfies q. It is sound and incomplete: false means "not known".
func (p Predicate) Implies(q Predicate) bool {
	if p.IsNever() || q.IsAlways() {
		return true
	}
	if p.large || q.large {
		return false
	}
	for _, a := range p.any {
		if !slices.ContainsFunc(q.any, func(b []Atom) bool { return covers(a, b) }) {
			return false
		}
	}
	return true
}

// Holds evaluates the predicate on a row; context returns the value of a path, and false when it is missing.
func (p Predicate) Holds(row map[string]any, context func(path string) (any, bool)) bool {
	return slices.ContainsFunc(p.any, func(all []Atom) bool {
		return !slices.ContainsFunc(all, func(a Atom) bool { return !a.holds(row, context) })
	})
}

// without returns the predicate for a caller to whom the given context paths are missing: their atoms hold for no row.
func (p Predicate) without(missing func(path string) bool) Predicate {
	lacks := func(a Atom) bool { return a.Ctx != "" && missing(a.Ctx) }
	if p.large || !slices.ContainsFunc(p.any, func(all []Atom) bool { return slices.ContainsFunc(all, lacks) }) {
		return p
	}
	var out [][]Atom
	for _, all := range p.any {
		if !slices.ContainsFunc(all, lacks) {
			out = append(out, all)
		}
	}
	return Predicate{any: out}
}

// Columns returns the columns that the predicate reads, sorted.
func (p Predicate) Columns() []string {
	var out []string
	for _, all := range p.any {
		for _, a := range all {
			out = append(out, a.Column)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// SQL is the predicate as a person reads it, by the names of the definition: "organizationId = ctx.activeOrgId AND deletedAt
// IS NULL". It is not for execution.
func (p Predicate) SQL() string {
	switch {
	case p.large:
		return "(a condition with too many alternatives to show)"
	case p.IsNever():
		return "FALSE"
	case p.IsAlways():
		return "TRUE"
	}
	parts := make([]string, len(p.any))
	for i, all := range p.any {
		atoms := make([]string, len(all))
		for j, a := range all {
			atoms[j] = a.sql()
		}
		parts[i] = strings.Join(atoms, " AND ")
		if len(p.any) > 1 && len(all) > 1 {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, " OR ")
}

func (p Predicate) normal() Predicate {
	if p.large {
		return Predicate{large: true}
	}
	out := make([][]Atom, 0, len(p.any))
	for _, all := range p.any {
		if c, possible := conjunct(all); possible {
			out = append(out, c)
		}
	}
	out = absorb(out)
	if len(out) > maxConjuncts {
		return Predicate{large: true}
	}
	return Predicate{any: out}
}

// conjunct sorts atoms and drops those that others imply; possible is false when two exclude each other.
func conjunct(atoms []Atom) (out []Atom, possible bool) {
	if len(atoms) < 2 {
		return atoms, true
	}
	sorted := atoms
	if !increasing(atoms) {
		sorted = slices.Clone(atoms)
		slices.SortFunc(sorted, compareAtoms)
		sorted = slices.CompactFunc(sorted, Atom.equal)
	}
	for i, a := range sorted {
		for _, b := range sorted[i+1:] {
			if a.excludes(b) {
				return nil, false
			}
		}
	}
	return keep(sorted, func(other, a Atom) bool { return other.implies(a) }), true
}

// increasing says whether atoms are sorted, without repetitions.
func increasing(atoms []Atom) bool {
	for i := 1; i < len(atoms); i++ {
		if compareAtoms(atoms[i-1], atoms[i]) >= 0 {
			return false
		}
	}
	return true
}

// absorb sorts alternatives and drops those that another one covers.
func absorb(any [][]Atom) [][]Atom {
	if len(any) < 2 {
		return any
	}
	slices.SortFunc(any, func(a, b []Atom) int { return slices.CompareFunc(a, b, compareAtoms) })
	any = slices.CompactFunc(any, func(a, b []Atom) bool { return slices.EqualFunc(a, b, Atom.equal) })
	return keep(any, func(other, a []Atom) bool { return covers(a, other) })
}

// keep drops every item that another one that stays makes needless; of two that do so for each other the first one stays.
func keep[T any](items []T, needless func(other, item T) bool) []T {
	stays, own := items, false
	for i := len(stays) - 1; i >= 0; i-- {
		for j := range stays {
			if i != j && needless(stays[j], stays[i]) {
				if !own {
					stays, own = slices.Clone(items), true
				}
				stays = slices.Delete(stays, i, i+1)
				break
			}
		}
	}
	return stays
}

// covers says whether every atom of b follows from an atom of a: every row of a is a row of b.
func covers(a, b []Atom) bool {
	return !slices.ContainsFunc(b, func(y Atom) bool {
		return !slices.ContainsFunc(a, func(x Atom) bool { return x.implies(y) })
	})
}
