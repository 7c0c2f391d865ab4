package guards

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics"
)

var writes = []model.Op{model.Create, model.Update, model.Put, model.BatchCreate, model.BatchUpdate, model.BatchUpsert}

func writable(roles string) string {
	return "crud: {\n  list: { access: { roles: ['member'] } },\n  create: { access: { roles: ['" + roles + "'] } },\n  update: { access: { roles: ['admin'] } },\n},"
}

// OpenToStrangers: guards: false lets every field but the system's be written, by whoever may write at all.
var OpenToStrangers = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB5009", Title: "Strangers may write every field", Since: "0.1.0", Severity: diagnostics.Warning, Locked: true,
		Why:     "guards: false opens every column, also those that are added later, and the operation is open to people without a session.",
		Fix:     "List the fields that strangers may send in createable and updatable, or ask for a role.",
		Bad:     check.Example("", "guards: false,", writable("PUBLIC")),
		Good:    check.Example("", writable("PUBLIC")),
		Related: []diagnostics.Code{"QB5005"}, CWE: []int{915, 306},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		d := p.Policy()
		if d == nil || d.Guards == nil || !p.Resource.Guards.Open {
			return
		}
		for _, op := range writes {
			operation := p.Resource.Operation(op)
			if operation == nil || operation.Derived || p.Effective.May(nil, op) == policy.No {
				continue
			}
			report(diagnostics.Diagnostic{
				At: p.At(d.Guards.At), Message: fmt.Sprintf("%s of %s is open to people without a session, and guards: false lets them write every field.", op, p.Table()),
				Help: "List the fields: guards: { createable: ['…'] }.", Key: p.Subject("guards"),
				Related: []diagnostics.Related{{At: p.At(operation.At), Message: "open to everybody"}},
			})
			return
		}
	},
}

// NothingUpdatable: an update that no field may be sent to.
var NothingUpdatable = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB5013", Title: "Update that can change nothing", Since: "0.1.0", Severity: diagnostics.Warning,
		Why:     "The operation is open and the guards let no field through, so every PATCH is refused with an error that blames the client.",
		Fix:     "List what may be changed in updatable, or remove the operation.",
		Bad:     check.Example("", "guards: { createable: ['name'] },"),
		Good:    check.Example("", "guards: { createable: ['name'], updatable: ['name'] },"),
		Related: []diagnostics.Code{"QB4007", "QB5007"},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		d := p.Policy()
		operation := p.Resource.Operation(model.Update)
		if d == nil || d.Guards == nil || operation == nil || operation.Access == nil || len(p.Resource.Home.Gaps) > 0 {
			return
		}
		if list := d.Guards.Updatable; list != nil && len(list.Items) > 0 {
			return // names that are wrong have rules of their own
		}
		for _, c := range p.Resource.Table.Columns {
			if p.Effective.Guarded(model.Update, c.Key) == "" {
				return
			}
		}
		report(diagnostics.Diagnostic{
			At: p.At(operation.At), Message: fmt.Sprintf("Nobody can change anything by update: the guards of %s let no field through.", p.Table()),
			Help: "Add guards.updatable: ['…'], or remove update.", Key: p.Subject("update"),
			Related: []diagnostics.Related{{At: p.At(d.Guards.At), Message: "the guards"}},
		})
	},
}

// SystemDefault: create.defaults may not fill what the system manages, for the value would be lost or refused.
var SystemDefault = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB5012", Title: "Default for a field that the system manages", Since: "0.1.0", Locked: true,
		Why:     "The value comes from the session, the clock or the key generator whatever the default says. A tenant written as a default isolates nothing.",
		Fix:     "Remove the default.",
		Bad:     check.Example("", "crud: {\n  list: { access: { roles: ['member'] } },\n  create: { access: { roles: ['admin'] }, defaults: { organizationId: 'org_main' } },\n  update: { access: { roles: ['admin'] } },\n},"),
		Good:    check.Example("", "crud: {\n  list: { access: { roles: ['member'] } },\n  create: { access: { roles: ['admin'] }, defaults: { name: 'untitled' } },\n  update: { access: { roles: ['admin'] } },\n},"),
		Related: []diagnostics.Code{"QB5005"}, CWE: []int{639, 915},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		if p.Policy() == nil {
			return
		}
		for _, op := range p.Resource.Operations {
			if op.Derived {
				continue
			}
			for _, d := range op.Defaults {
				column := p.Column(d.Field.Text)
				if column == nil || column.Role == model.Plain {
					continue
				}
				report(diagnostics.Diagnostic{
					At: p.At(d.Field.At), Message: fmt.Sprintf("%s is managed by the system: a default cannot set it.", d.Field.Text),
					Help: "Remove it: scope columns come from the session, ids and audit columns from the system.", Key: p.Subject(string(op.Op), d.Field.Text),
				})
			}
		}
	},
}
