package actions

import (
	"fmt"
	"slices"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
)

func transitionExample(steps string) string {
	return check.ExampleActions(check.Example("stage: text('stage', { enum: ['new', 'sent', 'done'] }).notNull().default('new'),", "guards: { createable: ['name'], updatable: ['name'], protected: { stage: ['send'] } },"),
		"send: {\n  description: 'Sends it',\n  input: z.object({ next: z.string() }),\n  access: { roles: ['admin'] },\n  transition: "+steps+",\n  execute: async () => ({}),\n},")
}

// UnknownState: a transition goes along the values of an enum column.
var UnknownState = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB7014", Title: "Transition that cannot happen", Since: "0.1.0", Locked: true,
		Why:     "A state that the column cannot have is never left and never reached, so the action is refused for every record.",
		Fix:     "Name an enum column, and its values as states.",
		Bad:     transitionExample("{ field: 'stage', fromTo: { new: ['snet'], sent: ['done'] }, via: 'next' }"),
		Good:    transitionExample("{ field: 'stage', fromTo: { new: ['sent'], sent: ['done'] }, via: 'next' }"),
		Related: []diagnostics.Code{"QB7015", "QB2014"}, CWE: []int{1287},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		for _, a := range p.Actions() {
			if a.Transition != nil {
				transition(p, a, report)
			}
		}
	},
}

func transition(p *check.ResourcePass, a *definition.Action, report check.Report) {
	t, key := a.Transition, p.Subject(a.Name.Text, "transition")
	name, ok := t.Field.Get()
	if !ok || p.Unread(name) {
		return
	}
	column := p.Column(name)
	switch {
	case a.Standalone.V:
		report(diagnostics.Diagnostic{At: p.At(t.At), Message: fmt.Sprintf("The action %s is standalone: it has no record whose state could change.", a.Name.Text), Help: "Remove transition, or standalone.", Key: key})
		return
	case column == nil:
		at := p.At(t.Field.At)
		help, fixes := check.Near(name, p.ColumnKeys(), at)
		report(diagnostics.Diagnostic{At: at, Message: fmt.Sprintf("%s has no column %q whose state could change.", p.Table(), name), Help: help, Fixes: fixes, Key: key})
		return
	case len(column.Enum) == 0:
		report(diagnostics.Diagnostic{At: p.At(t.Field.At), Message: fmt.Sprintf("%s is no enum column, so its states are not known.", name), Help: "Declare its values: { enum: ['…'] }.", Key: key})
		return
	}
	state := func(n definition.Name) {
		if !slices.Contains(column.Enum, n.Text) {
			at := p.At(n.At)
			help, fixes := check.Near(n.Text, column.Enum, at)
			report(diagnostics.Diagnostic{At: at, Message: fmt.Sprintf("%s is never %q: its values are %s.", name, n.Text, check.List(column.Enum)), Help: help, Fixes: fixes, Key: key})
		}
	}
	reached := false
	for _, s := range t.FromTo {
		state(s.From)
		for _, to := range s.To {
			state(to)
			reached = reached || to.Text == t.To.V
		}
	}
	if to, ok := t.To.Get(); ok && !reached {
		report(diagnostics.Diagnostic{At: p.At(t.To.At), Message: fmt.Sprintf("No state of fromTo leads to %q, so the action %s is refused for every record.", to, a.Name.Text), Help: "Add it to the states that one of them leads to.", Key: key})
	}
}

// NeverEntered: a state that only leads on is never left, because nothing leads to it.
var NeverEntered = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB7015", Title: "State that no record ever enters", Since: "0.1.0", Severity: diagnostics.Warning,
		Why:     "A record enters a state by its default, by what clients may write, or by an action. What leads on from a state that nothing leads to never happens.",
		Fix:     "Let an action lead to the state, or remove what leads on from it.",
		Bad:     transitionExample("{ field: 'stage', fromTo: { sent: ['done'] }, to: 'done' }"),
		Good:    transitionExample("{ field: 'stage', fromTo: { new: ['sent'], sent: ['done'] }, via: 'next' }"),
		Related: []diagnostics.Code{"QB7014"},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		for _, a := range p.Actions() {
			if a.Transition == nil {
				continue
			}
			column := p.Column(a.Transition.Field.V)
			if column == nil || len(column.Enum) == 0 || anyState(p, column) {
				continue
			}
			entered := entered(p, column)
			if slices.ContainsFunc(entered, func(state string) bool { return !slices.Contains(column.Enum, state) }) {
				continue // a misspelt state, which has a rule of its own; it may be this one that is meant
			}
			for _, s := range a.Transition.FromTo {
				if slices.Contains(column.Enum, s.From.Text) && !slices.Contains(entered, s.From.Text) {
					report(diagnostics.Diagnostic{
						At: p.At(s.From.At), Message: fmt.Sprintf("No record ever enters the state %q: it is not the default of %s, and no transition leads to it.", s.From.Text, column.Key),
						Help: "Let an action lead to it, or remove it here.", Key: p.Subject(a.Name.Text, s.From.Text),
					})
				}
			}
		}
	},
}

// anyState says whether something may write the column that no transition describes: a client, or an action by its own code.
func anyState(p *check.ResourcePass, column *model.Column) bool {
	for _, op := range p.Resource.Operations {
		if p.Effective.Guarded(op.Op, column.Key) == "" {
			return true
		}
	}
	for _, a := range p.Resource.Actions {
		if a.Transition == nil && slices.ContainsFunc(written(p.Resource, a), func(n definition.Name) bool { return n.Text == column.Key }) {
			return true
		}
	}
	return false
}

func entered(p *check.ResourcePass, column *model.Column) (out []string) {
	if column.Default != nil {
		if s, ok := column.Default.Literal.(string); ok {
			out = append(out, s)
		}
	}
	for _, a := range p.Actions() {
		if a.Transition == nil || a.Transition.Field.V != column.Key {
			continue
		}
		for _, s := range a.Transition.FromTo {
			for _, to := range s.To {
				out = append(out, to.Text)
			}
		}
	}
	return out
}
