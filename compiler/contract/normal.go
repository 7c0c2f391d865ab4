package contract

import (
	"encoding/json"
	"slices"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
)

// effective is the policy of a resource as reports hold it: analysis/policy's canonical form, in which what has no effect is left out (the
// page size of a delete), with the parts that only a backend has: state machines, value rules, keys, orders, allow-lists.
func effective(c *model.Config, r *model.Resource, s serving) map[string]any {
	n := normal(r)
	var out map[string]any
	if err := json.Unmarshal(policy.FromModel(c, n).Canonical(), &out); err != nil {
		panic("contract: the canonical policy is no JSON: " + err.Error())
	}
	for _, op := range n.Operations {
		if isBatch(op.Op) {
			out["operations"].(map[string]any)[string(op.Op)].(map[string]any)["atomic"] = op.Atomic
		}
	}
	for _, a := range n.Actions {
		extra := s.Actions[a.Name]
		o := out["actions"].(map[string]any)[a.Name].(map[string]any)
		o["patch"], o["rawSql"] = a.Patch, extra.RawSQL
		if a.Transition != nil {
			o["transition"] = plain(transitionOf(a.Transition))
		}
		if extra.Unsafe != nil {
			o["unsafe"] = plain(extra.Unsafe)
		}
	}
	out["serving"] = plain(s)
	delete(out["serving"].(map[string]any), "actions")
	return out
}

func transitionOf(t *model.Transition) map[string]any {
	steps := map[string][]string{}
	for _, s := range t.FromTo {
		steps[s.From] = sorted(append(steps[s.From], s.To...))
	}
	return map[string]any{"field": t.Column, "fromTo": steps, "to": t.To, "via": t.Via}
}

// plain is a value as JSON decodes it.
func plain(v any) any {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("contract: " + err.Error())
	}
	var out any
	if err := json.Unmarshal(raw, &out); err != nil {
		panic("contract: " + err.Error())
	}
	return out
}

func sorted(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return slices.Compact(out)
}

func isBatch(op model.Op) bool {
	return op == model.BatchCreate || op == model.BatchUpdate || op == model.BatchDelete || op == model.BatchUpsert
}

// normal returns the resource without what has no effect, and with one form for what can be written in several.
func normal(r *model.Resource) *model.Resource {
	out := *r
	out.Firewall = normalFirewall(r)
	out.Operations, out.Masks, out.Views, out.Actions = nil, nil, nil, nil
	var defaults *model.Operation // of whichever creates: both fill the same
	for _, op := range r.Operations {
		if (op.Op == model.Create || op.Op == model.BatchCreate) && defaults == nil && len(op.Defaults) > 0 {
			defaults = op
		}
	}
	for _, op := range r.Operations {
		n := normalOperation(op)
		if defaults != nil && (op.Op == model.Create || op.Op == model.BatchCreate) {
			n.Defaults = defaults.Defaults
		}
		out.Operations = append(out.Operations, n)
	}
	for _, m := range r.Masks {
		n := *m
		if n.All {
			n.Roles = nil
		}
		out.Masks = append(out.Masks, &n)
	}
	for _, v := range r.Views {
		n := *v
		n.Access = normalAccess(v.Access)
		if !n.HasQuery {
			n.Filterable, n.Searchable, n.Sortable = nil, nil, nil
		}
		out.Views = append(out.Views, &n)
	}
	for _, a := range r.Actions {
		n := *a
		n.Access = normalAccess(a.Access)
		if n.Method == "" {
			n.Method = "POST"
		}
		if !n.Standalone {
			n.Path = ""
		}
		out.Actions = append(out.Actions, &n)
	}
	return &out
}

func normalOperation(op *model.Operation) *model.Operation {
	n := &model.Operation{Op: op.Op, Access: normalAccess(op.Access)}
	switch op.Op {
	case model.List:
		n.Fields, n.PageSize, n.MaxPageSize = op.Fields, op.PageSize, op.MaxPageSize
	case model.Get:
		n.Fields = op.Fields
	}
	if op.Op == model.Delete || op.Op == model.BatchDelete {
		n.Soft = op.Soft
	}
	if isBatch(op.Op) {
		n.Atomic, n.MaxBatch = op.Atomic || op.Source == nil, op.MaxBatch
		if n.MaxBatch == 0 {
			n.MaxBatch = model.DefaultMaxBatch
		}
	}
	return n
}

// normalFirewall names the kinds of predicates by what they compare, since only that is enforced.
func normalFirewall(r *model.Resource) model.Firewall {
	out := model.Firewall{Hide: r.Firewall.Hide && !r.Internal, Exception: true}
	for _, row := range r.Firewall.Rows {
		n := model.Row{Column: row.Column, Op: row.Op, Ctx: policy.ContextPath(row.Ctx), Value: normalValue(row.Value), Unless: row.Unless, Kind: "custom"}
		switch {
		case n.Op == "isNull" && n.Value == true || n.Op == "equals" && n.Ctx == "" && n.Value == nil:
			n.Kind = "softDelete"
		case n.Op != "equals":
		case n.Ctx == "activeOrgId":
			n.Kind = "organization"
		case n.Ctx == "userId" || n.Ctx == "user.id":
			n.Kind = "owner"
		case n.Ctx == "activeTeamId":
			n.Kind = "team"
		}
		out.Exception = out.Exception && n.Kind == "softDelete"
		out.Rows = append(out.Rows, n)
	}
	return out
}

func normalValue(v any) any {
	list, ok := v.([]any)
	if !ok {
		return v
	}
	list = slices.Clone(list)
	for i := range list {
		if list[i] == "$ctx.orgId" {
			list[i] = "$ctx.activeOrgId"
		}
	}
	return list
}

// normalAccess flattens, brings the conditions of one conjunction together, and unwraps single arms.
func normalAccess(a *model.Access) *model.Access {
	if a == nil {
		return nil
	}
	out := &model.Access{Kind: a.Kind, Roles: a.Roles}
	for _, c := range a.Where {
		c.Value = normalValue(c.Value)
		out.Where = append(out.Where, c)
	}
	var where *model.Access
	for _, s := range a.Sub {
		n := normalAccess(s)
		arms := []*model.Access{n}
		if n != nil && n.Kind == a.Kind {
			arms = n.Sub
		}
		for _, arm := range arms {
			if arm != nil && a.Kind == model.AccessAll && arm.Kind == model.AccessWhere {
				if where == nil {
					where = &model.Access{Kind: model.AccessWhere}
					out.Sub = append(out.Sub, where)
				}
				where.Where = append(where.Where, arm.Where...)
				continue
			}
			out.Sub = append(out.Sub, arm)
		}
	}
	if len(out.Sub) == 1 && (a.Kind == model.AccessAny || a.Kind == model.AccessAll) {
		return out.Sub[0]
	}
	return out
}

// plainJSON decodes what this program has encoded itself.
func plainJSON(raw []byte) any {
	var out any
	if err := json.Unmarshal(raw, &out); err != nil {
		panic("contract: " + err.Error())
	}
	return out
}
