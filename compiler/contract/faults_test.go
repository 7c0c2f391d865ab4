package contract_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/compiler/contract"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/diagnostics/text"
)

// fault is one change of one emitted file.
type fault struct {
	name  string
	file  text.Path
	after string   // the whole changed file
	at    int      // offset of the change
	codes []string // the contracts that may find it
}

// seeded makes faults out of an output.
type seeded struct {
	t      *testing.T
	files  map[text.Path]string
	faults []fault
}

// replace changes one occurrence of a text: the nth, counted from 0.
func (s *seeded) replace(name string, file text.Path, n int, old, with string, codes ...string) {
	src, at := s.files[file], 0
	for ; ; n-- {
		next := strings.Index(src[at:], old)
		if next < 0 {
			s.t.Fatalf("%s: %s has no %q", name, file, old)
		}
		at += next
		if n == 0 {
			break
		}
		at += len(old)
	}
	common := 0
	for common < len(old) && common < len(with) && old[common] == with[common] {
		common++
	}
	s.faults = append(s.faults, fault{name, file, src[:at] + with + src[at+len(old):], at + common, codes})
}

// every changes each place where a pattern stands, one at a time.
func (s *seeded) every(name string, file text.Path, pattern, with string, codes ...string) {
	re := regexp.MustCompile(pattern)
	src := s.files[file]
	for i, m := range re.FindAllStringSubmatchIndex(src, -1) {
		replaced := string(re.ExpandString(nil, with, src, m))
		if replaced == src[m[0]:m[1]] {
			continue
		}
		at := 0
		for old := src[m[0]:m[1]]; at < len(old) && at < len(replaced) && old[at] == replaced[at]; at++ {
		}
		s.faults = append(s.faults, fault{fmt.Sprintf("%s %d", name, i), file, src[:m[0]] + replaced + src[m[1]:], m[0] + at, codes})
	}
}

// all does so in every file of a kind.
func (s *seeded) all(name, suffix, pattern, with string, codes ...string) {
	var files []text.Path
	for f := range s.files {
		if strings.HasSuffix(string(f), suffix) && strings.HasPrefix(string(f), "src/features/") {
			files = append(files, f)
		}
	}
	slices.Sort(files)
	for _, f := range files {
		s.every(name+" "+string(f), f, pattern, with, codes...)
	}
}

