package query_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis/query"
	"github.com/qbls/qbls/diagnostics/text"
)

// Each case is asked twice: with the file as it stands, and with everything behind the cursor not typed yet. The second is
// what a file looks like when somebody writes it from top to bottom.
var completions = []struct {
	name   string
	file   string // jobsFile when empty
	typed  string // below the table
	all    string // exactly these, in this order
	offers string // at least these
	omits  string
}{
	{name: "createable", typed: `export default defineTable(jobs, { guards: { createable: ['¦'] } });`, all: "title state contactEmail remote"},
	{name: "present elements are left out", typed: `export default defineTable(jobs, { guards: { updatable: ['title', '¦'] } });`, all: "state contactEmail remote"},
	{name: "without a quote", typed: `export default defineTable(jobs, { guards: { immutable: [¦] } });`, all: "title state contactEmail remote"},
	{name: "half a word", typed: `export default defineTable(jobs, { guards: { createable: ["ti¦"] } });`, offers: "title state"},
	{name: "protected fields", typed: `export default defineTable(jobs, { guards: { protected: { ¦ } } });`, all: "title state contactEmail remote"},
	{name: "what is protected is not createable", typed: `export default defineTable(jobs, { guards: { protected: { state: ['publish'] }, immutable: ['title'], createable: ['¦'] } });`, all: "title contactEmail remote"},
	{name: "what is immutable or protected is not updatable", typed: `export default defineTable(jobs, { guards: { protected: ['state'], immutable: ['title'], updatable: ['¦'] } });`, all: "contactEmail remote"},
	{name: "what is updatable is not immutable", typed: `export default defineTable(jobs, { guards: { updatable: ['title'], immutable: ['¦'] } });`, all: "state contactEmail remote"},
	{name: "what clients write is not protected", typed: `export default defineTable(jobs, { guards: { createable: ['title'], updatable: ['remote'], protected: { ¦ } } });`, all: "state contactEmail"},
	{name: "lists of a constant", typed: "const fixed = ['title'] as const;\nexport default defineTable(jobs, { guards: { immutable: [...fixed, 'remote'], updatable: ['¦'] } });", all: "state contactEmail"},
	{name: "columns that guard themselves", file: featureFile, typed: `guards: { createable: ['price'], updatable: ['¦'] } });`, all: "name"},
	{name: "actions of a protected field", typed: `export default defineTable(jobs, { guards: { protected: { state: ['¦'] } } });`, all: "publish"},
	{name: "masking puts sensitive names first", typed: `export default defineTable(jobs, { masking: { ¦ } });`, offers: "contactEmail title createdBy"},
	{name: "mask types", typed: `export default defineTable(jobs, { masking: { contactEmail: { type: '¦' } } });`, all: "email phone ssn creditCard name redact custom"},
	{name: "who sees it", typed: `export default defineTable(jobs, { masking: { contactEmail: { type: 'email', show: { roles: ['¦'] } } } });`, offers: "recruiter owner everyone", omits: "PUBLIC"},
	{name: "or owner", typed: `export default defineTable(jobs, { masking: { contactEmail: { type: 'email', show: { or: '¦' } } } });`, all: "owner"},
	{name: "roles", typed: `export default defineTable(jobs, { crud: { list: { access: { roles: ['¦'] } } } });`, offers: "interviewer recruiter owner interviewer+ recruiter+ AUTHENTICATED PUBLIC", omits: "everyone owner+"},
	{name: "roles deep inside", typed: `export default defineTable(jobs, { crud: { list: { access: { or: [{ and: [{ roles: ["¦"] }] }] } } } });`, offers: "recruiter"},
	{name: "keys of access", typed: `export default defineTable(jobs, { crud: { list: { access: { ¦ } } } });`, all: "roles userRole record or and"},
	{name: "present keys are left out", typed: `export default defineTable(jobs, { crud: { list: { access: { roles: ['owner'], ¦ } } } });`, all: "userRole record or and"},
	{name: "record fields", typed: `export default defineTable(jobs, { crud: { list: { access: { record: { ¦ } } } } });`, offers: "title state createdBy"},
	{name: "operators", typed: `export default defineTable(jobs, { crud: { list: { access: { record: { state: { ¦ } } } } } });`, all: "equals notEquals in notIn isNull"},
	{name: "enum values and context", typed: `export default defineTable(jobs, { crud: { list: { access: { record: { state: { equals: '¦' } } } } } });`, offers: "draft open closed $ctx.userId $ctx.activeOrgId", omits: "true"},
	{name: "enum values in a list", typed: `export default defineTable(jobs, { crud: { list: { access: { record: { state: { in: ['draft', '¦'] } } } } } });`, offers: "open closed", omits: "draft"},
	{name: "booleans", typed: `export default defineTable(jobs, { crud: { list: { access: { record: { remote: ¦ } } } } });`, all: "true false $ctx.isAnonymous"},
	{name: "operations", typed: `export default defineTable(jobs, { crud: { list: {}, ¦ } });`, all: "get create update delete put batchCreate batchUpdate batchDelete batchUpsert"},
	{name: "keys of an operation", typed: `export default defineTable(jobs, { crud: { delete: { ¦ } } });`, all: "access mode"},
	{name: "fields of an operation", typed: `export default defineTable(jobs, { crud: { list: { fields: ['¦'] } } });`, offers: "id title createdAt"},
	{name: "fields of a view", typed: `export default defineTable(jobs, { views: { board: { fields: ['id', "¦"] } } });`, offers: "title createdAt", omits: "id"},
	{name: "keys of a view", typed: `export default defineTable(jobs, { views: { board: { ¦ } } });`, all: "fields access query"},
	{name: "keys of the resource", typed: `export default defineTable(jobs, { crud: {}, ¦ });`, offers: "firewall guards masking views references", omits: "crud"},
	{name: "scopes", typed: `export default defineTable(jobs, { firewall: { ¦ } });`, all: "organization owner team softDelete exception errorMode"},
	{name: "field of a predicate", typed: `export default defineTable(jobs, { firewall: [{ field: '¦' }] });`, offers: "organizationId state"},
	{name: "context of a predicate", typed: `export default defineTable(jobs, { firewall: [{ field: 'organizationId', equals: '¦' }] });`, offers: "ctx.activeOrgId"},
	{name: "displayColumn", typed: `export default defineTable(jobs, { displayColumn: '¦' });`, offers: "title"},
	{name: "defaultSort", typed: `export default defineTable(jobs, { defaultSort: { field: '¦' } });`, offers: "title createdAt"},
	{name: "order", typed: `export default defineTable(jobs, { defaultSort: { field: 'title', order: '¦' } });`, all: "asc desc"},
	{name: "references", typed: `export default defineTable(jobs, { references: { title: '¦' } });`, offers: "jobs"},
	{name: "unique", typed: `export default defineTable(jobs, { unique: [{ columns: ['¦'] }] });`, offers: "organizationId title"},
	{name: "validation", typed: `export default defineTable(jobs, { validation: { title: { ¦ } } });`, offers: "minLength pattern"},
	{name: "input hints", typed: `export default defineTable(jobs, { inputHints: { title: '¦' } });`, offers: "textarea lookup"},
	{name: "columns of a feature", file: featureFile, typed: `guards: { createable: ['¦'] } });`, all: "name price"},
	{name: "fields of a feature's view", file: featureFile, typed: `read: { views: { small: { fields: ['id', '¦'] } } } });`, offers: "name price createdAt"},
	{name: "masks of a feature", file: featureFile, typed: `masking: { ¦ } });`, offers: "name price"},
	{name: "conditions of a feature's action", file: featureFile, typed: `actions: { go: { description: 'Go', access: { record: { ¦ } } } } });`, offers: "name price"},
	{name: "state of a feature's transition", file: featureFile, typed: `actions: { go: { transition: { field: '¦' } } } });`, offers: "name"},
	{name: "keys of an action", file: actionsFile, typed: `export default defineActions(jobs, { publish: { ¦ } });`, offers: "description input access execute handler standalone"},
	{name: "record fields of an action", file: actionsFile, typed: `export default defineActions(jobs, { publish: { access: { record: { state: '¦' } } } });`, offers: "draft open closed"},
	{name: "handlers on the disk", file: actionsFile, typed: `export default defineActions(jobs, { report: { handler: '¦' } });`, all: "./handlers/report"},
	{name: "states", file: actionsFile, typed: `export default defineActions(jobs, { publish: { transition: { field: 'state', fromTo: { draft: ['¦'] } } } });`, all: "draft open closed"},
	{name: "inside another call nothing is ours", file: actionsFile, typed: `export default defineActions(jobs, { publish: { input: z.object({ ¦ }) } });`, all: ""},
	{name: "a body is TypeScript's", file: actionsFile, typed: `export default defineActions(jobs, { publish: { execute: async ({ db }) => { db.¦ } } });`, all: ""},
	{name: "config", file: configFile, typed: `export default defineConfig({ ¦ });`, offers: "name features auth providers build"},
	{name: "runtime", file: configFile, typed: `export default defineConfig({ providers: { runtime: defineRuntime('¦') } });`, all: "bun cloudflare node"},
	{name: "hierarchy", file: configFile, typed: `export default defineConfig({ auth: { roleHierarchy: ['¦'] } });`, offers: "recruiter owner"},
	{name: "operators of a text", typed: `export default defineTable(jobs, { crud: { list: { access: { record: { title: { ¦ } } } } } });`, all: "equals notEquals in notIn lessThan lessThanOrEqual greaterThan greaterThanOrEqual isNull"},
	{name: "operators of a boolean", typed: `export default defineTable(jobs, { crud: { list: { access: { record: { remote: { ¦ } } } } } });`, all: "equals notEquals in notIn isNull"},
	{name: "view names", typed: `export default defineTable(jobs, { read: { views: { board: { fields: ['id'] } }, defaultView: '¦' } });`, offers: "board"},
	{name: "the table", typed: `export default defineTable(¦, { });`, offers: "jobs"},
	{name: "outside of everything", typed: `const other = '¦';`, all: ""},
}

