package firewall

import (
	"fmt"
	"slices"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

const ownerColumn = "ownerId: text('owner_id').notNull(),"

// UnusedOwner: an owner column outside of the firewall is an ordinary column, so somebody has to fill it.
var UnusedOwner = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB3009", Title: "Required owner column that nothing fills", Since: "0.1.0", Locked: true, Waivable: true,
		Why: "The firewall does not use the column, so it is not stamped, and no client may send it: every POST fails.",
		Fix: "Add the owner scope, let clients send the column, or make it nullable.",
		Bad: check.Example(ownerColumn), Good: check.Example(ownerColumn, "firewall: { organization: {}, owner: {} },"),
		Related: []diagnostics.Code{"QB5007"},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		d := p.Policy()
		if d == nil || d.Firewall == nil {
			return
		}
		c := UnfilledOwner(p)
		if c == nil {
			return
		}
		report(diagnostics.Diagnostic{
			At:      p.At(c.Source.Key.At),
			Message: fmt.Sprintf("%s looks like the owner of a row and is required, but the firewall of %s does not use it and no client may send it: every POST fails.", c.Key, p.Table()),
			Help:    fmt.Sprintf("Stamp it with the caller (firewall: { …, owner: {} }), or add '%s' to guards.createable, or drop .notNull().", c.Key),
			Key:     p.Subject(c.Key), Related: []diagnostics.Related{{At: p.At(d.Firewall.At), Message: "this firewall does not isolate by owner"}},
			Fixes: unusedOwnerFixes(p, c),
		})
	},
}

func unusedOwnerFixes(p *check.ResourcePass, c *model.Column) (out []diagnostics.Fix) {
	d := p.Policy()
	if n := len(d.Firewall.Scopes); n > 0 {
		at := p.At(d.Firewall.Scopes[0].At)
		at.Span.End = at.Span.Start
		out = append(out, check.Replace("Isolate by owner too", at, "owner: {}, "))
	}
	if d.Guards != nil && d.Guards.Createable != nil && len(d.Guards.Createable.Items) > 0 {
		at := p.At(d.Guards.Createable.Items[0].At)
		at.Span = text.Span{Start: at.Span.Start - 1, End: at.Span.Start - 1} // before the opening quote
		out = append(out, check.Replace("Let clients send "+c.Key, at, "'"+c.Key+"', "))
	}
	return out
}

// UnfilledOwner returns an owner column that is required and outside of a written firewall, and that no create can fill.
func UnfilledOwner(p *check.ResourcePass) *model.Column {
	d := p.Policy()
	if d == nil || d.Firewall == nil {
		return nil
	}
	c := model.Derive(p.Resource.Table, "owner")
	if c == nil || c.Source == nil || c.Role != model.Plain || !c.NotNull || c.Default != nil || c.OnCreate {
		return nil
	}
	if slices.ContainsFunc(d.Firewall.Scopes, func(s definition.Scope) bool { return s.Kind == "owner" }) || !p.UnfilledOnCreate(c) {
		return nil
	}
	return c
}
