package references

import (
	"fmt"
	"slices"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics"
)

// WrongType looks at comparisons of a column with something of another type.
var WrongType = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB2015", Title: "Comparison of different types", Since: "0.1.0", Locked: true,
		Why:     "Databases compare a number with a text in surprising ways; SQLite calls every text greater than every number. A condition like that lets the wrong rows through.",
		Fix:     "Compare the column with a value of its own type.",
		Bad:     check.Example("score: integer('score'),", "guards: { createable: ['name', 'score'], updatable: ['name'] },", "crud: {\n  list: { access: { record: { score: { greaterThan: '10' } } } },\n  create: { access: { roles: ['admin'] } },\n  update: { access: { roles: ['admin'] } },\n},"),
		Good:    check.Example("score: integer('score'),", "guards: { createable: ['name', 'score'], updatable: ['name'] },", "crud: {\n  list: { access: { record: { score: { greaterThan: 10 } } } },\n  create: { access: { roles: ['admin'] } },\n  update: { access: { roles: ['admin'] } },\n},"),
		Related: []diagnostics.Code{"QB2014"}, CWE: []int{1287, 697},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		for _, c := range comparisons(p) {
			if why := mismatch(c, p.Config); why != "" {
				report(diagnostics.Diagnostic{
					At: p.At(c.Value.At), Message: fmt.Sprintf("In %s, %s", c.where, why), Help: "Compare " + c.Field.Text + " with " + expected(c) + ".",
					Key: p.Subject(c.Field.Text, c.Op.Text),
				})
			}
		}
		if p.Policy() == nil {
			return
		}
		for _, op := range p.Policy().Operations {
			for _, v := range op.Defaults {
				wrongDefault(p, report, op.Name.Text, v)
			}
		}
	},
}

// wrongDefault looks at one value that create fills in.
func wrongDefault(p *check.ResourcePass, report check.Report, op string, v definition.FieldDefault) {
	c := p.Column(v.Field.Text)
	if c == nil || c.Type() == "json" || c.Type() == "blob" || v.Value != nil && fits(v.Value, c.Type()) || v.Value == nil && !c.NotNull {
		return
	}
	report(diagnostics.Diagnostic{
		At: p.At(v.At), Message: fmt.Sprintf("crud.%s.defaults fills %s, a %s, with %s.", op, c.Key, c.Type(), describe(v.Value)),
		Help: "Use a value of the column's type.", Key: p.Subject("defaults", c.Key),
	})
}

func expected(c compared) string {
	if c.Op.Text == policy.OpIsNull {
		return "true or false"
	}
	kind := map[string]string{"string": "a string", "number": "a number", "boolean": "true or false", "date": "an ISO date such as '2026-01-31'"}[c.column.Type()]
	switch {
	case kind == "":
		return "isNull only"
	case isList(c.Op.Text):
		return "a list of such values: " + kind
	}
	return kind
}

func isList(op string) bool { return op == policy.OpIn || op == policy.OpNotIn }

func isOrder(op string) bool {
	return slices.Contains([]string{policy.OpLessThan, policy.OpLessThanOrEqual, policy.OpGreaterThan, policy.OpGreaterThanOrEqual}, op)
}

// mismatch says what is wrong with a comparison's value, "" when nothing is.
func mismatch(c compared, config *model.Config) string {
	op, kind := c.Op.Text, c.column.Type()
	if op == policy.OpIsNull {
		if _, isBool := c.Value.Literal.(bool); !isBool || c.Value.Ctx != "" {
			return "isNull takes true or false."
		}
		return ""
	}
	if kind == "json" || kind == "blob" {
		return fmt.Sprintf("%s holds %s, which cannot be compared.", c.Field.Text, kind)
	}
	if isOrder(op) && kind == "boolean" {
		return fmt.Sprintf("%s is true or false: neither is greater than the other.", c.Field.Text)
	}
	if c.Value.Ctx != "" {
		return contextMismatch(c, config)
	}
	items, list := c.Value.Literal.([]any)
	switch {
	case list && !isList(op):
		return fmt.Sprintf("%s takes one value, not a list; in takes a list.", op)
	case !list && isList(op):
		return fmt.Sprintf("%s takes a list of values.", op)
	case !list:
		items = []any{c.Value.Literal}
	}
	for _, v := range items {
		if v == nil && list {
			return "null is in no list; isNull asks for it."
		}
		if v == nil && !isOrder(op) {
			continue // = null and != null mean isNull
		}
		if !fits(v, kind) {
			return fmt.Sprintf("%s is a %s and is compared with %s.", c.Field.Text, kind, describe(v))
		}
	}
	return ""
}

func fits(v any, kind string) bool {
	switch x := v.(type) {
	case string:
		_, isDate := policy.ParseDate(x)
		return kind == "string" || kind == "date" && isDate
	case float64:
		return kind == "number"
	case bool:
		return kind == "boolean"
	}
	return false
}

func describe(v any) string {
	switch x := v.(type) {
	case nil:
		return "null"
	case string:
		return fmt.Sprintf("the text %q", x)
	case float64:
		return fmt.Sprintf("the number %v", x)
	}
	return fmt.Sprint(v)
}

// contextMismatch compares a column with what a context path holds.
func contextMismatch(c compared, config *model.Config) string {
	path := c.Value.Ctx
	if !knownContext(path, config) || config != nil && slices.Contains(config.Context, path) {
		return "" // an unknown path has its own rule; the type of an added one is not declared
	}
	switch {
	case path == "roles" && !isList(c.Op.Text):
		return "$ctx.roles is a list; in takes a list."
	case path != "roles" && isList(c.Op.Text):
		return fmt.Sprintf("%s takes a list of values, and $ctx.%s is one.", c.Op.Text, path)
	}
	holds := "string"
	if path == "isAnonymous" {
		holds = "boolean"
	}
	if kind := c.column.Type(); kind != holds {
		return fmt.Sprintf("%s is a %s, and $ctx.%s is a %s.", c.Field.Text, kind, path, holds)
	}
	return ""
}
