package analysis_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// prepared is a group of a block as a project: what the page lost is restored.
type prepared struct {
	block
	variant int
	class   string            // definition, config, actions, handler, service; illustration or other have no files
	files   map[string]string // by path; the block itself is in main
	main    string
	done    []string
}

var (
	listing   = regexp.MustCompile(`(?m)^\s*\w+\?:|^\s*interface |^\s*type \w+ =`)
	generated = regexp.MustCompile(`(?i)// Generated|\(generated\)|auto-generated\)|compiler-generated\)|title="src/`)
	client    = regexp.MustCompile(`WebSocket|ws\.on|fetch\(|window\.|setAppConfig|authClient|betterAuth\(|new Hono\(|app\.get\(|msg\.type|messageType\)|maskingConfig:`)
	rubble    = regexp.MustCompile(`(?m)^@@ `)
	defining  = regexp.MustCompile(`\b(define[A-Z]\w+(<\w+>)?|feature|sqliteTable|pgTable|mysqlTable|relations)\(`)
	plainConf = regexp.MustCompile(`(?s)export default \{.*(providers|database):`)
)

// prepare sorts a block into its class and restores every group of it.
func prepare(b block) []prepared {
	if !slices.Contains([]string{"typescript", "ts", "tsx"}, b.lang) {
		return []prepared{{block: b, class: "other", done: []string{"not TypeScript"}}}
	}
	illustration := func(why string) []prepared { return []prepared{{block: b, class: "illustration", done: []string{why}}} }
	switch all := b.title + "\n" + b.text; {
	case rubble.MatchString(all):
		return illustration("remains of a diff, the code is lost")
	case generated.MatchString(all):
		return illustration("generated code")
	case client.MatchString(all):
		return illustration("code of a client, an application or a call of the library")
	case listing.MatchString(b.text) && !defining.MatchString(b.text):
		return illustration("type listing")
	}
	var out []prepared
	for i, g := range groups(pieces(b.text)) {
		p := prepared{block: b, variant: i + 1, files: map[string]string{}}
		if !p.restore(g) {
			return illustration("statements or a value, no definition")
		}
		out = append(out, p)
	}
	if len(out) > 1 {
		for i := range out {
			out[i].note("split")
		}
	}
	return out
}

func (p *prepared) note(format string, args ...any) {
	if s := fmt.Sprintf(format, args...); !slices.Contains(p.done, s) {
		p.done = append(p.done, s)
	}
}

// restore makes the project of a group. It is false for what is neither a definition nor a part of one.
func (p *prepared) restore(g group) bool {
	var texts []string
	entries := 0
	for _, piece := range g.pieces {
		if piece.key != "" {
			entries++
		}
		texts = append(texts, strings.TrimPrefix(piece.comment+"\n"+piece.text, "\n"))
	}
	src := strings.Join(texts, "\n\n")
	if entries > 0 {
		if entries != len(g.pieces) {
			return false
		}
		var ok bool
		if src, ok = p.wrap(g.pieces); !ok {
			return false
		}
	}
	switch {
	case strings.Contains(src, "defineConfig(") || plainConf.MatchString(src):
		p.config(src)
	case regexp.MustCompile(`define(Queue|Realtime|Embedding)\b`).MatchString(src):
		p.service(src)
	case strings.Contains(src, "export const execute"):
		p.handler(src)
	case strings.Contains(src, "defineActions("):
		p.actions(src)
	case defining.MatchString(src):
		p.table(src)
	default:
		return false
	}
	if p.class != "config" {
		p.files["quickback/quickback.config.ts"] = p.standardConfig()
	}
	return true
}

