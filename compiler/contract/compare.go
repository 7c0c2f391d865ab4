package contract

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/contract/literal"
	"github.com/qbls/qbls/diagnostics"
)

// difference is a part of two policies that is not the same. A missing side is nil.
type difference struct {
	path              []string
	declared, emitted any
}

// differences walks two policies. What one rule decides is one part: an access rule, a mask, the firewall, a state machine, a list.
func differences(declared, emitted any, path []string) []difference {
	a, isA := declared.(map[string]any)
	b, isB := emitted.(map[string]any)
	if !isA || !isB || whole(path) {
		if reflect.DeepEqual(declared, emitted) {
			return nil
		}
		return []difference{{slices.Clone(path), declared, emitted}}
	}
	var names []string
	for n := range a {
		names = append(names, n)
	}
	for n := range b {
		if _, both := a[n]; !both {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	var out []difference
	for _, n := range names {
		out = append(out, differences(a[n], b[n], append(path, n))...)
	}
	return out
}

func whole(path []string) bool {
	switch last := path[max(0, len(path)-1):]; {
	case len(path) == 0:
		return false
	case path[0] == "firewall" && len(path) == 2, path[0] == "masks" && len(path) == 2:
		return true
	default:
		return last[0] == "access" || last[0] == "transition" || last[0] == "unsafe"
	}
}

// compare reports where the rebuilt policy is not the declared one, and lists what was found equal.
func (v *verifier) compare(e *emitted) {
	declared := effective(v.Project.Config, e.declared, servingOf(v.Project, e.declared, v.Prefixes[e.declared.ID]))
	got := effective(v.Project.Config, e.policy.resource, e.policy.serving)
	found := differences(declared, got, nil)
	for _, d := range found {
		rule := ruleFor(d)
		v.violate(broken{rule: rule, resource: e.declared, subject: strings.Join(d.path, "."), file: e.file, at: v.nearest(e.policy.literal, e.declared, d.path),
			declared: said(d.declared), emitted: said(d.emitted), message: describe(e.declared, d)})
	}
	if len(found) == 0 && len(e.policy.bad) == 0 {
		v.evident(e)
	}
}

func said(v any) string {
	if v == nil {
		return "nothing"
	}
	raw, err := Canonical(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(raw)
}

func describe(r *model.Resource, d difference) string {
	subject := strings.Join(d.path, ".")
	switch {
	case d.emitted == nil:
		return fmt.Sprintf("%s: %s is declared and not emitted.", r.ID, subject)
	case d.declared == nil:
		return fmt.Sprintf("%s: %s is emitted and declared nowhere.", r.ID, subject)
	}
	return fmt.Sprintf("%s: %s is emitted otherwise than declared.", r.ID, subject)
}

// ruleFor is the contract that a difference breaks.
func ruleFor(d difference) *diagnostics.Rule {
	p := d.path
	last := p[len(p)-1]
	switch {
	case p[0] == "firewall":
		return FirewallScope
	case last == "access" && opens(d):
		return AuthGate
	case p[0] == "masks" && d.emitted == nil:
		return MaskCompleteness
	case p[0] == "masks":
		return MaskingUsage
	case p[0] == "write" && len(p) > 1 && p[1] == "protected":
		return GuardCompleteness
	case p[0] == "write", last == "defaults":
		return GuardWiring
	case last == "transition":
		return TransitionSafety
	case last == "unsafe":
		return UnsafeAuditTrail
	case (p[0] == "actions" || p[0] == "operations" || p[0] == "views") && len(p) == 2, last == "standalone", last == "method", last == "path":
		return Closure
	}
	return RoundTrip
}

// opens says whether the emitted rule lets callers without a session in, and the declared one does not.
func opens(d difference) bool {
	return strings.Contains(said(d.emitted), `"PUBLIC"`) && !strings.Contains(said(d.declared), `"PUBLIC"`)
}

// literalPath is where a part of the canonical policy stands in the emitted literal.
func literalPath(r *model.Resource, path []string) []string {
	rest := func(n int) []string { return path[min(n, len(path)):] }
	switch path[0] {
	case "firewall":
		if len(path) > 1 && path[1] == "hide" {
			return []string{"hidden"}
		}
		return []string{"rows"}
	case "operations":
		return operationPath(path)
	case "serving":
		return servingPath(rest(1))
	case "write", "masks", "views":
		return path
	case "actions":
		if r.Table == nil {
			return rest(1)
		}
		return path
	}
	return nil
}

func operationPath(path []string) []string {
	if len(path) < 2 {
		return []string{"access"}
	}
	part := append(path[2:len(path):len(path)], "")[0]
	for name, op := range batchOps {
		if path[1] != string(op) {
			continue
		}
		switch part {
		case "soft":
			return []string{"delete"}
		case "defaults":
			return []string{"write", "defaults"}
		case "maxBatch":
			return []string{"batch", name, "max"}
		case "":
			return []string{"batch", name}
		}
		return []string{"batch", name, part}
	}
	switch part {
	case "soft":
		return []string{"delete"}
	case "defaults":
		return []string{"write", "defaults"}
	case "fields", "pageSize", "maxPageSize":
		return []string{path[1], part}
	}
	return []string{"access", path[1]}
}

func servingPath(path []string) []string {
	if len(path) == 0 {
		return nil
	}
	switch path[0] {
	case "filterable", "searchable", "sortable", "sort", "defaultView":
		return append([]string{"list"}, path...)
	case "viewSorts", "viewQueries":
		return append([]string{"views"}, path[1:]...)
	}
	return path
}

// nearest is the range of a part of the literal. Where something is missing it is the range of what should hold it.
func (v *verifier) nearest(o *literal.Value, r *model.Resource, path []string) span {
	at := span{o.Start, o.End}
	for _, name := range literalPath(r, path) {
		next := o.Get(name)
		if next == nil {
			break
		}
		for _, p := range o.Props {
			if p.Name == name {
				at = span{p.Start, p.End}
			}
		}
		o = next
	}
	return at
}

// evident lists what of a policy was read and found to be as declared.
func (v *verifier) evident(e *emitted) {
	r, o := e.declared, e.policy.literal
	v.prove(RoundTrip, e.file, spanOf(o), string(r.ID))
	v.prove(Closure, e.file, spanOf(o), "/api/v1/"+r.Segment)
	if len(r.Masks) > 0 {
		v.prove(MaskCompleteness, e.file, spanOf(o), string(r.ID))
	}
	part := func(rule *diagnostics.Rule, subject string, names ...string) {
		at := o
		for _, n := range names {
			at = at.Get(n)
		}
		if at != nil {
			v.prove(rule, e.file, spanOf(at), string(r.ID)+subject)
		}
	}
	if r.Table != nil {
		part(FirewallScope, ".firewall", "rows")
		part(GuardWiring, ".write", "write")
		part(GuardCompleteness, ".write.protected", "write", "protected")
		part(AuthGate, ".access", "access")
		part(MaskingUsage, ".masks", "masks")
		if r.Internal {
			return
		}
	}
	for _, a := range r.Actions {
		names := []string{"actions", a.Name}
		if r.Table == nil {
			names = names[1:]
		}
		part(AuthGate, ".actions."+a.Name, append(slices.Clone(names), "access")...)
		if a.Transition != nil {
			part(TransitionSafety, ".actions."+a.Name, append(slices.Clone(names), "transition")...)
		}
		if a.Source != nil && a.Source.Unsafe != nil {
			part(UnsafeAuditTrail, ".actions."+a.Name, append(slices.Clone(names), "unsafe")...)
		}
	}
}
