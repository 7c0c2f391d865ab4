package references

import (
	"slices"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
)

func known(op string) bool { return slices.Contains(definition.Operators, op) }

// compared is one comparison of a column: in a record condition or in a firewall.
type compared struct {
	where  string
	column *model.Column
	definition.Condition
}

// comparisons lists the comparisons of a resource whose column and operator exist.
func comparisons(p *check.ResourcePass) (out []compared) {
	d := p.Policy()
	if d == nil {
		return nil
	}
	add := func(where string, c definition.Condition) {
		if column := p.Column(c.Field.Text); column != nil && known(c.Op.Text) {
			out = append(out, compared{where, column, c})
		}
	}
	for _, s := range p.Sites() {
		for _, c := range s.Conditions() {
			add(s.Label, c)
		}
	}
	if d.Firewall != nil {
		for _, c := range d.Firewall.Predicates {
			add("the firewall", c)
		}
	}
	return out
}