// standardConfig is the configuration of blocks that are not one themselves.
func (p *prepared) standardConfig() string {
	more := ""
	if p.page == "workflows" {
		more += "  auth: { roleHierarchy: ['member', 'manager', 'finance', 'owner'] },\n"
		p.note("configuration with a role hierarchy")
	}
	database := "defineDatabase('better-sqlite3')"
	if strings.Contains(p.files[p.main], "put: {") {
		database = "defineDatabase('better-sqlite3', { generateId: false })"
		p.note("configuration with ids from clients")
	}
	return fmt.Sprintf(`import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';

export default defineConfig({
  name: 'pages',
  template: 'hono',
  features: { organizations: true },
%s  providers: { runtime: defineRuntime('bun'), database: %s, auth: defineAuth('better-auth') },
});
`, more, database)
}

var elided = regexp.MustCompile(`(?m)^\s*(// \.\.\..*|/\* config \*/)$|\{ /\* config \*/ \}|\{ \.\.\. \}`)

// config completes what the page elides of a configuration.
func (p *prepared) config(src string) {
	p.class, p.main = "config", "quickback/quickback.config.ts"
	if elided.MatchString(src) || slices.Contains(p.done, "wrapped in a configuration") {
		var more []string
		src = strings.Replace(src, "providers: {\n database: {\n config: {", "providers: {\n runtime: defineRuntime('cloudflare'), auth: defineAuth('better-auth'),\n database: { name: 'cloudflare-d1',\n config: {", 1)
		for _, fill := range [][2]string{
			{"name", "name: 'pages'"}, {"template", "template: 'hono'"},
			{"providers", "providers: { runtime: defineRuntime('bun'), database: defineDatabase('better-sqlite3'), auth: defineAuth('better-auth') }"},
		} {
			if !regexp.MustCompile(`(?m)^\s*` + fill[0] + `:`).MatchString(src) {
				more = append(more, "  "+fill[1]+",\n")
			}
		}
		if len(more) > 0 {
			p.note("elided keys filled")
			src = strings.Replace(src, "export default defineConfig({\n", "export default defineConfig({\n"+strings.Join(more, ""), 1)
		}
	}
	p.put(p.main, src)
}

func (p *prepared) service(src string) {
	p.class = "service"
	kind := map[string]string{"Queue": "queues", "Realtime": "realtime", "Embedding": "embeddings"}[regexp.MustCompile(`define(Queue|Realtime|Embedding)`).FindStringSubmatch(src)[1]]
	if before := src; kind == "queues" {
		src = regexp.MustCompile(`(?m)(defineQueue\(\{)\n\s*// \.\.\..*$`).ReplaceAllString(src, "${1}\n  name: 'elided',\n  messageType: 'elided',\n  execute: async () => ({ success: true }),")
		if src != before {
			p.note("elided keys filled")
		}
	}
	p.main = "quickback/services/" + kind + "/page.ts"
	p.put(p.main, src)
}

func (p *prepared) handler(src string) {
	p.class, p.main = "handler", "quickback/features/records/handlers/page.ts"
	p.put(p.main, src)
	p.companion("records", "")
	p.put("quickback/features/records/actions.ts", `export default defineActions(records, {
  run: { description: 'Runs the handler.', standalone: true, access: { roles: ['member'] }, handler: './handlers/page' },
});
`)
	p.note("action added that names the handler")
}

var handlerPath = regexp.MustCompile(`handler: "\./([\w/-]+)"`)

func (p *prepared) actions(src string) {
	p.class, p.main = "actions", "quickback/features/records/actions.ts"
	if !strings.Contains(src, "export default") {
		src = strings.Replace(src, "defineActions(", "export default defineActions(", 1)
		p.note("export default added")
	}
	src = p.fill(src)
	table := regexp.MustCompile(`defineActions\("?(\w+)"?`).FindStringSubmatch(src)[1]
	p.companion(table, src)
	for _, h := range handlerPath.FindAllStringSubmatch(src, -1) {
		p.put("quickback/features/records/"+h[1]+".ts", "export const execute = async () => ({});\n")
		p.note("handler file added")
	}
	p.put(p.main, src)
}

