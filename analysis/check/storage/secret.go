package storage

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

func holding(value string) string {
	return "-- features/things/things.ts --\n" + check.Example("") + "-- quickback.config.ts --\n" + `import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';

export const sessionSecret = ` + value + `;

export default defineConfig({
  name: 'things',
  template: 'hono',
  providers: {
    runtime: defineRuntime('bun'),
    database: defineDatabase('better-sqlite3'),
    auth: defineAuth('better-auth'),
  },
});
`
}

// WrittenSecret reads the strings of the configuration: those whose name says that they are secret, and those that look like
// the keys of well-known services.
var WrittenSecret = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB8103", Title: "Secret written into the configuration", Since: "0.1.0", Severity: diagnostics.Warning, Locked: true,
		Why:  "The configuration goes into version control. Whoever reads it has the secret, also from the history, and then it has to be changed wherever it is used.",
		Fix:  "Keep it in the environment: the backend reads its secrets there. Change the one that was written here.",
		Bad:  holding("'correct-horse-battery-staple'"),
		Good: holding("process.env.SESSION_SECRET"),
		CWE:  []int{798, 312},
	},
	Run: func(p *check.FilePass, report check.Report) {
		if p.File.Config == nil || p.Tree == nil || p.Tree() == nil {
			return
		}
		for n := range p.Tree().Root().Descendants() {
			if n.Kind() != syntax.Property && n.Kind() != syntax.Var {
				continue
			}
			value := n.Value()
			if !value.Valid() {
				continue
			}
			value = value.Inner()
			s, ok := value.Str()
			if !ok || value.Kind() != syntax.String || !(secretName(n.Name()) && plausible(s) || serviceKey(s)) {
				continue
			}
			at := text.Place{Path: p.File.Path, Span: value.Span()}
			report(diagnostics.Diagnostic{
				At: at, Message: fmt.Sprintf("%s is a secret, and everybody who reads this file has it.", n.Name()),
				Help: "Keep it in the environment, and replace the one that was written here: the history remembers it.", Key: p.Subject(n.Name()),
			})
		}
	},
}

// secretNames end the names of secrets; what such a name says of something else ends otherwise: passwordHint, keyEnv.
var secretNames = []string{"secret", "secretkey", "password", "passphrase", "apikey", "accesskey", "privatekey", "signingkey", "secretaccesskey", "token", "authtoken", "accesstoken"}

func secretName(name string) bool {
	folded := strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
	if folded == "key" {
		return true // of signature: { key }
	}
	return slices.ContainsFunc(secretNames, func(s string) bool { return strings.HasSuffix(folded, s) })
}

// plausible says whether a text may be a secret, and not the name of a variable, a path or a sentence.
func plausible(s string) bool {
	if len(s) < 8 || strings.ContainsAny(s, " /{}$") {
		return false
	}
	return strings.ContainsFunc(s, unicode.IsLower) || strings.ContainsFunc(s, unicode.IsDigit) // MAIL_API_KEY names a variable
}

// serviceKeys begin the keys of well-known services.
var serviceKeys = []string{"sk_" + "live_", "rk_" + "live_", "gh" + "p_", "xox" + "b-", "AK" + "IA", "whsec" + "_", "-----BEGIN "}

func serviceKey(s string) bool {
	return len(s) >= 16 && slices.ContainsFunc(serviceKeys, func(prefix string) bool { return strings.HasPrefix(s, prefix) })
}
