package contract

import (
	"slices"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/contract/literal"
	"github.com/qbls/qbls/diagnostics/text"
)

// policies rebuilds the policy of every resource and compares it with the declared one.
func (v *verifier) policies() {
	v.named, v.called, v.byFile = v.names(), map[string]string{}, make(map[text.Path]*emitted, len(v.resources))
	for name, table := range v.named {
		v.called[table] += name + "\x00"
	}
	for _, r := range v.Project.Resources {
		if v.stopped() {
			return
		}
		if e := v.resources[r.ID]; e != nil {
			v.onePolicy(e)
			v.byFile[e.file] = e
			v.checked++
		}
	}
}

func (v *verifier) onePolicy(e *emitted) {
	read := v.part("policy "+string(e.declared.ID), v.policyKey(e, v.called), func() any { return v.policy(e, v.named) }).(policyPart)
	e.name, e.canonical = read.name, read.canonical
}

// policyPart is what is known of a policy that was read.
type policyPart struct {
	name      string // constant of the policy
	canonical []byte // nil when it cannot be read
}

func (v *verifier) policy(e *emitted, targets map[string]string) policyPart {
	if e.module = v.read(e.file, RoundTrip, e.declared); e.module == nil {
		return policyPart{name: e.name}
	}
	v.rebuild(e, targets)
	out := policyPart{name: e.name}
	if e.policy != nil {
		v.compare(e)
		v.code(e)
		v.runs(e)
		if p, err := Canonical(effective(v.Project.Config, e.policy.resource, e.policy.serving)); err == nil {
			out.canonical = p
		}
	}
	e.module, e.policy = nil, nil
	return out
}

// policyKey is all that reading a policy looks at: its module and the tables that it is about, what is declared, and how the policies
// are called that it may speak of.
func (v *verifier) policyKey(e *emitted, called map[string]string) string {
	r := e.declared
	key := v.project() + v.declared(r) + v.Prefixes[r.ID] + "\x00" + e.name + "\x00" + v.sum(e.file)
	if r.Table != nil {
		key += v.sum(schemaOf(r)) + called[r.Table.Name]
	}
	for _, id := range r.Uses {
		if other := v.Project.Resource(id); other != nil && other.Table != nil {
			key += "\x01" + other.Table.Name + "\x00" + called[other.Table.Name]
		}
	}
	return key
}

// policyName is the name that a policy gives itself.
type policyName struct {
	name string
	at   span
}

// names are the SQL names of tables by the names of their policies.
func (v *verifier) names() map[string]string {
	out := make(map[string]string, len(v.Project.Resources))
	for _, r := range v.Project.Resources {
		if r.Table == nil {
			continue
		}
		e := v.resources[r.ID]
		if e == nil || v.file(e.file) == nil {
			v.presumed(r, out)
			continue
		}
		list := v.policyNames(e)
		if list == nil {
			v.presumed(r, out)
		}
		for _, n := range list {
			if _, taken := out[n.name]; taken {
				v.violate(broken{rule: RoundTrip, resource: r, subject: "name", file: e.file, at: n.at, declared: "a name of its own", emitted: n.name, message: "Two policies have the name " + n.name + "."})
			}
			out[n.name] = r.Table.Name
		}
	}
	return out
}

// policyNames are the names of a resource's policies; nil when their module cannot be read.
func (v *verifier) policyNames(e *emitted) []policyName {
	list, _ := v.part("name "+string(e.declared.ID), string(e.file)+"\x00"+v.sum(e.file), func() any { return v.namesIn(e.file) }).([]policyName)
	return list
}

// presumed is the name of a policy that cannot be read, which is reported where it is: others may refer to it.
func (v *verifier) presumed(r *model.Resource, names map[string]string) {
	if names[stemOf(r)] == "" {
		names[stemOf(r)] = r.Table.Name
	}
}

// namesIn are the names of a module's policies; nil when it cannot be read.
func (v *verifier) namesIn(file text.Path) []policyName {
	m := v.other(file)
	if m == nil {
		return nil
	}
	out := []policyName{}
	for _, c := range m.Consts {
		if len(c.Value.Items) == 1 {
			if name := c.Value.Items[0].Get("name"); name != nil && name.Form == literal.Str {
				out = append(out, policyName{name.Str, spanOf(name)})
			}
		}
	}
	return out
}