func (s *seeded) policies() {
	const in = ".resource.ts"
	s.all("drop the tenant", in, `organizationId: \{ equals: '\$ctx.activeOrgId' \},? ?`, "", "QB9102", "QB9111")
	s.all("drop the soft delete", in, `, deletedAt: \{ isNull: true \}`, "", "QB9102")
	s.all("another context value", in, `organizationId: \{ equals: '\$ctx.activeOrgId'`, "organizationId: { equals: '$$ctx.userId'", "QB9102")
	s.all("another operator", in, `organizationId: \{ equals:`, "organizationId: { notEquals:", "QB9102")
	s.all("waive the tenant", in, `activeOrgId' \}`, "activeOrgId', unless: ['owner'] }", "QB9102")
	s.all("no firewall", in, `rows: \{[^\n]*\},\n`, "rows: 'unscoped',\n", "QB9102")
	s.all("widen a list of roles", in, `roles: \[`, "roles: ['member', ", "QB9111", "QB9104")
	s.all("open to the public", in, `\{ roles: \['`, "{ roles: ['PUBLIC', '", "QB9101", "QB9104")
	s.all("drop a row condition", in, `\{ all: \[(\{ roles: [^}]*\}), \{ where: [^\n]* \}\] \}`, "$1", "QB9111")
	s.all("widen a row condition", in, `in: \['`, "in: ['rejected', '", "QB9111")
	s.all("remove a mask", in, `\n    \w+: \{ type: '[^\n]*`, "", "QB9113")
	s.all("another mask", in, `type: '(email|phone|ssn)'`, "type: 'name'", "QB9104")
	s.all("another owner of a mask", in, `owner: 'createdBy'`, "owner: 'id'", "QB9104")
	s.all("let a body write more on create", in, `create: \['`, "create: ['createdBy', '", "QB9103")
	s.all("let a body write more on update", in, `update: \['`, "update: ['organizationId', '", "QB9103")
	s.all("let immutable columns change", in, `\n    immutable: \[[^\n]*`, "", "QB9103")
	s.all("unprotect columns", in, `\n    protected: [^\n]*`, "", "QB9114")
	s.all("protect for another action", in, `protected: \{ (\w+): \[`, "protected: { $1: ['history', ", "QB9114")
	s.all("open guards", in, `\n  write: \{\n(    .*\n)*  \},`, "\n  write: 'open',", "QB9103", "QB9114")
	s.all("hard delete", in, `delete: 'soft'`, "delete: 'hard'", "QB9111")
	s.all("larger batches", in, `create: \{ max: 100 \}`, "create: { max: 100000 }", "QB9111")
	s.all("rows out of reach are told", in, `  hidden: true,\n`, "", "QB9102")
	s.all("a view shows more", in, `fields: \['id', `, "fields: ['id', 'ssn', ", "QB9111")
	s.all("an action of another method", in, `method: 'GET'`, "method: 'POST'", "QB9112")
	s.all("an action elsewhere", in, `path: '/`, "path: '/open/", "QB9112")
	s.all("a function instead of a rule", in, `access: \{ roles: \[[^\]]*\] \}`, "access: { check: () => true }", "QB9111")
	s.all("code in a policy", in, `'\$ctx.activeOrgId'`, "process.env.ORG", "QB9111", "QB9102")
	s.all("no validation", in, `\n  values: (\{ .* \}|\{\n(    .*\n)*  \}),`, "", "QB9111")
	s.all("another name", in, `\n  name: '`, "\n  name: 'x", "QB9111")
	s.all("another key", in, `id: \{ generate: 'prefixed', prefix: '\w+' \}`, "id: { generate: false }", "QB9111")
	s.all("no cascade", in, `\n  cascades: [^\n]*`, "", "QB9111")
	s.all("a policy of the author's own", in, `lib/resource.ts'`, "definitions/resource.ts'", "QB9111", "QB9112")
	s.all("raw SQL", in, `standalone: true,`, "standalone: true, rawSql: true,", "QB9111")
}

func (s *seeded) actions() {
	const in = ".resource.ts"
	s.all("an action without its schema", in, `code: actions\.actions`, "code: { publish: { execute: actions.run } }", "QB9105")
	s.all("the code of other actions", in, `code: actions\.actions`, "code: actions.actions.other", "QB9105")
	s.all("actions of another module", in, `import actions from '\.\./\.\./definitions/`, "import actions from '../../definitions/other/", "QB9105")
	s.all("the handler of another action", in, `handler: \w+`, "handler: actions", "QB9105")
	s.all("no code", in, `\n  code: actions\.actions,`, "", "QB9105")
	s.all("routes elsewhere", in, `\n  name: 'jobs',`, "\n  name: 'jobs',\n  segment: 'open',", "QB9112")
	s.all("no such operation", in, `\n    create: \{ roles[^\n]*`, "", "QB9112")
	s.all("an operation more", in, `\n    create: (\{ roles[^\n]*)`, "\n    create: $1\n    put: $1", "QB9112")
	s.all("a query beside the policy", in, `\nexport const`, "\nawait open().run('delete from candidates');\nexport const", "QB9112")
	s.all("a module that only runs", in, `(\n\nexport)`, "\nimport '../../definitions/features/jobs/jobs.ts';$1", "QB9112")
}

