package compiler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/app"
	"github.com/qbls/qbls/compiler/emit/link"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// TargetNotEmitted is reported for a runtime, database, auth provider or feature that the definitions may name and that this version
// has no emitter for.
var TargetNotEmitted = &diagnostics.Rule{
	Code: "QB8901", Title: "This target is not emitted by this version", Since: "0.1.0", Severity: diagnostics.Error,
	Why:  "The definitions are checked for every target, but a backend that silently differs from what the configuration asks for is worse than none.",
	Fix:  "Choose bun or node with better-sqlite3 or libsql, or cloudflare with cloudflare-d1, and better-auth.",
	Bad:  configExample("{ name: 'shop', providers: { runtime: { name: 'cloudflare' }, database: { name: 'neon' }, auth: { name: 'better-auth' } } }"),
	Good: configExample("{ name: 'shop', providers: { runtime: { name: 'bun' }, database: { name: 'better-sqlite3' }, auth: { name: 'better-auth' } } }"),
}

// ImportNotResolved is reported for an import of a linked module that the emitted backend would not find when it starts.
var ImportNotResolved = &diagnostics.Rule{
	Code: "QB8902", Title: "An import of a linked module does not exist in the backend", Since: "0.1.0", Severity: diagnostics.Error,
	Why:     "Actions and handlers run in the backend as they are written. One that cannot load keeps the whole backend from starting.",
	Fix:     "Correct the path, or add the package to build.dependencies in the configuration.",
	Bad:     actionsExample("import { slug } from './slugs';\n"),
	Good:    actionsExample("import { z } from 'zod';\n"),
	Related: []diagnostics.Code{"QB8904"},
}

// PolicyNotEmitted is reported for a policy that is understood but has no form in the emitted data.
var PolicyNotEmitted = &diagnostics.Rule{
	Code: "QB8903", Title: "This part of the policy is not emitted by this version", Since: "0.1.0", Severity: diagnostics.Error, Locked: true,
	Why:  "The policy is emitted as data. What the data cannot say must not be left out, because that would open what the definition closes.",
	Fix:  "Write the condition in another form, as the message says.",
	Bad:  tableExample("[{ field: 'organizationId', equals: 'ctx.activeOrgId' }, { field: 'kind', in: ['a', 'b'] }, { field: 'kind', in: ['b', 'c'] }]"),
	Good: tableExample("[{ field: 'organizationId', equals: 'ctx.activeOrgId' }, { field: 'kind', in: ['b'] }]"),
	CWE:  []int{862},
}

// DependencyPinned is reported when build.dependencies asks for another version of a package that the backend itself depends on.
var DependencyPinned = &diagnostics.Rule{
	Code: "QB8904", Title: "The version of this package is given by the backend", Since: "0.1.0", Severity: diagnostics.Warning,
	Why:  "The emitted library was tested with exactly one version of each of its packages, and Better Auth refuses to be combined with others.",
	Fix:  "Remove the package from build.dependencies.",
	Bad:  configExample("{ name: 'shop', build: { dependencies: { hono: '3.0.0' } }, " + providers + " }"),
	Good: configExample("{ name: 'shop', build: { dependencies: { nanoid: '5.1.6' } }, " + providers + " }"),
}

// TransactionOnD1 is reported for code that opens a transaction where the database has none that stays open.
var TransactionOnD1 = &diagnostics.Rule{
	Code: "QB8302", Title: "D1 has no transactions that stay open", Since: "0.1.0", Severity: diagnostics.Error, Locked: true,
	Why: "A transaction reads, decides and writes while others wait. D1 runs statements one by one or as one batch; carrying the calls out one by one would leave half of the " +
		"work behind when one of them fails.",
	Fix:  "Give db.batch([…]) all statements at once. What a later one needs of an earlier one it can select itself, and db.$count(…) may stand inside a statement.",
	Bad:  transactionExample("cloudflare', }, database: { name: 'cloudflare-d1"),
	Good: transactionExample("bun', }, database: { name: 'better-sqlite3"),
}

// MailNotConfigured is reported for ways to sign in that send mail, where nothing could send it.
var MailNotConfigured = &diagnostics.Rule{
	Code: "QB8905", Title: "Nothing sends the mail that this needs", Since: "0.1.0", Severity: diagnostics.Error,
	Why:  "People who ask for a code or a link would wait for mail that never comes, and could not sign in.",
	Fix:  "Add email: { provider, from, fromName } to the configuration: provider 'cloudflare' (the default) on Workers, 'aws-ses' anywhere.",
	Bad:  configExample("{ name: 'shop', " + mailProviders + " }"),
	Good: configExample("{ name: 'shop', email: { provider: 'aws-ses', region: 'eu-west-1', from: 'noreply@example.com' }, " + mailProviders + " }"),
}

