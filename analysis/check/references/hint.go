package references

import (
	"fmt"
	"slices"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
)

// Hints are the input hints that an admin interface understands.
var Hints = []string{"select", "multi-select", "radio", "checkbox", "textarea", "richtext", "lookup", "hidden", "color", "date", "datetime", "time", "currency"}

// UnknownHint looks at the values of inputHints.
var UnknownHint = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB2018", Title: "Unknown input hint", Since: "0.1.0", Severity: diagnostics.Warning,
		Why: "Forms ignore a hint they do not know and show the plain input.",
		Fix: "Use one of the documented hints.",
		Bad: check.Example("", "inputHints: { name: 'textara' },"), Good: check.Example("", "inputHints: { name: 'textarea' },"),
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		if p.Policy() == nil {
			return
		}
		for _, pair := range p.Policy().InputHints {
			if slices.Contains(Hints, pair.Value.Text) {
				continue
			}
			at := p.At(pair.Value.At)
			help, fixes := check.Near(pair.Value.Text, Hints, at)
			report(diagnostics.Diagnostic{At: at, Message: fmt.Sprintf("%q is no input hint; %s gets the plain input.", pair.Value.Text, pair.Key.Text), Help: help, Fixes: fixes, Key: p.Subject(pair.Key.Text)})
		}
	},
}
