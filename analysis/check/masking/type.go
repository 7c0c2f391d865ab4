package masking

import (
	"fmt"
	"slices"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
)

// Types are the mask types of the language.
var Types = []string{"email", "phone", "ssn", "creditCard", "name", "redact", "custom"}

// UnknownType looks at the types of masking rules.
var UnknownType = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB6001", Title: "Unknown mask type", Since: "0.1.0", Locked: true,
		Why: "A mask that cannot be applied hides nothing.",
		Fix: "Use email, phone, ssn, creditCard, name or redact.",
		Bad: check.Example("", "masking: { name: { type: 'names' } },"), Good: check.Example("", "masking: { name: { type: 'name' } },"),
		CWE: []int{359},
	},
	Run: func(p *check.FilePass, report check.Report) {
		if p.File.Table == nil {
			return
		}
		for _, m := range p.File.Table.Masks {
			kind, written := m.Type.Get()
			switch {
			case written && !slices.Contains(Types, kind):
				at := p.At(m.Type.At)
				help, fixes := check.Rename(kind, Types[:len(Types)-1], at)
				report(diagnostics.Diagnostic{At: at, Message: fmt.Sprintf("%q is no mask type, so %s cannot be masked.", kind, m.Field.Text), Help: help, Fixes: fixes, Key: p.Subject(m.Field.Text)})
			case !m.Type.Present() && !m.Func:
				report(diagnostics.Diagnostic{
					At: p.At(m.Field.At), Message: fmt.Sprintf("The masking rule of %s has no type, so it is not known how to mask it.", m.Field.Text),
					Help: "Add type: 'redact', or another of email, phone, ssn, creditCard, name.", Key: p.Subject(m.Field.Text),
				})
			}
		}
	},
}
