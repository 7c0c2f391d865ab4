package guards

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// ImpossibleValue looks at validation rules that refuse every value.
var ImpossibleValue = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB5010", Title: "Validation that no value can pass", Since: "0.1.0", Locked: true,
		Why:     "Every value that a client sends is refused, so nothing can be created or changed; a pattern that is none stops the backend when it starts.",
		Fix:     "Correct the bounds or the pattern.",
		Bad:     check.Example("", "validation: { name: { minLength: 20, maxLength: 2 } },"),
		Good:    check.Example("", "validation: { name: { minLength: 2, maxLength: 20 } },"),
		Related: []diagnostics.Code{"QB5011"}, CWE: []int{1173},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		if p.Policy() == nil {
			return
		}
		for _, v := range p.Policy().Validation {
			at, why := impossible(v)
			if why == "" {
				why, at = foreignValues(p, v)
			}
			if why != "" {
				report(diagnostics.Diagnostic{At: p.At(at), Message: fmt.Sprintf("No value of %s can pass: %s.", v.Field.Text, why), Help: "Correct one of them.", Key: p.Subject("validation", v.Field.Text)})
			}
		}
	},
}

// impossible says which part of a rule contradicts another one; why is "" when none does.
func impossible(v *definition.Validation) (at text.Anchor, why string) {
	if low, ok := v.MinLength.Get(); ok && low > v.MaxLength.Or(low) {
		return v.MaxLength.At, fmt.Sprintf("it must have at least %g characters and at most %g", low, v.MaxLength.V)
	}
	if low, ok := v.Min.Get(); ok && low > v.Max.Or(low) {
		return v.Max.At, fmt.Sprintf("it must be at least %g and at most %g", low, v.Max.V)
	}
	if pattern, ok := v.Pattern.Get(); ok {
		if broken := brokenPattern(pattern); broken != "" {
			return v.Pattern.At, "the pattern is no regular expression, " + broken
		}
	}
	return at, ""
}

// brokenPattern says what is wrong with a regular expression, as far as its dialects agree: brackets that stand alone.
func brokenPattern(pattern string) string {
	if strings.Contains(pattern, "[]") || strings.Contains(pattern, "[^]") {
		return "" // of JavaScript alone
	}
	_, err := syntax.Parse(pattern, syntax.Perl)
	var wrong *syntax.Error
	if !errors.As(err, &wrong) {
		return ""
	}
	switch wrong.Code {
	case syntax.ErrMissingParen, syntax.ErrUnexpectedParen:
		return "for a parenthesis stands alone"
	case syntax.ErrMissingBracket:
		return "for a [ is not closed"
	case syntax.ErrTrailingBackslash:
		return "for it ends in a backslash"
	}
	return ""
}

// foreignValues compares the values that a rule lists with those of the column's own enum.
func foreignValues(p *check.ResourcePass, v *definition.Validation) (why string, at text.Anchor) {
	column := p.Column(v.Field.Text)
	if column == nil || len(column.Enum) == 0 || len(v.Enum) == 0 {
		return "", at
	}
	if slices.ContainsFunc(v.Enum, func(n definition.Name) bool { return slices.Contains(column.Enum, n.Text) }) {
		return "", at
	}
	return "the column has none of these values", v.Enum[0].At
}

// UnfitRule looks at validation rules that ask something of a column that its values do not have. The backend skips them.
var UnfitRule = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB5011", Title: "Validation that does not fit the column", Since: "0.1.0", Severity: diagnostics.Warning,
		Why:     "A number has no length and a text has no minimum, so the rule is skipped: what it should keep out comes in.",
		Fix:     "Use min and max for numbers; minLength, maxLength, pattern and email for text.",
		Bad:     check.Example("count: integer('count'),", "guards: { createable: ['name', 'count'], updatable: ['name', 'count'] },", "validation: { count: { maxLength: 3 } },"),
		Good:    check.Example("count: integer('count'),", "guards: { createable: ['name', 'count'], updatable: ['name', 'count'] },", "validation: { count: { max: 999 } },"),
		Related: []diagnostics.Code{"QB5010"}, CWE: []int{20},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		if p.Policy() == nil {
			return
		}
		for _, v := range p.Policy().Validation {
			column := p.Column(v.Field.Text)
			if column == nil {
				continue
			}
			kind := column.Type()
			for _, part := range []struct {
				name    string
				written bool
				at      text.Anchor
				fits    string
			}{
				{"minLength", v.MinLength.Present(), v.MinLength.At, "string"}, {"maxLength", v.MaxLength.Present(), v.MaxLength.At, "string"},
				{"pattern", v.Pattern.Present(), v.Pattern.At, "string"}, {"email", v.Email.Or(false), v.Email.At, "string"},
				{"min", v.Min.Present(), v.Min.At, "number"}, {"max", v.Max.Present(), v.Max.At, "number"},
			} {
				if !part.written || part.fits == kind {
					continue
				}
				report(diagnostics.Diagnostic{
					At: p.At(part.at), Message: fmt.Sprintf("%s is about %ss, and %s is a %s: it is never checked.", part.name, part.fits, v.Field.Text, kind),
					Help: unfitHelp[kind], Key: p.Subject("validation", v.Field.Text, part.name),
				})
			}
		}
	},
}

var unfitHelp = map[string]string{"string": "Text is bounded by minLength and maxLength.", "number": "Numbers are bounded by min and max."}
