package query_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/query"
	"github.com/qbls/qbls/diagnostics/text"
)

// TestLanguageIsWhatTheReaderReads compares the keys that completion offers with those that the reader names when it refuses
// one: nothing is offered that would be an error, and nothing is kept from the user.
func TestLanguageIsWhatTheReaderReads(t *testing.T) {
	for _, c := range []struct{ name, file, typed string }{
		{"resource", jobsFile, `export default defineTable(jobs, { ¦ });`},
		{"firewall", jobsFile, `export default defineTable(jobs, { firewall: { ¦ } });`},
		{"organization", jobsFile, `export default defineTable(jobs, { firewall: { organization: { ¦ } } });`},
		{"owner", jobsFile, `export default defineTable(jobs, { firewall: { owner: { ¦ } } });`},
		{"predicate", jobsFile, `export default defineTable(jobs, { firewall: [{ ¦ }] });`},
		{"crud", jobsFile, `export default defineTable(jobs, { crud: { ¦ } });`},
		{"list", jobsFile, `export default defineTable(jobs, { crud: { list: { ¦ } } });`},
		{"get", jobsFile, `export default defineTable(jobs, { crud: { get: { ¦ } } });`},
		{"create", jobsFile, `export default defineTable(jobs, { crud: { create: { ¦ } } });`},
		{"delete", jobsFile, `export default defineTable(jobs, { crud: { delete: { ¦ } } });`},
		{"batchCreate", jobsFile, `export default defineTable(jobs, { crud: { batchCreate: { ¦ } } });`},
		{"batchDelete", jobsFile, `export default defineTable(jobs, { crud: { batchDelete: { ¦ } } });`},
		{"access", jobsFile, `export default defineTable(jobs, { crud: { list: { access: { ¦ } } } });`},
		{"guards", jobsFile, `export default defineTable(jobs, { guards: { ¦ } });`},
		{"mask", jobsFile, `export default defineTable(jobs, { masking: { contactEmail: { ¦ } } });`},
		{"show", jobsFile, `export default defineTable(jobs, { masking: { contactEmail: { type: 'email', show: { ¦ } } } });`},
		{"view", jobsFile, `export default defineTable(jobs, { views: { board: { ¦ } } });`},
		{"query of a view", jobsFile, `export default defineTable(jobs, { views: { board: { query: { ¦ } } } });`},
		{"validation", jobsFile, `export default defineTable(jobs, { validation: { unknown: { ¦ } } });`},
		{"action", actionsFile, `export default defineActions(jobs, { publish: { ¦ } });`},
		{"config", configFile, `export default defineConfig({ ¦ });`},
		{"config: auth", configFile, `export default defineConfig({ auth: { ¦ } });`},
		{"config: providers", configFile, `export default defineConfig({ providers: { ¦ } });`},
		{"config: build", configFile, `export default defineConfig({ build: { ¦ } });`},
		{"config: compiler", configFile, `export default defineConfig({ compiler: { ¦ } });`},
		{"config: migrations", configFile, `export default defineConfig({ compiler: { migrations: { ¦ } } });`},
		{"config: renames", configFile, `export default defineConfig({ compiler: { migrations: { renames: { ¦ } } } });`},
		{"config: drops", configFile, `export default defineConfig({ compiler: { migrations: { drops: { ¦ } } } });`},
		{"config: compiler features", configFile, `export default defineConfig({ compiler: { features: { ¦ } } });`},
		{"config: openapi", configFile, `export default defineConfig({ openapi: { ¦ } });`},
		{"config: schemaRegistry", configFile, `export default defineConfig({ schemaRegistry: { ¦ } });`},
		{"config: etag", configFile, `export default defineConfig({ etag: { ¦ } });`},
		{"config: defineDatabase", configFile, `export default defineConfig({ providers: { database: defineDatabase('cloudflare-d1', { ¦ }) } });`},
		{"config: defineAuth", configFile, `export default defineConfig({ providers: { auth: defineAuth('better-auth', { ¦ }) } });`},
		{"config: email", configFile, `export default defineConfig({ email: { ¦ } });`},
		{"config: session", configFile, `export default defineConfig({ providers: { auth: defineAuth('better-auth', { session: { ¦ } }) } });`},
		{"config: plugin", configFile, `export default defineConfig({ providers: { auth: defineAuth('better-auth', { plugins: [{ ¦ }] }) } });`},
		{"config: provider of accounts", configFile, `export default defineConfig({ providers: { auth: defineAuth('better-auth', { socialProviders: { github: { ¦ } } }) } });`},
		{"config: defineRuntime", configFile, `export default defineConfig({ providers: { runtime: defineRuntime('cloudflare', { ¦ }) } });`},
		{"config: contracts", configFile, `export default defineConfig({ compiler: { securityContracts: { ¦ } } });`},
		{"config: report", configFile, `export default defineConfig({ compiler: { securityContracts: { report: { ¦ } } } });`},
		{"config: signature", configFile, `export default defineConfig({ compiler: { securityContracts: { report: { signature: { ¦ } } } } });`},
	} {
		t.Run(c.name, func(t *testing.T) {
			known := knownKeys(t, c.file, strings.Replace(above(c.file)+c.typed, "¦", "zzzzzzzzz: 1", 1))
			content, offset := cut(t, above(c.file)+c.typed)
			offered := labels(query.Complete(project(t, map[string]string{c.file: content}), text.Path(c.file), offset))
			// Read because they are in old definitions, where there is a better word now, or to be answered that they are not emitted.
			old := []string{
				"not", "guard", "allowAtomic", "database", "account", "agents", "authz", "cms", "domain", "email", "webhooks", "storage", "fileStorage", "docs",
				"placement", "observability", "routes", "usePlurals", "webhooksBinding", "filesDatabaseId", "webhooksDatabaseId", "additionalQueues",
				"connectionMode", "pooled", "vectorizeIndexName", "vectorizeBinding", "session", "rateLimit", "socialProviders",
			}
			for _, key := range known {
				if !slices.Contains(offered, key) && !slices.Contains(old, key) {
					t.Errorf("the reader knows %s, completion does not", key)
				}
			}
			for _, key := range offered {
				if !slices.Contains(known, key) {
					t.Errorf("completion offers %s, the reader does not know it", key)
				}
			}
		})
	}
}

