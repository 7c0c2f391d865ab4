package masking

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
)

// UnknownOwner looks at show.or.
var UnknownOwner = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB6003", Title: "show.or is something else than owner", Since: "0.1.0", Locked: true,
		Why: "Whom the value is shown to would not be known.",
		Fix: "Write or: 'owner', or list roles.",
		Bad: check.Example("", "masking: { name: { type: 'name', show: { or: 'ownr' } } },"), Good: check.Example("", "masking: { name: { type: 'name', show: { or: 'owner' } } },"),
		CWE: []int{359},
	},
	Run: func(p *check.FilePass, report check.Report) {
		if p.File.Table == nil {
			return
		}
		for _, m := range p.File.Table.Masks {
			if or, ok := m.Owner.Get(); ok && or != "owner" {
				at := p.At(m.Owner.At)
				report(diagnostics.Diagnostic{
					At: at, Message: fmt.Sprintf("show.or of %s can only be 'owner', not %q.", m.Field.Text, or),
					Help: "Write or: 'owner' to show it to whom the row belongs to, and roles: […] for roles.", Key: p.Subject(m.Field.Text),
					Fixes: []diagnostics.Fix{check.Replace("Change to owner", at, "owner")},
				})
			}
		}
	},
}
