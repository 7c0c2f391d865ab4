package verify

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
)

// puts creates a row by its id, replaces it, and tries to take another's id.
func (p *planner) puts() {
	r := p.resource
	if r.Table == nil {
		return
	}
	for _, c := range p.world.Callers {
		if r.Operation(model.Put) != nil {
			p.put(c, p.policy.Can(c.roles(), model.Put))
		}
		if r.Operation(model.BatchUpsert) != nil {
			p.batchPut(c, p.policy.Can(c.roles(), model.BatchUpsert))
		}
	}
}

func (p *planner) put(c *Caller, d policy.Decision) {
	if want, in := p.entry(c, d); !in {
		p.add("put", c, "PUT", "/put-"+url.PathEscape(p.resource.Segment), map[string]any{}, "role", want)
		return
	}
	if body := p.whole(c, d); body != nil {
		path := "/" + url.PathEscape(p.newKey())
		p.add("put", c, "PUT", path, body, "a new row", Want{Status: []int{201}, Open: d.Verdict == policy.Undecided})
		p.add("put", c, "PUT", path, body, "the same row again", Want{Status: []int{200}, Open: d.Verdict == policy.Undecided})
	}
	p.badPuts(c, d)
	take := few{n: 2}
	for _, row := range p.world.tables[p.resource.ID].list {
		kind, want := p.outcome(c, d, row, false)
		if kind == "granted" || !take.another(kind) {
			continue
		}
		if body := p.whole(c, d); body != nil {
			p.add("put", c, "PUT", "/"+url.PathEscape(row.ID), body, kind, want)
		}
	}
}

// badPuts sends new rows that access does not grant, or that refer to rows out of reach.
func (p *planner) badPuts(c *Caller, d policy.Decision) {
	if d.Verdict == policy.Undecided {
		return
	}
	if body := p.wholeThat(c, func(body map[string]any) bool { return p.grants(c, d, body) == 0 }); body != nil {
		p.add("put", c, "PUT", "/"+url.PathEscape(p.newKey()), body, "a new row that access does not grant", refused(403, "ACCESS_CONDITION_FAILED"))
	}
	for _, f := range p.resource.Foreign {
		body, hidden := p.whole(c, d), p.world.visible(f.Target, c, false)
		if body == nil || len(hidden) == 0 || p.policy.Guarded(model.Create, f.Column) != "" {
			continue
		}
		p.add("put", c, "PUT", "/"+url.PathEscape(p.newKey()), with(body, f.Column, hidden[0].Values[f.Key]), f.Column+" names a row out of reach", refused(400, "FK_NOT_FOUND"))
	}
}

// batchPut puts a new row, and rows that the caller may not replace.
func (p *planner) batchPut(c *Caller, d policy.Decision) {
	kinds, records := map[string]string{}, []any{}
	add := func(id, kind string) {
		if body := p.whole(c, d); body != nil {
			body[p.key()] = id
			kinds[id], records = kind, append(records, body)
		}
	}
	add(p.newKey(), "granted")
	take := few{n: 1}
	for _, row := range p.world.tables[p.resource.ID].list {
		if kind, _ := p.outcome(c, d, row, false); kind != "granted" && take.another(kind) {
			add(row.ID, kind)
		}
	}
	p.add("batchUpsert", c, "PUT", "/batch", map[string]any{"records": records}, "rows of every kind", p.batch(c, d, kinds, 201))
}

func (p *planner) newKey() string {
	p.world.values.serial++
	return fmt.Sprintf("put-%s-%d", p.resource.Segment, p.world.values.serial)
}

// whole is a body without the key of a row that the caller may create; nil when none is found. Whoever is refused anyway gets any.
func (p *planner) whole(c *Caller, d policy.Decision) map[string]any {
	_, in := p.entry(c, d)
	return p.wholeThat(c, func(body map[string]any) bool { return !in || p.grants(c, d, body) == 1 })
}