func (s *seeded) app() {
	const app text.Path = "src/app.ts"
	s.every("leave out an operation", app, `('batch:update': batchUpdate|create, update|delete: remove), `, "", "QB9112")
	s.every("an operation that nobody grants", app, `list, get`, "list, put, get", "QB9112")
	s.every("answer otherwise", app, `delete: remove`, "delete: update", "QB9112")
	s.every("a handler of its own", app, `list, get`, "list: { bind: open }, get", "QB9112")
	s.every("operations of another library", app, `from '\./lib/(action|batch|read|remove|write).ts'`, "from './definitions/$1.ts'", "QB9112")
	s.every("leave out a policy", app, `\b\w+Resource,\s`, "", "QB9112")
	s.replace("routes beside the policies", app, 0, "  operations: {", "  features: { extra: [open] },\n  operations: {", "QB9112")
	s.replace("a middleware", app, 0, "  auth,\n", "  auth,\n  before: (c) => c.set('ctx', {}),\n", "QB9112")
	s.replace("another schema", app, 0, "'./db/schema.ts'", "'./auth/schema.ts'", "QB9112")
	s.replace("an extra mount", "src/index.ts", 0, "await serve", "app.route('/raw', raw);\nawait serve", "QB9112")
	s.replace("another server", "src/index.ts", 0, "'./lib/server.ts'", "'./definitions/server.ts'", "QB9112")
	s.replace("an unscoped query at start", "src/db/index.ts", 0, "export const open", "new Database('x').run('drop table jobs');\nexport const open", "QB9112")
	s.replace("tables of the author", "src/db/tables.ts", 0, "registerTables(schema);", "registerTables({});", "QB9112")
	s.replace("no e-mail needed", "src/auth/index.ts", 0, "organizations: true", "organizations: false", "QB9101")
	s.replace("trust every origin", "src/auth/index.ts", 0, "trustedOrigins: []", "trustedOrigins: ['*']", "QB9101")
	s.replace("a plugin more", "src/auth/index.ts", 0, "trustedOrigins: []", "trustedOrigins: [], plugins: [admin()]", "QB9101")
	s.replace("a role more", "src/auth/index.ts", 0, "roles: ['owner'", "roles: ['root', 'owner'", "QB9101")
	s.replace("another order of roles", "src/auth/index.ts", 0, "roleHierarchy: ['interviewer', 'recruiter'", "roleHierarchy: ['recruiter', 'interviewer'", "QB9101")
	s.every("no order of roles", "src/auth/index.ts", `\n  roleHierarchy: .*`, "", "QB9101")
	s.every("sessions that last for years", "src/auth/index.ts", `expiresIn: \d+`, "expiresIn: 604800000", "QB9101")
	s.every("sessions that do not say how long", "src/auth/index.ts", `\n  session: .*`, "", "QB9101")
	s.every("passwords where they are off or on", "src/auth/index.ts", `\n  emailAndPassword: .*`, "", "QB9101")
	s.replace("no table of jobs", "src/db/schema.ts", 0, "export * from '../features/jobs/schema.ts';\n", "", "QB9112")
	s.all("the tenant is another column", "schema.ts", `text\('organization_id'\)`, "text('created_by')", "QB9102")
	s.all("the tenant may be missing", "schema.ts", `text\('organization_id'\)\.notNull\(\)`, "text('organization_id')", "QB9102")
	s.all("another parent", "schema.ts", `references\(\(\) => \w+\.id`, "references(() => departments.id", "QB9111")
	s.all("another table", "schema.ts", `sqliteTable\('candidates'`, "sqliteTable('member'", "QB9112", "QB9111", "QB9102")
}

