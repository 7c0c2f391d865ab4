package verify

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
)

// moment is the form in which policies, bodies and answers hold dates.
const moment = "2006-01-02T15:04:05.000Z"

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// values invents the contents of columns: what rules compare with, and otherwise values that occur only once.
type values struct {
	serial int
	draw   uint32
	pools  map[*model.Column][]any // what rules compare the column with, and values beside it
	rules  map[*model.Column]rule
}

// rule is what a body's value must satisfy.
type rule struct {
	minLength, maxLength int
	min, max             float64
	pattern, format      string
	enum                 []any
}

func newValues() *values {
	return &values{pools: map[*model.Column][]any{}, rules: map[*model.Column]rule{}}
}

// learn reads the rules of all tables.
func (v *values) learn(p *model.Project, callers []*Caller) {
	for _, r := range p.Resources {
		if r.Table == nil {
			continue
		}
		for _, c := range r.Table.Columns {
			v.rules[c] = ruleOf(r, c)
		}
		for _, row := range r.Firewall.Rows {
			if row.Op != "isNull" {
				v.compared(r, callers, row.Column, row.Ctx, row.Value)
			}
		}
		r.EachAccess(func(a *model.Access) {
			for _, w := range a.Where {
				if w.Op != "isNull" { // true and false are no values of the column
					v.compared(r, callers, w.Column, w.Ctx, w.Value)
				}
			}
		})
		for _, m := range r.Masks {
			if m.Owner != "" {
				v.compared(r, callers, m.Owner, userID, nil)
			}
		}
	}
}

// compared adds what a column is compared with, and what stands just beside it.
func (v *values) compared(r *model.Resource, callers []*Caller, key, ctx string, value any) {
	c := r.Table.Column(key)
	if c == nil || c.Role == model.DeleteColumn {
		return
	}
	add := func(x any) {
		if x != nil && !slices.Contains(v.pools[c], x) {
			v.pools[c] = append(v.pools[c], x)
		}
	}
	if ctx != "" {
		for _, caller := range callers {
			found, _ := caller.context(ctx)
			if list, ok := found.([]any); ok {
				for _, x := range list {
					add(x)
				}
				continue
			}
			add(found)
		}
		return
	}
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	for _, x := range list {
		switch x := x.(type) {
		case float64:
			add(x - 1)
			add(x)
			add(x + 1)
		case string:
			if at, ok := policy.ParseDate(x); ok && c.Type() == "date" {
				add(at.Add(-24 * time.Hour).UTC().Format(moment))
				add(at.UTC().Format(moment))
				add(at.Add(24 * time.Hour).UTC().Format(moment))
				continue
			}
			if len(x) < 200 && !strings.HasPrefix(x, "$ctx.") {
				add(x)
			}
		case bool:
			add(x)
		}
	}
}

func ruleOf(r *model.Resource, c *model.Column) rule {
	out := rule{maxLength: 60, min: -math.MaxFloat64, max: math.MaxFloat64, format: c.Format}
	if c.Length > 0 {
		out.maxLength = min(out.maxLength, c.Length)
	}
	for _, e := range c.Enum {
		out.enum = append(out.enum, e)
	}
	for _, given := range r.Validation {
		if given.Field.Text != c.Key {
			continue
		}
		out.minLength = int(given.MinLength.Or(0))
		out.maxLength = min(out.maxLength, int(given.MaxLength.Or(float64(out.maxLength))))
		out.min, out.max = given.Min.Or(out.min), given.Max.Or(out.max)
		out.pattern = given.Pattern.Or("")
		if len(given.Enum) > 0 {
			out.enum = nil
			for _, e := range given.Enum {
				out.enum = append(out.enum, e.Text)
			}
		}
		if given.Email.Or(false) {
			out.format = "email"
		}
	}
	return out
}

// next is a small generator: the same values in every run.
func (v *values) next(n int) int {
	v.draw = v.draw*1664525 + 1013904223
	return int(v.draw>>16) % n
}

// stored is a value for a row that is written past the API.
func (v *values) stored(c *model.Column) any {
	if pool := v.pools[c]; len(pool) > 0 && v.next(4) > 0 {
		return pool[v.next(len(pool))]
	}
	if !c.NotNull && v.next(6) == 0 {
		return nil
	}
	return v.fresh(c)
}

// fresh is a value of the column's type that its rules allow.
func (v *values) fresh(c *model.Column) any {
	v.serial++
	r := v.rules[c]
	if len(r.enum) > 0 {
		return r.enum[v.next(len(r.enum))]
	}
	if c.Mode == "bigint" {
		return fmt.Sprint(1000000 + 1009*v.serial) // as JSON has it, and as its bytes are
	}
	switch c.Type() {
	case "boolean":
		return v.next(2) == 0
	case "number":
		n := v.number(r)
		if (c.Builder == "real" || c.Builder == "doublePrecision") && n+0.25 <= r.max {
			n += 0.25 // what masks round is not round
		}
		return n
	case "date":
		return odd(v.serial).Format(moment)
	case "json":
		return map[string]any{"n": fmt.Sprintf("json-%d", v.serial)}
	}
	return v.text(c, r)
}

// odd is a time that no rounding of another one makes.
func odd(n int) time.Time {
	return epoch.Add(time.Duration(n)*time.Hour + 17*time.Minute + 13*time.Second)
}

// number is far from all others, so that none is a rounded one.
func (v *values) number(r rule) float64 {
	n := float64(100000 + 1009*v.serial)
	if n > r.max || n < r.min {
		low, high := math.Max(r.min, math.Min(0, r.max)), r.max
		if r.max == math.MaxFloat64 {
			high = low + 100000
		}
		span := math.Max(1, math.Floor(high)-math.Ceil(low)+1)
		n = math.Ceil(low) + math.Mod(float64(v.serial), span)
	}
	return n
}

// text is a text that occurs only once, as far as its rules leave room for that.
func (v *values) text(c *model.Column, r rule) any {
	if r.pattern != "" {
		return matching(r.pattern, v.next)
	}
	n := v.serial
	switch r.format {
	case "email":
		return fmt.Sprintf("p%d@mail.example", n)
	case "url":
		return fmt.Sprintf("https://verify.example/%d", n)
	case "uuid":
		return fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
	case "date":
		return epoch.AddDate(0, 0, n%3000).Format(time.DateOnly)
	case "datetime":
		return odd(n).Format(moment)
	}
	if c.Builder == "numeric" {
		return fmt.Sprint(100000 + n)
	}
	text := fmt.Sprintf("%s %d", c.Key, n)
	if len(text) > r.maxLength {
		text = fmt.Sprint(n)
		text = text[max(0, len(text)-r.maxLength):]
	}
	return text + strings.Repeat("x", max(0, r.minLength-len(text)))
}
