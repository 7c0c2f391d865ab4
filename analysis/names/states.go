package names

import (
	"slices"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
)

// state notes a value of an enum column. Values that the column does not have name nothing.
func (c *collector) state(column string, n definition.Name, def bool) {
	r := c.project.Resource(model.ID(c.owner))
	if r == nil || r.Table == nil {
		return
	}
	if col := r.Table.Column(column); col != nil && slices.Contains(col.Enum, n.Text) {
		c.add(Symbol{State, StatesOf(c.owner, column), n.Text}, n.At, def)
	}
}

// condition notes the column of a condition and the values that it is compared with.
func (c *collector) condition(cond definition.Condition) {
	c.column(cond.Field, false)
	if v, ok := cond.Value.Literal.(string); ok {
		c.state(cond.Field.Text, definition.Name{Text: v, At: cond.Value.At}, false)
	}
	for _, n := range cond.Value.Items {
		c.state(cond.Field.Text, n, false)
	}
}

// transition notes the column of a state machine and its states.
func (c *collector) transition(t *definition.Transition) {
	field := t.Field.V
	c.column(definition.Name{Text: field, At: t.Field.At}, false)
	for _, step := range t.FromTo {
		c.state(field, step.From, false)
		for _, to := range step.To {
			c.state(field, to, false)
		}
	}
	if t.To.State == definition.Known {
		c.state(field, definition.Name{Text: t.To.V, At: t.To.At}, false)
	}
}