var (
	tableCalls   = regexp.MustCompile(`define(?:Table|Resource)\((\w+)`)
	tableDecls   = regexp.MustCompile(`const (\w+) = (?:sqlite|pg|mysql)Table\(`)
	featureNames = regexp.MustCompile(`\bfeature\("(\w+)"`)
)

// table restores a file of a resource or an internal table.
func (p *prepared) table(src string) {
	p.class = "definition"
	src = p.fill(src)
	file := "records"
	if d := tableDecls.FindStringSubmatch(src); d != nil {
		file = kebab(d[1])
	}
	if f := featureNames.FindStringSubmatch(src); f != nil {
		file = f[1]
	}
	if call := tableCalls.FindStringSubmatch(src); call != nil {
		file = kebab(call[1])
		if !slices.Contains(flat(tableDecls.FindAllStringSubmatch(src, -1)), call[1]) {
			src = declaration(call[1], src) + "\n" + src
			p.note("table declared with the columns it names")
		}
	}
	p.main = "quickback/features/records/" + file + ".ts"
	if featureNames.MatchString(src) {
		p.main = "quickback/features/" + file + "/" + file + ".ts"
	}
	p.put(p.main, src)
	p.protectors(src, tableCalls.FindStringSubmatch(src))
	if strings.Contains(src, "references: {") {
		for _, name := range []string{"candidate", "job"} {
			p.files["quickback/features/records/"+name+".ts"] = "import { sqliteTable, text } from 'drizzle-orm/sqlite-core';\n\n" + declaration(name, "")
		}
		p.note("tables declared that it refers to")
	}
}

var protectedBy = regexp.MustCompile(`(?s)protected: \{(.*?)\}`)

// protectors adds the actions that guards name, where the page shows the guards alone.
func (p *prepared) protectors(src string, table []string) {
	body := protectedBy.FindStringSubmatch(src)
	if body == nil || table == nil {
		return
	}
	var entries strings.Builder
	for _, name := range regexp.MustCompile(`"([\w-]+)"`).FindAllStringSubmatch(body[1], -1) {
		fmt.Fprintf(&entries, "  '%s': { description: 'Named by the guards.', access: { roles: ['member'] }, execute: async () => ({}) },\n", name[1])
	}
	p.put("quickback/features/records/actions.ts", fmt.Sprintf("import { %s } from './%s';\n\nexport default defineActions(%s, {\n%s});\n", table[1], kebab(table[1]), table[1], entries.String()))
	p.note("actions added that the guards name")
}

// companion adds the resource that actions act on.
func (p *prepared) companion(table, src string) {
	p.put("quickback/features/records/"+kebab(table)+".ts", declaration(table, src)+"\nexport default defineTable("+table+", {\n  firewall: { organization: {} },\n"+openCrud+"});\n")
	p.note("table declared with the columns it names")
}

const openCrud = "  crud: { list: { access: { roles: ['member'] } }, get: { access: { roles: ['member'] } } },\n"

// fill replaces what the page elides: `{ ... }`, `{ /* config */ }`, and objects that hold nothing but "// ...".
func (p *prepared) fill(src string) string {
	before := src
	for _, f := range []struct{ find, fill string }{
		{`(sqliteTable\("\w+", )\{ \.\.\. \}`, "${1}{ id: text('id').primaryKey(), organizationId: text('organization_id').notNull() }"},
		{`sqliteTable\(\.\.\.\)`, "sqliteTable('elided', { id: text('id').primaryKey(), organizationId: text('organization_id').notNull() })"},
		{`(define\w+\(\w+, )\{ (?:\.\.\.|/\* config \*/) \}`, "${1}{\n" + openCrud + "}"},
		{`(?m)^(\s*\w+: )\{ \.\.\. \}`, "${1}{ description: 'Elided.', access: { roles: ['member'] }, execute: async () => ({}) }"},
		{`(?m)^(\s*crud: \{)\n\s*// \.\.\.\n(\s*\},)`, "${1}\n list: { access: { roles: ['member'] } }, get: { access: { roles: ['member'] } },\n${2}"},
	} {
		src = regexp.MustCompile(f.find).ReplaceAllString(src, f.fill)
	}
	if tableCalls.MatchString(src) && !regexp.MustCompile(`(?m)^\s*crud:`).MatchString(src) && elided.MatchString(src) {
		src = regexp.MustCompile(`(?m)^(export default define(?:Table|Resource)\(\w+, \{)$`).ReplaceAllString(src, "${1}\n"+openCrud)
	}
	if src != before {
		p.note("elided keys filled")
	}
	return src
}

