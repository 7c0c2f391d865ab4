package query_test

import (
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis/query"
	"github.com/qbls/qbls/diagnostics/text"
)

const policed = table + `export default defineTable(jobs, {
  firewall: { organization: {} },
  guards: { createable: ['title', 'contactEmail'], updatable: ['title'], protected: { state: ['publish'] } },
  masking: { contactEmail: { type: 'email', show: { roles: ['recruiter'], or: 'owner' } } },
  crud: {
    list: { access: { or: [{ roles: ['recruiter+'] }, { roles: ['interviewer'], record: { state: { equals: 'open' } } }] } },
    create: { access: { roles: ['recruiter'] } },
    update: { access: { roles: ['recruiter'], record: { createdBy: { equals: '$ctx.userId' } } } },
  },
  views: { board: { fields: ['id', 'title'], access: { roles: ['AUTHENTICATED'] } } },
});
`

func TestHover(t *testing.T) {
	for _, c := range []struct {
		name string
		file string
		mark string // text in the file with the cursor in it
		want []string
		not  string
	}{
		{name: "a column where it is declared", mark: "¦contactEmail: text", want: []string{"**jobs**.contactEmail", "may be null", "Read by `recruiter`; `interviewer`, `owner` (own rows; masked otherwise)", "Set on create by `recruiter`", "Not set by update: the column is not updatable", "Masked as `email`, except for `recruiter` and the row's owner (`createdBy`)"}},
		{name: "a column in a string", mark: "updatable: ['ti¦tle']", want: []string{"**jobs**.title", "required", "Set on update by `recruiter` (some rows)"}, not: "Masked"},
		{name: "a protected column", mark: "protected: { st¦ate", want: []string{"draft | open | closed", "Changed by the actions `publish`"}},
		{name: "the firewall", mark: "fire¦wall:", want: []string{"deletedAt IS NULL", "organizationId = ctx.activeOrgId"}},
		{name: "inside the firewall", mark: "organi¦zation: {}", want: []string{"organizationId = ctx.activeOrgId"}},
		{name: "a role", mark: "roles: ['inter¦viewer']", want: []string{"`interviewer < recruiter < owner`", "`jobs`: list (some rows), view board"}, not: "create"},
		{name: "a role with those above it", mark: "['recru¦iter+']", want: []string{"create", "update (some rows)"}},
		{name: "an action where it protects", mark: "['publ¦ish']", want: []string{"`POST /api/v1/jobs/:id/publish`", "Show a job to candidates", "`note?: string`", "`until: string`", "Called by `recruiter`"}},
		{name: "an action where it is defined", file: actionsFile, mark: "publ¦ish: {", want: []string{"POST /api/v1/jobs/:id/publish"}},
		{name: "a view", mark: "boa¦rd: {", want: []string{"`GET /api/v1/jobs/views/board`", "`id`, `title`"}},
		{name: "the table", mark: "defineTable(jo¦bs", want: []string{"/api/v1/jobs", "organizationId = ctx.activeOrgId"}},
		{name: "a key", mark: "create¦able:", want: []string{"may set on create"}},
		{name: "a key deep inside", mark: "acce¦ss: { roles: ['recruiter'] } },", want: []string{"Who may do this"}},
		{name: "a key of an action", file: actionsFile, mark: "exec¦ute:", want: []string{"The function"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{jobsFile: policed, actionsFile: actions}
			file := c.file
			if file == "" {
				file = jobsFile
			}
			part, within := cut(t, c.mark)
			at := strings.Index(files[file], part)
			if at < 0 {
				t.Fatalf("%q is not there", part)
			}
			h, ok := query.HoverAt(project(t, files), text.Path(file), at+within)
			if !ok {
				t.Fatal("nothing is said")
			}
			for _, w := range c.want {
				if !strings.Contains(h.Markdown, w) {
					t.Errorf("%q is missing in\n%s", w, h.Markdown)
				}
			}
			if c.not != "" && strings.Contains(h.Markdown, c.not) {
				t.Errorf("%q is said in\n%s", c.not, h.Markdown)
			}
			if int(h.Span.Start) > at+within || int(h.Span.End) < at+within {
				t.Errorf("span %v does not hold the cursor at %d", h.Span, at+within)
			}
		})
	}
}

func TestHoverIsSilentWhereTypeScriptSpeaks(t *testing.T) {
	for _, mark := range []string{"import { sqlite¦Table", "text('ti¦tle').notNull"} {
		part, within := cut(t, mark)
		at := strings.Index(policed, part)
		if h, ok := query.HoverAt(project(t, map[string]string{jobsFile: policed}), jobsFile, at+within); ok {
			t.Errorf("%s: %s", mark, h.Markdown)
		}
	}
}
