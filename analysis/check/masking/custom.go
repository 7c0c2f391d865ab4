package masking

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
)

// Custom: a mask by a function is part of the language, and not emitted by this version.
var Custom = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB6004", Title: "Custom mask function is not supported by this version", Since: "0.1.0", Locked: true,
		Why: "This version does not run the function. The value would leave unmasked.",
		Fix: "Use one of the built-in types; redact hides the whole value.",
		Bad: check.Example("", "masking: { name: { type: 'custom', mask: (value) => value.slice(0, 2) } },"), Good: check.Example("", "masking: { name: { type: 'redact' } },"),
		Related: []diagnostics.Code{"QB6001", "QB4005"}, CWE: []int{359},
	},
	Run: func(p *check.FilePass, report check.Report) {
		if p.File.Table == nil {
			return
		}
		for _, m := range p.File.Table.Masks {
			if !m.Func && m.Type.V != "custom" {
				continue
			}
			at := m.Field.At
			if m.Type.V == "custom" {
				at = m.Type.At
			}
			report(diagnostics.Diagnostic{
				At: p.At(at), Message: fmt.Sprintf("%s is masked by a function, which this version does not run: the value would leave unmasked.", m.Field.Text),
				Help: "Use type: 'redact' to hide it, or email, phone, ssn, creditCard, name.", Key: p.Subject(m.Field.Text),
			})
		}
	},
}
