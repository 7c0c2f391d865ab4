package app

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/audit"
	"github.com/qbls/qbls/compiler/runtime"
)

// Features are what the configuration of a project asks of the library. What its policies ask is in FeaturesOf, and what its own code may use in
// package link.
func Features(p *model.Project) runtime.Features {
	return when(p.Config.Organizations, runtime.Organizations) |
		when(TargetOf(p).Runtime == "cloudflare", runtime.Workers) |
		when(len(authPartsOf(p)) > 0 || p.Config.Mail != nil, runtime.Parts) |
		when(p.Config.HasPlugin("anonymous"), runtime.Anonymous) |
		when(len(rateLimit(p.Config.Source)) > 0, runtime.RateLimit) |
		when(p.Config.HasPlugin("admin") || !p.Config.Organizations && namesRoles(p), runtime.Admin) |
		ids(p.Config.GenerateID)
}

// FeaturesOf are what the policy and the table of one resource ask of the library.
func FeaturesOf(r *model.Resource) runtime.Features {
	return when(r.Operation(model.Put) != nil || r.Operation(model.BatchUpsert) != nil, runtime.Put) |
		when(admitsEverybody(r), runtime.Public) |
		when(audit.UnsafeIn(r) || audit.PublicIn(r), runtime.Audit) |
		when(audit.UnsafeIn(r), runtime.Unsafe) |
		when(audit.UnsafeIn(r) || asksUserRole(r), runtime.Admin) |
		when(r.AsksForTeam(), runtime.Teams) |
		when(asksEnvironment(r), runtime.Env) |
		when(holdsCode(r), runtime.Coded) |
		featuresOfActions(r.Actions) |
		rowFeatures(r)
}

func featuresOfActions(actions []*model.Action) (out runtime.Features) {
	for _, a := range actions {
		out |= when(a.Transition != nil, runtime.Transition) |
			when(a.Patch, runtime.Patch) |
			when(a.Source != nil && (a.Source.AllowRawSQL.Or(false) || a.Source.Unsafe != nil), runtime.Raw)
	}
	return out
}

// holdsCode says whether a rule of access, or a mask, is code.
func holdsCode(r *model.Resource) bool {
	found := slices.ContainsFunc(r.Masks, func(m *model.Mask) bool { return m.Type == "custom" })
	r.EachAccess(func(a *model.Access) { found = found || a.Kind == model.AccessFunc })
	return found
}

func when(asked bool, f runtime.Features) runtime.Features {
	if asked {
		return f
	}
	return 0
}

// ids are how a project's ids are made, by compiler.features.generateId; all ways where it says none of them.
func ids(kind string) runtime.Features {
	switch kind {
	case "uuid":
		return runtime.UUID
	case "cuid":
		return runtime.CUID
	case "nanoid":
		return runtime.Nanoid
	case "prefixed", "":
		return runtime.Prefixed
	case "serial", "false":
		return 0
	}
	return runtime.UUID | runtime.CUID | runtime.Nanoid | runtime.Prefixed
}

// admitsEverybody says whether a rule of access lets callers without a session in.
func admitsEverybody(r *model.Resource) bool {
	found := false
	r.EachAccess(func(a *model.Access) {
		found = found || a.Kind == model.AccessRoles && slices.Contains(a.Roles, "PUBLIC")
	})
	return found
}

// asksEnvironment says whether a rule compares with a variable of the environment.
func asksEnvironment(r *model.Resource) bool {
	names := func(ctx string, value any) bool {
		list, isList := value.([]any)
		if !isList {
			list = []any{value}
		}
		return strings.HasPrefix(ctx, "env.") || slices.ContainsFunc(list, func(v any) bool {
			text, isText := v.(string)
			return isText && strings.HasPrefix(text, "$ctx.env.")
		})
	}
	found := slices.ContainsFunc(r.Firewall.Rows, func(row model.Row) bool { return names(row.Ctx, row.Value) }) ||
		slices.ContainsFunc(r.Firewall.Stamped, func(s model.Stamp) bool { return names(s.Ctx, nil) })
	r.EachAccess(func(a *model.Access) {
		found = found || slices.ContainsFunc(a.Where, func(c model.Condition) bool { return names(c.Ctx, c.Value) })
	})
	return found
}
