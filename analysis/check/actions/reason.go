package actions

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
)

// placeholder matches words that stand where a reason is still to be written, as the whole of it or at its beginning.
var placeholder = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^\W*(to-?do|tbd|tba|fix-?me|xxx|lorem ipsum|placeholder|say why|reason goes here|insert reason|write a reason)\b`)
})

// EmptyWords: a reason that is there and tells nothing is no better than none. None at all is NoReason's.
var EmptyWords = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB7041", Title: "unsafe with a reason that tells nothing", Since: "0.1.0", Severity: diagnostics.Warning,
		Why:  "The reason is copied into every row of the audit trail and into the security report. A placeholder or a single word is what nobody can review.",
		Fix:  "Say in a few words who needs the rows of others, and what for.",
		Bad:  action("  description: 'Archives it',\n  unsafe: { reason: 'todo' },\n  access: { roles: ['admin'] },\n  execute: async () => ({}),"),
		Good: action("  description: 'Archives it',\n  unsafe: { reason: 'Support archives for customers' },\n  access: { roles: ['admin'] },\n  execute: async () => ({}),"),

		Related: []diagnostics.Code{"QB7021"}, CWE: []int{778},
	},
	Run: func(p *check.FilePass, report check.Report) {
		each(p, func(a *definition.Action) {
			if a.Unsafe == nil {
				return
			}
			reason, known := a.Unsafe.Reason.Get()
			if !known || strings.TrimSpace(reason) == "" || saysSomething(reason) {
				return
			}
			report(diagnostics.Diagnostic{
				At: p.At(a.Unsafe.Reason.At), Message: fmt.Sprintf("The reason of the unsafe action %s tells nothing: %q.", a.Name.Text, reason),
				Help: "Say in a few words who needs the rows of others, and what for: 'Support archives for customers'.", Key: p.Subject(a.Name.Text),
			})
		})
	},
}

// saysSomething says whether a reason is one: three words, or two long ones, and no placeholder. Scripts that put no spaces between words
// are counted by their signs.
func saysSomething(reason string) bool {
	if placeholder().MatchString(reason) {
		return false
	}
	letters, words := 0, 0
	for _, word := range strings.FieldsFunc(reason, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		seen := map[rune]bool{}
		for _, r := range word {
			letters++
			seen[r] = true
			if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer) {
				words++
			}
		}
		if len(seen) > 1 || words > 0 { // "x x x" and "aaa" are none
			words++
		}
	}
	return words >= 3 || words == 2 && letters >= 20
}