const mailProviders = "providers: { runtime: { name: 'bun' }, database: { name: 'better-sqlite3' }, auth: { name: 'better-auth', config: { plugins: ['emailOtp'] } } }"

// transactionExample is a project with an action that opens a transaction.
func transactionExample(target string) string {
	return "-- quickback.config.ts --\nexport default { name: 'shop', providers: { runtime: { name: '" + target + "' }, auth: { name: 'better-auth' } } };\n" +
		"-- features/things/things.ts --\n" + tableExample("{ organization: {} }") + "-- features/things/actions.ts --\n" + `import { defineActions } from '@quickback/compiler';
import { things } from './things';

export default defineActions(things, {
  tidy: { description: 'Begin anew', standalone: true, access: { roles: ['owner'] }, execute: async ({ db }) => db.transaction(async (tx) => tx.$count(things)) },
});
`
}

const providers = "providers: { runtime: { name: 'bun' }, database: { name: 'better-sqlite3' }, auth: { name: 'better-auth' } }"

// configExample is a project around a configuration.
func configExample(config string) string {
	return "-- quickback.config.ts --\nexport default " + config + ";\n-- features/things/things.ts --\n" + tableExample("{ organization: {} }")
}

// tableExample is a table with a firewall.
func tableExample(firewall string) string {
	return `import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const things = sqliteTable('things', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  kind: text('kind'),
});

export default defineTable(things, {
  firewall: ` + firewall + `,
  crud: { list: { access: { roles: ['owner'] } } },
});
`
}

// actionsExample is a project with an action whose module begins with an import.
func actionsExample(imports string) string {
	return "-- features/things/things.ts --\n" + tableExample("{ organization: {} }") + "-- features/things/actions.ts --\n" + imports +
		`import { defineActions } from '@quickback/compiler';
import { things } from './things';

export default defineActions(things, {
  count: { description: 'How many', standalone: true, access: { roles: ['owner'] }, execute: async ({ db }) => db.$count(things) },
});
`
}

// Rules returns the documentation of what compilation reports.
func Rules() []*diagnostics.Rule {
	return append([]*diagnostics.Rule{TargetNotEmitted, ImportNotResolved, PolicyNotEmitted, DependencyPinned, TransactionOnD1, MailNotConfigured}, migrationRules()...)
}

// What this version emits besides runtimes and databases, which fit together in app.Target. An unwritten one is the first of its list.
var auths = []string{"better-auth"}

// targets reports what the configuration asks for and nothing here emits. place resolves anchors of the configuration file.
func targets(p *model.Project, place func(text.Anchor) text.Place) []diagnostics.Diagnostic {
	var out []diagnostics.Diagnostic
	c := p.Config
	report := func(rule *diagnostics.Rule, key string, at text.Anchor, format string, args ...any) {
		out = append(out, diagnostics.Diagnostic{Rule: rule, At: place(at), Message: fmt.Sprintf(format, args...), Key: key})
	}
	if d, ok := stack(c.Source, place); ok {
		out = append(out, d)
	}
	for _, plugin := range c.Source.AuthPlugins {
		switch n := plugin.Name; {
		case !slices.Contains(app.Plugins(), n.Text):
			report(TargetNotEmitted, "auth.plugins."+n.Text, n.At, "The auth plugin %q is not emitted by this version; %s are.", n.Text, strings.Join(app.Plugins(), ", "))
		case app.SendsMail(n.Text) && c.Mail == nil:
			report(MailNotConfigured, "auth.plugins."+n.Text, n.At, "The auth plugin %q sends mail, and the configuration does not say what sends it.", n.Text)
		}
	}
	if target := app.TargetOf(p); c.Mail != nil && c.Mail.Provider == "cloudflare" && target.Runtime != "cloudflare" && target.Emitted() {
		report(MailNotConfigured, "email", c.Source.Mail.At, "Cloudflare sends mail for Workers alone, and this backend runs on %s: choose provider 'aws-ses'.", target.Runtime)
	}
	for _, n := range c.Source.Context {
		report(TargetNotEmitted, "auth.context."+n.Text, n.At, "The context value %q of auth.context is not emitted by this version.", n.Text)
	}
	if !c.ETag {
		report(TargetNotEmitted, "etag", c.Source.ETag.At, "etag: { enabled: false } is not emitted by this version.")
	}
	for _, d := range c.Source.Dependencies {
		if pinned := app.Pinned(p, d.Key.Text); pinned != "" && pinned != d.Value.Text {
			report(DependencyPinned, "build.dependencies."+d.Key.Text, d.Key.At, "%s is installed as %s, the version that the emitted backend was made for.", d.Key.Text, pinned)
		}
	}
	return append(out, dialects(p)...)
}

