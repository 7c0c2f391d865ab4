package guards

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
)

const stage = "stage: text('stage'),"

// columnGuards are the guards that columns say of themselves: .protected() and .immutable().
func columnGuards(t *model.Table) (out []listed) {
	if t == nil {
		return nil
	}
	for _, c := range t.Columns {
		if c.Source == nil {
			continue
		}
		if at := c.Source.Protected; at != nil {
			out = append(out, listed{"protected", definition.Name{Text: c.Key, At: *at}})
		}
		if at := c.Source.Immutable; at != nil {
			out = append(out, listed{"immutable", definition.Name{Text: c.Key, At: *at}})
		}
	}
	return out
}

// guarded lists the fields of one guard.
func guarded(p *check.ResourcePass, list string) (out []listed) {
	for f := range fields(p.Policy()) {
		if f.list == list {
			out = append(out, f)
		}
	}
	for _, f := range columnGuards(p.Resource.Table) {
		if f.list == list {
			out = append(out, f)
		}
	}
	return out
}

// conflict reports fields that stand in both lists, at the first one.
func conflict(list, other, why string) func(*check.ResourcePass, check.Report) {
	return func(p *check.ResourcePass, report check.Report) {
		others := guarded(p, other)
		if len(others) == 0 {
			return
		}
		for _, f := range guarded(p, list) {
			for _, g := range others {
				if g.field.Text != f.field.Text {
					continue
				}
				report(diagnostics.Diagnostic{
					At: p.At(f.field.At), Message: fmt.Sprintf("%s is %s and %s: %s.", f.field.Text, list, other, why),
					Help: fmt.Sprintf("Remove %q from %s, or from %s.", f.field.Text, list, other), Key: p.Subject(list, f.field.Text),
					Related: []diagnostics.Related{{At: p.At(g.field.At), Message: "it is " + other + " here"}}, Fixes: removal(p, f.field),
				})
				break
			}
		}
	}
}
