package grant_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis/grant"
)

const (
	jobs         = "features/jobs/jobs.ts"
	jobActions   = "features/jobs/actions.ts"
	departments  = "features/jobs/departments.ts"
	candidates   = "features/candidates/candidates.ts"
	skills       = "features/candidates/candidate-skills.ts"
	applications = "features/applications/applications.ts"
	appActions   = "features/applications/actions.ts"
	notes        = "features/interview-notes/interview-notes.ts"
)

// labelled are edits of the sample, with what they do to people, as somebody said who read both versions. A class that is not named
// does not occur.
var labelled = []struct {
	name, file, old, replacement string
	classes                      []grant.Class
	says                         string // part of one sentence
}{
	{"a role gains delete", jobs, "delete: { access: { roles: ['owner'] } }", "delete: { access: { roles: ['owner', 'recruiter'] } }",
		[]grant.Class{grant.Widened}, "jobs: recruiter may now delete and batchDelete"},
	{"a role loses delete", candidates, "delete: { access: { roles: ['owner', 'hiring-manager'] }", "delete: { access: { roles: ['owner'] }",
		[]grant.Class{grant.Narrowed}, "candidates: hiring-manager may no longer"},
	{"a plus goes a step down", departments, "create: { access: { roles: ['hiring-manager+'] } }", "create: { access: { roles: ['recruiter+'] } }",
		[]grant.Class{grant.Widened}, "departments: recruiter may now create, batchCreate and write code and name by create"},
	{"a plus goes a step up", departments, "list: { access: { roles: ['interviewer+'] } }", "list: { access: { roles: ['recruiter+'] } }",
		[]grant.Class{grant.Narrowed}, "departments: interviewer may no longer list"},
	{"a plus is written out", skills, "update: { access: { roles: ['recruiter+'] } }", "update: { access: { roles: ['owner', 'recruiter', 'hiring-manager'] } }", nil, ""},
	{"a condition is dropped", jobs, "update: {\n      access: { roles: ['owner', 'hiring-manager'], record: { status: { notEquals: 'closed' } } },", "update: {\n      access: { roles: ['owner', 'hiring-manager'] },",
		[]grant.Class{grant.Widened}, "jobs: hiring-manager and owner may update, batchUpdate and write"},
	{"a condition is added", departments, "update: { access: { roles: ['hiring-manager+'] } }", "update: { access: { roles: ['hiring-manager+'], record: { code: { notEquals: 'HQ' } } } }",
		[]grant.Class{grant.Narrowed}, "update"},
	{"a condition allows one state more", applications, "{ record: { stage: { in: ['interview', 'offer'] } } }", "{ record: { stage: { in: ['interview', 'offer', 'hired'] } } }",
		[]grant.Class{grant.Widened}, "applications: interviewer may"},
	{"a condition allows one state less", applications, "{ record: { stage: { in: ['interview', 'offer'] } } }", "{ record: { stage: { in: ['offer'] } } }",
		[]grant.Class{grant.Narrowed}, "applications: interviewer may"},
	{"a condition names another state", jobs, "{ roles: ['interviewer'], record: { status: { equals: 'open' } } },\n        ],\n      },\n      pageSize", "{ roles: ['interviewer'], record: { status: { equals: 'closed' } } },\n        ],\n      },\n      pageSize",
		[]grant.Class{grant.Widened}, "status = 'closed'"},
	{"the tenant scope becomes an exception", jobs, "firewall: { organization: {} }", "firewall: { exception: true }",
		[]grant.Class{grant.Widened}, "is deletedAt IS NULL"},
	{"the owner scope is waived for one role more", notes, "roles: ['owner', 'hiring-manager'] },\n  },\n\n  guards", "roles: ['owner', 'hiring-manager', 'recruiter'] },\n  },\n\n  guards",
		[]grant.Class{grant.Widened}, "interview-notes: recruiter may"},
	{"the owner scope is required of all", notes, "owner: { mode: 'optional', roles: ['owner', 'hiring-manager'] }", "owner: {}",
		[]grant.Class{grant.Narrowed}, "interview-notes: hiring-manager and owner may"},
	{"a mask is removed", jobs, "    salaryMax: { type: 'redact', show: { roles: ['owner', 'hiring-manager'] } },\n", "",
		[]grant.Class{grant.Widened}, "jobs: recruiter may now see salaryMax unmasked"},
	{"a mask is added", applications, "  views: {", "  masking: { notes: { type: 'redact', show: { roles: ['owner'] } } },\n\n  views: {",
		[]grant.Class{grant.Narrowed}, "may no longer see notes unmasked"},
	{"a mask shows one role more", candidates, "ssn: { type: 'ssn', show: { roles: ['owner'], or: 'owner' } }", "ssn: { type: 'ssn', show: { roles: ['owner', 'recruiter'], or: 'owner' } }",
		[]grant.Class{grant.Widened}, "candidates: recruiter may see ssn unmasked more"},
	{"a mask no longer shows the owner", candidates, "ssn: { type: 'ssn', show: { roles: ['owner'], or: 'owner' } }", "ssn: { type: 'ssn', show: { roles: ['owner'] } }",
		[]grant.Class{grant.Narrowed}, "may no longer see ssn unmasked"},
	{"a mask shows more of the value", jobs, "salaryMin: { type: 'redact'", "salaryMin: { type: 'phone'",
		[]grant.Class{grant.Widened}, "jobs: interviewer and recruiter may see salaryMin masked more: was redact, is phone"},
	{"a mask shows nothing any more", candidates, "phone: { type: 'phone'", "phone: { type: 'redact'",
		[]grant.Class{grant.Narrowed}, "phone masked less: was phone, is redact"},
	{"a masked column can be filtered by", candidates, "phone: { type: 'phone', show: { roles: ['owner', 'hiring-manager', 'recruiter'] } }", "phone: { type: 'phone', show: { roles: ['owner', 'hiring-manager', 'recruiter'] }, query: { roles: ['interviewer'] } }",
		[]grant.Class{grant.Widened}, "candidates: interviewer may now filter by phone although masked"},
	{"a field becomes writable", applications, "updatable: ['notes', 'referredById'],\n    immutable: ['jobId', 'candidateId']", "updatable: ['notes', 'referredById', 'jobId'],\n    immutable: ['candidateId']",
		[]grant.Class{grant.Widened}, "may now write jobId by update"},
	{"a field is no longer writable", skills, "updatable: ['level', 'years']", "updatable: ['level']",
		[]grant.Class{grant.Narrowed}, "may no longer write years by update"},
	{"an action may write a protected field more", applications, "rejectionReason: ['reject']", "rejectionReason: ['reject', 'advance-stage']",
		[]grant.Class{grant.Widened}, "may now write rejectionReason by advance-stage"},
	{"a view shows a column more", candidates, "fields: ['id', 'name', 'source', 'yearsExperience']", "fields: ['id', 'name', 'source', 'yearsExperience', 'resumeUrl']", nil, ""},
	{"a view opens to everybody with a session", candidates, "fields: ['id', 'name', 'source', 'yearsExperience'],\n      access: { roles: ['owner', 'hiring-manager', 'recruiter', 'interviewer'] }", "fields: ['id', 'name', 'source', 'yearsExperience'],\n      access: { roles: ['AUTHENTICATED'] }",
		[]grant.Class{grant.Widened}, "anybody with a session"},
	{"a route becomes public", departments, "list: { access: { roles: ['interviewer+'] } }", "list: { access: { roles: ['PUBLIC'] } }",
		[]grant.Class{grant.Widened}, "anybody without a session"},
	{"an operation goes away", jobs, "    delete: { access: { roles: ['owner'] } },\n", "",
		[]grant.Class{grant.Narrowed}, "jobs: owner may no longer delete and batchDelete"},
	{"an action opens to a role", jobActions, "roles: ['owner', 'hiring-manager']", "roles: ['owner', 'hiring-manager', 'recruiter']",
		[]grant.Class{grant.Widened}, "jobs: recruiter may now run publish"},
	{"an action's states are narrowed", appActions, "{ roles: ['recruiter'], record: { stage: { in: ['applied', 'screening'] } } }", "{ roles: ['recruiter'], record: { stage: { in: ['applied'] } } }",
		[]grant.Class{grant.Narrowed}, "applications: recruiter may run advance-stage"},
	{"deleted rows are deleted for good", candidates, "mode: 'soft'", "mode: 'hard'", []grant.Class{grant.Widened, grant.Neutral}, "delete was soft, is hard"},
	{"out of reach is refused, not hidden", candidates, "errorMode: 'hide'", "errorMode: 'reveal'", []grant.Class{grant.Neutral}, "rows out of reach was hidden (404), is refused (403)"},
	{"pages are larger", candidates, "maxPageSize: 50", "maxPageSize: 100", []grant.Class{grant.Neutral}, "at most 100"},
	{"a function decides instead of everybody", departments, "get: { access: { roles: ['interviewer+'] } }", "get: { access: (ctx) => ctx.roles.length > 1 }",
		[]grant.Class{grant.Widened, grant.Narrowed}, "if a function of the project"},
	{"only text that people read changes", applications, "inputHints: { jobId: 'lookup',", "inputHints: {", nil, ""},
}

func TestLabelledChanges(t *testing.T) {
	before := listOf(t, sample)
	for _, c := range labelled {
		t.Run(c.name, func(t *testing.T) {
			changes := grant.Compare(before, listOf(t, edited(t, c.file, c.old, c.replacement)))
			var classes []grant.Class
			var said []string
			for _, change := range changes {
				if !slices.Contains(classes, change.Class) {
					classes = append(classes, change.Class)
				}
				said = append(said, string(change.Class)+": "+change.Text)
			}
			all := strings.Join(said, "\n")
			if !slices.Equal(classes, c.classes) {
				t.Errorf("classes %v, labelled %v\n%s", classes, c.classes, all)
			}
			if !strings.Contains(all, c.says) {
				t.Errorf("nothing says %q:\n%s", c.says, all)
			}
		})
	}
}
