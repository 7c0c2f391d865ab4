package main

import "slices"

// mistake is one as people make them: in the sample's file, old becomes new. What the finding must point at stands between « and ».
type mistake struct{ file, old, new, code, severity string }

// few are some of them, each of another code.
func few() (out []mistake) {
	for _, m := range planted {
		if slices.Contains([]string{"QB5001", "QB6001", "QB2011", "QB4001", "QB2014", "QB3002", "QB5003", "QB7004", "QB7002", "QB2013"}, m.code) {
			out = append(out, m)
		}
	}
	return out
}

// planted are more than forty mistakes, spread over the families.
var planted = []mistake{
	// Candidates
	{"features/candidates/candidates.ts", "createable: ['name', 'phone',", "createable: ['name', '«phne»',", "QB5001", "error"},
	{"features/candidates/candidates.ts", "phone: { type: 'phone',", "phone: { type: '«phon»',", "QB6001", "error"},
	{"features/candidates/candidates.ts", "roles: ['owner'], or: 'owner' }", "roles: ['owner'], or: '«ownr»' }", "QB6003", "error"},
	{"features/candidates/candidates.ts", "maxPageSize: 50", "«maxPageSzie»: 50", "QB1101", "error"},
	{"features/candidates/candidates.ts", "fields: ['id', 'name', 'email', 'phone'],", "fields: ['id', 'name', '«emial»', 'phone'],", "QB2011", "error"},
	{"features/candidates/candidates.ts", "yearsExperience: { min: 0, max: 60 }", "yearsExperience: { min: 70, max: «60» }", "QB5010", "error"},
	{"features/candidates/candidates.ts", "roles: ['owner', 'hiring-manager', 'recruiter'] },\n    },\n  },\n\n  defaultSort",
		"roles: ['owner', 'hiring-manager', 'recruiter'] },\n      query: { sortable: ['«summary»'] },\n    },\n  },\n\n  defaultSort", "QB6008", "error"},
	{"features/candidates/actions.ts", "const seen = new Set(", "await db.select().from(candidates).orderBy(«sql.raw»('name'));\n      const seen = new Set(", "QB7008", "error"},
	{"features/candidates/actions.ts", "    input: z.object({ line:", "    method: '«GET»',\n    input: z.object({ line:", "QB7019", "warning"},
	{"features/candidates/actions.ts", "access: { roles: ['owner', 'hiring-manager', 'recruiter'] }", "access: { roles: ['owner', '«hiring-manager,recruiter»'] }", "QB4010", "error"},

	// What candidates can do
	{"features/candidates/candidate-skills.ts", "defaults: { level: 'working' }", "defaults: { level: 'working', «organizationId»: 'org_1' }", "QB5012", "error"},
	{"features/candidates/candidate-skills.ts", "updatable: ['level', 'years'],", "updatable: ['level', 'years', '«name»'],", "QB5004", "error"},
	{"features/candidates/candidate-skills.ts", "access: { roles: ['recruiter+'] },\n      defaults", "access: { roles: ['recruiter+'], record: { «level»: 'basic' } },\n      defaults", "QB4006", "error"},
	{"features/candidates/candidate-skills.ts", "pageSize: 100", "pageSize: «'100'»", "QB1102", "error"},
	{"features/candidates/candidate-skills.ts", "level: 'radio'", "level: '«radios»'", "QB2018", "warning"},

	// Jobs
	{"features/jobs/jobs.ts", "delete: { access: { roles: ['owner'] } },", "delete: { access: { roles: ['«*»'] } },", "QB4001", "error"},
	{"features/jobs/jobs.ts", "record: { status: { notEquals: 'closed' } }", "record: { status: { notEquals: '«close»' } }", "QB2014", "error"},
	{"features/jobs/jobs.ts", "headcount: { min: 1, max: 50 }", "headcount: { min: 1, max: 50, maxLength: «2» }", "QB5011", "warning"},
	{"features/jobs/jobs.ts", "'departmentId', 'status', 'remote'],", "'departmentId', 'status', 'remote', '«salaryMin»'],", "QB6007", "warning"},
	{"features/jobs/jobs.ts", "record: { status: { equals: 'open' } } },\n        ],\n      },\n      pageSize", "record: { «status»: { equals: 'open', notEquals: 'open' } } },\n        ],\n      },\n      pageSize", "QB4012", "warning"},
	{"features/jobs/jobs.ts", "defaultSort: { field: 'title'", "defaultSort: { field: 'title', «field»: 'title'", "QB1003", "error"},
	{"features/jobs/departments.ts", "defineTable(departments, {", "defineTable(departments, {\n  firewall: { exception: «true», organization: {} },", "QB3002", "error"},
	{"features/jobs/departments.ts", "get: { access: { roles: ['interviewer+'] } },", "get: { access: { roles: «[]» } },", "QB4002", "error"},
	{"features/jobs/departments.ts", "create: { access: { roles: ['hiring-manager+'] } },", "create: { access: { roles: ['«hiring_manager+»'] } },", "QB4004", "error"},
	{"features/jobs/departments.ts", "update: { access: { roles: ['hiring-manager+'] } },", "«update»: {},", "QB4003", "warning"},

	// Applications
	{"features/applications/applications.ts", "updatable: ['notes', 'referredById'],", "updatable: ['notes', 'referredById', '«stage»'],", "QB5003", "error"},
	{"features/applications/applications.ts", "rejectionReason: ['reject'],", "rejectionReason: ['«rejct»'],", "QB5006", "error"},
	{"features/applications/applications.ts", "record: { createdBy: { equals: '$ctx.userId' } }", "record: { createdBy: { equals: '«$ctx.usrId»' } }", "QB2016", "error"},
	{"features/applications/applications.ts", "references: { referredById: 'candidates' }", "references: { referredById: '«candidats»' }", "QB2017", "error"},
	{"features/applications/applications.ts",
		"    get: {\n      access: {\n        or: [\n          { roles: ['owner', 'hiring-manager', 'recruiter'] },\n          {\n            and: [\n              { roles: ['interviewer'] },\n              { record: { stage: { in: ['interview', 'offer'] } } },",
		"    get: {\n      access: {\n        or: [\n          { roles: ['owner', 'hiring-manager', 'recruiter'] },\n          {\n            and: [\n              { roles: ['interviewer'] },\n              { record: { «stage»: { notEquals: null } } },", "QB4013", "warning"},
	{"features/applications/applications.ts",
		"    list: {\n      access: {\n        or: [\n          { roles: ['owner', 'hiring-manager', 'recruiter'] },\n          {\n            and: [\n              { roles: ['interviewer'] },\n              { record: { stage:",
		"    list: {\n      access: {\n        or: [\n          { roles: ['owner', 'hiring-manager', 'recruiter', 'interviewer'] },\n          {\n            and: [\n              { roles: ['interviewer'] },\n              { record: { «stage»:", "QB4014", "warning"},
	{"features/applications/actions.ts", "  reject: {\n    description: 'End an application and say why',\n", "  «reject»: {\n", "QB7004", "warning"},
	{"features/applications/actions.ts", "handler: './handlers/pipeline-report'", "handler: '«./handlers/pipeline-reprt»'", "QB7002", "error"},
	{"features/applications/actions.ts", "method: 'GET',\n    input: z.object({}),", "method: '«GTE»',\n    input: z.object({}),", "QB7012", "error"},
	{"features/applications/actions.ts", "access: { roles: ['owner', 'hiring-manager'] },\n    handler", "access: { roles: ['owner', 'hiring-manager'], record: { «stage»: 'offer' } },\n    handler", "QB7006", "error"},
	{"features/applications/application-events.ts", "  note: text('note'),", "  note: text('note'),\n  «createdBy»: integer('created_by'),", "QB8104", "warning"},

	// Notes on interviews
	{"features/interview-notes/interview-notes.ts", "access: { roles: ['interviewer+'], record: { ownerId: { equals: '$ctx.userId' } } },\n    },\n    // A", "access: { roles: ['interviewer+'], record: { ownerId: { «equal»: '$ctx.userId' } } },\n    },\n    // A", "QB2013", "error"},
	{"features/interview-notes/interview-notes.ts", "owner: { mode: 'optional', roles: ['owner', 'hiring-manager'] }", "owner: { mode: 'optional', roles: ['owner', '«hiring-manger»'] }", "QB2012", "warning"},
	{"features/interview-notes/interview-notes.ts", "createable: ['applicationId', 'content',", "createable: ['applicationId', '«createdAt»', 'content',", "QB5005", "error"},
	{"features/interview-notes/interview-notes.ts", "rating: integer('rating'),", "rating: integer('rating').«notNul»(),", "QB1105", "error"},

	// The configuration
	{"quickback.config.ts", "emailAndPassword: {", "«emailAndPasword»: {", "QB1101", "error"},
	{"quickback.config.ts", "  build: {", "  trustedOrigins: ['«https://*»'],\n\n  build: {", "QB8105", "warning"},
	{"quickback.config.ts", "export default defineConfig({", "export const mailApiKey = «'k3-fae91b7c02d6'»;\n\nexport default defineConfig({", "QB8103", "warning"},
	{"quickback.config.ts", "roleHierarchy: ['interviewer',", "roleHierarchy: ['«auditor»', 'interviewer',", "QB4015", "warning"},
}
