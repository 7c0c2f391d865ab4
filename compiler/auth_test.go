package compiler

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qbls/qbls/diagnostics/text"
)

// signIn is a project with options of Better Auth, and more of the configuration.
func signIn(options, more, roles string) fstest.MapFS {
	return fstest.MapFS{
		"quickback.config.ts": {Data: []byte("export default { name: 'shop', " + more + " providers: { runtime: { name: 'bun' }, database: { name: 'better-sqlite3' }, auth: { name: 'better-auth', config: { " + options + " } } } };\n")},
		"features/things/things.ts": {Data: []byte(`import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const things = sqliteTable('things', { id: text('id').primaryKey(), ownerId: text('owner_id').notNull(), kind: text('kind') });

export default defineTable(things, { firewall: { owner: {} }, crud: { list: { access: { roles: [` + roles + `] } } } });
`)},
	}
}

// TestAuthenticationIsWhatIsConfigured: what nobody configures is neither mounted nor installed, documented, or kept in the database.
func TestAuthenticationIsWhatIsConfigured(t *testing.T) {
	const mail = "email: { provider: 'aws-ses', from: 'a@example.com' },"
	for name, c := range map[string]struct {
		project                          fstest.MapFS
		modules, tables, packages, paths []string
		not                              []string // texts that src/auth must not have
	}{
		"nothing":   {signIn("", "", "'owner'"), nil, nil, nil, nil, []string{"apikey", "passkey", "deviceCode", "isAnonymous", "banned"}},
		"admin":     {signIn("plugins: ['admin']", "", "'owner'"), []string{"auth-admin"}, []string{"banned: "}, nil, []string{"/api/auth/admin/ban-user"}, []string{"apikey"}},
		"apiKey":    {signIn("plugins: ['apiKey']", "", "'owner'"), []string{"auth-api-key", "auth-endpoint"}, []string{"apikey = sqliteTable"}, []string{"@better-auth/api-key"}, []string{"/api/auth/api-key/create"}, []string{"banned"}},
		"passkey":   {signIn("plugins: ['passkey']", "", "'owner'"), []string{"auth-endpoint", "auth-passkey"}, []string{"passkey = sqliteTable"}, []string{"@better-auth/passkey"}, []string{"/api/auth/passkey/verify-authentication"}, []string{"apikey"}},
		"device":    {signIn("plugins: ['deviceAuthorization']", "", "'owner'"), []string{"auth-device"}, []string{"deviceCode = sqliteTable"}, nil, []string{"/api/auth/device/code"}, nil},
		"anonymous": {signIn("plugins: ['anonymous']", "", "'owner'"), []string{"auth-anonymous"}, []string{"isAnonymous: "}, nil, []string{"/api/auth/sign-in/anonymous"}, nil},
		"emailOtp":  {signIn("plugins: ['emailOtp']", mail, "'owner'"), []string{"auth-email-otp", "auth-invitation", "auth-proven", "auth-reset", "mail", "mail-ses"}, nil, nil, []string{"/api/auth/sign-in/email-otp", "/api/auth/reset-password"}, nil},
		"combo":     {signIn("plugins: ['comboAuth'], emailAndPassword: { enabled: false }", mail, "'owner'"), []string{"auth-combo", "auth-endpoint", "auth-invitation", "auth-proven", "mail", "mail-ses"}, nil, nil, []string{"/api/auth/sign-in/combo-auth"}, nil},
		"social":    {signIn("socialProviders: { github: true }", "", "'owner'"), []string{"auth-social"}, nil, nil, []string{"/api/auth/sign-in/social"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			files := emitted(t, snapshot(t, c.project))
			var modules []string
			for p := range files {
				module, ours := strings.CutPrefix(string(p), "src/lib/")
				if ours && (strings.HasPrefix(module, "auth-") || strings.HasPrefix(module, "mail")) {
					modules = append(modules, strings.TrimSuffix(module, ".ts"))
				}
			}
			if slices.Sort(modules); !slices.Equal(modules, c.modules) {
				t.Errorf("modules %v, want %v", modules, c.modules)
			}
			schema := files["src/auth/schema.ts"]
			for _, table := range c.tables {
				if !strings.Contains(schema, table) {
					t.Errorf("no %q in the schema", table)
				}
			}
			for _, other := range c.not {
				if strings.Contains(schema+files["src/auth/index.ts"], other) {
					t.Errorf("%q, which nobody asked for", other)
				}
			}
			var manifest struct{ Dependencies map[string]string }
			if err := json.Unmarshal([]byte(files["package.json"]), &manifest); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"@better-auth/api-key", "@better-auth/passkey"} {
				want := ""
				if slices.Contains(c.packages, name) {
					want = "1.7.5"
				}
				if got := manifest.Dependencies[name]; got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
			var found []string
			doc := document(t, files)
			for path := range doc.Paths.Map() {
				if strings.HasPrefix(path, "/api/auth/") && slices.Contains(c.paths, path) {
					found = append(found, path)
				}
			}
			if len(found) != len(c.paths) {
				t.Errorf("documented: %v, want %v", found, c.paths)
			}
			if err := doc.Validate(t.Context()); err != nil {
				t.Error(err)
			}
			if _, keys := doc.Components.SecuritySchemes["apiKeyAuth"]; keys != (name == "apiKey") {
				t.Errorf("a key in x-api-key is documented: %v", keys)
			}
		})
	}
}

// TestRolesWithoutOrganizations: they are those of the user, so users have a column for them when a definition names one.
func TestRolesWithoutOrganizations(t *testing.T) {
	for roles, want := range map[string]bool{"'editor'": true, "'AUTHENTICATED'": false} {
		files := emitted(t, snapshot(t, signIn("", "features: { organizations: false },", roles)))
		if got := strings.Contains(files["src/auth/schema.ts"], "role: text('role')"); got != want {
			t.Errorf("%s: a column for roles of users: %v", roles, got)
		}
	}
}

// TestMailThatNothingSends: Cloudflare sends for Workers alone.
func TestMailThatNothingSends(t *testing.T) {
	r := compile(t, snapshot(t, signIn("plugins: ['magicLink']", "email: { from: 'a@example.com' },", "'owner'")), Options{})
	if len(r.Diagnostics) != 1 || r.Diagnostics[0].Rule != MailNotConfigured || r.Diagnostics[0].At.Path != text.Path("quickback.config.ts") || r.Files != nil {
		t.Errorf("%+v", r.Diagnostics)
	}
}
