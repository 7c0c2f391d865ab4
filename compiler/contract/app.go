package contract

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/contract/literal"
	"github.com/qbls/qbls/diagnostics/text"
)

const appFile text.Path = "src/app.ts"

// resolve is the file that a specifier of an emitted module means.
func resolve(from text.Path, module string) text.Path {
	if !strings.HasPrefix(module, ".") {
		return text.Path(module)
	}
	return text.Path(path.Join(path.Dir(string(from)), module))
}

// imported is the file and the name behind a local name of a module, "" when it is not imported.
func imported(from text.Path, m *literal.Module, local string) (text.Path, string) {
	module, name, ok := m.Imported(local)
	if !ok {
		return "", ""
	}
	return resolve(from, module), name
}

// comes says whether a local name is one name of one file.
func comes(from text.Path, m *literal.Module, local string, file text.Path, name string) bool {
	f, n := imported(from, m, local)
	return f == file && n == name
}

// importAt is the import of a local name, else another place.
func importAt(m *literal.Module, local string, otherwise span) span {
	for _, i := range m.Imports {
		if _, ok := i.Names[local]; ok {
			return span{i.Start, i.End}
		}
	}
	return otherwise
}

// app reads src/app.ts, which lists every policy and every operation, and the modules beside it.
func (v *verifier) app() {
	v.entries() // each time: authentication depends on policies of any resource
	v.schemas()
	listed := v.part(string(appFile), v.project()+v.sum(appFile)+v.frame(), func() any {
		v.lists()
		return v.resources
	}).(map[model.ID]*emitted)
	v.resources = make(map[model.ID]*emitted, len(v.Project.Resources))
	for id, e := range listed {
		v.resources[id] = &emitted{declared: v.Project.Resource(id), file: e.file, name: e.name}
	}
}

// frame is the part of a key for which resources there are, and for what they need of the app: all that lists compares with.
func (v *verifier) frame() string {
	var b strings.Builder
	for _, r := range v.Project.Resources {
		b.WriteString(string(r.ID) + "\x00" + r.Segment + "\x00")
		if r.Table != nil {
			b.WriteString(r.Table.Name + "\x00")
		}
	}
	fmt.Fprint(&b, v.audited(), v.unsafe(), needed(v.Project))
	return b.String()
}

// lists reads the list of policies and of operations.
func (v *verifier) lists() {
	m := v.read(appFile, Closure, nil)
	if m == nil {
		return
	}
	c := v.only(appFile, m, "app", Closure)
	if c == nil {
		return
	}
	call := c.Value
	if call.Form != literal.Call || !call.On.IsName("defineApp") || !comes(appFile, m, "defineApp", "src/lib/app.ts", "defineApp") || len(call.Items) != 1 || call.Items[0].Form != literal.Object {
		v.odd(appFile, spanOf(call), "app", "defineApp({ … }) of the library")
		return
	}
	o := call.Items[0]
	for _, p := range o.Props {
		ok := false
		switch p.Name {
		case "name":
			ok = p.Value.Form == literal.Str && p.Value.Str == v.Project.Config.Name
		case "auth":
			ok = p.Value.IsName("auth") && comes(appFile, m, "auth", "src/auth/index.ts", "auth")
		case "schema":
			ok = p.Value.IsName("schema") && comes(appFile, m, "schema", "src/db/schema.ts", "*")
		case "audit":
			ok = v.audited() && p.Value.IsName("auditTrail") && comes(appFile, m, "auditTrail", "src/lib/audit.ts", "auditTrail")
			if ok {
				v.prove(UnsafeAuditTrail, appFile, span{p.Start, p.End}, "app.audit")
			}
		case "raw":
			ok = v.unsafe() && p.Value.IsName("rawDatabases") && comes(appFile, m, "rawDatabases", "src/lib/raw.ts", "rawDatabases")
		case "resources":
			v.listed(m, p.Value)
			ok = true
		case "operations":
			v.answering(m, p.Value)
			ok = true
		}
		if !ok {
			at := span{p.Start, p.End}
			if p.Value.IsName(p.Name) {
				at = importAt(m, p.Name, at)
			}
			v.odd(appFile, at, "app."+p.Name, "what the definitions say of "+p.Name)
		}
	}
	for _, name := range []string{"auth", "schema", "resources", "operations"} {
		if o.Get(name) == nil {
			v.odd(appFile, spanOf(o), "app."+name, name)
		}
	}
	if v.audited() && o.Get("audit") == nil {
		v.violate(broken{rule: UnsafeAuditTrail, subject: "app.audit", file: appFile, at: spanOf(o), declared: "the audit trail of the library", emitted: "nothing",
			message: "Unsafe actions and what is open to the public leave no row of the audit trail."})
	}
	v.prove(Closure, appFile, spanOf(o), "resources and operations")
}

