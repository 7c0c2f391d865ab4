package resource

import (
	"fmt"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/ts"
)

// code is the expression for the one object that has what all actions run, by their names; "" when there is none.
func (w *writer) code() string {
	all := ""
	for i, a := range w.Resource.Actions {
		object, named := strings.CutSuffix(w.modules.Action(w.Resource, a), ts.Member(a.Name))
		if !named || i > 0 && object != all {
			return ""
		}
		all = object
	}
	return all
}

// actionRules emits the actions. What they run is said at each of them when there is no code that all of them share.
func (w *writer) actionRules(code string) (*ts.Object, error) {
	out := ts.Obj()
	for _, a := range w.Resource.Actions {
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
		if a.Source != nil && a.Source.Unsafe != nil {
			if a.Source.Unsafe.Reason.Or("") == "" {
				return nil, w.refuse(a.At, "actions."+a.Name, fmt.Sprintf("Action %q is unsafe without a reason", a.Name))
			}
			o.Set("unsafe", unsafeRule(a.Source.Unsafe))
		}
		if code == "" {
			o.Set("run", ts.Code(w.modules.Action(w.Resource, a)))
		}
		if a.Handler != nil {
			o.Set("handler", ts.Code(w.modules.Handler(a.Handler.Path)))
		}
		out.Set(a.Name, o)
	}
	return out, nil
}

// unsafeRule says who may call the action, and what its rows of the audit trail say.
func unsafeRule(u *definition.Unsafe) *ts.Object {
	o := ts.Obj().Set("reason", ts.String(u.Reason.Or(""))).Set("adminOnly", ts.Bool(u.AdminOnly.Or(true))).Set("crossTenant", ts.Bool(u.CrossTenant.Or(true)))
	if scope := u.TargetScope.Or(""); scope != "" {
		o.Set("targetScope", ts.String(scope))
	}
	return o
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
