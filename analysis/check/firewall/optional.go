package firewall

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// OptionalOwner says for whom an optional owner scope is waived when that is not written.
var OptionalOwner = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB3008", Title: "Optional owner scope without roles", Since: "0.1.0", Severity: diagnostics.Info,
		Why: "The owner scope is waived for owner and admin. Who sees the rows of others should be read in the definition.",
		Fix: "Write the roles: owner: { mode: 'optional', roles: ['owner', 'admin'] }.",
		Bad: check.Example(ownerColumn, "firewall: { organization: {}, owner: { mode: 'optional' } },"), Good: check.Example(ownerColumn, "firewall: { organization: {}, owner: { mode: 'optional', roles: ['owner', 'admin'] } },"),
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		d := p.Policy()
		if d == nil || d.Firewall == nil {
			return
		}
		for _, s := range d.Firewall.Scopes {
			if s.Kind != "owner" || s.Mode.V != "optional" || s.Roles != nil {
				continue
			}
			at := p.At(s.Mode.At)
			after := text.Place{Path: at.Path, Span: text.Span{Start: at.Span.End + 1, End: at.Span.End + 1}} // behind the closing quote
			report(diagnostics.Diagnostic{
				At: at, Message: fmt.Sprintf("The roles owner and admin see the rows of others in %s: an optional owner scope is waived for them.", p.Table()),
				Help: "Write roles to say so, or to choose others: roles: ['owner', 'admin'].", Key: p.Subject("firewall", "owner"),
				Fixes: []diagnostics.Fix{{Title: "Write the roles out", Safe: true, Edits: map[text.Path][]text.Edit{at.Path: {{Span: after.Span, New: ", roles: ['owner', 'admin']"}}}}},
			})
		}
	},
}
