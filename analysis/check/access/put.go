package access

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
)

// Put: the client names the row that PUT makes, with all of its fields.
var Put = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB4009", Title: "put without ids of the client's own", Since: "0.1.0", Locked: true,
		Why: "PUT makes or replaces the row of the id in its path. Where the backend makes the ids, or guards close fields, such a request could neither make a row nor replace one.",
		Fix: "Write generateId: false in the configuration and guards: false, or remove put.",
		Bad: check.Example("", "crud: { put: { access: { roles: ['admin'] } } },"), Good: check.Example("", "crud: { update: { access: { roles: ['admin'] } } },"),
		Related: []diagnostics.Code{"QB4007"},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		d := p.Policy()
		if d == nil {
			return
		}
		for _, op := range d.Operations {
			if name := model.Op(op.Name.Text); op.Off || name != model.Put && name != model.BatchUpsert {
				continue
			}
			var lacks []string
			if p.Config.GenerateID != "false" {
				lacks = append(lacks, "generateId: false in the configuration")
			}
			if !p.Resource.Guards.Open {
				lacks = append(lacks, "guards: false")
			}
			if len(lacks) > 0 {
				report(diagnostics.Diagnostic{
					At: p.At(op.Name.At), Message: fmt.Sprintf("%s needs %s.", op.Name.Text, check.List(lacks)),
					Help: "Write both, or remove " + op.Name.Text + ".", Key: p.Subject(op.Name.Text),
				})
			}
		}
	},
}
