package contract_test

import (
	"testing"

	"github.com/qbls/qbls/diagnostics/text"
)

// TestFaultsInAuthentication changes what a backend lets people sign in with: each change is found at its place.
func TestFaultsInAuthentication(t *testing.T) {
	b := folder(t, "compiler", "e2e", "testdata", "auth")
	s := &seeded{t: t, files: map[text.Path]string{}}
	for _, f := range b.files {
		s.files[f.Path] = string(f.Content)
	}
	const file text.Path = "src/auth/index.ts"
	s.every("leave a part out", file, `\n    \w+\(.*\),`, "", "QB9101")
	s.every("no parts at all", file, `(?s)\n  plugins: \[.*?\n  \],`, "", "QB9101")
	s.replace("a part twice", file, 0, "passkeys(), ", "passkeys(), passkeys(), ", "QB9101")
	s.replace("a part of the author's", file, 0, "passkeys(), ", "passkeys(), backDoor(), ", "QB9101")
	s.replace("a part of another module", file, 0, "'../lib/auth-admin.ts'", "'../definitions/admin.ts'", "QB9101")
	s.replace("options that nobody wrote", file, 0, "passkeys()", "passkeys({ origin: 'https://evil.example' })", "QB9101")
	s.replace("keys that are used more often", file, 0, "max: 50", "max: 5000", "QB9101")
	s.replace("more attempts", file, 0, "max: 1000", "max: 100000", "QB9101")
	s.every("no limit of attempts", file, `\n  rateLimit: .*`, "", "QB9101")
	s.replace("keys without a limit", file, 0, "apiKeys({ rateLimit: { max: 50, window: 3600 } })", "apiKeys()", "QB9101")
	s.replace("rows that change hands", file, 0, "entries: ['owner_id'", "notes: ['organization_id'], entries: ['owner_id'", "QB9101")
	s.replace("rows that stay behind", file, 0, "['owner_id', ", "[", "QB9101")
	s.replace("a written secret", file, 0, "secret: 'GITHUB_CLIENT_SECRET'", "secret: 'abc'", "QB9101")
	s.replace("another provider", file, 0, "github: {", "gitlab: {", "QB9101")
	s.replace("a wider scope", file, 0, "scope: [", "scope: ['https://mail.google.com/', ", "QB9101")
	s.replace("mail in another name", file, 0, "from: 'noreply@example.com'", "from: 'boss@example.com'", "QB9101")
	s.replace("mail by another way", file, 0, "mail: sesMail(", "mail: otherMail(", "QB9101")
	s.every("no mail", file, `\n  mail: .*`, "", "QB9101")
	s.every("longer sessions", file, `expiresIn: \d+`, "expiresIn: 604800", "QB9101")
	s.every("code at the side", file, `\n\nexport`, "\nimport '../definitions/x.ts';\n\nexport", "QB9101", "QB9112", "QB9111")
	s.found(b)
}
