package definition

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/analysis/syntax/edit"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// DefaultName is what a project without a name is called.
const DefaultName = "app"

// Nameless is reported for a configuration without name (compiler__config, Required Fields).
var Nameless = &diagnostics.Rule{
	Code: "QB8002", Title: "Configuration without a name", Since: "0.1.0", Severity: diagnostics.Warning,
	Why:  "The package, the API's description and the Worker are called by this name. Every project that has none is called the same.",
	Fix:  "Write name: '…' as its first key.",
	Bad:  "-- quickback.config.ts --\n" + strings.Replace(configFile("", ""), "name: 'app', ", "", 1),
	Good: "-- quickback.config.ts --\n" + configFile("", ""),
}

// DefaultProviders is reported where the configuration leaves providers to their defaults (compiler__config, Required Fields).
var DefaultProviders = &diagnostics.Rule{
	Code: "QB8003", Title: "Providers that are not written", Since: "0.1.0", Severity: diagnostics.Info,
	Why:  "Where a backend runs and keeps its data should be read in the configuration, not known by heart.",
	Fix:  "Write the providers out; the fix writes those that apply.",
	Bad:  "-- quickback.config.ts --\nexport default {\n  name: 'app',\n  template: 'hono',\n};\n",
	Good: "-- quickback.config.ts --\n" + configFile("", ""),
}

// pairs of a runtime and a database that belong together, the usual ones of each first.
var stacks = [][2]string{
	{"bun", "better-sqlite3"}, {"bun", "libsql"}, {"node", "libsql"}, {"node", "better-sqlite3"}, {"cloudflare", "cloudflare-d1"},
	{"cloudflare", "neon"}, {"supabase", "supabase"},
}

// UsualProviders completes a choice of providers, each "" where nothing is written: Bun with SQLite and Better Auth, unless what is
// written asks for others.
func UsualProviders(runtime, database, auth string) (string, string, string) {
	if i := slices.IndexFunc(stacks, func(s [2]string) bool {
		return (runtime == "" || runtime == s[0]) && (database == "" || database == s[1])
	}); i >= 0 {
		runtime, database = stacks[i][0], stacks[i][1]
	}
	if auth == "" {
		auth = "better-auth"
		if database == "supabase" {
			auth = "supabase-auth"
		}
	}
	return runtime, database, auth
}

// required reports what the configuration has to say and does not.
func (r *reader) required(c *Config, o *object, n syntax.Node) {
	if o == nil || r.partial(n) {
		return
	}
	at := spanOf(n, text.Span{Start: n.Span().Start, End: n.Span().Start + 1})
	if c.Name.State == Absent {
		r.report(Nameless, at, "Add name: '"+DefaultName+"', or a better one.", "The configuration has no name; the project is called %q.", DefaultName)
		r.fix("Add name", false, edit.SetProperty(n, "name", edit.Quote(n.Tree(), DefaultName)))
	}
	r.unwritten(c, o, n, at)
}

// unwritten reports the providers that are not written, all in one.
func (r *reader) unwritten(c *Config, o *object, n syntax.Node, at text.Place) {
	into, written := o.prop("providers")
	if written && (into.Value().Inner().Kind() != syntax.Object || r.partial(into.Value().Inner())) {
		return // written elsewhere, or wrong and reported
	}
	object := n
	if written {
		object, at = into.Value().Inner(), namePlace(into)
	}
	var names, sources []string
	runtime, database, auth := UsualProviders(c.Runtime.V, c.Database.V, c.Auth.V)
	for _, p := range []struct {
		key, usual string
		is         State
	}{{"runtime", runtime, c.Runtime.State}, {"database", database, c.Database.State}, {"auth", auth, c.Auth.State}} {
		if _, there := object.Property(p.key); p.is == Absent && p.usual != "" && !(written && there) {
			names, sources = append(names, p.key+" "+p.usual), append(sources, p.key+": { name: "+edit.Quote(n.Tree(), p.usual)+" }")
		}
	}
	if len(names) == 0 {
		return
	}
	r.report(DefaultProviders, at, "Write them out.", "Not written, and so as usual: %s.", strings.Join(names, ", "))
	if !written {
		r.fix("Write the providers out", true, edit.SetProperty(n, "providers", "{\n  "+strings.Join(sources, ",\n  ")+",\n}"))
		return
	}
	between := ", "
	if strings.Contains(object.Text(), "\n") {
		between = ",\n"
	}
	key, value, _ := strings.Cut(strings.Join(sources, between), ": ")
	r.fix("Write the providers out", true, edit.SetProperty(object, key, value))
}

// partial says whether an object takes more from somewhere else, or is broken.
func (r *reader) partial(object syntax.Node) bool {
	if object.Has(syntax.Broken) {
		return true
	}
	for p := range object.Children() {
		if p.Kind() == syntax.Spread {
			return true
		}
	}
	return false
}

// fix adds a fix of this file to the last finding.
func (r *reader) fix(title string, safe bool, edits []text.Edit) {
	if len(edits) == 0 {
		return
	}
	last := &r.diags[len(r.diags)-1]
	last.Fixes = append(last.Fixes, diagnostics.Fix{Title: title, Safe: safe, Edits: map[text.Path][]text.Edit{last.At.Path: edits}})
}
