package firewall

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/check/references"
	"github.com/qbls/qbls/diagnostics"
)

var modes = []string{"required", "optional", "strict"}

// UnknownSource looks at what a scope compares its column with, and at the owner scope's mode.
var UnknownSource = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB3005", Title: "Unknown source or mode of a scope", Since: "0.1.0", Locked: true,
		Why: "A scope that compares its column with nothing isolates by nothing.",
		Fix: "Use a context path such as ctx.userId as source, and required or optional as mode.",
		Bad: check.Example("", "firewall: { organization: { source: 'ctx.organization' } },"), Good: check.Example("", "firewall: { organization: { source: 'ctx.activeOrgId' } },"),
		Related: []diagnostics.Code{"QB2016"}, CWE: []int{863},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		d := p.Policy()
		if d == nil || d.Firewall == nil {
			return
		}
		for _, s := range d.Firewall.Scopes {
			key := p.Subject("firewall", s.Kind)
			if source, ok := s.Source.Get(); ok && !isSource(p, source) {
				at := p.At(s.Source.At)
				help, fixes := check.Rename(source, sources(p), at)
				report(diagnostics.Diagnostic{At: at, Message: fmt.Sprintf("%q is no context value, so the %s scope has nothing to compare with.", source, s.Kind), Help: help, Fixes: fixes, Key: key})
			}
			if mode, ok := s.Mode.Get(); ok && !slices.Contains(modes, mode) {
				at := p.At(s.Mode.At)
				help, fixes := check.Rename(mode, modes, at)
				report(diagnostics.Diagnostic{At: at, Message: fmt.Sprintf("%q is no mode of an owner scope.", mode), Help: help, Fixes: fixes, Key: key})
			}
		}
	},
}

// sources are the single values of the context; roles is a list, and env is the same for everybody.
func sources(p *check.ResourcePass) (out []string) {
	paths := slices.Clone(references.ContextPaths)
	if p.Config != nil {
		paths = append(paths, p.Config.Context...)
	}
	for _, path := range paths {
		if path != "roles" && path != "isAnonymous" {
			out = append(out, "ctx."+path)
		}
	}
	return out
}

func isSource(p *check.ResourcePass, source string) bool {
	return slices.Contains(sources(p), strings.TrimPrefix(source, "$"))
}
