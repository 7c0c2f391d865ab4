package definition

import (
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/diagnostics/text"
)

func configWith(keys string) string {
	return "export default {\n  name: 'shop',\n  providers: { runtime: { name: 'bun' }, database: { name: 'better-sqlite3' }, auth: { name: 'better-auth' } },\n" + keys + "};\n"
}

// Every key of the configuration is read: what is misspelt or of another kind is said where it stands, and what is not emitted is said
// at its key. The text between « and » is what the one diagnostic points at.
func TestConfigurationKeys(t *testing.T) {
	provider := func(runtime, database, auth string) string {
		return "export default { name: 'shop', providers: { runtime: " + runtime + ", database: " + database + ", auth: " + auth + " } };\n"
	}
	const bun, sqlite, better = "{ name: 'bun' }", "{ name: 'better-sqlite3' }", "{ name: 'better-auth' }"
	for name, c := range map[string]struct{ source, code, help string }{
		"key":                      {configWith("  «openApi»: true,\n"), "QB1101", "Did you mean openapi?"},
		"template of later":        {configWith("  template: '«nextjs»',\n"), "QB1104", ""},
		"no template":              {configWith("  template: '«express»',\n"), "QB1102", "Known: hono, nextjs."},
		"feature":                  {configWith("  features: { «organisations»: true },\n"), "QB1101", "Did you mean organizations?"},
		"feature in a list":        {configWith("  features: ['«teams»'],\n"), "QB1101", "Known here: organizations."},
		"build":                    {configWith("  build: { «outDir»: 'x' },\n"), "QB1101", "Did you mean outputDir?"},
		"package manager":          {configWith("  build: { packageManager: '«deno»' },\n"), "QB1102", "Known: npm, bun, pnpm, yarn."},
		"audit fields":             {configWith("  compiler: { features: { «auditField»: true } },\n"), "QB1101", "Did you mean auditFields?"},
		"renames":                  {configWith("  compiler: { migrations: { «rename»: {} } },\n"), "QB1101", "Did you mean renames?"},
		"registry":                 {configWith("  schemaRegistry: { «generated»: true },\n"), "QB1101", "Did you mean generate?"},
		"etag":                     {configWith("  etag: { «enable»: true },\n"), "QB1101", "Did you mean enabled?"},
		"origins":                  {configWith("  trustedOrigins: «'https://a.example'»,\n"), "QB1102", "Expected a list of strings."},
		"cms":                      {configWith("  «cms»: { domain: 'cms.example.com', access: 'admin' },\n"), "QB1104", ""},
		"cms, misspelt":            {configWith("  cms: { «acess»: 'admin' },\n"), "QB1101", "Did you mean access?"},
		"account, misspelt":        {configWith("  account: { auth: { «passkeys»: true } },\n"), "QB1101", "Did you mean passkey?"},
		"agents, misspelt":         {configWith("  agents: { «llmTxt»: true },\n"), "QB1101", "Did you mean llmsTxt?"},
		"authz, misspelt":          {configWith("  authz: { «permission»: {} },\n"), "QB1101", "Did you mean permissions?"},
		"hierarchy":                {configWith("  auth: { «roleHierachy»: ['a'] },\n"), "QB1101", "Did you mean roleHierarchy?"},
		"runtime":                  {provider("{ name: '«deno»' }", sqlite, better), "QB1102", "Known: cloudflare, bun, node, supabase."},
		"provider, misspelt":       {provider("{ name: 'bun', «conf»: {} }", sqlite, better), "QB1101", "Did you mean config?"},
		"ids":                      {provider(bun, "{ name: 'better-sqlite3', config: { generateId: '«ulid»' } }", better), "QB1102", ""},
		"database option":          {provider(bun, "{ name: 'better-sqlite3', config: { «generateID»: 'uuid' } }", better), "QB1101", "Did you mean generateId?"},
		"pooled":                   {provider("{ name: 'cloudflare' }", "{ name: 'neon', config: { «pooled»: true } }", better), "QB1104", ""},
		"connection":               {provider("{ name: 'cloudflare' }", "{ name: 'neon', config: { «connectionMode»: 'http' } }", better), "QB1104", ""},
		"connection of no kind":    {provider("{ name: 'cloudflare' }", "{ name: 'neon', config: { connectionMode: '«https»' } }", better), "QB1102", "Known: auto, http, websocket."},
		"vectors":                  {provider("{ name: 'cloudflare' }", "{ name: 'cloudflare-d1', config: { «vectorizeIndexName»: 'v' } }", better), "QB1104", ""},
		"plugin, misspelt":         {provider(bun, sqlite, "{ name: 'better-auth', config: { plugins: ['«organisation»'] } }"), "QB1102", "Did you mean organization?"},
		"plugin of nobody":         {provider(bun, sqlite, "{ name: 'better-auth', config: { plugins: ['admin', '«teleport»'] } }"), "QB1102", ""},
		"plugin option, misspelt":  {provider(bun, sqlite, "{ name: 'better-auth', config: { plugins: [{ name: 'apiKey', config: { rateLimit: { «maximum»: 5 } } }] } }"), "QB1101", ""},
		"plugin without options":   {provider(bun, sqlite, "{ name: 'better-auth', config: { plugins: [{ name: 'admin', config: { «roles»: [] } }] } }"), "QB1101", ""},
		"plugin option of no kind": {provider(bun, sqlite, "{ name: 'better-auth', config: { plugins: [{ name: 'apiKey', config: { rateLimit: { max: «0» } } }] } }"), "QB1102", "Expected a number above zero."},
		"plugin of no kind":        {provider(bun, sqlite, "{ name: 'better-auth', config: { plugins: [«7»] } }"), "QB1102", "Expected a string."},
		"social, misspelt":         {provider(bun, sqlite, "{ name: 'better-auth', config: { socialProviders: { «gihub»: true } } }"), "QB1102", "Did you mean github?"},
		"social, written secret":   {provider(bun, sqlite, "{ name: 'better-auth', config: { socialProviders: { github: { clientSecret: «'s3cret-of-github'» } } } }"), "QB1102", "Write process.env.NAME: the backend reads the variable when it starts."},
		"social option":            {provider(bun, sqlite, "{ name: 'better-auth', config: { socialProviders: { github: { «scopes»: [] } } } }"), "QB1101", "Did you mean scope?"},
		"email, misspelt":          {configWith("  email: { «form»: 'a@example.com' },\n"), "QB1101", "Did you mean from?"},
		"email of nobody":          {configWith("  email: { provider: '«sendgrid»' },\n"), "QB1102", "Known: cloudflare, aws-ses."},
		"email, no address":        {configWith("  email: { from: '«noreply»' },\n"), "QB1102", "Write an address, as noreply@example.com."},
		"email, more headers":      {configWith("  email: { fromName: '«A <b@c>»' },\n"), "QB1102", ""},
		"session of no days":       {provider(bun, sqlite, "{ name: 'better-auth', config: { session: { expiresInDays: «0» } } }"), "QB1102", "Expected a number above zero."},
		"session":                  {provider(bun, sqlite, "{ name: 'better-auth', config: { session: { «expires»: 7 } } }"), "QB1101", "Did you mean expiresInDays?"},
		"storage, misspelt option": {provider(bun, sqlite, better+", fileStorage: { name: 'cloudflare-r2', config: { «bucket»: 'x' } }"), "QB1101", "Did you mean bucketName?"},
	} {
		t.Run(name, func(t *testing.T) {
			before, rest, _ := strings.Cut(c.source, "«")
			marked, after, _ := strings.Cut(rest, "»")
			source := before + marked + after
			_, found := readText("quickback.config.ts", source)
			for _, d := range found {
				if s := d.At.Span; int(s.Start) == len(before) && source[s.Start:s.End] == marked && string(d.Rule.Code) == c.code && (c.help == "" || d.Help == c.help) {
					return
				}
			}
			t.Errorf("not %s at %q with %q: %+v", c.code, marked, c.help, found)
		})
	}
}

