package contract

import (
	"slices"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/contract/literal"
	"github.com/qbls/qbls/diagnostics/text"
)

// auditSchema is the module of the audit trail's table.
const auditSchema text.Path = "src/db/audit.ts"

// trailColumns are the columns that a row of the audit trail consists of (seeds: changelog, Mandatory Unsafe Action Audit Trail).
var trailColumns = []string{
	"id", "requestId", "actorUserId", "actorUserRole", "actorOrgId", "actionName", "resource", "operation", "targetScope", "targetOrgId", "targetRecordId",
	"unsafeReason", "result", "rowCount", "errorCode", "errorMessage", "metadata", "createdAt",
}

// unsafe says whether an action is declared to get the database without a firewall.
func (v *verifier) unsafe() bool { return slices.ContainsFunc(v.Project.Resources, getsAll) }

func getsAll(r *model.Resource) bool {
	return slices.ContainsFunc(r.Actions, func(a *model.Action) bool { return a.Source != nil && a.Source.Unsafe != nil })
}

// audited says whether anything is declared that leaves a row of the audit trail: an unsafe action, or a write or an action that is open to
// callers without a session.
func (v *verifier) audited() bool {
	if v.trailed == nil {
		v.trailed = new(bool)
		*v.trailed = v.unsafe() || slices.ContainsFunc(v.Project.Resources, public)
	}
	return *v.trailed
}

// public says whether a write or an action of a resource is open to callers without a session.
func public(r *model.Resource) bool {
	for _, op := range r.Operations {
		if op.Op != model.List && op.Op != model.Get && letsAnybodyIn(op.Access) {
			return true
		}
	}
	return slices.ContainsFunc(r.Actions, func(a *model.Action) bool { return letsAnybodyIn(a.Access) })
}

func letsAnybodyIn(a *model.Access) bool {
	return a != nil && (a.Kind == model.AccessRoles && slices.Contains(a.Roles, "PUBLIC") || slices.ContainsFunc(a.Sub, letsAnybodyIn))
}

// trail reads the table of the audit trail.
func (v *verifier) trail() {
	m := v.read(auditSchema, UnsafeAuditTrail, nil)
	if m == nil {
		return
	}
	v.onlyTables(auditSchema, m)
	c := m.Const("auditEvents")
	broken := broken{rule: UnsafeAuditTrail, subject: "audit_events", file: auditSchema, at: span{0, len(v.text(auditSchema))}, declared: "the table audit_events", emitted: "another table",
		message: "The rows of the audit trail cannot be written to this table."}
	if c == nil || len(m.Consts) != 1 {
		v.violate(broken)
		return
	}
	broken.at = spanOf(c.Value)
	if name, ok := tableOf(c.Value); !ok || name != "audit_events" {
		v.violate(broken)
		return
	}
	var names []string
	for _, p := range c.Value.Items[1].Props {
		names = append(names, p.Name)
	}
	if !slices.Equal(sorted(names), sorted(trailColumns)) || c.Value.Items[1].Form != literal.Object {
		v.violate(broken)
		return
	}
	v.prove(UnsafeAuditTrail, auditSchema, broken.at, "audit_events")
}
