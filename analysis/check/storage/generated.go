package storage

import (
	"fmt"
	"regexp"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
)

func addressed(mask string) string {
	return "import { sql } from 'drizzle-orm';\n" + check.Example("email: text('email'),\nhandle: text('handle').generatedAlwaysAs(sql`lower(email)`),",
		"guards: { createable: ['name', 'email'], updatable: ['name', 'email'] },", "masking: {\n  email: { type: 'email', show: { roles: ['admin'] } },"+mask+"\n},")
}

// UnmaskedCopy: the database computes the column from the stored value, which no mask has touched.
var UnmaskedCopy = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB8004", Title: "Generated column of a masked one, without a mask", Since: "0.1.0", Severity: diagnostics.Warning, Waivable: true,
		Why:  "The database computes the column from what is stored. Whoever sees the mask of one column reads in the other what it was made to hide.",
		Fix:  "Mask the generated column too, or compute it from something else.",
		Bad:  addressed(""),
		Good: addressed("\n  handle: { type: 'redact', show: { roles: ['admin'] } },"),
		CWE:  []int{200},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		if p.Policy() == nil || p.Resource.Table == nil {
			return
		}
		masked := map[string]bool{}
		for _, m := range p.Resource.Masks {
			masked[m.Column] = true
		}
		for _, c := range p.Resource.Table.Columns {
			if c.Generated == nil || c.Source == nil || masked[c.Key] {
				continue
			}
			for _, from := range p.Resource.Table.Columns {
				if from != c && masked[from.Key] && mentions(c.Generated, from.Name) {
					report(diagnostics.Diagnostic{
						At: p.At(c.Source.Generated.At), Message: fmt.Sprintf("%s is computed from %s, which is masked, and has no mask itself.", c.Key, from.Key),
						Help: "Add masking for " + c.Key + ".", Key: p.Subject(c.Key),
					})
					break
				}
			}
		}
	},
}

// mentions says whether the SQL of a generated column names a column.
func mentions(g *model.Generated, column string) bool {
	return regexp.MustCompile(`(?i)(^|[^\w$])` + regexp.QuoteMeta(column) + `($|[^\w$])`).MatchString(g.SQL)
}
