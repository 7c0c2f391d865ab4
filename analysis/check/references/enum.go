package references

import (
	"fmt"
	"slices"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

const enumExample = "status: text('status', { enum: ['open', 'closed'] }).notNull().default('open'),"

// OutsideEnum looks at values that conditions and defaults name for columns with a list of values.
var OutsideEnum = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB2014", Title: "Value that the column cannot have", Since: "0.1.0", Locked: true,
		Why:     "No row ever has the value, so a condition that asks for it holds for nobody, and one that excludes it excludes nothing.",
		Fix:     "Use one of the values of the column's enum.",
		Bad:     check.Example(enumExample, "guards: { createable: ['name'], updatable: ['name', 'status'] },", "crud: {\n  list: { access: { record: { status: { equals: 'opne' } } } },\n  create: { access: { roles: ['admin'] } },\n  update: { access: { roles: ['admin'] } },\n},"),
		Good:    check.Example(enumExample, "guards: { createable: ['name'], updatable: ['name', 'status'] },", "crud: {\n  list: { access: { record: { status: { equals: 'open' } } } },\n  create: { access: { roles: ['admin'] } },\n  update: { access: { roles: ['admin'] } },\n},"),
		Related: []diagnostics.Code{"QB2015"}, CWE: []int{1287},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		for _, c := range comparisons(p) {
			switch v := c.Value.Literal.(type) {
			case string:
				outsideEnum(p, report, c.column, v, c.Value.At, c.where)
			case []any:
				for _, item := range c.Value.Items {
					outsideEnum(p, report, c.column, item.Text, item.At, c.where)
				}
			}
		}
		if p.Policy() == nil {
			return
		}
		for _, op := range p.Policy().Operations {
			for _, v := range op.Defaults {
				if s, isString := v.Value.(string); isString && p.Column(v.Field.Text) != nil {
					outsideEnum(p, report, p.Column(v.Field.Text), s, v.At, "crud."+op.Name.Text+".defaults")
				}
			}
		}
	},
}

func outsideEnum(p *check.ResourcePass, report check.Report, c *model.Column, value string, anchor text.Anchor, where string) {
	if len(c.Enum) == 0 || slices.Contains(c.Enum, value) {
		return
	}
	at := p.At(anchor)
	help, fixes := check.Rename(value, c.Enum, at)
	report(diagnostics.Diagnostic{
		At: at, Message: fmt.Sprintf("%s is never %q, which %s names: its values are %s.", c.Key, value, where, check.List(c.Enum)),
		Help: help, Fixes: fixes, Key: p.Subject(c.Key, value),
	})
}
