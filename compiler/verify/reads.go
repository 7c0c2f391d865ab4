package verify

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
)

// decide says whether a column is shown.
type decide func(column string) policy.FieldDecision

// closed asks for what has no routes.
func (p *planner) closed() {
	if p.world.mounted(p.resource.Segment) {
		return
	}
	for _, c := range p.world.Callers {
		p.add("internal", c, "GET", "", nil, "a table without routes", refused(404, "NOT_FOUND"))
	}
}

// mounted says whether any route begins with a segment.
func (w *World) mounted(segment string) bool {
	for _, r := range w.project.Resources {
		if r.Segment == segment && !r.Internal {
			return true
		}
		for _, a := range r.Actions {
			if !a.Standalone && r.Segment == segment || strings.HasPrefix(strings.TrimPrefix(a.Path, "/")+"/", segment+"/") {
				return true
			}
		}
	}
	return false
}

// reads asks everybody for the list, the views and every row.
func (p *planner) reads() {
	r := p.resource
	if r.Table == nil {
		return
	}
	for _, c := range p.world.Callers {
		roles := c.roles()
		if r.Operation(model.List) != nil && r.View == "" {
			p.list("list", c, "", p.policy.Can(roles, model.List), func(column string) policy.FieldDecision { return p.policy.Reads(roles, model.List, column) })
		}
		for _, v := range r.Views {
			show := func(column string) policy.FieldDecision { return p.policy.ReadsView(roles, v.Name, column) }
			p.list("view "+v.Name, c, "/views/"+v.Name, p.policy.CanView(roles, v.Name), show)
		}
		p.gets(c)
	}
}

func (p *planner) list(operation string, c *Caller, rest string, d policy.Decision, show decide) {
	want, in := p.entry(c, d)
	if in {
		want = Want{Status: []int{200}, Pages: true, Open: d.Verdict == policy.Undecided, Check: func(a Answer) string {
			return p.listed(c, d, a, func(*Row) bool { return true }, show)
		}}
	}
	p.add(operation, c, "GET", rest+"?limit=100", nil, "all rows", want)
}

// listed compares the rows of a list with those that the policy grants and a filter lets through.
func (p *planner) listed(c *Caller, d policy.Decision, a Answer, filter func(*Row) bool, show decide) string {
	shown := map[string]any{}
	data, _ := field(a.Body, "data").([]any)
	for _, item := range data {
		shown[fmt.Sprint(field(item, p.key()))] = item
	}
	for _, row := range p.all() {
		item, found := shown[row.ID]
		granted := d.Rows.Holds(row.Values, c.context) && filter(row)
		switch {
		case granted && !found && p.keyed(show):
			return "the row " + row.ID + " is missing"
		case !granted && found:
			return "the row " + row.ID + " is shown" + p.because(c, row)
		case found:
			if fault := p.fields(c, row, item, show); fault != "" {
				return fault
			}
		}
	}
	return ""
}

// because says what should have held a row back.
func (p *planner) because(c *Caller, row *Row) string {
	if !p.policy.Rows(c.roles()).Holds(row.Values, c.context) {
		return ", which the firewall holds back: " + p.policy.Rows(c.roles()).SQL()
	}
	return ", which the conditions of access hold back"
}

// keyed says whether answers contain the key, so that rows can be told apart.
func (p *planner) keyed(show decide) bool {
	d := show(p.key())
	return d.Verdict == policy.Yes
}

func (p *planner) key() string {
	if keys := p.resource.Table.PrimaryKey(); len(keys) == 1 {
		return keys[0].Key
	}
	return "id"
}

// all rows of the resource, those of single probes among them.
func (p *planner) all() []*Row {
	t := p.world.tables[p.resource.ID]
	return append(slices.Clone(t.list), t.extra...)
}

// fields compares what an answer shows of a row, column by column.
func (p *planner) fields(c *Caller, row *Row, item any, show decide) string {
	object, _ := item.(map[string]any)
	for _, column := range p.resource.Table.Columns {
		if column.Key == "modifiedAt" || column.Key == "modifiedBy" || column.Type() == "blob" || column.Generated != nil {
			continue // who wrote last, and what the database computes, is not followed
		}
		if fault := p.column(c, row, object, column, show(column.Key)); fault != "" {
			return column.Key + " of " + row.ID + " " + fault
		}
	}
	return ""
}

func (p *planner) column(c *Caller, row *Row, object map[string]any, column *model.Column, d policy.FieldDecision) string {
	value, got := row.Values[column.Key], object[column.Key]
	_, present := object[column.Key]
	clear := d.Verdict == policy.Yes || d.Verdict == policy.IfRow && p.owns(c, row, column.Key)
	switch {
	case !clear && d.Masked == "":
		if present {
			return "is shown, and should not be part of the answer"
		}
		return ""
	case !present:
		return "is missing"
	case value == nil:
		if got != nil {
			return fmt.Sprintf("is %s, and should be null", short(got))
		}
		return ""
	case clear:
		if same(got, value) {
			return ""
		}
		return fmt.Sprintf("is %s, and should be %s", short(got), short(value))
	}
	if expected, known := masked(d.Masked, plain(value)); known && !same(got, expected) {
		return fmt.Sprintf("is %s, and should be masked as %q", short(got), expected)
	} else if !known && same(got, value) && !p.world.open[cell{p.resource, column.Key, row}] {
		return "is shown clear, and should be masked"
	}
	return ""
}