// fillers are the modules that a policy's module loads because functions in them fill columns of its table.
func (v *verifier) fillers(r *model.Resource) []text.Path {
	if r.Table == nil || !slices.ContainsFunc(r.Table.Columns, func(c *model.Column) bool { return c.OnCreate || c.OnUpdate }) {
		return nil
	}
	return []text.Path{v.linkedPath(r.TableFile)}
}

// rebuild reads the one constant of a policy's module.
func (v *verifier) rebuild(e *emitted, targets map[string]string) {
	r := e.declared
	if e.name == "" && len(e.module.Consts) == 1 {
		e.name = e.module.Consts[0].Name
	}
	c := v.only(e.file, e.module, e.name, Closure, v.fillers(r)...)
	if c == nil {
		return
	}
	policy, kind := v.unwrap(e, c)
	if policy == nil {
		v.violate(broken{rule: RoundTrip, resource: r, subject: e.name, file: e.file, at: v.wrongImport(e, kind, span{c.Start, c.End}), declared: kind + " of the library, with the emitted table and a literal", emitted: short(v.text(e.file)[c.Start:c.End]),
			message: "This is no policy of the library."})
		return
	}
	e.span = spanOf(policy)
	if r.Table == nil {
		e.policy = &rebuilt{resource: &model.Resource{Segment: r.Segment, Firewall: model.Firewall{Exception: true}}, serving: newServing(), literal: policy, actionAt: map[string]*literal.Value{}, code: map[string]*literal.Value{}, targets: targets}
		e.policy.actions(policy)
	} else {
		e.policy = rebuild(policy, r.Internal, targets)
		e.policy.resource.Table = r.Table // the columns were compared by tables
	}
	if name := e.policy.resource.Segment; r.Table != nil && name != r.Segment && name != stemOf(r) && name != r.Feature+"/"+stemOf(r) {
		v.violate(broken{rule: RoundTrip, resource: r, subject: "name", file: e.file, at: v.nearest(policy, r, []string{"serving", "name"}), declared: r.Segment, emitted: name, message: "The policy has another name than its resource."})
	}
	if segment := e.policy.segment; r.Table != nil && !r.Internal && segment != r.Segment {
		v.violate(broken{rule: Closure, resource: r, subject: "segment", file: e.file, at: v.nearest(policy, r, []string{"serving", "segment"}), declared: r.Segment, emitted: segment, message: "The routes of the policy are served at another path."})
	}
	e.policy.resource.ID = r.ID
	for _, b := range e.policy.bad {
		at := spanOf(b.at)
		if b.at == nil {
			at = e.span
		}
		v.violate(broken{rule: RoundTrip, resource: r, subject: "policy", file: e.file, at: at, declared: "a form that qbls emits", emitted: short(v.text(e.file)[at.start:at.end]),
			message: "The policy cannot be read with certainty: " + b.what + "."})
	}
}

// unwrap returns the literal of resource(table)({ … }), internal(table)({ … }) or tableless('name', { … }).
func (v *verifier) unwrap(e *emitted, c *literal.Const) (policy *literal.Value, kind string) {
	r, call := e.declared, c.Value
	if r.Table == nil {
		ok := call.Form == literal.Call && call.On.IsName("tableless") && comes(e.file, e.module, "tableless", "src/lib/tableless.ts", "tableless") &&
			len(call.Items) == 2 && call.Items[0].Form == literal.Str && call.Items[1].Form == literal.Object
		if !ok {
			return nil, "tableless"
		}
		return call.Items[1], ""
	}
	kind = "resource"
	if r.Internal {
		kind = "internal"
	}
	ok := call.Form == literal.Call && call.Member == "" && call.On.Form == literal.Call && call.On.On.IsName(kind) && len(call.On.Items) == 1 &&
		comes(e.file, e.module, kind, "src/lib/resource.ts", kind) && len(call.Items) == 1 && call.Items[0].Form == literal.Object
	if !ok {
		return nil, kind
	}
	table := call.On.Items[0]
	if table.Form != literal.Path || len(table.Path) != 1 || !v.isTable(e.file, e.module, table.Path[0], r) {
		v.violate(broken{rule: FirewallScope, resource: r, subject: "table", file: e.file, at: spanOf(table), declared: r.Table.Name, emitted: table.Dotted(),
			message: "The policy is not bound to the emitted table " + r.Table.Name + "."})
	}
	return call.Items[0], kind
}

