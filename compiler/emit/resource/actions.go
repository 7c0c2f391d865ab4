package resource

import (
	"fmt"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/ts"
)

func (w *writer) actionRules() (*ts.Object, error) {
	out := ts.Obj()
	for _, a := range w.Resource.Actions {
		if a.Source != nil && a.Source.Unsafe != nil {
			return nil, w.refuse(a.At, "actions."+a.Name, fmt.Sprintf("Action %q uses unsafe, which this version does not emit", a.Name))
		}
		access, err := w.rule(a.Access, func() string {
			key := "access"
			if a.Source != nil && a.Source.AccessKey != "" {
				key = a.Source.AccessKey
			}
			return w.modules.Action(w.Resource, a) + at(key)
		})
		if err != nil {
			return nil, err
		}
		o := ts.Obj()
		if a.Standalone {
			o.Set("standalone", ts.Bool(true)).Set("path", ts.String(a.Path))
		}
		if a.Method != "" && a.Method != "POST" {
			o.Set("method", ts.String(a.Method))
		}
		o.Set("access", access)
		if a.Patch {
			o.Set("result", ts.String("patch"))
		}
		if a.Transition != nil {
			o.Set("transition", transition(a.Transition))
		}
		if a.Source != nil && a.Source.AllowRawSQL.Or(false) {
			o.Set("rawSql", ts.Bool(true))
		}
		out.Set(a.Name, o)
	}
	return out, nil
}

func transition(t *model.Transition) *ts.Object {
	steps := ts.Obj()
	for _, s := range t.FromTo {
		steps.Set(s.From, ts.Strings(s.To))
	}
	o := ts.Obj().Set("field", ts.String(t.Column)).Set("fromTo", steps)
	if t.To != "" {
		o.Set("to", ts.String(t.To))
	}
	if t.Via != "" {
		o.Set("via", ts.String(t.Via))
	}
	return o
}