// owns says whether a mask's owner exception holds.
func (p *planner) owns(c *Caller, row *Row, column string) bool {
	for _, m := range p.resource.Masks {
		if m.Column == column && m.Owner != "" {
			id, ok := c.ctx[userID]
			return ok && row.Values[m.Owner] == id
		}
	}
	return false
}

// plain is a value as masks see it.
func plain(value any) string {
	if text := leaf(value); text != "" {
		return text
	}
	out, _ := json.Marshal(value)
	return string(out)
}

func same(got, want any) bool {
	a, _ := json.Marshal(got)
	b, _ := json.Marshal(want)
	return string(a) == string(b) || leaf(got) != "" && leaf(got) == leaf(want)
}

func short(value any) string {
	out, _ := json.Marshal(value)
	if len(out) > 60 {
		return string(out[:57]) + "…"
	}
	return string(out)
}

// gets asks for every row that stays.
func (p *planner) gets(c *Caller) {
	if p.resource.Operation(model.Get) == nil {
		return
	}
	roles := c.roles()
	d := p.policy.Can(roles, model.Get)
	for _, row := range p.world.tables[p.resource.ID].list {
		kind, want := p.outcome(c, d, row, false)
		if kind == "granted" {
			want.Status = []int{200}
			want.Check = func(a Answer) string {
				return p.fields(c, row, a.Body, func(column string) policy.FieldDecision { return p.policy.Reads(roles, model.Get, column) })
			}
		}
		p.add("get", c, "GET", "/"+url.PathEscape(row.ID), nil, kind, want)
	}
}

// questions filters, sorts and searches by columns that a caller sees masked, and by some that they see.
func (p *planner) questions() {
	if p.resource.Table == nil || p.resource.Operation(model.List) == nil || p.resource.View != "" {
		return
	}
	for _, c := range p.world.Callers {
		roles := c.roles()
		d := p.policy.Can(roles, model.List)
		if _, in := p.entry(c, d); !in || d.Verdict == policy.Undecided {
			continue
		}
		invalid := refused(400, "QUERY_INVALID")
		p.add("list", c, "GET", "?nonesuch=1", nil, "an unknown filter", invalid)
		for _, m := range p.resource.Masks {
			if m.All || hasAny(c, m.Roles) || hasAny(c, m.Query) {
				continue
			}
			p.add("list", c, "GET", "?"+m.Column+".isNull=false", nil, "filtered by what is masked", invalid)
			p.add("list", c, "GET", "?sort="+m.Column, nil, "sorted by what is masked", invalid)
			p.search(c, m.Column)
		}
		p.filters(c, d)
	}
}

func hasAny(c *Caller, roles []string) bool {
	return slices.ContainsFunc(roles, func(role string) bool {
		return role == policy.Public || role == policy.Authenticated && c.Token != "" || slices.Contains(c.member, role)
	})
}

// search looks for the masked value of a row, which must not find it.
func (p *planner) search(c *Caller, column string) {
	for _, row := range p.world.tables[p.resource.ID].list {
		value, ok := row.Values[column].(string)
		if at := p.world.cells[value]; !ok || at.row != row {
			continue
		}
		p.add("list", c, "GET", "?search="+url.QueryEscape(value), nil, "searched for what is masked", Want{Status: []int{200}, Check: func(a Answer) string {
			if data, _ := field(a.Body, "data").([]any); len(data) > 0 {
				return "the search finds the row by " + column + ", which is masked"
			}
			return ""
		}})
		return
	}
}

// filters asks for the rows with a value, by columns of few values.
func (p *planner) filters(c *Caller, d policy.Decision) {
	if p.resource.OptIns.Filterable != nil {
		return
	}
	roles := c.roles()
	show := func(column string) policy.FieldDecision { return p.policy.Reads(roles, model.List, column) }
	for _, column := range p.resource.Table.Columns {
		values := p.world.values.rules[column].enum
		if len(values) == 0 || show(column.Key).Verdict != policy.Yes {
			continue
		}
		value := values[0]
		p.add("list", c, "GET", "?limit=100&"+column.Key+"="+url.QueryEscape(fmt.Sprint(value)), nil, "filtered by "+column.Key,
			Want{Status: []int{200}, Pages: true, Check: func(a Answer) string {
				return p.listed(c, d, a, func(row *Row) bool { return row.Values[column.Key] == value }, show)
			}})
	}
}
