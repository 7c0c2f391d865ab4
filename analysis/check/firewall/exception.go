package firewall

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
)

// ExceptionWithScope: an exception and a scope say opposite things.
var ExceptionWithScope = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB3002", Title: "Exception together with a scope", Since: "0.1.0", Locked: true,
		Why: "exception: true says that nobody's rows are filtered, a scope says that everybody's are. Only one of them can be meant, and guessing wrong leaks rows.",
		Fix: "Remove the exception, or remove the scopes.",
		Bad: check.Example("", "firewall: { organization: {}, exception: true },"), Good: check.Example("", "firewall: { organization: {} },"),
		Related: []diagnostics.Code{"QB3001"}, CWE: []int{863},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		d := p.Policy()
		if d == nil || d.Firewall == nil || !d.Firewall.Exception.V || len(d.Firewall.Scopes) == 0 {
			return
		}
		at := p.At(d.Firewall.Exception.At)
		found := diagnostics.Diagnostic{
			At: at, Message: fmt.Sprintf("exception: true opens all rows of %s, and the %s scope closes them. They cannot both hold.", p.Table(), d.Firewall.Scopes[0].Kind),
			Help: "Remove exception to keep rows isolated, or remove the scopes to open the table.", Key: p.Subject("firewall"),
			Fixes: []diagnostics.Fix{check.Replace("Keep the isolation: write exception: false", at, "false")},
		}
		for _, s := range d.Firewall.Scopes {
			found.Related = append(found.Related, diagnostics.Related{At: p.At(s.At), Message: "isolated here by " + s.Kind})
		}
		report(found)
	},
}
