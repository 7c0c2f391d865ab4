package references

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
)

// UnknownOperator looks at record conditions. Operators of firewalls are keys, which the reader checks.
var UnknownOperator = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB2013", Title: "Unknown operator in a condition", Since: "0.1.0", Locked: true,
		Why: "A condition that cannot be evaluated would either let everybody in or nobody. Neither is what was meant.",
		Fix: "Use one of equals, notEquals, in, notIn, lessThan, lessThanOrEqual, greaterThan, greaterThanOrEqual, isNull.",
		Bad: check.Example("", `crud: { list: { access: { record: { name: { equal: 'x' } } } } },`, "-guards"), Good: check.Example("", `crud: { list: { access: { record: { name: { equals: 'x' } } } } },`, "-guards"),
		Related: []diagnostics.Code{"QB2015"}, CWE: []int{1287},
	},
	Run: func(p *check.FilePass, report check.Report) {
		for _, s := range p.Sites() {
			for _, c := range s.Conditions() {
				if known(c.Op.Text) {
					continue
				}
				at := p.At(c.Op.At)
				help, fixes := check.Rename(c.Op.Text, definition.Operators, at)
				report(diagnostics.Diagnostic{
					At: at, Message: fmt.Sprintf("%q is no operator, so the condition on %s in %s cannot be checked.", c.Op.Text, c.Field.Text, s.Label),
					Help: help, Fixes: fixes, Key: p.Subject(s.Label, c.Field.Text),
				})
			}
		}
	},
}