func kebab(name string) string {
	return strings.ToLower(regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(name, "$1-$2"))
}

func snake(name string) string { return strings.ReplaceAll(kebab(name), "-", "_") }

func flat(matches [][]string) []string {
	var out []string
	for _, m := range matches {
		out = append(out, m[1])
	}
	return out
}

// known names and where they are imported from.
var modules = []struct{ module, names string }{
	{"drizzle-orm", "eq and between relations sql"},
	{"drizzle-orm/sqlite-core", "sqliteTable text integer real blob"},
	{"drizzle-orm/pg-core", "pgTable serial jsonb boolean timestamp"},
	{"drizzle-orm/mysql-core", "mysqlTable"},
	{"@quickback/compiler", "defineTable defineResource defineActions defineConfig defineRuntime defineDatabase defineAuth defineQueue defineRealtime defineEmbedding feature q z ActionError"},
	{"../../../lib/realtime", "createRealtime"},
	{"../../../lib/embeddings", "createEmbeddings"},
}

var dialects = regexp.MustCompile(`(pg|mysql)Table\(`)

// tables are the names of tables that pages use without importing them.
var tables = strings.Fields("applications candidates jobs organizations interviewScores todos analytics sessions records applicationsTable")

// put adds a file with the import lines its names ask for.
func (p *prepared) put(path, src string) {
	head := map[string][]string{}
	for _, m := range modules {
		for _, name := range strings.Fields(m.names) {
			if !regexp.MustCompile(`(^|[^\w.'"])`+name+`(\(|\.|`+"`"+`|<\w+>\()`).MatchString(src) || imports(src, name) {
				continue
			}
			module := m.module
			if builder := dialects.FindStringSubmatch(src); builder != nil && strings.HasSuffix(module, "-core") {
				module = "drizzle-orm/" + builder[1] + "-core"
			}
			head[module] = append(head[module], name)
		}
	}
	if strings.Contains(src, ": ActionExecutor") {
		head["@quickback/types"] = []string{"ActionExecutor"}
	}
	if strings.HasPrefix(path, "quickback/features/") {
		up := "./"
		if strings.Contains(path, "/handlers/") {
			up = "../"
		}
		for _, table := range tables {
			file := strings.TrimSuffix(table, "Table")
			used := regexp.MustCompile(`(^|[^\w.'"/])` + table + `\b[^:'"]`).MatchString(src)
			if !used || strings.Contains(src, "const "+table+" =") {
				continue
			}
			if !imports(src, table) {
				name := table
				if file != table {
					name = file + " as " + table
				}
				head[up+kebab(file)] = []string{name}
			}
			if target := "quickback/features/records/" + kebab(file) + ".ts"; p.files[target] == "" {
				p.put(target, declaration(file, src))
			}
		}
	}
	var lines strings.Builder
	for _, module := range slices.Sorted(maps.Keys(head)) {
		fmt.Fprintf(&lines, "import { %s } from '%s';\n", strings.Join(head[module], ", "), module)
	}
	if lines.Len() > 0 && path == p.main {
		p.note("imports restored")
	}
	p.files[path] = lines.String() + "\n" + src + "\n"
}

func imports(src, name string) bool {
	return regexp.MustCompile(`(?m)^import \{[^}]*\b` + name + `\b`).MatchString(src)
}