// only returns the one constant of a module that has nothing else to run, but for modules that it may load.
func (v *verifier) only(file text.Path, m *literal.Module, name string, rule ruleOf, loads ...text.Path) *literal.Const {
	for _, r := range m.Run {
		v.odd(file, spanOf(r), name, "no statement")
	}
	for _, r := range m.Reexports {
		v.odd(file, span{r.Start, r.End}, name, "no further export")
	}
	if m.Default != nil {
		v.odd(file, spanOf(m.Default), name, "no default export")
	}
	for i, c := range m.Consts {
		if c.Name != name && name != "" || i > 0 && name != "" {
			v.odd(file, span{c.Start, c.End}, name, "no further constant")
		}
	}
	v.sideEffects(file, m, loads...)
	if c := m.Const(name); c != nil || name == "" {
		return c
	}
	v.odd(file, span{}, name, "the constant "+name)
	return nil
}

// sideEffects refuses imports that only run a module, but for those that may be.
func (v *verifier) sideEffects(file text.Path, m *literal.Module, loads ...text.Path) {
	for _, i := range m.Imports {
		if len(i.Names)+len(i.Types) == 0 && !slices.Contains(loads, text.Path(resolve(file, i.Module))) {
			v.odd(file, span{i.Start, i.End}, "imports", "no module that is only run")
		}
	}
}

// odd is something in a module of the whole app that is not what belongs there.
func (v *verifier) odd(file text.Path, at span, subject, declared string) {
	src := v.text(file)
	said := ""
	if at.end <= len(src) && at.start < at.end {
		said = short(src[at.start:at.end])
	}
	v.violate(broken{rule: Closure, subject: subject, file: file, at: at, declared: declared, emitted: said, message: "Here belongs " + declared + "."})
}

func short(s string) string {
	if s = strings.Join(strings.Fields(s), " "); len(s) > 200 {
		return s[:200] + "…"
	}
	return s
}

// listed reads app.resources: every policy, once.
func (v *verifier) listed(m *literal.Module, list *literal.Value) {
	if list.Form != literal.List {
		v.odd(appFile, spanOf(list), "app.resources", "the list of policies")
		return
	}
	policies := make(map[text.Path]*model.Resource, len(v.Project.Resources))
	for _, r := range v.Project.Resources {
		policies[policyOf(r)] = r
	}
	from := origins(m)
	for _, item := range list.Items {
		file, name := text.Path(""), ""
		if item.Form == literal.Path && len(item.Path) == 1 {
			file, name = from(item.Path[0])
		}
		r := policies[file]
		if r == nil || name == "*" || v.resources[r.ID] != nil {
			v.odd(appFile, spanOf(item), "app.resources", "the policies of the declared tables, each once")
			continue
		}
		v.resources[r.ID] = &emitted{declared: r, file: file, name: name}
	}
	for _, r := range v.Project.Resources {
		if v.resources[r.ID] == nil {
			v.violate(broken{rule: Closure, resource: r, subject: "app.resources", file: appFile, at: spanOf(list), declared: string(r.ID), emitted: "nothing",
				message: "The policy of " + string(r.ID) + " is not listed in the app: it has no routes, and handlers would use its table without one."})
		}
	}
}

// policyOf is the module of a resource's policy.
func policyOf(r *model.Resource) text.Path {
	return text.Path("src/features/" + r.Feature + "/" + stemOf(r) + ".resource.ts")
}

// origins finds the file and the name behind local names of the app, as imported does; an app has thousands.
func origins(m *literal.Module) func(local string) (text.Path, string) {
	type origin struct {
		file text.Path
		name string
	}
	known := map[string]origin{}
	for _, i := range m.Imports {
		for local, name := range i.Names {
			if _, twice := known[local]; !twice {
				known[local] = origin{resolve(appFile, i.Module), name}
			}
		}
	}
	return func(local string) (text.Path, string) { return known[local].file, known[local].name }
}

// stemOf is the name of a resource's files: the segment, or the constant of a second table in one file.
func stemOf(r *model.Resource) string {
	if _, second, ok := strings.Cut(string(r.ID), "#"); ok {
		return second
	}
	return r.Segment
}