// wholeThat is a body without the key that fits, out of twenty; nil when none does.
func (p *planner) wholeThat(c *Caller, fits func(map[string]any) bool) map[string]any {
	for range 20 {
		body := p.body(c)
		if body == nil {
			return nil
		}
		fit := fits(body)
		delete(body, p.key())
		if fit {
			return body
		}
	}
	return nil
}

// actions calls every action: on rows of every kind where it is refused, and once for every caller and state where it is granted.
func (p *planner) actions() {
	for _, a := range p.resource.Actions {
		method := a.Method
		if method == "" {
			method = http.MethodPost
		}
		for _, c := range p.world.Callers {
			d := p.policy.CanAct(c.roles(), a.Name)
			if want, refused := past(c, a); refused {
				p.refusedPast(a, c, method, want)
				continue
			}
			if a.Standalone {
				want, in := p.entry(c, d)
				if !in && crossing(a) && d.Verdict != policy.No {
					want, in = Want{}, true // it is about no rows of an organization
				}
				if !in && crossing(a) {
					want = refused(403, "ACCESS_ROLE_REQUIRED", "ACCESS_ADMIN_REQUIRED", "ACCESS_CONDITION_FAILED")
				}
				if in {
					want = Want{Not: p.refusals(c), Past: a.Source != nil && a.Source.Unsafe != nil}
				}
				p.addAt("action "+a.Name, c, method, a.Path, input(method), "without a record", want)
				continue
			}
			if p.resource.Table == nil {
				continue
			}
			p.action(a, c, method, d)
		}
	}
}

// refusals are the codes that a caller who is let in must not get. Code without a table may ask for rows of an organization, and then refuses
// whoever has none.
func (p *planner) refusals(c *Caller) []string {
	if _, active := c.ctx[activeOrg]; p.resource.Table != nil || active {
		return refusals
	}
	return slices.DeleteFunc(slices.Clone(refusals), func(code string) bool { return code == "ACCESS_NO_ORG" })
}

// past says what becomes of callers who may not go past the firewall, before anything else is looked at: an unsafe action needs a session,
// and a platform administrator unless it says otherwise.
func past(c *Caller, a *model.Action) (Want, bool) {
	switch {
	case a.Source == nil || a.Source.Unsafe == nil:
		return Want{}, false
	case c.Token == "":
		return refused(401, "AUTH_MISSING"), true
	case asksAdmin(a) && c.user != platformAdmin:
		return refused(403, "ACCESS_ADMIN_REQUIRED"), true
	}
	return Want{}, false
}

// crossing says whether an action is about every tenant, so that it does not matter whether the caller has one.
func crossing(a *model.Action) bool {
	return a.Source != nil && a.Source.Unsafe != nil && a.Source.Unsafe.CrossTenant.Or(true)
}

// refusedPast asks as somebody whom an unsafe action does not let past, on a row where it has one.
func (p *planner) refusedPast(a *model.Action, c *Caller, method string, want Want) {
	if a.Standalone {
		p.addAt("action "+a.Name, c, method, a.Path, input(method), "without a record", want)
		return
	}
	if p.resource.Table == nil {
		return
	}
	for _, row := range p.world.tables[p.resource.ID].list {
		p.add("action "+a.Name, c, method, "/"+url.PathEscape(row.ID)+"/"+a.Name, input(method), "unsafe", want)
		return
	}
}

func input(method string) any {
	if method == http.MethodGet || method == http.MethodDelete {
		return nil
	}
	return map[string]any{}
}

