package access

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Empty: an empty rule reads like "no restriction" and grants nobody.
var Empty = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB4002", Title: "Access that grants nobody", Since: "0.1.0", Locked: true, Waivable: true,
		Why: "An empty rule looks like no restriction at all. It grants nobody, and the operation never works.",
		Fix: "List the roles that may call it, or remove the operation.",
		Bad: check.Example("", crud("{ roles: [] }")), Good: check.Example("", crud("{ roles: ['member'] }")),
		Related: []diagnostics.Code{"QB4001", "QB4003"}, CWE: []int{284},
	},
	Run: func(p *check.FilePass, report check.Report) {
		written := source(p)
		for _, s := range check.Sites(p.File) {
			check.Each(s.Access, func(a *definition.Access) {
				at, what := emptiness(a, func(at text.Anchor, keys string) bool { return blank(written, p.At(at).Span, keys) })
				if what == "" {
					return
				}
				report(diagnostics.Diagnostic{
					At: p.At(at), Message: fmt.Sprintf("%s in the access of %s grants nobody.", what, s.Label),
					Help: "List the roles that may call it, such as roles: ['member'], or PUBLIC for everybody.", Key: p.Subject(s.Label),
				})
			})
		}
	},
}

func source(p *check.FilePass) string {
	if p.Tree == nil || p.Tree() == nil {
		return ""
	}
	return p.Tree().File().Text
}

// blank says whether a list or object is written with nothing in it. A list whose elements could not be read, and an object
// whose keys are not known, look empty afterwards and are not: they are reported where they are read.
// With a key, it is the list of that key in the object.
func blank(source string, s text.Span, key string) bool {
	if int(s.End) > len(source) || s.End-s.Start < 2 {
		return false
	}
	literal := source[s.Start:s.End]
	if key != "" {
		return regexp.MustCompile(`\b` + key + `\b['"]?\s*:\s*\[\s*\]`).MatchString(literal)
	}
	return (literal[0] == '[' || literal[0] == '{') && strings.TrimSpace(literal[1:len(literal)-1]) == ""
}

// emptiness finds the part of one access object that is empty; what is "" when there is none.
func emptiness(a *definition.Access, blank func(at text.Anchor, key string) bool) (at text.Anchor, what string) {
	for _, list := range []*definition.Roles{a.Roles, a.UserRole} {
		if list != nil && len(list.Items) == 0 && blank(list.At, "") {
			return list.At, "An empty list of roles"
		}
	}
	switch {
	case a.HasOr && len(a.Or) == 0 && blank(a.At, "or"):
		return a.At, "An empty or"
	case a.HasAnd && len(a.And) == 0 && blank(a.At, "and"):
		return a.At, "An empty and"
	case a.Empty && blank(a.At, ""):
		return a.At, "An empty object"
	}
	return at, ""
}
