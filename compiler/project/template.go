package project

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/compiler/emit/app"
)

// Template is a stack that a project starts with.
type Template struct {
	Name    string
	Summary string
	// Providers of the configuration (Quickback documentation, "Providers").
	Runtime, Database, Auth string
	// Dialect is "pg" where the database is PostgreSQL. Tables of those templates are written with q, which has no dialect.
	Dialect string
}

// Bun is the template of `qbls init`: nothing has to be rented or installed for it.
var Bun = Template{"bun", "Bun and SQLite in a file", "bun", "better-sqlite3", "better-auth", ""}

// Templates returns the templates of `qbls create`, in the order in which they are offered.
func Templates() []Template {
	return []Template{
		{"cloudflare", "Cloudflare Workers and D1", "cloudflare", "cloudflare-d1", "better-auth", ""},
		Bun,
		{"node", "Node.js and libSQL in a file", "node", "libsql", "better-auth", ""},
		{"turso", "Bun and Turso (libSQL)", "bun", "libsql", "better-auth", ""},
		{"neon", "Cloudflare Workers and PostgreSQL on Neon", "cloudflare", "neon", "better-auth", "pg"},
		{"supabase", "Supabase: PostgreSQL with row level security", "supabase", "supabase", "supabase-auth", "pg"},
	}
}

// ByName returns the template of a name.
func ByName(name string) (Template, bool) {
	all := Templates()
	i := slices.IndexFunc(all, func(t Template) bool { return t.Name == name })
	if i < 0 {
		return Template{}, false
	}
	return all[i], true
}

// New plans a project with the example feature `todos`, for an empty folder.
func New(t Template, name string) []File {
	table := read("template/todos.sqlite.ts")
	if t.Dialect != "" {
		table = read("template/todos.q.ts")
	}
	files := []File{
		{".gitignore", strings.Join(ignored, "\n") + "\n"},
		{"README.md", readme(t, name)},
		{"package.json", packageJSON(name)},
		{"quickback/features/todos/actions.ts", read("template/actions.ts")},
		{"quickback/features/todos/todos.ts", table + read("template/policy.ts")},
		{"quickback/quickback.config.ts", config(t, name)},
		{"quickback/register.d.ts", register(t)},
		{"quickback/tsconfig.json", read("template/tsconfig.json")},
	}
	for _, f := range Types() {
		files = append(files, File{"quickback/" + f.Path, f.Content})
	}
	return files
}

func config(t Template, name string) string {
	auth := "defineAuth('" + t.Auth + "')"
	if t.Auth == "better-auth" {
		auth = "defineAuth('better-auth', { emailAndPassword: { enabled: true }, plugins: ['organization'] })"
	}
	return fmt.Sprintf(`import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';

export default defineConfig({
  name: '%s',
  template: 'hono',

  // Users belong to organizations, and rows to one of them.
  features: { organizations: true },

  // Lowest first: 'member+' means member, admin and owner.
  auth: { roleHierarchy: ['member', 'admin', 'owner'] },

  providers: {
    runtime: defineRuntime('%s'),
    database: defineDatabase('%s'),
    auth: %s,
  },

  // The compiled backend goes here.
  build: { outputDir: 'backend' },
});
`, name, t.Runtime, t.Database, auth)
}

func register(t Template) string {
	dialect := ""
	if t.Dialect != "" {
		dialect = "\n    // The database that actions write to.\n    dialect: '" + t.Dialect + "';"
	}
	return `// What the editor's types know of this project. A role that is not listed here is underlined where it is used.
import '@quickback/compiler';

declare module '@quickback/compiler' {
  interface Register {
    roles: 'member' | 'admin' | 'owner';` + dialect + `
  }
}
`
}

// Packages are what the editor's types of definitions come from, at the versions that emitted backends use.
func Packages() [][2]string {
	out := [][2]string{}
	for _, name := range []string{"drizzle-orm", "hono", "typescript", "zod"} {
		version := app.Pinned(nil, name)
		if name == "typescript" {
			version = typescript
		}
		out = append(out, [2]string{name, version})
	}
	return out
}

// typescript is the compiler that emitted backends are checked with.
const typescript = "5.9.3"

func packageJSON(name string) string {
	var packages []string
	for _, p := range Packages() {
		packages = append(packages, fmt.Sprintf("    %q: %q", p[0], p[1]))
	}
	return fmt.Sprintf(`{
  "name": %q,
  "private": true,
  "type": "module",
  "scripts": {
    "check": "qbls check",
    "compile": "qbls compile",
    "dev": "qbls dev",
    "typecheck": "tsc -p quickback"
  },
  "devDependencies": {
%s
  }
}
`, strings.ToLower(name), strings.Join(packages, ",\n"))
}

func readme(t Template, name string) string {
	return fmt.Sprintf(`# %s

A backend declared in [Quickback definitions](quickback/features), for %s.

    npm install      # the types of Drizzle and Zod, for the editor
    qbls check       # what is wrong or dangerous in the definitions
    qbls compile     # write the backend to backend/
    qbls dev         # compile and run, again on every save

| | |
|---|---|
| [quickback/quickback.config.ts](quickback/quickback.config.ts) | the stack and the roles |
| [quickback/features/todos/todos.ts](quickback/features/todos/todos.ts) | a table: who sees and changes what |
| [quickback/features/todos/actions.ts](quickback/features/todos/actions.ts) | what changes its protected fields |
| [quickback/register.d.ts](quickback/register.d.ts) | the roles, for the editor |
| quickback/types | the types of the definition API; written by qbls |
`, name, t.Summary)
}