func (s *seeded) rest() {
	for _, f := range []string{"gate", "access", "answer", "body", "routes", "scoped", "session"} {
		file := text.Path("src/lib/" + f + ".ts")
		s.replace("change the library: "+f, file, 0, "return ", "return  ", "QB9117")
	}
	s.replace("no audit call", "src/lib/errors.ts", 0, "throw", "void", "QB9117")
	const actions text.Path = "src/definitions/features/candidates/actions.ts"
	s.replace("change an action", actions, 0, "execute", "execute ", "QB9118")
	s.replace("an unscoped query in an action", actions, 0, "execute:", "execute: new Database('x').run, was:", "QB9118")
	s.replace("another module", actions, 0, "lib/definition.ts'", "lib/sqlite.ts'", "QB9118", "QB9112")
	s.every("openapi: open an operation", "openapi.json", `"x-quickback-access": \{`, `"security": [{}], "x-quickback-access": {`, "QB9116")
	s.every("openapi: another role", "openapi.json", `("x-quickback-access": \{\s*"roles": \[\s*)"`, `${1}"member", "`, "QB9116")
	s.every("openapi: another path", "openapi.json", `"/api/v1/jobs(["/])`, `"/api/v1/work$1`, "QB9116")
	s.every("openapi: another method", "openapi.json", `"delete": \{`, `"put": {`, "QB9116")
	s.every("openapi: another status", "openapi.json", `"201": \{`, `"204": {`, "QB9116")
	s.every("openapi: a column in a body", "openapi.json", `("\w+Create": \{\s*"type": "object",\s*"properties": \{)`, `${1}"createdBy": {},`, "QB9116")
	s.every("registry: another role", "schema-registry.json", `("roles": \[\s*)"`, `${1}"member", "`, "QB9116")
	s.every("registry: another scope", "schema-registry.json", `"source": "ctx.activeOrgId"`, `"source": "ctx.userId"`, "QB9116")
	s.every("registry: another mask", "schema-registry.json", `"type": "(email|phone|ssn)"`, `"type": "redact"`, "QB9116")
	s.every("registry: a column more", "schema-registry.json", `("createable": \[\s*)"`, `${1}"createdBy", "`, "QB9116")
	s.every("registry: hard delete", "schema-registry.json", `"mode": "soft"`, `"mode": "hard"`, "QB9116")
}

// TestSeededFaultsAreFound plants one fault at a time and asks for a violation of the right contract in the changed file, at the change.
func TestSeededFaultsAreFound(t *testing.T) {
	b := folder(t, "testdata", "projects", "recruiting")
	s := &seeded{t: t, files: map[text.Path]string{}}
	for _, f := range b.files {
		s.files[f.Path] = string(f.Content)
	}
	s.policies()
	s.actions()
	s.app()
	s.rest()
	if len(s.faults) < 100 {
		t.Errorf("%d faults, want at least 100", len(s.faults))
	}
	kinds := map[string]bool{}
	for _, f := range s.faults {
		kinds[strings.TrimRight(f.name, "0123456789 ")] = true
		r := b.verify(t, changed(b.files, f.file, f.after))
		if !slices.ContainsFunc(r.Violations, func(v contract.Violation) bool { return finds(v, f) }) {
			t.Errorf("%s: %s at %d is not found at its place; found:\n%s", f.name, f.file, f.at, list(r))
		}
		if r.Summary.Status != contract.Fail {
			t.Errorf("%s: status %s", f.name, r.Summary.Status)
		}
	}
	t.Logf("%d faults, %d kinds by file", len(s.faults), len(kinds))
}

// finds says whether a violation is about a fault: its range touches the change, blanks between them apart.
func finds(v contract.Violation, f fault) bool {
	for f.at < len(f.after) && strings.ContainsRune(" \n", rune(f.after[f.at])) && f.at < v.Range.Offset {
		f.at++
	}
	return v.File == string(f.file) && slices.Contains(f.codes, v.Code) && v.Range.Offset-3 <= f.at && f.at <= max(v.Range.End, v.Range.Offset)+2
}

func changed(files []output.File, path text.Path, content string) []output.File {
	out := slices.Clone(files)
	for i := range out {
		if out[i].Path == path {
			out[i].Content = []byte(content)
		}
	}
	return out
}

func list(r *contract.Report) string {
	var b strings.Builder
	for i, v := range r.Violations {
		if i == 5 {
			fmt.Fprintf(&b, "  … %d more\n", len(r.Violations)-i)
			break
		}
		fmt.Fprintf(&b, "  %s %s [%d,%d): %s | %s | %s\n", v.Code, v.File, v.Range.Offset, v.Range.End, v.Message, v.Declared, v.Emitted)
	}
	return b.String()
}
