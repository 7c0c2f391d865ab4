package catalogue

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/contract"
	"github.com/qbls/qbls/compiler/evaluate"
	"github.com/qbls/qbls/diagnostics"
)

// URL is the page of a code in the project's documentation. It stays the same for as long as the code exists.
func URL(code diagnostics.Code) string {
	return "https://github.com/qbls/qbls/blob/main/docs/rules/" + string(code) + ".md"
}

// File is one file of an example.
type File struct {
	Name    string `json:"name"`
	Content string `json:"content"`
}

// Page is everything there is to read about a rule.
type Page struct {
	Code     diagnostics.Code   `json:"code"`
	Title    string             `json:"title"`
	Family   string             `json:"family"`
	Severity string             `json:"severity"`
	Why      string             `json:"why"`
	Fix      string             `json:"fix"`
	Exempt   string             `json:"withoutExamples,omitempty"` // why there are no examples
	Bad      []File             `json:"bad,omitempty"`
	Good     []File             `json:"good,omitempty"`
	Beside   []File             `json:"beside,omitempty"` // files that both examples have
	Silence  string             `json:"silence"`          // how its findings may be configured or suppressed
	Related  []diagnostics.Code `json:"related,omitempty"`
	CWE      []int              `json:"cwe,omitempty"`
	Since    string             `json:"since"`
	URL      string             `json:"url"`

	titles map[diagnostics.Code]string
}

// PageOf returns the page of a code, and false when there is no such code.
func PageOf(all *diagnostics.Catalogue, code diagnostics.Code) (Page, bool) {
	r, ok := all.ByCode(code)
	if !ok {
		return Page{}, false
	}
	p := Page{
		Code: r.Code, Title: r.Title, Family: diagnostics.Family(r.Code), Severity: r.Severity.String(), Why: r.Why, Fix: r.Fix, Exempt: Exempt(r.Code),
		Silence: silence(r), Related: r.Related, CWE: r.CWE, Since: r.Since, URL: URL(r.Code), titles: map[diagnostics.Code]string{},
	}
	p.Bad, p.Good, p.Beside = apart(files(r.Bad), files(r.Good))
	for _, c := range r.Related {
		if other, ok := all.ByCode(c); ok {
			p.titles[c] = other.Title
		}
	}
	return p, true
}

// files are the files of an example, in its order.
func files(example string) (out []File) {
	if example == "" {
		return nil
	}
	archive := txtar.Parse([]byte(example))
	if len(archive.Files) == 0 {
		return []File{{"features/things/things.ts", example}}
	}
	for _, f := range archive.Files {
		out = append(out, File{f.Name, string(f.Data)})
	}
	return out
}

// apart takes out the files that both examples have in common.
func apart(bad, good []File) (ownBad, ownGood, both []File) {
	in := func(list []File, f File) bool {
		for _, other := range list {
			if other == f {
				return true
			}
		}
		return false
	}
	for _, f := range bad {
		if in(good, f) {
			both = append(both, f)
		} else {
			ownBad = append(ownBad, f)
		}
	}
	for _, f := range good {
		if !in(bad, f) {
			ownGood = append(ownGood, f)
		}
	}
	return ownBad, ownGood, both
}

// compiles says whether a code is reported when a project is evaluated or compiled, and not when it is checked.
func compiles(code diagnostics.Code) bool {
	return slices.ContainsFunc(slices.Concat(evaluate.Rules(), compiler.Rules(), contract.Rules()), func(r *diagnostics.Rule) bool { return r.Code == code })
}

// silence says how the findings of a rule may be configured or suppressed.
func silence(r *diagnostics.Rule) string {
	inPlace := fmt.Sprintf("Where a finding is meant to be as it is, say so on its line or the line above: `// qbls-ignore %s: the reason`.", r.Code)
	level := fmt.Sprintf("Another level for the whole project is set in quickback.config.ts: `compiler: { diagnostics: { %s: 'info' } }`, with 'error', 'warning', 'info' or 'off'.", r.Code)
	switch {
	case compiles(r.Code):
		return "It is found when the project is evaluated or compiled, and can be neither suppressed nor configured."
	case strings.HasPrefix(string(r.Code), "QB12"):
		return "It is about suppressions, and can be neither suppressed nor lowered."
	case !r.Suppressible():
		return "It can be neither suppressed nor lowered: what it reports would be missing from what is compiled."
	case !r.Lowers():
		return inPlace + " It cannot be lowered for a whole project."
	}
	return inPlace + " " + level
}
