package guards

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/check/firewall"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Unfillable: the database refuses every row that create could make. Actions insert by themselves and are not asked.
var Unfillable = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB5007", Title: "Required field that no create can set", Since: "0.1.0", Severity: diagnostics.Warning,
		Why:     "The column must have a value, and neither the client nor a default may give it one: every POST fails.",
		Fix:     "Add the field to createable, give it a default, or make it nullable.",
		Bad:     check.Example("code: text('code').notNull(),", "guards: { createable: ['name'], updatable: ['name', 'code'] },"),
		Good:    check.Example("code: text('code').notNull(),", "guards: { createable: ['name', 'code'], updatable: ['name'] },"),
		Related: []diagnostics.Code{"QB5008", "QB3009"},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		d := p.Policy()
		if d == nil || len(p.Resource.Home.Gaps) > 0 { // what could not be read may fill it
			return
		}
		owner := firewall.UnfilledOwner(p) // has a rule of its own
		for _, c := range p.Resource.Table.Columns {
			if c.Source == nil || c.Role != model.Plain || !c.NotNull || c.Default != nil || c.AutoInc || c.OnCreate || c.OnUpdate || c == owner || !p.UnfilledOnCreate(c) {
				continue
			}
			list := listOf(p, c.Key)
			if list == "createable" || list == "immutable" {
				continue // a conflict between guards, which has a rule of its own
			}
			help := fmt.Sprintf("Add '%s' to guards.createable, give it a default, or drop .notNull().", c.Key)
			if list == "protected" {
				help = "Only actions set a protected field: give it the value it begins with as default, or drop .notNull()."
			}
			report(diagnostics.Diagnostic{
				At:      p.At(c.Source.Key.At),
				Message: fmt.Sprintf("%s is required and has no default, and no client may send it on create: every POST to %s fails.", c.Key, p.Table()),
				Help:    help,
				Key:     p.Subject(c.Key), Fixes: createableFix(p, c.Key, list),
			})
		}
	},
}

// listOf returns the first guard list that names a field, but updatable, or "".
func listOf(p *check.ResourcePass, key string) string {
	for f := range fields(p.Policy()) {
		if f.field.Text == key && f.list != "updatable" {
			return f.list
		}
	}
	return ""
}

func createableFix(p *check.ResourcePass, key, list string) []diagnostics.Fix {
	g := p.Policy().Guards
	if list == "protected" || g == nil || g.Createable == nil || len(g.Createable.Items) == 0 {
		return nil
	}
	last := p.At(g.Createable.Items[len(g.Createable.Items)-1].At)
	last.Span = text.Span{Start: last.Span.End + 1, End: last.Span.End + 1} // behind the closing quote
	return []diagnostics.Fix{check.Replace("Let clients send "+key+" on create", last, ", '"+key+"'")}
}