func (p *planner) action(a *model.Action, c *Caller, method string, d policy.Decision) {
	path := func(row *Row) string { return "/" + url.PathEscape(row.ID) + "/" + a.Name }
	take := few{n: 3}
	for _, row := range p.world.tables[p.resource.ID].list {
		kind, want := p.outcome(c, d, row, true)
		if kind == "granted" && !p.leaves(a, row) {
			kind, want = "transition", refused(409, "ACCESS_ACTION_NOT_ALLOWED_FOR_STATE")
		}
		if kind != "granted" && take.another(kind) {
			p.add("action "+a.Name, c, method, path(row), input(method), kind, want)
		}
	}
	seen := map[any]bool{}
	for range 6 {
		row := p.world.spare(p.resource, func(row *Row) bool {
			kind, _ := p.outcome(c, d, row, true)
			return kind == "granted" && p.leaves(a, row) && !seen[p.state(a, row)]
		})
		if row == nil {
			return
		}
		seen[p.state(a, row)] = true
		p.add("action "+a.Name, c, method, path(row), input(method), fmt.Sprintf("granted, %v", p.state(a, row)), Want{Not: append([]string{"NOT_FOUND"}, refusals...), Past: a.Source != nil && a.Source.Unsafe != nil})
	}
}

// state is the value of the column that the action's rules look at first.
func (p *planner) state(a *model.Action, row *Row) any {
	if a.Transition != nil {
		return row.Values[a.Transition.Column]
	}
	for _, column := range p.resource.Table.Columns {
		if len(p.world.values.rules[column].enum) > 0 {
			return row.Values[column.Key]
		}
	}
	return nil
}

// leaves says whether the action's state machine knows a way from the row's state. Where the way depends on the input, all do.
func (p *planner) leaves(a *model.Action, row *Row) bool {
	t := a.Transition
	if t == nil || t.To == "" {
		return true
	}
	for _, step := range t.FromTo {
		if step.From != row.Values[t.Column] {
			continue
		}
		for _, to := range step.To {
			if to == t.To {
				return true
			}
		}
	}
	return false
}

// removals takes away a row of its own for each caller who may, alone and in a batch with rows that they may not.
func (p *planner) removals() {
	r := p.resource
	if r.Table == nil {
		return
	}
	for _, c := range p.world.Callers {
		if r.Operation(model.Delete) != nil {
			d := p.policy.Can(c.roles(), model.Delete)
			if row := p.granted(c, d); row != nil {
				path := "/" + url.PathEscape(row.ID)
				p.add("delete", c, "DELETE", path, nil, "granted", Want{Status: []int{200}, Open: d.Verdict == policy.Undecided, Check: func(a Answer) string {
					if field(a.Body, "data", "deleted") != true {
						return "the answer does not say that the row is deleted"
					}
					return ""
				}})
				if d.Verdict != policy.Undecided {
					p.add("delete", c, "DELETE", path, nil, "deleted before", p.gone())
				}
			}
		}
		if r.Operation(model.BatchDelete) != nil {
			p.batchDelete(c, p.policy.Can(c.roles(), model.BatchDelete))
		}
	}
}

func (p *planner) gone() Want {
	if p.resource.Firewall.Hide {
		return refused(404, "NOT_FOUND")
	}
	return refused(403, "FIREWALL_NOT_FOUND")
}

// granted makes a row that the caller may do the operation on; nil when there can be none.
func (p *planner) granted(c *Caller, d policy.Decision) *Row {
	return p.world.spare(p.resource, func(row *Row) bool {
		kind, _ := p.outcome(c, d, row, false)
		return kind == "granted"
	})
}

func (p *planner) batchDelete(c *Caller, d policy.Decision) {
	kinds := map[string]string{}
	ids := []any{}
	add := func(row *Row, kind string) {
		ids = append(ids, row.Values[p.key()])
		kinds[row.ID] = kind
	}
	if row := p.granted(c, d); row != nil {
		add(row, "granted")
	}
	take := few{n: 1}
	for _, row := range p.world.tables[p.resource.ID].list {
		if kind, _ := p.outcome(c, d, row, false); kind != "granted" && take.another(kind) {
			add(row, kind)
		}
	}
	p.add("batchDelete", c, "DELETE", "/batch", map[string]any{"ids": ids}, "rows of every kind", p.batch(c, d, kinds, 200))
}
