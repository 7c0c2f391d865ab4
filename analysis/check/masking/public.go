package masking

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
)

const (
	phone      = "phone: text('phone'),"
	phoneGuard = "guards: { createable: ['name', 'phone'], updatable: ['name'] },"
)

func listed(roles string) string {
	return "crud: {\n  list: { access: { roles: [" + roles + "] } },\n  create: { access: { roles: ['admin'] } },\n  update: { access: { roles: ['admin'] } },\n},"
}

// PublicPersonal asks what somebody without a session reads.
var PublicPersonal = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB6012", Title: "Personal data that strangers read", Since: "0.1.0", Severity: diagnostics.Warning, Locked: true,
		Why:     "The operation or view is open to people without a session, and the column's name says that it tells about a person or holds a secret.",
		Fix:     "Mask the column, leave it out of what strangers read, or ask for a role. Where it is meant, suppress the finding and say why.",
		Bad:     check.Example(phone, phoneGuard, "masking: { phone: { type: 'phone', show: { roles: ['everyone'] } } },", listed("'PUBLIC'")),
		Good:    check.Example(phone, phoneGuard, "masking: { phone: { type: 'phone', show: { roles: ['admin'] } } },", listed("'PUBLIC'")),
		Related: []diagnostics.Code{"QB6002", "QB6013"}, CWE: []int{359, 200},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		if p.Policy() == nil {
			return
		}
		for _, c := range p.Resource.Table.Columns {
			if c.Source == nil || !Personal(c) {
				continue
			}
			by, ok := readable(p, nil, c.Key)
			if !ok {
				continue
			}
			found := diagnostics.Diagnostic{
				At: p.At(c.Source.Key.At), Message: fmt.Sprintf("Everybody reads %s by %s, also without a session.", c.Key, by),
				Help: fmt.Sprintf("Add masking: { %s: { type: 'redact', show: { roles: ['…'] } } }, or leave it out of %s.", c.Key, by), Key: p.Subject(c.Key),
			}
			if m := maskOf(p.Resource, c.Key); m != nil && !m.Default {
				found.Help = "Take 'everyone' and PUBLIC out of the mask's show.roles, or leave the column out of " + by + "."
				found.Related = []diagnostics.Related{{At: p.At(m.At), Message: "the mask shows it to everyone"}}
			}
			report(found)
		}
	},
}

// Unmasked: the default masks are for text whose name ends in a sensitive word. The others are shown.
var Unmasked = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB6013", Title: "Sensitive column without a mask", Since: "0.1.0", Severity: diagnostics.Warning,
		Why:     "The name says that the values are sensitive, no rule masks them, and the masks by name do not reach it: everybody who may read the rows reads it.",
		Fix:     "Write a masking rule, or leave the column out of every answer with fields.",
		Bad:     check.Example("passwordHash: text('password_hash'),", "guards: { createable: ['name', 'passwordHash'], updatable: ['name'] },"),
		Good:    check.Example("passwordHash: text('password_hash'),", "guards: { createable: ['name', 'passwordHash'], updatable: ['name'] },", "masking: { passwordHash: { type: 'redact' } },"),
		Related: []diagnostics.Code{"QB6002", "QB6012"}, CWE: []int{359, 522},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		if p.Policy() == nil {
			return
		}
		everybody := p.Effective.Everybody()
		for _, c := range p.Resource.Table.Columns {
			if c.Source == nil || maskOf(p.Resource, c.Key) != nil {
				continue
			}
			_, named := model.DefaultMask(c.Key)
			if !isSecret(c) && (!named || !authored(c) || c.Type() == "boolean") {
				continue
			}
			if _, ok := readable(p, nil, c.Key); ok {
				continue // worse, and reported as that
			}
			by, ok := readable(p, everybody, c.Key)
			if !ok {
				continue
			}
			report(diagnostics.Diagnostic{
				At: p.At(c.Source.Key.At), Message: fmt.Sprintf("%s looks sensitive and nothing masks it: whoever may read the rows reads it by %s.", c.Key, by),
				Help: fmt.Sprintf("Add masking: { %s: { type: 'redact', show: { roles: ['…'] } } }.", c.Key), Key: p.Subject(c.Key),
			})
		}
	},
}
