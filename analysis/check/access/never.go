package access

import (
	"fmt"
	"strings"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics"
)

const stage = "stage: text('stage', { enum: ['draft', 'sent'] }).notNull().default('draft'),"

// staged is an example of a table with a stage, whose list has an access rule.
func staged(list string) string {
	return check.Example(stage, "guards: { createable: ['name', 'stage'], updatable: ['name', 'stage'] },", crud(list))
}

// NeverHolds compares a record condition with the firewall, with the column's own constraints and with the conditions beside it.
var NeverHolds = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB4012", Title: "Condition that can never hold", Since: "0.1.0", Severity: diagnostics.Warning,
		Why:     "No row satisfies it together with what holds anyway, so the people that it names are always refused.",
		Fix:     "Correct the condition, or remove the alternative that it belongs to.",
		Bad:     staged("{ roles: ['member'], record: { stage: { isNull: true } } }"),
		Good:    staged("{ roles: ['member'], record: { stage: { equals: 'sent' } } }"),
		Related: []diagnostics.Code{"QB4011", "QB4013"}, CWE: []int{570},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		if p.Policy() == nil || p.Effective.Rows(p.Effective.Everybody()).IsNever() {
			return
		}
		for d := range doors(p) {
			if !d.row {
				continue
			}
			narrow(p, d.access, p.Effective.Rows(p.Effective.Everybody()), func(c model.Condition, before policy.Predicate) {
				own := p.Effective.Condition(c.Column, c.Op, c.Ctx, c.Value)
				message := fmt.Sprintf("%s asks for %s, and no row can have that.", sentence(d.label()), own.SQL())
				help := "Correct the condition: nobody comes in by it."
				if !own.And(p.Effective.Domain(c.Column)).IsNever() {
					message = fmt.Sprintf("%s asks for %s, which no row has together with the rest.", sentence(d.label()), own.SQL())
					help = fmt.Sprintf("The rest is %s.", before.SQL())
				}
				report(diagnostics.Diagnostic{At: p.At(c.At), Message: message, Help: help, Key: p.Subject(d.label(), c.Column)})
			})
		}
	},
}

// AlwaysHolds compares a record condition with the column's own constraints.
var AlwaysHolds = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB4013", Title: "Condition that always holds", Since: "0.1.0", Severity: diagnostics.Warning,
		Why:     "It reads like a restriction and restricts nothing: every row satisfies it.",
		Fix:     "Name the values that are meant, or remove the condition.",
		Bad:     staged("{ roles: ['member'], record: { stage: { in: ['draft', 'sent'] } } }"),
		Good:    staged("{ roles: ['member'], record: { stage: { in: ['sent'] } } }"),
		Related: []diagnostics.Code{"QB4012", "QB4014"}, CWE: []int{571, 863},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		if p.Policy() == nil {
			return
		}
		for d := range doors(p) {
			conditions(d.access, func(c model.Condition) {
				if !sound(p, c) || !p.Effective.Domain(c.Column).Implies(p.Effective.Condition(c.Column, c.Op, c.Ctx, c.Value)) {
					return
				}
				report(diagnostics.Diagnostic{
					At: p.At(c.At), Message: fmt.Sprintf("Every row satisfies this condition on %s, so it restricts %s to nothing.", c.Column, d.label()),
					Help: "Name fewer values, or remove the condition.", Key: p.Subject(d.label(), c.Column),
				})
			})
		}
	},
}

// sentence begins a message with the label of a door.
func sentence(label string) string {
	if strings.HasPrefix(label, "the ") {
		return "T" + label[1:]
	}
	return label
}

func conditions(a *model.Access, f func(model.Condition)) {
	for _, c := range a.Where {
		f(c)
	}
	for _, sub := range a.Sub {
		conditions(sub, f)
	}
}
