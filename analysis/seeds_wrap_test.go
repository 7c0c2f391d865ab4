package analysis_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// What a fragment belongs into, by its keys.
var (
	resourceKeys  = strings.Fields("firewall guards masking views crud read embeddings validation realtime layouts references inputHints displayColumn")
	operationKeys = strings.Fields("list get create update delete put batchCreate batchUpdate batchDelete batchUpsert")
	configKeys    = strings.Fields("cms account trustedOrigins email openapi providers compiler build auth")
	actionKeys    = regexp.MustCompile(`(?m)^\s*(execute|input|access|unsafe|method|responseType|type|handler):`)
	columnCall    = regexp.MustCompile(`:\s*(text|integer|boolean|timestamp|serial|real)\('`)
)

// wrap puts the entries of a fragment into a whole file. It is false when they belong into no definition.
func (p *prepared) wrap(list []piece) (string, bool) {
	keys := make([]string, len(list))
	var body strings.Builder
	for i, e := range list {
		keys[i] = e.key
		text := strings.TrimRight(e.text, " \n")
		if code := strings.TrimRight(regexp.MustCompile(`//[^\n]*$`).ReplaceAllString(text, ""), " \n"); strings.HasSuffix(code, ",") {
			text = text[:len(code)-1] + text[len(code):]
		}
		fmt.Fprintf(&body, "%s\n%s\n,\n", e.comment, text)
	}
	all := func(known []string) bool {
		return !slices.ContainsFunc(keys, func(k string) bool { return !slices.Contains(known, k) })
	}
	src := body.String()
	switch first := list[0]; {
	case all(resourceKeys):
		p.note("wrapped in a resource")
		return p.resource(src, keys), true
	case all(operationKeys) && !columnCall.MatchString(src):
		p.note("wrapped in the operations of a resource")
		return p.resource("crud: {\n"+src+"},\n", []string{"crud"}), true
	case all(configKeys):
		p.note("wrapped in a configuration")
		return "export default defineConfig({\n" + src + "});\n", true
	case columnCall.MatchString(src):
		p.note("wrapped in a table")
		return p.columns(src, keys), true
	case first.key == "access" && strings.Contains(p.page, "actions"):
		p.note("wrapped in an action")
		return action("run: {\n"+src+"}", src), true
	case first.key == "access":
		p.note("wrapped in an operation")
		return p.resource("crud: { update: {\n"+src+"} },\n", []string{"crud"}), true
	case first.key == "execute" && strings.Contains(p.page, "queues"):
		p.note("wrapped in a queue")
		return "export default defineQueue({\nname: 'page', messageType: 'page',\n" + src + "});\n", true
	case first.key == "execute":
		p.note("wrapped in an action")
		return action("run: {\n"+src+"}", src), true
	case first.key == "search":
		p.note("wrapped in an embedding")
		return "export default defineEmbedding({\nname: 'page', source: 'jobs',\n" + src + "});\n", true
	case first.key == "onUpdate":
		p.note("wrapped in the embeddings of a resource")
		return p.resource("embeddings: { fields: ['description', 'title'],\n"+src+"},\n", []string{"embeddings"}), true
	case !slices.ContainsFunc(list, func(e piece) bool { return !actionKeys.MatchString(e.text) }):
		p.note("wrapped in actions")
		var whole []string
		for _, e := range list {
			inner := strings.TrimRight(strings.TrimSpace(e.text), ", ")
			whole = append(whole, e.comment+"\n"+action(inner, inner))
		}
		return "export default defineActions(records, {\n" + strings.Join(whole, ",\n") + "});\n", true
	}
	return "", false
}

// action completes an action: what a file must say and a fragment leaves out.
func action(entry, inner string) string {
	var more strings.Builder
	for _, fill := range [][2]string{
		{"description", "description: 'A page shows a part of this.'"}, {"input", "input: z.object({})"}, {"access", "access: { roles: ['member'] }"},
	} {
		if !regexp.MustCompile(`(?m)^\s*` + fill[0] + `:`).MatchString(inner) {
			more.WriteString(fill[1] + ",\n")
		}
	}
	if !regexp.MustCompile(`(?m)^\s*(execute|handler):`).MatchString(inner) {
		more.WriteString("execute: async () => ({}),\n")
	}
	at := strings.Index(entry, "{") + 1
	out := entry[:at] + "\n" + more.String() + entry[at:]
	if strings.HasPrefix(entry, "run: {") {
		return "export default defineActions(records, {\n" + out + "});\n"
	}
	return out
}

// resource is the standard resource around entries: organisation-scoped and open to members where the entries do not say.
func (p *prepared) resource(entries string, keys []string) string {
	if !slices.Contains(keys, "firewall") {
		entries = "firewall: { organization: {} },\n" + entries
	}
	if strings.Contains(entries, "put: {") && !slices.Contains(keys, "guards") {
		entries = "guards: false, // as put needs it\n" + entries
		p.note("guards opened")
	}
	if !slices.Contains(keys, "crud") && !slices.Contains(keys, "read") {
		entries += "crud: { list: { access: { roles: ['member'] } }, get: { access: { roles: ['member'] } }, create: { access: { roles: ['member'] } }, update: { access: { roles: ['member'] } } },\n"
	}
	return "export default defineTable(records, {\n" + entries + "});\n"
}

func (p *prepared) columns(entries string, keys []string) string {
	builder := "sqliteTable"
	switch {
	case strings.Contains(entries, "// MySQL"):
		builder = "mysqlTable"
	case regexp.MustCompile(`\b(boolean|timestamp|serial|jsonb)\(`).MatchString(entries):
		builder = "pgTable"
	}
	if !slices.Contains(keys, "id") {
		entries = "id: text('id').primaryKey(),\n" + entries
	}
	return "export const records = " + builder + "('records', {\n" + entries + "});\n"
}

// pool are the columns that pages name without declaring them.
var pool = strings.Fields(`name title label status stage source notes email phone ssn department description candidateId jobId
referredById appliedAt resumeUrl internalNotes externalProfileUrl externalId candidateName candidateEmail rawPayload syncedAt
visibility content companyName embedding`)

var numbers = strings.Fields("salary salaryMin salaryMax rating score")

// declaration declares a table with the columns that a text names, scoped as its firewall says.
func declaration(table, src string) string {
	lines := []string{"id: text('id').primaryKey()"}
	named := func(word string) bool { return regexp.MustCompile(`\b` + word + `\b`).MatchString(src) }
	switch {
	case strings.Contains(src, `column: "org_id"`):
		lines = append(lines, "orgId: text('org_id').notNull()")
	case strings.Contains(src, "orgId:"):
		lines = append(lines, "orgId: text('org_id').notNull()")
	case !strings.Contains(src, "exception: true") && (!strings.Contains(src, "owner: {") || strings.Contains(src, "organization: {")):
		lines = append(lines, "organizationId: text('organization_id').notNull()")
	}
	if named("ownerId") || strings.Contains(src, "owner: {") {
		lines = append(lines, "ownerId: text('owner_id')")
	}
	if strings.Contains(src, "record: { userId") {
		lines = append(lines, "userId: text('user_id')")
	}
	for _, name := range pool {
		if named(name) {
			lines = append(lines, fmt.Sprintf("%s: text('%s')", name, snake(name)))
		}
	}
	for _, name := range numbers {
		if named(name) {
			lines = append(lines, fmt.Sprintf("%s: integer('%s')", name, snake(name)))
		}
	}
	return fmt.Sprintf("export const %s = sqliteTable('%s', {\n  %s,\n});\n", table, snake(table), strings.Join(lines, ",\n  "))
}
