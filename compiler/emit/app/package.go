package app

import (
	"slices"
	"sort"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/ordered"
	"github.com/qbls/qbls/compiler/output"
)

// BetterAuth is the version whose tables and behaviour the library was made for.
const BetterAuth = "1.7.5"

// dependencies are exact: the library was tested with these, and Better Auth refuses looser combinations.
var dependencies = [][2]string{
	{"@better-auth/core", BetterAuth}, {"@better-auth/drizzle-adapter", BetterAuth}, {"@better-auth/utils", "0.4.2"}, {"better-auth", BetterAuth},
	{"better-call", "1.4.0"}, {"drizzle-orm", "0.45.4"}, {"hono", "4.13.19"}, {"zod", "4.6.7"},
}

var devDependencies = [][2]string{{"drizzle-kit", "0.31.11"}, {"typescript", "5.9.3"}}

// more are the packages of a project besides those of all: what its target and its plugins need.
func more(p *model.Project) (runtime, development [][2]string) {
	runtime, development = TargetOf(p).more()
	for _, part := range authPartsOf(p) {
		if part.pkg != "" {
			runtime = append(runtime, [2]string{part.pkg, BetterAuth})
		}
	}
	return runtime, development
}

// more are the packages of a target.
func (t Target) more() (runtime, development [][2]string) {
	if t.driver() == "libsql" {
		runtime = append(runtime, [2]string{"@libsql/client", "0.18.0"}, [2]string{"libsql", "0.5.29"})
	}
	switch t.Runtime {
	case "bun":
		development = [][2]string{{"bun", "1.4.5"}, {"bun-types", "1.4.5"}}
	case "node":
		runtime = append(runtime, [2]string{"@hono/node-server", "2.1.8"})
		development = [][2]string{{"@types/node", "26.6.6"}, {"esbuild", "0.25.12"}}
	case "cloudflare":
		development = [][2]string{{"@types/node", "26.6.6"}, {"wrangler", "4.86.0"}}
	}
	return runtime, development
}

// Package says whether the emitted package.json has a package.
func Package(p *model.Project, name string) bool {
	in := func(list [][2]string) bool {
		return slices.ContainsFunc(list, func(d [2]string) bool { return d[0] == name })
	}
	own, _ := more(p)
	return in(dependencies) || in(own) || in(p.Config.Dependencies)
}

// Pinned returns the version that the library needs of a package, "" when it does not use it. Without a project it is what every target needs.
func Pinned(p *model.Project, name string) string {
	all := slices.Clone(dependencies)
	if p != nil {
		own, _ := more(p)
		all = append(all, own...)
	}
	for _, d := range all {
		if d[0] == name {
			return d[1]
		}
	}
	return ""
}

func packageFiles(p *model.Project) []output.File {
	t := TargetOf(p)
	out := []output.File{
		{Path: "package.json", Content: packageJSON(p)},
		file("tsconfig.json", t.tsconfig()),
	}
	if t.Runtime == "cloudflare" {
		return append(out, workersFiles(p)...)
	}
	return append(out,
		file("drizzle.config.ts", t.drizzleConfig()),
		file(".gitignore", "node_modules/\ndata/\ndist/\n.env\n.env.*\n!.env.example\n"),
		file(".env.example", envExample+t.envExample()+authEnv(p)),
	)
}

func packageJSON(p *model.Project) []byte {
	own, development := more(p)
	all := append(slices.Clone(dependencies), own...)
	for _, d := range p.Config.Dependencies {
		if Pinned(p, d[0]) == "" {
			all = append(all, d)
		}
	}
	return ordered.JSON(ordered.New().Set("name", packageName(p.Config.Name)).Set("private", true).Set("type", "module").Set("scripts", scripts(p)).
		Set("dependencies", versions(all)).Set("devDependencies", versions(append(slices.Clone(devDependencies), development...))))
}

func versions(list [][2]string) *ordered.Map {
	sorted := slices.Clone(list)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i][0] < sorted[j][0] })
	o := ordered.New()
	for _, d := range sorted {
		o.Set(d[0], d[1])
	}
	return o
}

// packageName makes a name that npm accepts.
func packageName(s string) string {
	name := strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '-', r == '_', r == '.':
			return r
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, s), "-_.")
	if name == "" {
		return "app"
	}
	return name
}

func (t Target) tsconfig() string {
	types := map[string]string{"bun": "bun-types"}[t.Runtime]
	if types == "" {
		types = "node"
	}
	return `{
  "compilerOptions": {
    "target": "ES2022",
    "module": "ESNext",
    "moduleResolution": "Bundler",
    "lib": ["ES2022", "DOM", "DOM.Iterable"],
    "types": ["` + types + `"],
    "strict": true,
    "allowImportingTsExtensions": true,
    "resolveJsonModule": true,
    "skipLibCheck": true,
    "noEmit": true
  },
  "include": ["src"]
}
`
}

func (t Target) drizzleConfig() string {
	dialect, credentials := "sqlite", "{ url: process.env['DATABASE_PATH'] ?? './data/app.db' }"
	if t.Database == "libsql" {
		dialect, credentials = "turso", "{ url: process.env['DATABASE_URL'] ?? 'file:./data/app.db', authToken: process.env['DATABASE_AUTH_TOKEN'] }"
	}
	return generated + `import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: '` + dialect + `',
  schema: ['./src/auth/schema.ts', './src/features/*/schema.ts'],
  out: './quickback/drizzle',
  dbCredentials: ` + credentials + `,
});
`
}

const envExample = `# Signs sessions: at least 32 random characters, for example from "openssl rand -base64 32". Required.
BETTER_AUTH_SECRET=

# Where browsers reach the server.
BETTER_AUTH_URL=http://localhost:3000

PORT=3000
`

func (t Target) envExample() string {
	if t.Database != "libsql" {
		return "DATABASE_PATH=./data/app.db\n"
	}
	return "# A file, or a server such as libsql://name.turso.io with its token.\nDATABASE_URL=file:./data/app.db\nDATABASE_AUTH_TOKEN=\n"
}

// authEnv are the variables of mail and of other people's accounts, which development does without.
func authEnv(p *model.Project) string {
	out := ""
	if m := p.Config.Mail; m != nil && m.Provider == "aws-ses" {
		out += "\n# Amazon SES sends the mail. Without these, development logs it.\nAWS_ACCESS_KEY_ID=\nAWS_SECRET_ACCESS_KEY=\n"
	}
	for _, s := range p.Config.Social {
		out += "\n# Sign-in with " + s.Name.Text + ". Without these, development leaves it out.\n" + s.ID + "=\n" + s.Secret + "=\n"
	}
	return out
}
