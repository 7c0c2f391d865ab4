package definition

import (
	"path"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
)

var configKeys = with([]string{"name", "template", "features", "auth", "providers", "build", "compiler", "openapi", "schemaRegistry", "etag", "trustedOrigins", "database", "email"}, projectSettings)

// config reads defineConfig({ … }) (seeds: compiler__config).
func (r *reader) config(n syntax.Node) {
	c := &Config{At: r.at(n)}
	r.file.Config = c
	o := r.object(n, "The configuration", configKeys)
	c.Name, c.Template = o.str("name"), o.str("template")
	if r.oneOf(&c.Template, "template", "hono", "nextjs"); c.Template.State == Known && c.Template.V == "nextjs" {
		r.later(r.file.Place(c.Template.At), "template: 'nextjs'")
	}
	r.settings(o, "", projectSettings, false)
	r.configFeatures(c, o)
	r.mail(c, o)
	if o.has("auth") {
		auth := r.object(o.value("auth"), "auth", &keys{known: []string{"roleHierarchy", "context"}})
		c.RoleHierarchy = r.roles(auth, "roleHierarchy")
		r.context(c, auth)
	}
	r.providers(c, o)
	r.build(c, o)
	if list := o.columns("trustedOrigins"); list != nil {
		c.TrustedOrigins = append(c.TrustedOrigins, list.Items...)
	}
	if o.has("compiler") {
		comp := r.object(o.value("compiler"), "compiler", &keys{known: []string{"features", "diagnostics", "migrations", "env", "securityContracts"}})
		c.Diagnostics = r.pairs(comp, "diagnostics")
		r.migrations(c, comp)
		r.contracts(c, comp)
		if env := comp.columns("env"); env != nil {
			c.Env = env.Items
		}
		if comp.has("features") {
			c.AuditFields = r.object(comp.value("features"), "compiler.features", &keys{known: []string{"auditFields"}}).bool("auditFields")
		}
	}
	c.OpenAPI = r.toggle(o, "openapi", "generate", openapiSettings, func(body *object) { c.OpenAPIPublish = body.bool("publish") }, "publish")
	c.SchemaRegistry = r.toggle(o, "schemaRegistry", "generate", nil, nil)
	c.ETag = r.toggle(o, "etag", "enabled", nil, nil)
	r.required(c, o, r.value(n))
}

// context reads auth.context, which names further values of a request. Their names count, so that what refers to them is not
// reported too.
func (r *reader) context(c *Config, auth *object) {
	p, ok := auth.prop("context")
	if !ok {
		return
	}
	if n := r.value(p.Value()); n.Kind() == syntax.Array {
		c.Context, _ = r.names(n, "auth.context")
	} else {
		r.object(n, "auth.context", nil).each(func(name Name, _ syntax.Node) { c.Context = append(c.Context, name) })
	}
	r.later(namePlace(p), "auth.context")
}

// toggle reads a section that one of its keys switches on or off.
func (r *reader) toggle(o *object, key, name string, more map[string]setting, read func(*object), others ...string) (v Value[bool]) {
	if !o.has(key) {
		return v
	}
	if b, ok := r.value(o.value(key)).Bool(); ok {
		return Value[bool]{Known, b, r.at(o.value(key))}
	}
	body := r.object(o.value(key), key, with(append([]string{name}, others...), more))
	r.settings(body, key, more, false)
	if read != nil {
		read(body)
	}
	return body.bool(name)
}

// features is { organizations: true }, or a list in older projects.
func (r *reader) configFeatures(c *Config, o *object) {
	p, ok := o.prop("features")
	if !ok {
		return
	}
	if list := r.value(p.Value()); list.Kind() == syntax.Array {
		names, _ := r.names(list, "features")
		c.Organizations = Value[bool]{Known, false, r.at(list)}
		for _, n := range names {
			if n.Text == "organizations" {
				c.Organizations.V = true
				continue
			}
			r.report(UnknownKey, r.file.Place(n.At), "Known here: organizations.", "There is no feature %q.", n.Text)
		}
		return
	}
	c.Organizations = r.object(p.Value(), "features", &keys{known: []string{"organizations"}}).bool("organizations")
}

func (r *reader) providers(c *Config, o *object) {
	if p, ok := o.prop("database"); ok { // the oldest place of the options
		r.report(OldPlace, namePlace(p), "Give it to defineDatabase as second argument.", "The options of the database belong to its provider.")
		r.database(c, r.object(p.Value(), "database", databaseOptions()))
	}
	if !o.has("providers") {
		return
	}
	p := r.object(o.value("providers"), "providers", with([]string{"runtime", "database", "auth"}, providerSettings))
	r.settings(p, "providers", providerSettings, false)
	for _, key := range []string{"storage", "fileStorage"} {
		name, options := r.provider(p, key, with(nil, storageSettings))
		r.oneOf(&name, key+" provider", "cloudflare-r2", "cloudflare-kv")
		r.settings(options, key, storageSettings, true)
	}
	var options *object
	c.Runtime, options = r.provider(p, "runtime", with(with(nil, runtimeSettings).known, workersSettings))
	r.oneOf(&c.Runtime, "runtime", "cloudflare", "bun", "node", "supabase")
	r.settings(options, "runtime", runtimeSettings, c.Runtime.V == "supabase")
	if c.Runtime.V == "cloudflare" {
		c.Workers.CompatibilityDate = options.str("compatibilityDate")
	} else {
		r.settings(options, "runtime", workersSettings, c.Runtime.V == "supabase")
	}
	c.Database, options = r.provider(p, "database", databaseOptions())
	r.oneOf(&c.Database, "database", "cloudflare-d1", "better-sqlite3", "libsql", "neon", "supabase")
	r.database(c, options)
	c.Auth, options = r.provider(p, "auth", &keys{known: []string{"emailAndPassword", "plugins", "trustedOrigins", "session", "socialProviders", "rateLimit"}})
	r.oneOf(&c.Auth, "auth provider", "better-auth", "supabase-auth")
	r.authentication(c, options)
}