func above(file string) string {
	switch file {
	case featureFile:
		return "import { feature, q } from '@quickback/compiler';\n\nexport default feature('parts', {\n  columns: { id: q.id(), name: q.enum(['a', 'b']).required(), price: q.int().optional().immutable(), organizationId: q.scope('organization') },\n  "
	case actionsFile:
		return "import { defineActions } from '@quickback/compiler';\nimport { z } from 'zod';\nimport { jobs } from './jobs';\n\n"
	case configFile:
		return "import { defineConfig, defineRuntime } from '@quickback/compiler';\n"
	}
	return table
}

func TestComplete(t *testing.T) {
	for _, c := range completions {
		file := c.file
		if file == "" {
			file = jobsFile
		}
		whole, offset := cut(t, above(file)+c.typed+"\n")
		for version, content := range map[string]string{"": whole, ", cut off": whole[:offset]} {
			t.Run(c.name+version, func(t *testing.T) {
				got := labels(query.Complete(project(t, map[string]string{file: content}), text.Path(file), offset))
				if c.offers == "" && c.omits == "" && !slices.Equal(got, strings.Fields(c.all)) {
					t.Errorf("got  %v\nwant %v", got, strings.Fields(c.all))
				}
				if !contains(got, strings.Fields(c.offers)) {
					t.Errorf("got  %v\nwant %s among them", got, c.offers)
				}
				for _, w := range strings.Fields(c.omits) {
					if slices.Contains(got, w) {
						t.Errorf("%s is offered: %v", w, got)
					}
				}
			})
		}
	}
}

