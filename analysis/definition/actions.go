package definition

import (
	"path"
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

var actionKeys = &keys{
	known: []string{"description", "input", "access", "guard", "execute", "handler", "standalone", "type", "path", "method", "responseType", "sideEffects", "allowRawSql", "unsafe", "transition", "cms"},
}

// cmsKeys are what an action says to a CMS (reference of the documentation: buttons, dialogs, order).
var cmsKeys = &keys{known: []string{"label", "icon", "confirm", "destructive", "category", "hidden", "successMessage", "onSuccess", "order"}}

// actions reads defineActions(table | 'table' | null, { … }).
func (r *reader) actions(call syntax.Node) *Actions {
	a := &Actions{At: r.at(call.Callee())}
	first := call.Child(0).Inner()
	if made, ok := r.settled(first); ok {
		first = made
	}
	switch first.Kind() {
	case syntax.Ident:
		a.Binding, a.BindingAt = first.Name(), r.at(first)
	case syntax.Null:
		a.Tableless, a.BindingAt = true, r.at(first)
	case syntax.String:
		a.Binding, _ = first.Str()
		a.ByName, a.BindingAt = true, r.anchor(inside(first))
	default:
		a.BindingAt = r.at(first)
		r.wrong(first, "the first argument", "the table, its name, or null")
	}
	r.actionMap(a, call.Child(1), "defineActions")
	r.withoutTable(a)
	return a
}

// bareActions reads export default { actions: { … } }: actions of a feature without tables.
func (r *reader) bareActions(n syntax.Node) *Actions {
	a := &Actions{Form: ActionsBare, Tableless: true, At: r.at(n), BindingAt: r.at(n)}
	o := r.object(n, "The default export", &keys{known: []string{"actions"}})
	r.actionMap(a, o.value("actions"), "actions")
	r.withoutTable(a)
	return a
}

// oneAction reads export default defineAction({ … }): the file's name is the action's.
func (r *reader) oneAction(call syntax.Node) *Actions {
	at := r.at(call.Callee())
	a := &Actions{Form: ActionFile, At: at, BindingAt: at}
	name := strings.TrimSuffix(path.Base(string(r.path)), ".ts")
	item := r.action(Name{name, at}, r.value(call.Child(0)))
	if item.Path.Present() && !item.Standalone.Present() { // the path says so
		item.Standalone = Value[bool]{Known, true, item.Path.At}
	}
	a.Items = []*Action{item}
	return a
}

// withoutTable makes the actions of no table standalone: there is no record for them. One that says otherwise is an error.
func (r *reader) withoutTable(a *Actions) {
	if !a.Tableless {
		return
	}
	for _, item := range a.Items {
		switch is := item.Standalone; {
		case is.State == Absent && !item.Path.Present():
			r.report(WrongValue, r.file.Place(item.Name.At), "Add standalone: true.", "The action %s belongs to no table, so there is no record that it could act on.", item.Name.Text)
		case is.State == Known && !is.V:
			r.report(WrongValue, r.file.Place(is.At), "Write standalone: true.", "The action %s belongs to no table, so there is no record that it could act on.", item.Name.Text)
		}
		item.Standalone = Value[bool]{Known, true, item.Standalone.At}
	}
}

func (r *reader) actionMap(a *Actions, n syntax.Node, what string) {
	r.object(n, what, nil).each(func(name Name, p syntax.Node) {
		a.Items = append(a.Items, r.action(name, r.value(p.Value())))
	})
}

func (r *reader) action(name Name, n syntax.Node) *Action {
	a := &Action{Name: name, At: r.at(n), AccessKey: "access"}
	o := r.object(n, "An action", actionKeys)
	a.Description, a.Handler, a.Path, a.Method = o.str("description"), o.str("handler"), o.str("path"), o.str("method")
	a.ResponseType, a.SideEffects = o.str("responseType"), o.str("sideEffects")
	a.Standalone, a.AllowRawSQL = o.bool("standalone"), o.bool("allowRawSql")
	if kind := o.str("type"); kind.State == Known {
		r.oneOf(&kind, "type of action", "record", "standalone")
		is := Value[bool]{Known, kind.V == "standalone", kind.At}
		if said, ok := a.Standalone.Get(); ok && kind.State == Known && said != is.V {
			r.report(WrongValue, r.file.Place(kind.At), "Remove one of them.", "type says %s, and standalone says %v.", kind.V, said)
		}
		if kind.State == Known {
			a.Standalone = is
		}
	}
	a.Access = r.accessOf(o)
	if p, ok := o.prop("guard"); ok && a.Access == nil { // the oldest name of access
		access := r.access(p.Value())
		a.Access, a.AccessKey = &access, "guard"
	} else if ok {
		r.report(WrongValue, namePlace(p), "Remove guard.", "guard is the old name of access, and both are written.")
	}
	if p, ok := o.prop("input"); ok {
		a.Input = r.input(p.Value().Inner())
	}
	if p, ok := o.prop("execute"); ok {
		r.execute(a, p)
	}
	if p, ok := o.prop("transition"); ok {
		a.Transition = r.transition(p)
	}
	if p, ok := o.prop("unsafe"); ok {
		a.Unsafe = r.unsafe(p)
	}
	if p, ok := o.prop("cms"); ok {
		r.cms(p)
	}
	return a
}

// execute reads what can be seen of an inline body.
func (r *reader) execute(a *Action, p syntax.Node) {
	at := r.anchor(namePlace(p))
	a.Execute = &at
	body := p.Value().Inner()
	if code := r.code(body); code.Valid() {
		body = code
	}
	a.RawSQL, a.Writes, a.Returns = r.rawSQL(body), r.writes(body), r.returns(body)
}

func (r *reader) cms(p syntax.Node) {
	o := r.object(p.Value(), "cms", cmsKeys)
	for _, key := range []string{"label", "icon", "category", "successMessage", "onSuccess"} {
		o.str(key)
	}
	o.bool("destructive")
	o.bool("hidden")
	o.num("order")
	r.later(namePlace(p), "cms of an action")
}

// transition reads { field, fromTo: { state: [states] }, to | via }.
func (r *reader) transition(p syntax.Node) *Transition {
	o := r.object(p.Value(), "transition", &keys{known: []string{"field", "fromTo", "to", "via"}})
	t := &Transition{At: r.anchor(namePlace(p)), Field: o.str("field"), To: o.str("to"), Via: o.str("via")}
	if o == nil {
		return t
	}
	for _, key := range []string{"field", "fromTo"} {
		if !o.has(key) {
			r.report(WrongValue, namePlace(p), "Write transition: { field: 'status', fromTo: { draft: ['submitted'] }, to: 'submitted' }.", "transition needs %s.", key)
		}
	}
	if t.To.Present() && t.Via.Present() {
		r.report(WrongValue, r.file.Place(t.Via.At), "Remove to or via.", "to names the state that the action goes to, and via the key of the input that does; only one of them can.")
	}
	if o.has("fromTo") {
		r.object(o.value("fromTo"), "fromTo", nil).each(func(from Name, p syntax.Node) {
			to, _ := r.names(p.Value(), "fromTo."+from.Text)
			t.FromTo = append(t.FromTo, Step{from, to})
		})
	}
	return t
}

// unsafe reads true, or { reason, adminOnly, crossTenant, targetScope }; nil for false.
func (r *reader) unsafe(p syntax.Node) *Unsafe {
	n := r.value(p.Value())
	u := &Unsafe{At: r.anchor(namePlace(p)), Value: r.anchor(place(n))}
	if b, ok := n.Bool(); ok {
		if !b {
			return nil
		}
		return u
	}
	u.Object = true
	o := r.object(n, "unsafe", &keys{known: []string{"reason", "adminOnly", "crossTenant", "targetScope"}})
	u.Reason, u.AdminOnly, u.CrossTenant, u.TargetScope = o.str("reason"), o.bool("adminOnly"), o.bool("crossTenant"), o.str("targetScope")
	r.oneOf(&u.TargetScope, "target scope", "all", "organization")
	return u
}

// spanText is the source of a span of a node's file.
func spanText(n syntax.Node, s text.Span) string {
	source := textOf(n)
	if s.Start < 0 || s.Start >= s.End || int(s.End) > len(source) {
		return ""
	}
	return source[s.Start:s.End]
}
