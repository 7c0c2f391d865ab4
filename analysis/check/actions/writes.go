package actions

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
)

const write = `%s: {
  description: 'Moves it on',
  access: { roles: ['admin'] },
  execute: async ({ db }) => db.update(things).set({ stage: 'done' }),
},
advance: {
  description: 'Moves it on',
  access: { roles: ['admin'] },
  execute: async () => ({}),
},`

func protectedExample(actions string) string {
	return check.ExampleActions(check.Example("stage: text('stage'),", "guards: { createable: ['name'], updatable: ['name'], protected: { stage: ['advance', 'finish'] } },"), actions)
}

// ProtectedWrite looks at the updates that a body visibly makes. The others are refused when they run.
var ProtectedWrite = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB7010", Title: "Action changes a field that is protected from it", Since: "0.1.0", Locked: true, Waivable: true,
		Why:     "The field may be changed by the named actions only. The update is refused when it runs, and the action answers 500.",
		Fix:     "Name the action in guards.protected, or leave the field alone.",
		Bad:     check.ExampleActions(check.Example("stage: text('stage'),", "guards: { createable: ['name'], updatable: ['name'], protected: { stage: ['advance'] } },"), fmt.Sprintf(write, "finish")),
		Good:    protectedExample(fmt.Sprintf(write, "finish")),
		Related: []diagnostics.Code{"QB5006"}, CWE: []int{915},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		for _, linked := range p.Resource.Actions {
			a := linked.Source
			for _, w := range written(p.Resource, linked) {
				column := w.Text
				i := slices.IndexFunc(p.Resource.Guards.Protected, func(g model.Protected) bool { return g.Column == column })
				if i < 0 || p.Resource.Guards.Protected[i].Any || slices.Contains(p.Resource.Guards.Protected[i].Actions, a.Name.Text) {
					continue
				}
				allowed := p.Resource.Guards.Protected[i].Actions
				if slices.ContainsFunc(allowed, func(name string) bool { return p.Resource.Action(name) == nil }) {
					continue // one of the names is wrong, which has a rule of its own; it may be this action that is meant
				}
				found := diagnostics.Diagnostic{
					At: p.At(w.At), Message: fmt.Sprintf("The action %s changes %s, which only %s may change.", a.Name.Text, column, check.List(allowed)),
					Help: fmt.Sprintf("Add '%s' to guards.protected.%s, or leave the field alone.", a.Name.Text, column), Key: p.Subject(a.Name.Text, column),
				}
				if len(allowed) == 0 {
					found.Message = fmt.Sprintf("The action %s changes %s, which no action may change.", a.Name.Text, column)
				}
				for _, g := range p.Policy().Guards.Protected {
					if g.Field.Text == column {
						found.Related = append(found.Related, diagnostics.Related{At: p.At(g.Field.At), Message: "it is protected here"})
					}
				}
				report(found)
			}
		}
	},
}

// written lists the columns of the resource that an action visibly changes: in its body, in its handler, by what it returns.
func written(r *model.Resource, a *model.Action) (out []definition.Name) {
	add := func(f *definition.File, writes []definition.Name) {
		for _, w := range writes {
			table, column, ok := strings.Cut(w.Text, ".")
			if ok && r.Means(f, table) {
				out = append(out, definition.Name{Text: column, At: w.At})
			}
		}
	}
	add(a.File, a.Source.Writes)
	if a.Patch {
		out = append(out, a.Source.Returns...)
	}
	if a.Handler != nil {
		add(a.Handler, a.Handler.Writes)
		if a.Patch {
			out = append(out, a.Handler.Returns...)
		}
	}
	return out
}
