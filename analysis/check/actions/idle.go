package actions

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

const tidy = "tidy: {\n  description: 'Tidies up',\n  standalone: true,\n  access: { roles: ['admin'] },\n  handler: './handlers/tidy',\n},"

const tidyHandler = "import type { ActionExecutor } from '@quickback/compiler';\n\nexport const execute: ActionExecutor = async () => ({ tidy: true });\n"

// IdleHandler: a file in handlers/ that exports execute, and that no action and no other file uses.
var IdleHandler = check.LinkedRule{
	Doc: &diagnostics.Rule{
		Code: "QB7018", Title: "Handler that no action uses", Since: "0.1.0", Severity: diagnostics.Warning,
		Why:     "The code is written like an endpoint and can be called by nobody: an action that should use it is missing, or uses another one.",
		Fix:     "Name the file as handler of an action, or remove it.",
		Bad:     check.ExampleActions(check.Example(""), tidy) + "-- features/things/handlers/tidy.ts --\n" + tidyHandler + "-- features/things/handlers/sweep.ts --\n" + tidyHandler,
		Good:    check.ExampleActions(check.Example(""), tidy) + "-- features/things/handlers/tidy.ts --\n" + tidyHandler,
		Related: []diagnostics.Code{"QB7002", "QB7003"},
	},
	Run: func(p *check.LinkedPass, report check.Report) {
		idle := map[text.Path]*definition.File{}
		for name, f := range p.Files {
			if strings.Contains(string(name), "/handlers/") && executes(f) {
				idle[name] = f
			}
		}
		if len(idle) == 0 {
			return
		}
		for _, r := range p.Project.Resources {
			for _, a := range r.Actions {
				switch {
				case a.Handler != nil:
					delete(idle, a.Handler.Path)
				case a.Source.Handler.Present():
					return // a name that means no file may mean one of these
				}
			}
		}
		for _, f := range p.Files {
			if len(idle) == 0 {
				return
			}
			for _, i := range f.Imports {
				delete(idle, i.Target)
			}
			for _, e := range f.ReExports {
				delete(idle, e.Target)
			}
		}
		for name, f := range idle {
			i := slices.IndexFunc(f.Exports, func(n definition.Name) bool { return n.Text == "execute" })
			report(diagnostics.Diagnostic{
				At: f.Place(f.Exports[i].At), Message: fmt.Sprintf("No action uses the handler %s.", path.Base(string(name))),
				Help: "Write handler: './handlers/" + strings.TrimSuffix(path.Base(string(name)), ".ts") + "' in an action, or remove the file.", Key: string(name),
			})
		}
	},
}

func executes(f *definition.File) bool {
	return slices.ContainsFunc(f.Exports, func(n definition.Name) bool { return n.Text == "execute" })
}

// WritingGet: what visibly writes is called by GET.
var WritingGet = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB7019", Title: "GET action that writes", Since: "0.1.0", Severity: diagnostics.Warning,
		Why:  "Browsers, link previews and caches call GET by themselves and as often as they like, and a link on a foreign page calls it with the user's cookie.",
		Fix:  "Use POST, PATCH or DELETE.",
		Bad:  check.ExampleActions(check.Example(""), "rename: {\n  description: 'Renames it',\n  method: 'GET',\n  access: { roles: ['admin'] },\n  execute: async ({ db }) => db.update(things).set({ name: 'new' }),\n},"),
		Good: check.ExampleActions(check.Example(""), "rename: {\n  description: 'Renames it',\n  method: 'POST',\n  access: { roles: ['admin'] },\n  execute: async ({ db }) => db.update(things).set({ name: 'new' }),\n},"),
		CWE:  []int{352, 650},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		for _, a := range p.Resource.Actions {
			if a.Method != "GET" || len(a.Source.Writes) == 0 && a.Transition == nil && (a.Handler == nil || len(a.Handler.Writes) == 0) {
				continue
			}
			report(diagnostics.Diagnostic{
				At: p.At(a.Source.Method.At), Message: fmt.Sprintf("The action %s is called by GET and writes.", a.Name),
				Help: "Write method: 'POST'.", Key: p.Subject(a.Name, "method"), Fixes: []diagnostics.Fix{check.Replace("Call it by POST", p.At(a.Source.Method.At), "POST")},
			})
		}
	},
}

// UnknownVia: the state that a transition goes to comes from a key of the input.
var UnknownVia = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB7020", Title: "Transition whose next state nobody sends", Since: "0.1.0",
		Why:     "The next state is read from a key that the input does not have, so every call of the action is refused.",
		Fix:     "Add the key to the input, name the right one in via, or write to.",
		Bad:     sending("z.object({ state: z.enum(['sent']) })"),
		Good:    sending("z.object({ nextStatus: z.enum(['sent']) })"),
		Related: []diagnostics.Code{"QB7014", "QB7015"},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		for _, a := range p.Resource.Actions {
			t := a.Source.Transition
			if t == nil || len(t.FromTo) == 0 || a.Transition.Via == "" || t.Via.State == definition.Unknown || t.Via.State == definition.Invalid {
				continue
			}
			in := a.Source.Input
			if in != nil && (!in.Known || slices.ContainsFunc(in.Fields, func(f definition.InputField) bool { return f.Name.Text == a.Transition.Via })) {
				continue
			}
			at := t.At
			if t.Via.Present() {
				at = t.Via.At
			}
			report(diagnostics.Diagnostic{
				At: p.At(at), Message: fmt.Sprintf("The input of %s has no %q, which says where the record goes.", a.Name, a.Transition.Via),
				Help: fmt.Sprintf("Add %s to the input, or write to: '…' for a state that it always goes to.", a.Transition.Via), Key: p.Subject(a.Name, "via"),
			})
		}
	},
}

func sending(input string) string {
	return check.ExampleActions(
		check.Example("status: text('status', { enum: ['draft', 'sent'] }).notNull().default('draft'),", "guards: { createable: ['name'], updatable: ['name'], protected: { status: ['send'] } },"),
		"send: {\n  description: 'Sends it',\n  input: "+input+",\n  access: { roles: ['admin'] },\n  transition: { field: 'status', fromTo: { draft: ['sent'] } },\n  execute: async ({ db }) => db.update(things).set({ status: 'sent' }),\n},")
}
