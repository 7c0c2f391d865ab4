package diagnostics

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// Nearest returns the candidate that somebody who wrote word most probably meant, for "did you mean" and its fix.
//
// Letters that were swapped, missing, added or wrong each count one (Damerau-Levenshtein, optimal string alignment), upper
// and lower case are the same, and about a third of a word may be wrong. A candidate that begins with the word, or the other
// way round, is near whatever its length ("org", "organizationId"). The word itself is never the answer. Ties are broken by
// the longest common beginning and then by the alphabet, so that the order of candidates, which may come from a map, does
// not matter.
func Nearest(word string, candidates iter.Seq[string]) (string, bool) {
	folded := []rune(strings.ToLower(word))
	best := guess{}
	for candidate := range candidates {
		if candidate == word || candidate == "" {
			continue
		}
		if g, near := compareTo(folded, candidate); near && (best.text == "" || g.before(best)) {
			best = g
		}
	}
	return best.text, best.text != ""
}

// guess is a candidate with what ranks it.
type guess struct {
	text   string
	cost   int // twice the distance, so that a beginning can be worth half a letter
	common int // runes at the start that are equal
}

func (g guess) before(other guess) bool {
	return cmp.Or(cmp.Compare(g.cost, other.cost), cmp.Compare(other.common, g.common), strings.Compare(g.text, other.text)) < 0
}

// prefixAtLeast keeps one or two letters from being the beginning of everything.
const prefixAtLeast = 3

func compareTo(word []rune, candidate string) (guess, bool) {
	other := []rune(strings.ToLower(candidate))
	shorter, longer := min(len(word), len(other)), max(len(word), len(other))
	common := 0
	for common < shorter && word[common] == other[common] {
		common++
	}
	limit := limitFor(longer)
	isPrefix := common == shorter && shorter >= prefixAtLeast
	if longer-shorter > limit && !isPrefix {
		return guess{}, false
	}
	cost := 2 * distance(word, other)
	if isPrefix && longer > shorter {
		cost = min(cost, 2*limit) - 1
	}
	return guess{text: candidate, cost: cost, common: common}, cost <= 2*limit
}

// limitFor is how many letters may be wrong. Words of one letter have no near ones: every other letter would be.
func limitFor(length int) int {
	if length < 2 {
		return 0
	}
	return max(1, length/3)
}

// distance is the optimal string alignment distance, in three rows.
func distance(a, b []rune) int {
	previous, current, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range current {
		current[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		for j := 1; j <= len(b); j++ {
			wrong := 1
			if a[i-1] == b[j-1] {
				wrong = 0
			}
			next[j] = min(current[j]+1, next[j-1]+1, current[j-1]+wrong)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], previous[j-2]+1)
			}
		}
		previous, current, next = current, next, previous
	}
	return current[len(b)]
}

// DidYouMean is the help line for a word that is not among the candidates: `did you mean "email"?`, or "" when none is near.
func DidYouMean(word string, candidates iter.Seq[string]) string {
	near, ok := Nearest(word, candidates)
	if !ok {
		return ""
	}
	return `did you mean "` + near + `"?`
}

// Sure returns the one candidate that word is a slip of the finger away from, and false when there is none or more than one:
// case or separators, two letters swapped, or one letter missing, added or, in words of six letters or more, wrong. It is
// for changes that are made without asking, so a shorter word with another letter is another word: "date" is no slip of "rate".
func Sure(word string, candidates iter.Seq[string]) (string, bool) {
	found := ""
	for candidate := range candidates {
		if candidate == word || candidate == found || !slip(plain(word), plain(candidate)) {
			continue
		}
		if found != "" {
			return "", false
		}
		found = candidate
	}
	return found, found != ""
}

var separators = strings.NewReplacer("-", "", "_", "", " ", "")

func plain(s string) []rune { return []rune(strings.ToLower(separators.Replace(s))) }

func slip(a, b []rune) bool {
	if slices.Equal(a, b) {
		return len(a) > 0
	}
	shorter := min(len(a), len(b))
	if shorter < 4 || distance(a, b) != 1 {
		return false
	}
	if len(a) != len(b) || shorter >= 6 {
		return true
	}
	x, y := slices.Clone(a), slices.Clone(b) // swapped letters are the same letters
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}
