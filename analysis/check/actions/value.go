package actions

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
)

var values = []struct {
	key   string
	of    func(*definition.Action) definition.Value[string]
	known []string
}{
	{"method", func(a *definition.Action) definition.Value[string] { return a.Method }, []string{"GET", "POST", "PUT", "PATCH", "DELETE"}},
	{"responseType", func(a *definition.Action) definition.Value[string] { return a.ResponseType }, []string{"json", "stream", "file"}},
	{"sideEffects", func(a *definition.Action) definition.Value[string] { return a.SideEffects }, []string{"sync", "async", "fire-and-forget"}},
}

// UnknownValue looks at the keys of an action that take one of a few words.
var UnknownValue = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB7012", Title: "Unknown method, responseType or sideEffects", Since: "0.1.0",
		Why:  "The route would not be reachable as it was meant, or answer in another form.",
		Fix:  "Use one of the documented words.",
		Bad:  action("  description: 'Archives it',\n  method: 'PSOT',\n  access: { roles: ['admin'] },\n  execute: async () => ({}),"),
		Good: action("  description: 'Archives it',\n  method: 'POST',\n  access: { roles: ['admin'] },\n  execute: async () => ({}),"),
	},
	Run: func(p *check.FilePass, report check.Report) {
		each(p, func(a *definition.Action) {
			for _, v := range values {
				word, ok := v.of(a).Get()
				if !ok || slices.Contains(v.known, word) || v.key == "method" && slices.Contains(v.known, strings.ToUpper(word)) {
					continue
				}
				at := p.At(v.of(a).At)
				help, fixes := check.Rename(word, v.known, at)
				report(diagnostics.Diagnostic{At: at, Message: fmt.Sprintf("%q is no %s of an action.", word, v.key), Help: help, Fixes: fixes, Key: p.Subject(a.Name.Text)})
			}
		})
	},
}
