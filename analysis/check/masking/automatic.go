package masking

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
)

// Automatic says which columns are masked because of their name (seeds: compiler__definitions__masking).
var Automatic = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB6002", Title: "Sensitive column is masked by default", Since: "0.1.0", Severity: diagnostics.Warning,
		Why: "The name says that the values are sensitive and no rule says who may see them, so everybody but the row's owner sees them masked.",
		Fix: "Write a masking rule that says who sees the value; show: { roles: ['everyone'] } shows it to all.",
		Bad: check.Example("workEmail: text('work_email'),", "guards: { createable: ['name', 'workEmail'], updatable: ['name'] },"), Good: check.Example("workEmail: text('work_email'),", "guards: { createable: ['name', 'workEmail'], updatable: ['name'] },", "masking: { workEmail: { type: 'email', show: { roles: ['admin'] } } },"),
		Related: []diagnostics.Code{"QB6007"}, CWE: []int{359},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		if p.Policy() == nil {
			return
		}
		for _, m := range p.Resource.Masks {
			if !m.Default {
				continue
			}
			report(diagnostics.Diagnostic{
				At:      p.At(m.At),
				Message: fmt.Sprintf("%s looks sensitive and has no masking rule, so it is masked (%s) for everybody but the row's owner.", m.Column, m.Type),
				Help:    fmt.Sprintf("Say who sees it: masking: { %s: { type: '%s', show: { roles: ['…'] } } }; 'everyone' shows it to all.", m.Column, m.Type),
				Key:     p.Subject(m.Column),
			})
		}
	},
}
