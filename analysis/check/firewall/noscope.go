// Package firewall holds the rules about which rows a caller can reach.
package firewall

import (
	"fmt"
	"slices"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Set are the rules of this package.
func Set() check.Set {
	return check.Set{Resource: []check.ResourceRule{
		NoScope, ExceptionWithScope, Ambiguous, UnknownScopeColumn, UnknownSource, NoOrganizations, UnknownField, OptionalOwner, UnusedOwner, IdleOwnerRoles, Deleted, PassesNone, CrossingKey, CrossingCascade, LeftBehind, SharedUniqueness,
	}}
}

// NoScope: every resource has an ownership scope or says that it has none (language.md, Firewall).
var NoScope = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB3001", Title: "Table is not isolated", Since: "0.1.0", Locked: true,
		Why: "Without a scope every caller whose role suffices reads the rows of every tenant.",
		Fix: "Give the firewall a scope, or write exception: true if everybody may see the same rows.",
		Bad: check.Example("", "firewall: { softDelete: {} },"), Good: check.Example("", "firewall: { organization: {}, softDelete: {} },"),
		Related: []diagnostics.Code{"QB3002", "QB3003"}, CWE: []int{639, 863},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		d := p.Policy()
		if d == nil {
			return
		}
		found := diagnostics.Diagnostic{
			Help: "Write firewall: { organization: {} }, { owner: {} } or { team: {} }, or { exception: true } if everybody may see the same rows.",
			Key:  p.Subject("firewall"),
		}
		fw := d.Firewall
		if without(p) {
			found.Help = "Write firewall: { owner: {} }, or { exception: true } if everybody may see the same rows."
		}
		switch {
		case fw == nil:
			if scopeColumn(p) != nil {
				return
			}
			found.At = p.At(d.At)
			found.Message = fmt.Sprintf("Nothing isolates the rows of %s: it has no column that a scope could be derived from, and no firewall is written.", p.Table())
			found.Fixes = insertFirewall(p, "exception: true", "Everybody may see the same rows: write exception: true")
		case fw.State != definition.Known:
			return // reported where it is read
		case isolates(fw) || fw.Exception.V:
			return
		case fw.IsArray:
			found.At = p.At(fw.At)
			found.Message = fmt.Sprintf("This firewall compares no column of %s with who is asking, so every tenant's rows pass.", p.Table())
			found.Help = "Add a predicate such as { field: 'organizationId', equals: 'ctx.activeOrgId' }."
			if without(p) {
				found.Help = "Add a predicate such as { field: 'ownerId', equals: 'ctx.userId' }."
			}
		default:
			found.At = p.At(fw.At)
			found.Message = fmt.Sprintf("This firewall isolates nothing: it has neither a scope nor exception: true, so all rows of %s would be one tenant's.", p.Table())
		}
		report(found)
	},
}

// without says whether the project has said that it has no organisations, and so no teams: then no scope of theirs is proposed.
func without(p *check.ResourcePass) bool {
	return p.Config != nil && p.Config.Source != nil && !p.Config.Organizations
}

// isolates says whether a firewall ties rows to the caller.
func isolates(fw *definition.Firewall) bool {
	return len(fw.Scopes) > 0 || slices.ContainsFunc(fw.Predicates, func(c definition.Condition) bool { return c.Value.Ctx != "" })
}

// scopeColumn returns a column that a scope would be derived from.
func scopeColumn(p *check.ResourcePass) *model.Column {
	for _, kind := range []string{"organization", "owner", "team"} {
		if c := model.Derive(p.Resource.Table, kind); c != nil {
			return c
		}
	}
	return nil
}

// insertFirewall is the fix that writes a firewall as the first key of the policy.
func insertFirewall(p *check.ResourcePass, scope, title string) []diagnostics.Fix {
	body := p.At(p.Policy().BodyAt)
	if body.Span.End <= body.Span.Start+1 {
		return nil
	}
	at := text.Place{Path: body.Path, Span: text.Span{Start: body.Span.Start + 1, End: body.Span.Start + 1}}
	return []diagnostics.Fix{check.Replace(title, at, "\n  firewall: { "+scope+" },")}
}
