package storage

import (
	"fmt"
	"strings"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
)

func trusting(origins string) string {
	return "-- features/things/things.ts --\n" + check.Example("") + "-- quickback.config.ts --\n" + `import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';

export default defineConfig({
  name: 'things',
  template: 'hono',
  trustedOrigins: [` + origins + `],
  providers: {
    runtime: defineRuntime('bun'),
    database: defineDatabase('better-sqlite3'),
    auth: defineAuth('better-auth'),
  },
});
`
}

// OpenOrigins: pages of trusted origins act with the cookies of whoever looks at them.
var OpenOrigins = check.ConfigRule{
	Doc: &diagnostics.Rule{
		Code: "QB8105", Title: "Origins that anybody can have are trusted", Since: "0.1.0", Severity: diagnostics.Warning, Locked: true,
		Why:  "Pages of trusted origins call the backend with the cookies of whoever looks at them, and read the answers. A pattern that any host fits, or one over plain HTTP, lets strangers do that.",
		Fix:  "Name the hosts, with https.",
		Bad:  trusting("'https://*'"),
		Good: trusting("'https://app.example.com', 'http://localhost:5173'"),
		CWE:  []int{942, 346},
	},
	Run: func(p *check.ConfigPass, report check.Report) {
		if p.Config.Source == nil {
			return
		}
		for _, n := range p.Config.Source.TrustedOrigins {
			why := openOrigin(n.Text)
			if why == "" {
				continue
			}
			report(diagnostics.Diagnostic{
				At: p.At(n.At), Message: fmt.Sprintf("%q trusts strangers: %s.", n.Text, why),
				Help: "Write the origin of your own pages: 'https://app.example.com'.", Key: "trustedOrigins." + n.Text,
			})
		}
	},
}

// openOrigin says why an origin can be had by anybody; "" when it cannot.
func openOrigin(origin string) string {
	scheme, host, ok := strings.Cut(origin, "://")
	if !ok {
		scheme, host = "", origin
	}
	name, _, _ := strings.Cut(strings.ToLower(host), ":")
	local := name == "localhost" || strings.HasSuffix(name, ".localhost") || strings.HasPrefix(name, "127.") || strings.HasPrefix(host, "[::1]")
	labels := strings.Split(name, ".")
	switch {
	case local || name == "":
		return ""
	case !strings.Contains(name, "*"):
	case labels[len(labels)-1] == "*":
		return "every host fits it"
	case len(labels) == 2 && labels[0] == "*":
		return "everybody can have a host under ." + labels[1]
	}
	if scheme == "http" {
		return "without https whoever carries the connection can answer for it"
	}
	return ""
}
