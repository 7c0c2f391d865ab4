package app

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/audit"
	"github.com/qbls/qbls/compiler/emit/ordered"
	"github.com/qbls/qbls/compiler/emit/storage"
)

// Target is what a backend is emitted for.
type Target struct {
	Runtime  string // bun, node, cloudflare
	Database string // better-sqlite3, libsql, cloudflare-d1
}

// targets are all that are emitted, each runtime's usual database first. On Node a better-sqlite3 database is the same file, opened by
// libSQL, which needs no compiler to install.
var targets = []Target{
	{"bun", "better-sqlite3"}, {"bun", "libsql"}, {"node", "libsql"}, {"node", "better-sqlite3"}, {"cloudflare", "cloudflare-d1"},
}

// TargetOf is the target of a project; what the configuration leaves out is the usual one.
func TargetOf(p *model.Project) Target {
	t := Target{p.Config.Runtime, p.Config.Database}
	if i := slices.IndexFunc(targets, func(k Target) bool {
		return (t.Runtime == "" || t.Runtime == k.Runtime) && (t.Database == "" || t.Database == k.Database)
	}); i >= 0 {
		return targets[i]
	}
	return t
}

// Emitted says whether a backend can be emitted for a target.
func (t Target) Emitted() bool { return slices.Contains(targets, t) }

// Runtimes and Databases list what is emitted; those of the other side fit together when it is not "".
func Runtimes(database string) []string {
	return listed(func(t Target) (string, bool) { return t.Runtime, database == "" || t.Database == database })
}

// Databases list what is emitted for a runtime, or at all.
func Databases(runtime string) []string {
	return listed(func(t Target) (string, bool) { return t.Database, runtime == "" || t.Runtime == runtime })
}

func listed(of func(Target) (string, bool)) []string {
	var out []string
	for _, t := range targets {
		if name, ok := of(t); ok && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// Split says whether Better Auth's tables live in a database of their own, as they do on D1 unless splitDatabases is false.
func Split(p *model.Project) bool {
	return TargetOf(p).Runtime == "cloudflare" && p.Config.Source.Workers.Split.Or(true)
}

// driver is the library's module for the database.
func (t Target) driver() string {
	switch {
	case t.Runtime == "cloudflare":
		return "d1"
	case t.Runtime == "node", t.Database == "libsql":
		return "libsql"
	}
	return "sqlite"
}

// index is the entry point.
func (t Target) index(p *model.Project) string {
	if t.Runtime == "cloudflare" {
		return workersIndex(p)
	}
	s := generated + "import { app } from './app.ts';\nimport { open } from './db/index.ts';\nimport { http } from './lib/" + t.Runtime + ".ts';\nimport { serve } from './lib/server.ts';\n\n" +
		"await serve({ app, open, http, migrations: new URL('../quickback/drizzle', import.meta.url)"
	if p.Config.PublishOpenAPI {
		s += ", openapi: new URL('../openapi.json', import.meta.url)"
	}
	return s + " });\n"
}

// open is the module that opens the database, "" where the platform binds it.
func (t Target) open() string {
	open, url := "openSqlite", "env['DATABASE_PATH'] ?? './data/app.db'"
	switch {
	case t.driver() == "d1":
		return ""
	case t.Database == "libsql":
		open, url = "openLibsql", "env['DATABASE_URL'] ?? 'file:./data/app.db', env['DATABASE_AUTH_TOKEN']"
	case t.driver() == "libsql":
		open, url = "openLibsql", "`file:${env['DATABASE_PATH'] ?? './data/app.db'}`"
	}
	return generated + "import type { Environment } from '../lib/auth.ts';\nimport { " + open + " } from '../lib/" + t.driver() + ".ts';\n\n" +
		"export const open = (env: Environment) => " + open + "(" + url + ");\n"
}

// scripts are those of package.json. Servers apply their migrations when they start; on Workers deployment does.
func scripts(p *model.Project) *ordered.Map {
	o := ordered.New()
	switch TargetOf(p).Runtime {
	case "bun":
		o.Set("dev", "bun --watch src/index.ts").Set("start", "NODE_ENV=production bun src/index.ts")
	case "node":
		o.Set("build", "esbuild src/index.ts --bundle --packages=external --platform=node --format=esm --target=node20 --outfile=dist/index.js").
			Set("dev", "npm run build && node dist/index.js").Set("start", "NODE_ENV=production node dist/index.js")
	case "cloudflare":
		o.Set("dev", "npm run db:migrate:local && wrangler dev")
		for _, where := range []string{"local", "remote"} {
			var all []string
			for _, d := range d1Databases(p) {
				if d.part == "" {
					all = append(all, "wrangler d1 migrations apply "+d.binding+" --"+where)
					continue
				}
				name := "db:migrate:" + d.part + ":" + where
				o.Set(name, "wrangler d1 migrations apply "+d.binding+" --"+where)
				all = append(all, "npm run "+name)
			}
			o.Set("db:migrate:"+where, strings.Join(all, " && "))
		}
		o.Set("deploy", "npm run db:migrate:remote && wrangler deploy")
	}
	return o.Set("typecheck", "tsc --noEmit")
}

// Store is a database of the emitted backend.
type Store struct {
	Name   string // auth, audit or features; "" when it is the only one
	Tables []*storage.Table
}

// Stores divides the tables of a project among its databases: one, or Better Auth's, that of the audit trail and, last, that of the features. No foreign key of a table
// refers to one of another store, because features refer to features.
func Stores(p *model.Project, tables []*storage.Table) []Store {
	if !Split(p) {
		return []Store{{"", tables}}
	}
	auth, trail, features := Store{Name: "auth"}, Store{Name: "audit"}, Store{Name: "features"}
	for _, t := range tables {
		switch t.Module {
		case AuthSchema:
			auth.Tables = append(auth.Tables, t)
		case audit.Module:
			trail.Tables = append(trail.Tables, t)
		default:
			features.Tables = append(features.Tables, t)
		}
	}
	if len(trail.Tables) == 0 {
		return []Store{auth, features}
	}
	return []Store{auth, trail, features}
}
