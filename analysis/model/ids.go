package model

import (
	"iter"
	"slices"
	"strings"
)

// prefixes gives every table a prefix for its ids: the first letter and the next two consonants of its SQL name (candidates →
// cnd, jobs → jbs). A prefix that is taken makes room by moving on through the rest of the name, then through the alphabet.
// Short names are served first (candidates before candidate_skills), and the result depends on the project alone.
// They are a function of the tables' names, so a project with the same names keeps what it has.
func prefixes(units []*unit, previous *Project) map[ID]string {
	if previous != nil && sameNames(units, previous) {
		return previous.Globals.Prefixes
	}
	out, taken := map[ID]string{}, make([]bool, len(symbols)*len(symbols)*len(symbols))
	units = slices.DeleteFunc(slices.Clone(units), func(u *unit) bool { return u.table == nil }) // sorted by id
	slices.SortStableFunc(units, func(a, b *unit) int { return len(a.table.Name.V) - len(b.table.Name.V) })
	for _, u := range units {
		for candidate := range candidates(u.table.Name.Or(u.segment)) {
			if at := candidate.number(); !taken[at] {
				taken[at], out[u.id] = true, string(candidate[:])
				break
			}
		}
	}
	return out
}

// FreePrefix is the best prefix for the ids of a table, by its SQL name, that is not taken.
func FreePrefix(name string, taken map[string]bool) string {
	for candidate := range candidates(name) {
		if p := string(candidate[:]); !taken[p] {
			return p
		}
	}
	return ""
}

func sameNames(units []*unit, previous *Project) bool {
	return slices.EqualFunc(units, previous.Resources, func(u *unit, r *Resource) bool {
		return u.id == r.ID && u.segment == r.Segment && u.sqlName() == r.sqlName()
	})
}

// symbols are what a prefix consists of.
const symbols = "abcdefghijklmnopqrstuvwxyz0123456789"

// prefix is a candidate. In a project of a thousand tables hundreds of thousands are tried, so they are no strings.
type prefix [3]byte

// number is different for every prefix.
func (p prefix) number() int {
	n := 0
	for _, c := range p {
		if digit := int(c) - '0'; digit < 10 {
			n = n*len(symbols) + 26 + digit
		} else {
			n = n*len(symbols) + int(c) - 'a'
		}
	}
	return n
}

// candidates yields the prefixes that a name may have, the best first, and at last all there are. Hardly anybody needs more than
// the first few.
func candidates(name string) iter.Seq[prefix] {
	letters := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(name))
	if letters == "" || letters[0] <= '9' {
		letters = "t" + letters
	}
	rest := strings.Map(func(r rune) rune {
		if strings.ContainsRune("aeiou", r) {
			return -1
		}
		return r
	}, letters[1:])
	rest += letters[1:] + symbols
	return func(yield func(prefix) bool) {
		for i := range len(rest) {
			for j := i + 1; j < len(rest); j++ {
				if !yield(prefix{letters[0], rest[i], rest[j]}) {
					return
				}
			}
		}
		for _, first := range letters[:1] + symbols[:26] {
			for i := range len(symbols) * len(symbols) {
				if !yield(prefix{byte(first), symbols[i/len(symbols)], symbols[i%len(symbols)]}) {
					return
				}
			}
		}
	}
}