// stack reports the providers that nothing here emits, all in one: they are chosen together, and the first one is where to begin.
func stack(c *definition.Config, place func(text.Anchor) text.Place) (d diagnostics.Diagnostic, found bool) {
	var missing []string
	for _, t := range []struct {
		key   string
		value definition.Value[string]
		known []string
	}{{"runtime", c.Runtime, app.Runtimes("")}, {"database", c.Database, databasesOf(c.Runtime)}, {"auth", c.Auth, auths}} {
		name, ok := t.value.Get()
		if !ok || slices.Contains(t.known, name) {
			continue
		}
		if !found {
			d, found = diagnostics.Diagnostic{Rule: TargetNotEmitted, At: place(t.value.At), Key: "providers." + t.key}, true
		}
		missing = append(missing, fmt.Sprintf("the %s %q", t.key, name))
	}
	if !found {
		return d, false
	}
	list := missing[0]
	if last := len(missing) - 1; last > 0 {
		list = strings.Join(missing[:last], ", ") + " and " + missing[last]
	}
	verb := map[bool]string{true: "is", false: "are"}[len(missing) == 1]
	d.Message = fmt.Sprintf("%s %s checked, but not emitted by this version: it emits %s with %s and %s.", strings.ToUpper(list[:1])+list[1:], verb,
		strings.Join(app.Runtimes(""), " or "), strings.Join(databasesOf(c.Runtime), " or "), strings.Join(auths, " or "))
	return d, true
}

// databaseNotEmitted reports a database of another family than those that are emitted.
func databaseNotEmitted(p *model.Project, place func(text.Anchor) text.Place) (diagnostics.Diagnostic, bool) {
	if p.Config.Source == nil {
		return diagnostics.Diagnostic{}, false
	}
	if name, ok := p.Config.Source.Database.Get(); !ok || slices.Contains(app.Databases(""), name) {
		return diagnostics.Diagnostic{}, false
	}
	return stack(p.Config.Source, place)
}

// databasesOf lists what is emitted for a runtime; of one that is not, all.
func databasesOf(runtime definition.Value[string]) []string {
	name, _ := runtime.Get()
	if list := app.Databases(name); len(list) > 0 {
		return list
	}
	return app.Databases("")
}

// Emits says whether this version has an emitter for a runtime, a database and an auth provider.
func Emits(runtime, database, auth string) bool {
	return app.Target{Runtime: runtime, Database: database}.Emitted() && slices.Contains(auths, auth)
}

// dialects reports tables of databases that nothing here emits. Those of a database that is not emitted itself are what it needs, and it is
// reported already.
func dialects(p *model.Project) []diagnostics.Diagnostic {
	var out []diagnostics.Diagnostic
	if name, ok := p.Config.Source.Database.Get(); ok && !slices.Contains(app.Databases(""), name) {
		return nil
	}
	for _, r := range p.Resources {
		if r.Table != nil && r.Table.Dialect != "" && r.Table.Dialect != definition.SQLite {
			out = append(out, diagnostics.Diagnostic{Rule: TargetNotEmitted, At: r.Place(r.Table.Source.At), Key: string(r.ID),
				Message: fmt.Sprintf("Tables of %s are read and checked, but this version emits SQLite only.", r.Table.Dialect)})
		}
	}
	return out
}

// imports turns what linking could not resolve, and calls that the database cannot do, into diagnostics.
func imports(problems []link.Problem) []diagnostics.Diagnostic {
	var out []diagnostics.Diagnostic
	for _, p := range problems {
		d := diagnostics.Diagnostic{Rule: ImportNotResolved, At: p.At, Key: p.Module,
			Message: fmt.Sprintf("%q is no file of the project and no module of the backend's library.", p.Module)}
		if p.Transaction != "" {
			d = diagnostics.Diagnostic{Rule: TransactionOnD1, At: p.At, Key: p.Transaction,
				Message: fmt.Sprintf("%s opens a transaction, and D1 has none that stay open.", p.Transaction), Help: "Send the statements together with db.batch([…])."}
		}
		if p.Package {
			d.Message = fmt.Sprintf("The package %q is not installed in the backend.", p.Module)
			d.Help = "Add it to build.dependencies in the configuration."
		}
		out = append(out, d)
	}
	return out
}
