package lsp_test

import (
	"maps"
	"strings"
	"testing"

	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/analysis/query"
	"github.com/qbls/qbls/lsp/lsptest"
)

const thingFile = "quickback/features/things/things.ts"

// things is a small project: a table with a sensitive column, and mistakes where a policy is put in.
func things(t *testing.T, policy string) map[string]string {
	t.Helper()
	return map[string]string{
		configFile: sample(t)[configFile],
		thingFile: `import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const things = sqliteTable('things', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  label: text('label'),
  workEmail: text('work_email'),
});

export default defineTable(things, {
` + policy + `
});
`}
}

const fair = `  firewall: { organization: {} },
  guards: { createable: ['label'], updatable: ['label'] },
  masking: { workEmail: { type: 'email', show: { or: 'owner' } } },
  crud: { list: { access: { roles: ['owner', 'recruiter'] } }, create: { access: { roles: ['recruiter', 'owner'] } }, update: { access: { roles: ['owner', 'recruiter'] } } },`

// TestCodeActions does each action in an editor and looks at what it leaves.
func TestCodeActions(t *testing.T) {
	unmasked := strings.Replace(fair, "  masking: { workEmail: { type: 'email', show: { or: 'owner' } } },\n", "", 1)
	for _, c := range []struct {
		name, policy, at, title string
		only                    protocol.CodeActionKind
		wants                   []string // in what is left, per file "file: text"
		codes                   string   // of what is found afterwards
	}{
		{name: "one fix of a code for the file", policy: strings.Replace(fair, "createable: ['label'], updatable: ['label']", "createable: ['lable'], updatable: ['lable']", 1), at: "'lable'], up", title: "Fix all QB5001 in this file (2)",
			wants: []string{"createable: ['label'], updatable: ['label']"}},
		{name: "everything safe", policy: strings.Replace(strings.Replace(fair, "guards:", "gaurds:", 1), "crud:", "curd:", 1), at: "gaurds", title: "Fix all", only: query.FixAll,
			wants: []string{"  guards:", "  crud:"}},
		{name: "a suppression waits for its reason", policy: unmasked, at: "workEmail: text", title: "Suppress QB6002",
			wants: []string{"  // qbls-ignore QB6002: say why\n  workEmail: text"}, codes: "QB1201 QB6002"},
		{name: "masks of sensitive columns", policy: unmasked, at: "firewall", title: "Write out the masks of all sensitive columns (1)",
			wants: []string{"masking: {\n    workEmail: { type: 'email', show: { or: 'owner' } },\n  }"}},
		{name: "the mask of a column that is reported", policy: unmasked, at: "workEmail: text", title: "Write out the mask of workEmail",
			wants: []string{"masking: {\n    workEmail: { type: 'email', show: { or: 'owner' } },\n  }"}},
		{name: "a list of roles for all", policy: fair, at: "'owner', 'rec", title: "Share this list of roles as ownerRecruiterRoles (2 places)",
			wants: []string{"const ownerRecruiterRoles = ['owner', 'recruiter'] as const;", "list: { access: { roles: ownerRecruiterRoles } }", "roles: ['recruiter', 'owner']", "update: { access: { roles: ownerRecruiterRoles } }"}},
		{name: "an action with a handler", policy: fair, at: "guards", title: "Add an action with a handler",
			wants: []string{"quickback/features/things/actions.ts: handler: './handlers/new-action'", "quickback/features/things/handlers/new-action.ts: export const execute"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := things(t, c.policy)
			e := start(t, files, lsptest.Options{Versioned: true})
			e.Open(thingFile)
			var only []protocol.CodeActionKind
			if c.only != "" {
				only = append(only, c.only)
			}
			changed := e.Act(thingFile, strings.Index(files[thingFile], c.at)+1, c.title, only...)
			if changed == nil {
				t.Fatal("it is not offered")
			}
			maps.Copy(files, changed)
			for _, want := range c.wants {
				file, part, other := strings.Cut(want, ".ts: ")
				if file += ".ts"; !other {
					file, part = thingFile, want
				}
				if !strings.Contains(files[file], part) {
					t.Errorf("%s is not in\n%s", part, files[file])
				}
			}
			var codes []string
			for _, f := range lsptest.FromWorkspace(t, files) {
				if strings.Contains("QB1201 QB5001 QB6002 QB1101", f.Code) || f.Severity == "error" {
					codes = append(codes, f.Code)
				}
			}
			if got := strings.Join(codes, " "); got != c.codes {
				t.Errorf("found afterwards: %s", got)
			}
			if c.codes == "" {
				actionTypes[c.name] = files
			}
			quit(t, e)
		})
	}
	for _, name := range []string{"a list of roles for all", "an action with a handler"} {
		if actionTypes[name] != nil {
			typeCheck(t, actionTypes[name])
		}
	}
}

// actionTypes are the projects that actions left, for the TypeScript compiler.
var actionTypes = map[string]map[string]string{}

func TestAnActionWhoseTextHasChangedIsNotResolved(t *testing.T) {
	policy := strings.Replace(fair, "createable: ['label'], updatable: ['label']", "createable: ['lable'], updatable: ['lable']", 1)
	e := start(t, things(t, policy), lsptest.Options{Versioned: true})
	e.Open(thingFile)
	at := e.Position(thingFile, strings.Index(e.Text(thingFile), "lable'")).Position
	list, err := e.Server.CodeAction(t.Context(), &protocol.CodeActionParams{
		TextDocument: e.Position(thingFile, 0).TextDocument, Range: protocol.Range{Start: at, End: at}, Context: protocol.CodeActionContext{Diagnostics: []protocol.Diagnostic{}},
	})
	if err != nil {
		t.Fatal(err)
	}
	heavy := 0
	e.Rewrite(thingFile, "")
	for _, a := range list {
		if action, ok := a.(*protocol.CodeAction); ok && action.Edit == nil {
			heavy++
			if _, err := e.Server.CodeActionResolve(t.Context(), action); err == nil || !strings.Contains(err.Error(), "changed") {
				t.Errorf("%s: %v", action.Title, err)
			}
		}
	}
	if heavy == 0 {
		t.Error("nothing waits to be resolved")
	}
	quit(t, e)
}
