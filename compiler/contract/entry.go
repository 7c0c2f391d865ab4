package contract

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/compiler/contract/literal"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

type ruleOf = *diagnostics.Rule

// forms are the modules of an app that hold no policy, in every form that a target gives them. ‹text› is any string, ‹texts› any union
// of strings. A module that is none of its forms is a violation; a target with another form adds it here.
var forms = map[text.Path][]string{
	"src/index.ts": {
		`import { app } from './app.ts'; import { open } from './db/index.ts'; import { serve } from './lib/server.ts';
		await serve({ app, open, migrations: new URL('../quickback/drizzle', import.meta.url) });`,
		`import { app } from './app.ts'; import { open } from './db/index.ts'; import { serve } from './lib/server.ts';
		await serve({ app, open, migrations: new URL('../quickback/drizzle', import.meta.url), openapi: new URL('../openapi.json', import.meta.url) });`,
		`import { app } from './app.ts'; import { open } from './db/index.ts'; import { http } from './lib/bun.ts'; import { serve } from './lib/server.ts';
		await serve({ app, open, http, migrations: new URL('../quickback/drizzle', import.meta.url) });`,
		`import { app } from './app.ts'; import { open } from './db/index.ts'; import { http } from './lib/bun.ts'; import { serve } from './lib/server.ts';
		await serve({ app, open, http, migrations: new URL('../quickback/drizzle', import.meta.url), openapi: new URL('../openapi.json', import.meta.url) });`,
		`import { app } from './app.ts'; import { open } from './db/index.ts'; import { http } from './lib/node.ts'; import { serve } from './lib/server.ts';
		await serve({ app, open, http, migrations: new URL('../quickback/drizzle', import.meta.url) });`,
		`import { app } from './app.ts'; import { open } from './db/index.ts'; import { http } from './lib/node.ts'; import { serve } from './lib/server.ts';
		await serve({ app, open, http, migrations: new URL('../quickback/drizzle', import.meta.url), openapi: new URL('../openapi.json', import.meta.url) });`,
		`import { app } from './app.ts'; import { worker } from './lib/worker.ts';
		export default worker({ app, bindings: { database: ‹text›, auth: ‹text›, sessions: ‹text› } });`,
		`import { app } from './app.ts'; import { worker } from './lib/worker.ts';
		export default worker({ app, bindings: { database: ‹text›, auth: ‹text›, audit: ‹text›, sessions: ‹text› } });`,
		`import { app } from './app.ts'; import { worker } from './lib/worker.ts';
		export default worker({ app, bindings: { database: ‹text›, sessions: ‹text› } });`,
		`import openapi from '../openapi.json'; import { app } from './app.ts'; import { worker } from './lib/worker.ts';
		export default worker({ app, bindings: { database: ‹text›, auth: ‹text›, sessions: ‹text› }, openapi });`,
		`import openapi from '../openapi.json'; import { app } from './app.ts'; import { worker } from './lib/worker.ts';
		export default worker({ app, bindings: { database: ‹text›, auth: ‹text›, audit: ‹text›, sessions: ‹text› }, openapi });`,
		`import openapi from '../openapi.json'; import { app } from './app.ts'; import { worker } from './lib/worker.ts';
		export default worker({ app, bindings: { database: ‹text›, sessions: ‹text› }, openapi });`,
	},
	"src/db/index.ts": {
		`import type { Environment } from '../lib/auth.ts'; import { openSqlite } from '../lib/sqlite.ts';
		export const open = (env: Environment) => openSqlite(env['DATABASE_PATH'] ?? './data/app.db');`,
		`import type { Environment } from '../lib/auth.ts'; import { openLibsql } from '../lib/libsql.ts';
		export const open = (env: Environment) => openLibsql(env['DATABASE_URL'] ?? 'file:./data/app.db', env['DATABASE_AUTH_TOKEN']);`,
		"import type { Environment } from '../lib/auth.ts'; import { openLibsql } from '../lib/libsql.ts';\n" +
			"export const open = (env: Environment) => openLibsql(`file:${env['DATABASE_PATH'] ?? './data/app.db'}`);",
	},
	"src/db/tables.ts": {
		`import { registerTables } from '../lib/definition-sqlite.ts'; import * as schema from './schema.ts';
		declare module '../lib/definition.ts' { interface Register { schema: typeof schema } }
		registerTables(schema); export * from '../lib/definition-sqlite.ts';`,
	},
	"src/register.ts": {`declare module './lib/policy.ts' { interface Register { roles: ‹texts› } } export {};`},
}

// required are the modules that every app has; the others are read where they are.
var required = []text.Path{"src/index.ts", "src/db/tables.ts", "src/register.ts"}