// A type of a column that its module does not export is exported by the fix.
func TestTypesAreExported(t *testing.T) {
	source := imports + "type Kind = 'a' | 'b';\nexport const x = sqliteTable('x', { a: text().$type<Kind>() });\n"
	_, found := readText("things.ts", source)
	if len(found) != 1 || len(found[0].Fixes) != 1 {
		t.Fatalf("%+v", found)
	}
	fixed, err := text.Apply(source, found[0].Fixes[0].Edits["things.ts"])
	if err != nil {
		t.Fatal(err)
	}
	f, found := readText("things.ts", fixed)
	if len(found) > 0 || f.Tables[0].Columns[0].TypeText != "Kind" || !strings.Contains(fixed, "\nexport type Kind = 'a'") {
		t.Errorf("%+v\n%s", found, fixed)
	}
}

// What a configuration has to say and does not is said, and the fix writes what applies without it.
func TestWhatAConfigurationLeavesOut(t *testing.T) {
	for name, c := range map[string]struct {
		source, fixed string // the fix of QB8003
		codes         []string
	}{
		"all": {"export default {\n  template: 'hono',\n};\n", `export default {
  template: 'hono',
  providers: {
    runtime: { name: 'bun' },
    database: { name: 'better-sqlite3' },
    auth: { name: 'better-auth' },
  },
};
`, []string{"QB8002", "QB8003"}},
		"nothing written": {"export default {};\n", "export default { providers: {\n  runtime: { name: \"bun\" },\n  database: { name: \"better-sqlite3\" },\n  auth: { name: \"better-auth\" },\n} };\n", []string{"QB8002", "QB8003"}},
		"the database": {"export default { name: 'shop', providers: { runtime: { name: 'cloudflare' }, auth: { name: 'better-auth' } } };\n",
			"export default { name: 'shop', providers: { runtime: { name: 'cloudflare' }, auth: { name: 'better-auth' }, database: { name: 'cloudflare-d1' } } };\n", []string{"QB8003"}},
		"two of them": {"export default {\n  name: 'shop',\n  providers: {\n    runtime: { name: 'node' },\n  },\n};\n",
			"export default {\n  name: 'shop',\n  providers: {\n    runtime: { name: 'node' },\n    database: { name: 'libsql' },\n    auth: { name: 'better-auth' },\n  },\n};\n", []string{"QB8003"}},
		"a wrong one":    {"export default { name: 'shop', providers: { runtime: { name: 'bun' }, database: { name: 'mongo' }, auth: { name: 'better-auth' } } };\n", "", []string{"QB1102"}},
		"spread":         {"const rest = { name: 'shop' };\nexport default { ...rest };\n", "", nil},
		"nothing missed": {configWith(""), "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, found := readText("quickback.config.ts", c.source)
			var codes []string
			fixed := ""
			for _, d := range found {
				codes = append(codes, string(d.Rule.Code))
				if d.Rule == DefaultProviders {
					var err error
					if fixed, err = text.Apply(c.source, d.Fixes[0].Edits["quickback.config.ts"]); err != nil {
						t.Fatal(err)
					}
				}
			}
			if slices.Sort(codes); !slices.Equal(codes, c.codes) {
				t.Errorf("got %v, want %v", codes, c.codes)
			}
			if fixed != c.fixed {
				t.Errorf("fixed:\n%s", fixed)
			}
		})
	}
}
