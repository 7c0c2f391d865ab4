package query

import (
	"slices"
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

// conditions say in which states of its record an action can be called: what the access rule asks of columns with values, wherever it holds
// for everybody. Of alternatives nothing is said here; who has which is in the list of callers.
func conditions(r *model.Resource, a *model.Action) string {
	if r.Table == nil {
		return ""
	}
	var out []string
	var visit func(*model.Access)
	visit = func(rule *model.Access) {
		switch {
		case rule == nil:
		case rule.Kind == model.AccessAll:
			for _, sub := range rule.Sub {
				visit(sub)
			}
		case rule.Kind == model.AccessWhere:
			for _, c := range rule.Where {
				if column := r.Table.Column(c.Column); column != nil && len(column.Enum) > 0 && c.Ctx == "" {
					if states := statesOf(c, column.Enum); states != nil {
						out = append(out, "Called when "+code(c.Column)+" is "+codes(states)+".")
					}
				}
			}
		}
	}
	visit(a.Access)
	return strings.Join(out, "  \n")
}

// statesOf are the values of a column that a condition holds for, in the column's order; nil when it does not tell them apart.
func statesOf(c model.Condition, enum []string) []string {
	list, many := c.Value.([]any)
	if !many {
		list = []any{c.Value}
	}
	want := c.Op == "equals" || c.Op == "in"
	if !want && c.Op != "notEquals" && c.Op != "notIn" {
		return nil
	}
	var out []string
	for _, v := range enum {
		if slices.Contains(list, any(v)) == want {
			out = append(out, v)
		}
	}
	return out
}