func TestSensitiveColumnsComeFirst(t *testing.T) {
	content, offset := cut(t, table+`export default defineTable(jobs, { masking: { ¦ } });`)
	got := labels(query.Complete(project(t, map[string]string{jobsFile: content}), jobsFile, offset))
	if len(got) == 0 || got[0] != "contactEmail" {
		t.Errorf("got %v", got)
	}
}

// TestAccepting applies an item: what stands there afterwards is what somebody would have typed.
func TestAccepting(t *testing.T) {
	for _, c := range []struct{ name, typed, label, want string }{
		{"inside quotes", `createable: ['ti¦']`, "title", `createable: ['title']`},
		{"without quotes", `createable: [¦]`, "title", `createable: ['title']`},
		{"an open quote", `createable: ['ti¦`, "title", `createable: ['title`},
		{"a key", `crea¦`, "createable", `createable: `},
		{"a key that has a value", `crea¦: []`, "createable", `createable: []`},
		{"a key in quotes", `protected: { 'st¦': ['publish'] }`, "state", `protected: { 'state': ['publish'] }`},
	} {
		t.Run(c.name, func(t *testing.T) {
			content, offset := cut(t, table+"export default defineTable(jobs, { guards: { "+c.typed+" } });")
			for _, it := range query.Complete(project(t, map[string]string{jobsFile: content}), jobsFile, offset) {
				if it.Label != c.label {
					continue
				}
				got, err := text.Apply(content, []text.Edit{{Span: it.Replace, New: it.Insert}})
				if err != nil {
					t.Fatal(err)
				}
				if want := table + "export default defineTable(jobs, { guards: { " + c.want + " } });"; got != want {
					t.Errorf("got  %s\nwant %s", got[len(table):], want[len(table):])
				}
				return
			}
			t.Errorf("%s is not offered", c.label)
		})
	}
}