// databaseOptions are the keys of every database; which one takes which is said when it is known.
func databaseOptions() *keys {
	all := &keys{known: []string{"generateId", "namingConvention"}}
	for _, more := range []map[string]setting{databaseSettings, otherSettings, d1Settings} {
		all = with(all.known, more)
	}
	return all
}

// database reads the options of the database provider.
func (r *reader) database(c *Config, options *object) {
	if options.has("generateId") {
		if id := r.value(options.value("generateId")); id.Kind() == syntax.Bool {
			c.GenerateID = Value[string]{Known, id.Text(), r.at(id)}
		} else {
			c.GenerateID = options.str("generateId")
		}
		r.oneOf(&c.GenerateID, "way to make ids", "uuid", "cuid", "nanoid", "prefixed", "serial", "false")
	}
	if options.has("namingConvention") {
		c.Naming = options.str("namingConvention")
		r.oneOf(&c.Naming, "naming convention", "snake_case", "camelCase")
	}
	refused := c.Database.State == Known && (c.Database.V == "neon" || c.Database.V == "supabase")
	r.settings(options, "database", databaseSettings, refused)
	r.settings(options, "database", otherSettings, false)
	if c.Database.State != Known || c.Database.V != "cloudflare-d1" {
		r.settings(options, "database", d1Settings, refused)
		return
	}
	w := &c.Workers
	w.Binding, w.AuthBinding, w.FeaturesBinding = options.str("binding"), options.str("authBinding"), options.str("featuresBinding")
	w.DatabaseID, w.AuthDatabaseID, w.FeaturesDatabaseID = options.str("databaseId"), options.str("authDatabaseId"), options.str("featuresDatabaseId")
	w.AuditBinding, w.AuditDatabaseID = options.str("auditBinding"), options.str("auditDatabaseId")
	w.KVNamespaceID, w.Split = options.str("kvNamespaceId"), options.bool("splitDatabases")
}

func (r *reader) oneOf(v *Value[string], what string, known ...string) {
	if v.State != Known {
		return
	}
	for _, k := range known {
		if v.V == k {
			return
		}
	}
	r.report(WrongValue, r.file.Place(v.At), "Known: "+strings.Join(known, ", ")+".", "%q is no %s.", v.V, what)
	v.State = Invalid
}

// provider reads defineRuntime('bun', { … }) or { name: 'bun', config: { … } }.
func (r *reader) provider(o *object, key string, options *keys) (Value[string], *object) {
	p, ok := o.prop(key)
	if !ok {
		return Value[string]{}, nil
	}
	n := r.value(p.Value())
	if n.Kind() == syntax.Call {
		name := r.str(n.Child(0), "The "+key+" provider")
		if n.Child(1).Valid() {
			return name, r.object(n.Child(1), "The "+key+" provider", options)
		}
		return name, nil
	}
	provider := r.object(n, "The "+key+" provider", &keys{known: []string{"name", "config"}})
	name := provider.str("name")
	if provider.has("config") {
		return name, r.object(provider.value("config"), "The "+key+" provider", options)
	}
	return name, nil
}

func (r *reader) build(c *Config, o *object) {
	if !o.has("build") {
		return
	}
	b := r.object(o.value("build"), "build", &keys{known: []string{"outputDir", "packageManager", "dependencies"}})
	c.OutputDir, c.PackageManager = b.str("outputDir"), b.str("packageManager")
	r.oneOf(&c.PackageManager, "package manager", "npm", "bun", "pnpm", "yarn")
	c.Dependencies = r.pairs(b, "dependencies")
	r.outputDir(c.OutputDir)
}

// outputDir is relative to the project, and no folder that definitions are read from: what is emitted would be read as one.
func (r *reader) outputDir(v Value[string]) {
	if v.State != Known {
		return
	}
	const relative = "Write a folder relative to the project, such as 'backend'."
	clean := path.Clean(v.V)
	switch {
	case strings.HasPrefix(v.V, "/") || strings.Contains(v.V, "\\") || strings.Contains(v.V, ":"):
		r.report(WrongValue, r.file.Place(v.At), relative, "build.outputDir is %q, which is no path relative to the project.", v.V)
	case slices.ContainsFunc([]string{"features", "definitions", "services", "types"}, func(folder string) bool {
		inside := strings.TrimPrefix(clean, "quickback/")
		return inside == folder || strings.HasPrefix(inside, folder+"/")
	}):
		r.report(WrongValue, r.file.Place(v.At), relative, "build.outputDir is %q, where definitions are: the backend would be written among them.", v.V)
	}
}
