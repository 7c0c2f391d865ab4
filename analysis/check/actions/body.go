// Package actions holds the rules about custom operations.
package actions

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
)

// Set are the rules of this package.
func Set() check.Set {
	return check.Set{
		File:     []check.FileRule{Body, NoDescription, NoAccess, RecordOnStandalone, NotSupported, NoReason, EmptyWords, UnknownValue, PathOnRecord},
		Resource: []check.ResourceRule{NoHandler, NoExecute, ProtectedWrite, RawSQL, UnknownState, NeverEntered, Patch, WritingGet, UnknownVia, NotImported, PastMasks},
		Project:  []check.ProjectRule{DuplicateRoute},
		Linked:   []check.LinkedRule{IdleHandler},
	}
}

// action is an example of an action with some keys.
func action(keys string) string {
	return check.ExampleActions(check.Example(""), "archive: {\n"+keys+"\n},")
}

const ordinary = "  description: 'Archives it',\n  access: { roles: ['admin'] },\n  execute: async () => ({}),"

// each calls f for the actions of a file.
func each(p *check.FilePass, f func(*definition.Action)) {
	if p.File.Actions == nil {
		return
	}
	for _, a := range p.File.Actions.Items {
		f(a)
	}
}

// Body: an action runs exactly one thing.
var Body = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB7001", Title: "Action without exactly one of execute and handler", Since: "0.1.0",
		Why: "Without a body there is nothing to run, and with two it is not known which one is meant.",
		Fix: "Write execute, or name a file as handler, not both.",
		Bad: action("  description: 'Archives it',\n  access: { roles: ['admin'] },"), Good: action(ordinary),
		Related: []diagnostics.Code{"QB7002"},
	},
	Run: func(p *check.FilePass, report check.Report) {
		each(p, func(a *definition.Action) {
			switch {
			case a.Execute == nil && !a.Handler.Present():
				report(diagnostics.Diagnostic{
					At: p.At(a.Name.At), Message: fmt.Sprintf("The action %s has nothing to run.", a.Name.Text),
					Help: "Add execute: async ({ db, record, input, ctx }) => { … }, or handler: './handlers/" + a.Name.Text + "'.", Key: p.Subject(a.Name.Text),
				})
			case a.Execute != nil && a.Handler.Present():
				report(diagnostics.Diagnostic{
					At: p.At(a.Handler.At), Message: fmt.Sprintf("The action %s has a handler and execute, and only one of them can run.", a.Name.Text),
					Help: "Remove one of them.", Key: p.Subject(a.Name.Text), Related: []diagnostics.Related{{At: p.At(*a.Execute), Message: "execute is written here"}},
				})
			}
		})
	},
}