// knownKeys are the keys that the reader names when it meets zzzzzzzzz.
func knownKeys(t *testing.T, file, content string) []string {
	t.Helper()
	found, err := project(t, map[string]string{file: content}).Diagnose(context.Background(), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range found[text.Path(file)] {
		if list, ok := strings.CutPrefix(d.Help, "Known here: "); ok && strings.Contains(d.Message, "zzzzzzzzz") {
			return strings.Split(strings.TrimSuffix(list, "."), ", ")
		}
	}
	t.Fatalf("the reader accepts zzzzzzzzz: %v", found)
	return nil
}

// TestPluginsAreOffered: exactly the plugins that are emitted, each of which the reader knows.
func TestPluginsAreOffered(t *testing.T) {
	content, offset := cut(t, above(configFile)+`export default defineConfig({ providers: { auth: defineAuth('better-auth', { plugins: ['¦'] }) } });`)
	offered := labels(query.Complete(project(t, map[string]string{configFile: content}), configFile, offset))
	slices.Sort(offered)
	if want := []string{"admin", "anonymous", "apiKey", "bearer", "comboAuth", "deviceAuthorization", "emailOtp", "magicLink", "organization", "passkey"}; !slices.Equal(offered, want) {
		t.Errorf("got %v, want %v", offered, want)
	}
	for _, name := range offered {
		if !slices.Contains(definition.Plugins(), name) {
			t.Errorf("%s is offered and refused", name)
		}
	}
}
