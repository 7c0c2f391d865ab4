// Package audit emits the table of the audit trail, for projects that have something to leave there: unsafe actions, and writes and actions
// that are open to the public.
package audit

import (
	"slices"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/storage"
)

// Module is the module of the table, and Table its name in the database. The library writes its rows by the names of the columns
// (lib/audit.ts).
const (
	Module = "src/db/audit.ts"
	Table  = "audit_events"
	Const  = "auditEvents"
)

// Unsafe says whether an action of a project gets the database without a firewall.
func Unsafe(p *model.Project) bool { return slices.ContainsFunc(p.Resources, UnsafeIn) }

// UnsafeIn says whether an action of a resource does.
func UnsafeIn(r *model.Resource) bool {
	return slices.ContainsFunc(r.Actions, func(a *model.Action) bool { return a.Source != nil && a.Source.Unsafe != nil })
}

// Needed says whether a project has anything that leaves a row.
func Needed(p *model.Project) bool { return Unsafe(p) || slices.ContainsFunc(p.Resources, PublicIn) }

// PublicIn says whether a resource has writes or actions that are open to callers without a session.
func PublicIn(r *model.Resource) bool {
	for _, op := range r.Operations {
		if op.Op != model.List && op.Op != model.Get && open(op.Access) {
			return true
		}
	}
	return slices.ContainsFunc(r.Actions, func(a *model.Action) bool { return open(a.Access) })
}

// open says whether a rule lets callers without a session in.
func open(a *model.Access) bool {
	return a != nil && (a.Kind == model.AccessRoles && slices.Contains(a.Roles, "PUBLIC") || slices.ContainsFunc(a.Sub, open))
}

// Storage is the table: one row for each call, with who did what to whose rows, why, and how it ended.
func Storage() *storage.Table {
	text := func(key, name string) storage.Column { return storage.Column{Key: key, Name: name, Builder: "text"} }
	needed := func(c storage.Column) storage.Column { c.NotNull = true; return c }
	id := needed(text("id", "id"))
	id.PrimaryKey = true
	result := needed(text("result", "result"))
	result.Enum = []string{"success", "denied", "error"}
	return &storage.Table{Module: Module, Const: Const, Name: Table, Columns: []storage.Column{
		id, text("requestId", "request_id"), text("actorUserId", "actor_user_id"), text("actorUserRole", "actor_user_role"), text("actorOrgId", "actor_org_id"),
		needed(text("actionName", "action_name")), needed(text("resource", "resource")), needed(text("operation", "operation")), text("targetScope", "target_scope"),
		text("targetOrgId", "target_org_id"), text("targetRecordId", "target_record_id"), text("unsafeReason", "unsafe_reason"), result,
		{Key: "rowCount", Name: "row_count", Builder: "integer"}, text("errorCode", "error_code"), text("errorMessage", "error_message"), text("metadata", "metadata"),
		{Key: "createdAt", Name: "created_at", Builder: "integer", Mode: "timestamp_ms", NotNull: true},
	}, Indexes: []storage.Index{
		{Name: Table + "_created_at_idx", Keys: []string{"createdAt"}}, {Name: Table + "_actor_user_id_idx", Keys: []string{"actorUserId"}},
	}}
}