// entries compares the modules without policy with their forms, and reads those that hold settings.
func (v *verifier) entries() {
	for file := range forms {
		src, ok := v.content(file)
		if !ok && !slices.Contains(required, file) {
			continue
		}
		v.known = append(v.known, file)
		if at, fits := fitsAny(src, v.formsOf(file)); !fits {
			v.odd(file, span{at, min(at+1, len(src))}, string(file), "one of the forms that qbls emits")
			continue
		}
		v.prove(Closure, file, span{0, len(src)}, "one of the known forms")
	}
	v.tables()
	v.authentication()
}

// formsOf are the forms of a module that bind what the project needs: where Better Auth has a database of its own, so has the audit trail.
func (v *verifier) formsOf(file text.Path) []string {
	audited := v.audited()
	return slices.DeleteFunc(slices.Clone(forms[file]), func(form string) bool {
		return strings.Contains(form, "auth: ‹text›") && strings.Contains(form, "audit: ‹text›") != audited
	})
}

// fitsAny says whether a module is one of the forms, else how far the best one fits.
func fitsAny(src string, list []string) (int, bool) {
	tokens, err := literal.Tokens(src)
	if err != nil {
		return 0, false
	}
	farthest := 0
	for _, f := range list {
		want, err := literal.Tokens(f)
		if err != nil {
			panic("contract: a form that cannot be read: " + err.Error())
		}
		at, ok := fits(significant(tokens), significant(want))
		if ok {
			return 0, true
		}
		farthest = max(farthest, at)
	}
	return farthest, false
}

// significant leaves out commas before a closing bracket.
func significant(tokens []literal.Token) []literal.Token {
	var out []literal.Token
	for i, t := range tokens {
		if t.Kind == literal.Mark && t.Value == "," && i+1 < len(tokens) && strings.Contains("})]", tokens[i+1].Value) && tokens[i+1].Kind == literal.Mark {
			continue
		}
		out = append(out, t)
	}
	return out
}

func fits(have, want []literal.Token) (int, bool) {
	i := 0
	for _, w := range want {
		if i >= len(have) {
			return have[len(have)-1].Start, false
		}
		h := have[i]
		switch w.Value {
		case "‹text›":
			if h.Kind != literal.Text {
				return h.Start, false
			}
		case "‹texts›":
			if h.Kind != literal.Text {
				return h.Start, false
			}
			for i+2 < len(have) && have[i+1].Value == "|" && have[i+2].Kind == literal.Text {
				i += 2
			}
		default:
			if h.Kind != w.Kind || h.Value != w.Value {
				return h.Start, false
			}
		}
		i++
	}
	return len(have), i == len(have)
}

// tables reads src/db/definition.ts, which hands the tables of q to the author's modules: each by its name, from the emitted schema.
func (v *verifier) tables() {
	const file text.Path = "src/db/definition.ts"
	if _, ok := v.content(file); !ok {
		return
	}
	m := v.read(file, Closure, nil)
	if m == nil {
		return
	}
	want := map[string]string{"q": "tablesOf", "feature": "featuresOf"}
	for _, c := range m.Consts {
		switch f := want[c.Name]; {
		case c.Name == "tables" && c.Value.Form == literal.Object:
			for _, p := range c.Value.Props {
				if p.Value.Form != literal.Path || len(p.Value.Path) != 2 || p.Value.Path[0] != "schema" || !comes(file, m, "schema", "src/db/schema.ts", "*") {
					v.odd(file, span{p.Start, p.End}, "tables."+p.Name, "a table of the emitted schema")
				}
			}
		case f != "" && c.Value.Form == literal.Call && c.Value.On.IsName(f) && comes(file, m, f, "src/lib/definition-q.ts", f) && len(c.Value.Items) == 1 && c.Value.Items[0].IsName("tables"):
		default:
			v.odd(file, span{c.Start, c.End}, c.Name, "tables, q and feature")
		}
	}
	for _, i := range m.Imports {
		if len(i.Names)+len(i.Types) == 0 && i.Module != "./tables.ts" {
			v.odd(file, span{i.Start, i.End}, "imports", "no module that is only run")
		}
	}
	for _, i := range m.Reexports {
		if resolve(file, i.Module) != "src/lib/definition.ts" {
			v.odd(file, span{i.Start, i.End}, "exports", "the definition API of the library")
		}
	}
	for _, r := range m.Run {
		v.odd(file, spanOf(r), "statements", "no statement")
	}
}

// roles are those of the project: Better Auth's own first.
func (v *verifier) roles() []string {
	out := []string{"owner", "admin", "member"}
	for _, r := range v.Project.Globals.Roles {
		if !slices.Contains(out, r.Name) {
			out = append(out, r.Name)
		}
	}
	return out
}

func stringsOf(list *literal.Value) []string {
	out := []string{}
	for _, i := range list.Items {
		out = append(out, i.Str)
	}
	return out
}