// TestEveryOffsetAnswers asks at every offset of every prefix that typing goes through.
func TestEveryOffsetAnswers(t *testing.T) {
	whole := table + `export default defineTable(jobs, { guards: { createable: ['title'] }, crud: { list: { access: { roles: ['owner'] } } } });`
	for n := len(table); n <= len(whole); n++ {
		s := project(t, map[string]string{jobsFile: whole[:n]})
		query.Complete(s, jobsFile, n)
		query.HoverAt(s, jobsFile, n)
		query.HoverAt(s, jobsFile, n/2)
	}
}

func TestAnAcceptedTableIsImported(t *testing.T) {
	content, offset := cut(t, "import { defineActions } from '@quickback/compiler';\n\nexport default defineActions(¦, {});\n")
	for _, it := range query.Complete(project(t, map[string]string{actionsFile: content}), actionsFile, offset) {
		if it.Label == "jobs" {
			got, err := text.Apply(content, append(it.More, text.Edit{Span: it.Replace, New: it.Insert}))
			if want := "import { defineActions } from '@quickback/compiler';\nimport { jobs } from './jobs';\n\nexport default defineActions(jobs, {});\n"; err != nil || got != want {
				t.Errorf("got %s, %v", got, err)
			}
			return
		}
	}
	t.Error("the table is not offered")
}

func TestLongListsAreShortened(t *testing.T) {
	var items []query.Item
	for i := range 300 {
		items = append(items, query.Item{Label: fmt.Sprintf("column%d", i)})
	}
	got, complete := query.Shorten(items, "")
	if len(got) != query.MaxItems || complete {
		t.Errorf("%d items, complete %v", len(got), complete)
	}
	got, _ = query.Shorten(items, "column29")
	for i, it := range got {
		if begins := strings.HasPrefix(it.Label, "column29"); begins != (i < 11) {
			t.Errorf("%d is %s", i, it.Label)
		}
	}
	if got, complete = query.Shorten(items[:100], "x"); len(got) != 100 || !complete {
		t.Errorf("a short list is cut to %d", len(got))
	}
}

func TestDescribe(t *testing.T) {
	content, offset := cut(t, strings.Replace(policed, "createable: ['title'", "createable: ['¦title'", 1))
	s := project(t, map[string]string{jobsFile: content})
	for _, c := range []struct {
		kind  query.Kind
		label string
		want  string
	}{
		{query.Column, "contactEmail", "Masked as `email`"}, {query.Role, "recruiter+", "create"}, {query.Property, "firewall", "WHERE"},
		{query.View, "board", "/views/board"}, {query.Table, "jobs", "Served at"}, {query.Value, "open", ""},
	} {
		if got := query.Describe(s, jobsFile, offset, c.kind, c.label); !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: %s", c.label, got)
		}
	}
}
