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

var devDependencies = [][2]string{{"bun", "1.4.5"}, {"bun-types", "1.4.5"}, {"drizzle-kit", "0.31.11"}, {"typescript", "5.9.3"}}

// Package says whether the emitted package.json has a package.
func Package(p *model.Project, name string) bool {
	in := func(list [][2]string) bool {
		return slices.ContainsFunc(list, func(d [2]string) bool { return d[0] == name })
	}
	return in(dependencies) || in(p.Config.Dependencies)
}

// Pinned returns the version that the library needs of a package, "" when it does not use it.
func Pinned(name string) string {
	for _, d := range dependencies {
		if d[0] == name {
			return d[1]
		}
	}
	return ""
}

func packageFiles(p *model.Project) []output.File {
	return []output.File{
		{Path: "package.json", Content: packageJSON(p)},
		file("tsconfig.json", tsconfig),
		file("drizzle.config.ts", drizzleConfig),
		file(".gitignore", "node_modules/\ndata/\n.env\n.env.*\n!.env.example\n"),
		file(".env.example", envExample),
	}
}

func packageJSON(p *model.Project) []byte {
	all := slices.Clone(dependencies)
	for _, d := range p.Config.Dependencies {
		if Pinned(d[0]) == "" {
			all = append(all, d)
		}
	}
	scripts := ordered.New().Set("dev", "bun --watch src/index.ts").Set("start", "NODE_ENV=production bun src/index.ts").Set("typecheck", "tsc --noEmit")
	return ordered.JSON(ordered.New().Set("name", packageName(p.Config.Name)).Set("private", true).Set("type", "module").Set("scripts", scripts).
		Set("dependencies", versions(all)).Set("devDependencies", versions(devDependencies)))
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

const tsconfig = `{
  "compilerOptions": {
    "target": "ES2022",
    "module": "ESNext",
    "moduleResolution": "Bundler",
    "lib": ["ES2022", "DOM", "DOM.Iterable"],
    "types": ["bun-types"],
    "strict": true,
    "allowImportingTsExtensions": true,
    "skipLibCheck": true,
    "noEmit": true
  },
  "include": ["src"]
}
`

const drizzleConfig = generated + `import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'sqlite',
  schema: ['./src/auth/schema.ts', './src/features/*/schema.ts'],
  out: './quickback/drizzle',
  dbCredentials: { url: process.env['DATABASE_PATH'] ?? './data/app.db' },
});
`

const envExample = `# Signs sessions: at least 32 random characters, for example from "openssl rand -base64 32". Required.
BETTER_AUTH_SECRET=

# Where browsers reach the server.
BETTER_AUTH_URL=http://localhost:3000

PORT=3000
DATABASE_PATH=./data/app.db
`
