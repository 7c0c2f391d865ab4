package model

import (
	"slices"
	"strings"
)

// prefixes gives every table a prefix for its ids: the first letter and the next two consonants of its SQL name (candidates →
// cnd, jobs → jbs). A prefix that is taken makes room by moving on through the rest of the name, then through the alphabet.
// Short names are served first (candidates before candidate_skills), and the result depends on the project alone.
func prefixes(units []*unit) map[ID]string {
	out, taken := map[ID]string{}, map[string]bool{}
	units = slices.Clone(units) // sorted by id
	slices.SortStableFunc(units, func(a, b *unit) int { return len(a.table.Name.V) - len(b.table.Name.V) })
	for _, u := range units {
		for _, candidate := range candidates(u.table.Name.Or(u.segment)) {
			if !taken[candidate] {
				taken[candidate], out[u.id] = true, candidate
				break
			}
		}
	}
	return out
}

func candidates(name string) []string {
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
	rest += letters[1:] + "abcdefghijklmnopqrstuvwxyz0123456789"
	var out []string
	for i := range rest {
		for j := i + 1; j < len(rest); j++ {
			out = append(out, letters[:1]+rest[i:i+1]+rest[j:j+1])
		}
	}
	return out
}
