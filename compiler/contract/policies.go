package contract

import (
	"slices"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/contract/literal"
	"github.com/qbls/qbls/diagnostics/text"
)

// policies rebuilds the policy of every resource and compares it with the declared one.
func (v *verifier) policies() {
	for _, r := range v.Project.Resources {
		e := v.resources[r.ID]
		if r.Table == nil { // its actions are not listed in the app: only routes lead to them
			e = &emitted{declared: r, file: text.Path("src/features/" + r.Feature + "/" + stemOf(r) + ".resource.ts")}
			v.resources[r.ID] = e
		}
		if e != nil {
			e.module = v.read(e.file, RoundTrip, r)
		}
	}
	targets := v.names()
	for _, r := range v.Project.Resources {
		e := v.resources[r.ID]
		if e == nil || e.module == nil {
			continue
		}
		v.rebuild(e, targets)
		if e.policy != nil {
			v.compare(e)
			v.code(e)
		}
	}
}

// names are the SQL names of tables by the names of their policies.
func (v *verifier) names() map[string]string {
	out := map[string]string{}
	for _, r := range v.Project.Resources {
		e := v.resources[r.ID]
		if e == nil || e.module == nil || r.Table == nil {
			if r.Table != nil && out[stemOf(r)] == "" { // reported already: others may refer to it
				out[stemOf(r)] = r.Table.Name
			}
			continue
		}
		for _, c := range e.module.Consts {
			if len(c.Value.Items) == 2 {
				if name := c.Value.Items[1].Get("name"); name != nil && name.Form == literal.Str {
					if _, taken := out[name.Str]; taken {
						v.violate(broken{rule: RoundTrip, resource: r, subject: "name", file: e.file, at: spanOf(name), declared: "a name of its own", emitted: name.Str, message: "Two policies have the name " + name.Str + "."})
					}
					out[name.Str] = r.Table.Name
				}
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
		v.violate(broken{rule: RoundTrip, resource: r, subject: e.name, file: e.file, at: v.wrongImport(e, kind, span{c.Start, c.End}), declared: kind + " of the library, with the emitted table and a literal", emitted: short(v.files[e.file][c.Start:c.End]),
			message: "This is no policy of the library."})
		return
	}
	e.span = spanOf(policy)
	if r.Table == nil {
		e.policy = &rebuilt{resource: &model.Resource{Segment: r.Segment, Firewall: model.Firewall{Exception: true}}, serving: newServing(), literal: policy, code: map[string]*literal.Value{}, targets: targets}
		e.policy.actions(policy)
	} else {
		e.policy = rebuild(policy, r.Internal, targets)
		e.policy.resource.Table = r.Table // the columns were compared by tables
	}
	if name := e.policy.resource.Segment; r.Table != nil && name != r.Segment && name != stemOf(r) && name != r.Feature+"/"+stemOf(r) {
		v.violate(broken{rule: RoundTrip, resource: r, subject: "name", file: e.file, at: v.nearest(policy, r, []string{"serving", "name"}), declared: r.Segment, emitted: name, message: "The policy has another name than its resource."})
	}
	e.policy.resource.ID = r.ID
	for _, b := range e.policy.bad {
		at := spanOf(b.at)
		if b.at == nil {
			at = e.span
		}
		v.violate(broken{rule: RoundTrip, resource: r, subject: "policy", file: e.file, at: at, declared: "a form that qbls emits", emitted: short(v.files[e.file][at.start:at.end]),
			message: "The policy cannot be read with certainty: " + b.what + "."})
	}
}

// unwrap returns the literal of resource<Row>()(table, { … }), internal<Row>()(table, { … }) or tableless('name', { … }).
func (v *verifier) unwrap(e *emitted, c *literal.Const) (policy *literal.Value, kind string) {
	r, call := e.declared, c.Value
	if r.Table == nil {
		ok := call.Form == literal.Call && call.On.IsName("tableless") && comes(e.file, e.module, "tableless", "src/lib/action.ts", "tableless") &&
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
	ok := call.Form == literal.Call && call.Member == "" && call.On.Form == literal.Call && call.On.On.IsName(kind) && len(call.On.Items) == 0 &&
		comes(e.file, e.module, kind, "src/lib/resource.ts", kind) && len(call.Items) == 2 && call.Items[1].Form == literal.Object
	if !ok {
		return nil, kind
	}
	table := call.Items[0]
	if table.Form != literal.Path || len(table.Path) != 1 || !v.isTable(e.file, e.module, table.Path[0], r) {
		v.violate(broken{rule: FirewallScope, resource: r, subject: "table", file: e.file, at: spanOf(table), declared: r.Table.Name, emitted: table.Dotted(),
			message: "The policy is not bound to the emitted table " + r.Table.Name + "."})
	}
	return call.Items[1], kind
}

// wrongImport is the import of the function that makes a policy when it is not the library's.
func (v *verifier) wrongImport(e *emitted, kind string, otherwise span) span {
	file := text.Path("src/lib/resource.ts")
	if kind == "tableless" {
		file = "src/lib/action.ts"
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
	schema, err := literal.Read(v.files[from])
	if err != nil {
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
