package query

import (
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/names"
)

// explainState says which actions lead to a value of an enum column and which lead away from it.
func (sc *scene) explainState(sym names.Symbol) string {
	owner, column, _ := strings.Cut(sym.Owner, ".")
	r := sc.project.Resource(model.ID(owner))
	if r == nil || r.Table == nil {
		return ""
	}
	var to, from []string
	for _, a := range r.Actions {
		t := transitionOf(a)
		if t == nil || t.Field.V != column {
			continue
		}
		leads := t.To.V == sym.Name
		leaves := false
		for _, step := range t.FromTo {
			leaves = leaves || step.From.Text == sym.Name
			for _, n := range step.To {
				leads = leads || n.Text == sym.Name
			}
		}
		if leads {
			to = append(to, a.Name)
		}
		if leaves {
			from = append(from, a.Name)
		}
	}
	head := "**" + sym.Name + "**: value of " + code(r.Table.Binding+"."+column)
	if c := r.Table.Column(column); c != nil && c.Default != nil && c.Default.Literal == sym.Name {
		head += ", where rows begin"
	}
	var reached, left string
	if len(to) > 0 {
		reached = "Entered by " + codes(to) + "."
	}
	if len(from) > 0 {
		left = "Left by " + codes(from) + "."
	}
	return lines(head, reached, left)
}

func transitionOf(a *model.Action) *definition.Transition {
	if a.Source == nil {
		return nil
	}
	return a.Source.Transition
}

// steps says from which states an action leads where.
func steps(a *model.Action) string {
	t := transitionOf(a)
	if t == nil {
		return ""
	}
	var out []string
	for _, step := range t.FromTo {
		var to []string
		for _, n := range step.To {
			to = append(to, n.Text)
		}
		out = append(out, code(step.From.Text)+" → "+codes(to))
	}
	return strings.Join(append([]string{"Moves " + code(t.Field.V) + ":"}, out...), "  \n")
}
