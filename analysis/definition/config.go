package definition

import (
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
)

var configKeys = &keys{
	known: []string{"name", "template", "features", "auth", "providers", "build", "compiler", "openapi", "schemaRegistry", "etag", "trustedOrigins"},
	later: []string{"cms", "account", "domain", "email", "database", "agents", "webhooks", "authz"},
}

// config reads defineConfig({ … }) (seeds: compiler__config).
func (r *reader) config(n syntax.Node) {
	c := &Config{At: r.at(n)}
	r.file.Config = c
	o := r.object(n, "The configuration", configKeys)
	c.Name, c.Template = o.str("name"), o.str("template")
	r.configFeatures(c, o)
	if o.has("auth") {
		auth := r.object(o.value("auth"), "auth", &keys{known: []string{"roleHierarchy"}, later: []string{"context"}})
		c.RoleHierarchy = r.roles(auth, "roleHierarchy")
	}
	r.providers(c, o)
	r.build(c, o)
	if list := o.columns("trustedOrigins"); list != nil {
		c.TrustedOrigins = list.Items
	}
	if o.has("compiler") {
		comp := r.object(o.value("compiler"), "compiler", &keys{known: []string{"features", "diagnostics"}, later: []string{"migrations", "securityContracts"}})
		c.Diagnostics = r.pairs(comp, "diagnostics")
		if comp.has("features") {
			c.AuditFields = r.object(comp.value("features"), "compiler.features", &keys{known: []string{"auditFields"}}).bool("auditFields")
		}
	}
	c.OpenAPI = r.toggle(o, "openapi", "generate", "publish", "docs")
	c.SchemaRegistry = r.toggle(o, "schemaRegistry", "generate")
	c.ETag = r.toggle(o, "etag", "enabled")
}

// toggle reads a section whose first key switches it on or off.
func (r *reader) toggle(o *object, key string, names ...string) (v Value[bool]) {
	if !o.has(key) {
		return v
	}
	if b, ok := r.value(o.value(key)).Bool(); ok {
		return Value[bool]{Known, b, r.at(o.value(key))}
	}
	return r.object(o.value(key), key, &keys{known: names[:1], later: names[1:]}).bool(names[0])
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
	if !o.has("providers") {
		return
	}
	p := r.object(o.value("providers"), "providers", &keys{known: []string{"runtime", "database", "auth"}, later: []string{"storage", "fileStorage"}})
	c.Runtime, _ = r.provider(p, "runtime", &keys{later: []string{"compatibilityDate", "placement", "observability", "routes"}})
	var options *object
	c.Database, options = r.provider(p, "database", &keys{
		known: []string{"generateId", "namingConvention", "usePlurals"},
		later: []string{"splitDatabases", "authBinding", "featuresBinding", "binding", "webhooksBinding", "databaseId", "authDatabaseId", "featuresDatabaseId", "filesDatabaseId", "webhooksDatabaseId", "kvNamespaceId", "additionalQueues", "connectionMode", "pooled", "vectorizeIndexName", "vectorizeBinding"},
	})
	if id := r.value(options.value("generateId")); id.Kind() == syntax.Bool {
		c.GenerateID = Value[string]{Known, id.Text(), r.at(id)}
	} else {
		c.GenerateID = options.str("generateId")
	}
	r.oneOf(&c.GenerateID, "way to make ids", "uuid", "cuid", "nanoid", "prefixed", "serial", "false")
	c.Naming = options.str("namingConvention")
	r.oneOf(&c.Naming, "naming convention", "snake_case", "camelCase")
	if plurals := options.bool("usePlurals"); plurals.V {
		r.report(NotSupported, r.file.Place(plurals.At), "Remove it: auth tables are named in the singular.", "usePlurals is not emitted by this version.")
	}
	c.Auth, options = r.provider(p, "auth", &keys{known: []string{"emailAndPassword", "plugins"}, later: []string{"trustedOrigins", "session", "rateLimit", "socialProviders"}})
	if options.has("emailAndPassword") {
		c.EmailPassword = r.object(options.value("emailAndPassword"), "emailAndPassword", &keys{known: []string{"enabled"}}).bool("enabled")
	}
	if list := options.columns("plugins"); list != nil {
		c.AuthPlugins = list.Items
	}
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
	c.Dependencies = r.pairs(b, "dependencies")
}
