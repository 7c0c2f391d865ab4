package model

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
)

// Column names that a scope is derived from (language.md, Firewall).
var (
	organizationNames = []string{"organizationId", "organization_id", "organisationId", "orgId", "org_id"}
	ownerNames        = []string{"ownerId", "owner_id", "userId", "user_id"}
	teamNames         = []string{"teamId", "team_id"}
)

var scopes = map[string]struct {
	names  []string
	source string
}{
	"organization": {organizationNames, "activeOrgId"},
	"owner":        {ownerNames, "userId"},
	"team":         {teamNames, "activeTeamId"},
}

// Derive finds the column of a scope: the one that q.scope declares, else by its name; or returns nil. A column that is declared as
// another scope is never found by its name.
func Derive(t *Table, kind string) *Column {
	declared := func(c *Column) string {
		if c.Source == nil {
			return ""
		}
		return c.Source.Scope.V
	}
	for _, c := range t.Columns {
		if declared(c) == kind {
			return c
		}
	}
	for _, name := range scopes[kind].names {
		for _, c := range t.Columns {
			if (c.Key == name || c.Name == name) && declared(c) == "" {
				return c
			}
		}
	}
	return nil
}

// firewall makes one list of predicates from whatever form was written. What cannot be linked is left out, reported by the
// firewall rules, and makes the resource incomplete: it never leaves a weaker predicate in an emitted backend.
func (l *linker) firewall(u *unit, t *Table) (Firewall, bool) {
	fw := Firewall{At: u.table.At}
	complete := true
	switch {
	case u.policy == nil:
		l.internal(t, &fw)
	case u.policy.Firewall == nil:
		fw.Derived = true
		complete = l.derived(t, &fw)
	default:
		written := u.policy.Firewall
		fw.At, fw.Exception, fw.Hide = written.At, written.Exception.V, written.ErrorMode.V == "hide"
		complete = written.State == definition.Known
		for _, s := range written.Scopes {
			complete = l.scope(t, &fw, s) && complete
		}
		for _, c := range written.Predicates {
			complete = l.predicate(t, &fw, c, !hardDelete(u)) && complete
		}
		complete = complete && (fw.Exception != (len(fw.Rows) > 0))
	}
	if u.policy != nil && u.policy.ErrorMode.Present() && u.policy.Firewall == nil {
		fw.Hide = u.policy.ErrorMode.V == "hide"
	}
	l.softDelete(u, t, &fw)
	for _, row := range fw.Rows {
		c := t.Column(row.Column)
		if c != nil && c.Role == Plain && row.Op == "equals" && row.Ctx != "" {
			c.Role = ScopeColumn // stamped from the context on create, whatever the value is
		}
	}
	if u.policy != nil && u.policy.Firewall != nil {
		l.stamped(t, &fw)
	}
	return fw, complete
}

// stamped finds the columns that q.scope declares and a written firewall leaves out: they isolate nothing, and are still stamped,
// system-managed and the owner of masks (language.md, Columns).
func (l *linker) stamped(t *Table, fw *Firewall) {
	for _, c := range t.Columns {
		if c.Source == nil || c.Role != Plain {
			continue
		}
		kind := c.Source.Scope.V
		scope, known := scopes[kind]
		if !known || kind != "owner" && !l.config.Organizations {
			continue
		}
		fw.Stamped = append(fw.Stamped, Stamp{Column: c.Key, Ctx: scope.source})
		c.Role = ScopeColumn
		if kind == "owner" && fw.Owner == "" {
			fw.Owner = c.Key
		}
	}
}

// internal tables take the organisation scope when they have the column, never an owner scope (api.md, Data).
func (l *linker) internal(t *Table, fw *Firewall) {
	if c := Derive(t, "organization"); c != nil && l.config.Organizations {
		fw.add("organization", c.Key, "activeOrgId", nil)
		return
	}
	fw.Exception = true
}

func (l *linker) derived(t *Table, fw *Firewall) bool {
	organization, owner, team := Derive(t, "organization"), Derive(t, "owner"), Derive(t, "team")
	if organization != nil && owner != nil {
		return false // a rule asks which one isolates
	}
	if organization != nil {
		fw.add("organization", organization.Key, "activeOrgId", nil)
	}
	if owner != nil {
		fw.add("owner", owner.Key, "userId", nil)
	}
	if team != nil {
		fw.add("team", team.Key, "activeTeamId", nil)
	}
	return len(fw.Rows) > 0
}

func (fw *Firewall) add(kind, column, ctx string, unless []string) {
	fw.Rows = append(fw.Rows, Row{Column: column, Kind: kind, Op: "equals", Ctx: ctx, Unless: unless, At: fw.At})
	switch kind {
	case "owner":
		fw.Owner = column
	case "organization":
		fw.Scope = column
	}
}

func (fw *Firewall) scopeColumn() string {
	for _, kind := range []string{"organization", "team", "owner"} {
		for _, row := range fw.Rows {
			if row.Kind == kind {
				return row.Column
			}
		}
	}
	return ""
}

func (l *linker) scope(t *Table, fw *Firewall, s definition.Scope) bool {
	column := Derive(t, s.Kind)
	if s.Column.Present() {
		column = t.Column(s.Column.V)
		for _, c := range t.Columns {
			if column == nil && c.Name == s.Column.V {
				column = c
			}
		}
	}
	if column == nil {
		return false
	}
	source := strings.TrimPrefix(strings.TrimPrefix(s.Source.Or(scopes[s.Kind].source), "$"), "ctx.")
	var unless []string
	if s.Kind == "owner" && s.Mode.V == "optional" {
		unless = []string{"owner", "admin"}
		if s.Roles != nil {
			unless, _ = l.expand(s.Roles)
		}
	}
	fw.add(s.Kind, column.Key, source, unless)
	fw.Rows[len(fw.Rows)-1].At = s.At
	return true
}

func (l *linker) predicate(t *Table, fw *Firewall, c definition.Condition, soft bool) bool {
	column := t.Column(c.Field.Text)
	if column == nil || !slices.Contains(definition.Operators, c.Op.Text) {
		return false
	}
	row := Row{Column: column.Key, Kind: "custom", Op: operator(c.Op.Text), Ctx: c.Value.Ctx, Value: c.Value.Literal, At: c.Field.At}
	if row.Ctx == "orgId" {
		row.Ctx = "activeOrgId"
	}
	if row.Op == "equals" {
		switch row.Ctx {
		case "activeOrgId":
			row.Kind, fw.Scope = "organization", column.Key
		case "userId", "user.id":
			row.Kind, fw.Owner = "owner", column.Key
		case "activeTeamId":
			row.Kind = "team"
		}
	}
	if column.Key == DeletedAt && soft {
		return row.Op == "isNull" && row.Value == true // added below; any other condition would show what is deleted, or nothing
	}
	fw.Rows = append(fw.Rows, row)
	return true
}

// softDelete hides deleted rows, also under an exception.
func (l *linker) softDelete(u *unit, t *Table, fw *Firewall) {
	key := DeletedAt
	if u.policy != nil && u.policy.Firewall != nil && u.policy.Firewall.SoftDelete != nil {
		if c := u.policy.Firewall.SoftDelete.Column; c.Present() {
			key = c.V
		}
	}
	if c := t.Column(key); c != nil && !hardDelete(u) {
		fw.Rows = append(fw.Rows, Row{Column: c.Key, Kind: "softDelete", Op: "isNull", Value: true, At: fw.At})
	}
}

func operator(op string) string {
	if op == "not" {
		return "notEquals"
	}
	return op
}