// wrongImport is the import of the function that makes a policy when it is not the library's.
func (v *verifier) wrongImport(e *emitted, kind string, otherwise span) span {
	file := text.Path("src/lib/resource.ts")
	if kind == "tableless" {
		file = "src/lib/tableless.ts"
	}
	if comes(e.file, e.module, kind, file, kind) {
		return otherwise
	}
	return importAt(e.module, kind, otherwise)
}

// isTable says whether a local name is the emitted table of a resource.
func (v *verifier) isTable(file text.Path, m *literal.Module, local string, r *model.Resource) bool {
	from, name := imported(file, m, local)
	if from != schemaOf(r) {
		return false
	}
	schema := v.other(from)
	if schema == nil {
		return false // reported where schemas are read
	}
	c := schema.Const(name)
	return c != nil && c.Value.Form == literal.Call && len(c.Value.Items) > 0 && c.Value.Items[0].Str == r.Table.Name
}

func schemaOf(r *model.Resource) text.Path {
	return text.Path("src/features/" + r.Feature + "/schema.ts")
}

// code compares the author's functions that a policy refers to with the places where the definition has them.
func (v *verifier) code(e *emitted) {
	r := e.declared
	want := map[string][]string{}
	for _, op := range r.Operations {
		if op.Access != nil && op.Access.Kind == model.AccessFunc {
			path := []string{"crud", string(op.Op)}
			if op.Source != nil && len(op.Source.Path) > 0 {
				path = op.Source.Path
			}
			want["operations."+string(op.Op)] = slices.Concat([]string{"policy"}, path, []string{"access"})
		}
	}
	for _, w := range r.Views {
		if w.Access != nil && w.Access.Kind == model.AccessFunc {
			path := []string{"views", w.Name}
			if w.Source != nil && len(w.Source.Path) > 0 {
				path = w.Source.Path
			}
			want["views."+w.Name] = slices.Concat([]string{"policy"}, path, []string{"access"})
		}
	}
	for _, m := range r.Masks {
		if m.Type == "custom" {
			want["masks."+m.Column] = []string{"policy", "masking", m.Column, "mask"}
		}
	}
	for where, value := range e.policy.code {
		if path, ok := want[where]; ok && v.refers(e.file, e.module, value, r.File, path) {
			continue
		}
		if name, ok := cutAction(where); ok && v.actionAccess(e, name, value) {
			continue
		}
		v.violate(broken{rule: RoundTrip, resource: r, subject: where, file: e.file, at: spanOf(value), declared: "the author's function at that place", emitted: value.Dotted(),
			message: "The policy calls another function than the definition."})
	}
}

func cutAction(where string) (string, bool) {
	const prefix = "actions."
	if len(where) > len(prefix) && where[:len(prefix)] == prefix {
		return where[len(prefix):], true
	}
	return "", false
}

func (v *verifier) actionAccess(e *emitted, name string, value *literal.Value) bool {
	a := e.declared.Action(name)
	if a == nil || a.Access == nil || a.Access.Kind != model.AccessFunc || len(value.Path) < 2 {
		return false
	}
	key := "access"
	if a.Source != nil && a.Source.AccessKey != "" {
		key = a.Source.AccessKey
	}
	file, path := actionPath(e.declared, a)
	return v.refers(e.file, e.module, value, file, append(path, key))
}

// refers says whether a value is the given path into the default export of a linked module.
func (v *verifier) refers(file text.Path, m *literal.Module, value *literal.Value, source text.Path, path []string) bool {
	if value == nil || value.Form != literal.Path {
		return false
	}
	return comes(file, m, value.Path[0], v.linkedPath(source), "default") && slices.Equal(value.Path[1:], path)
}
