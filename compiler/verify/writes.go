package verify

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
)

// refusedWrites tries to change and remove rows. Changes that are granted write the value that is there already.
func (p *planner) refusedWrites() {
	r := p.resource
	if r.Table == nil {
		return
	}
	for _, c := range p.world.Callers {
		roles := c.roles()
		if r.Operation(model.Update) != nil {
			p.updates(c, p.policy.Can(roles, model.Update))
		}
		if r.Operation(model.BatchUpdate) != nil {
			p.batchUpdate(c, p.policy.Can(roles, model.BatchUpdate))
		}
		if r.Operation(model.Delete) != nil {
			d := p.policy.Can(roles, model.Delete)
			take := few{n: 2}
			for _, row := range p.world.tables[r.ID].list {
				if kind, want := p.outcome(c, d, row, false); kind != "granted" && take.another(kind) {
					p.add("delete", c, "DELETE", "/"+url.PathEscape(row.ID), nil, kind, want)
				}
			}
		}
	}
}

func (p *planner) updates(c *Caller, d policy.Decision) {
	take := few{n: 3}
	for _, row := range p.world.tables[p.resource.ID].list {
		kind, want := p.outcome(c, d, row, false)
		if !take.another(kind) {
			continue
		}
		body := p.unchanged(row, model.Update)
		if kind == "granted" {
			want.Status = []int{200}
			roles := c.roles()
			want.Check = func(a Answer) string {
				return p.fields(c, row, field(a.Body, "data"), func(column string) policy.FieldDecision { return p.policy.Reads(roles, model.Update, column) })
			}
			if len(body) == 0 {
				want = refused(400) // nothing may be changed
			}
		}
		p.add("update", c, "PATCH", "/"+url.PathEscape(row.ID), body, kind, want)
	}
}

// unchanged is a body that sets a column to the value that it has.
func (p *planner) unchanged(row *Row, op model.Op) map[string]any {
	for _, column := range p.resource.Table.Columns {
		value := row.Values[column.Key]
		if value == nil || p.policy.Guarded(op, column.Key) != "" || p.foreign(column.Key) != nil || column.Type() == "blob" {
			continue
		}
		return map[string]any{column.Key: value}
	}
	return map[string]any{}
}

func (p *planner) foreign(column string) *model.ForeignKey {
	for _, f := range p.resource.Foreign {
		if f.Column == column {
			return f
		}
	}
	return nil
}

func (p *planner) batchUpdate(c *Caller, d policy.Decision) {
	records := []any{} // a list also where clients may change nothing
	want := map[string]string{}
	take := few{n: 2}
	for _, row := range p.world.tables[p.resource.ID].list {
		kind, _ := p.outcome(c, d, row, false)
		body := p.unchanged(row, model.BatchUpdate)
		if len(body) == 0 || !take.another(kind) {
			continue
		}
		if kind != "granted" { // a value of its own: batches answer with the records that failed
			for key := range body {
				body[key] = p.world.values.fresh(p.resource.Table.Column(key))
			}
		}
		body[p.key()] = row.Values[p.key()]
		records, want[row.ID] = append(records, body), kind
	}
	p.add("batchUpdate", c, "PATCH", "/batch", map[string]any{"records": records}, "rows of every kind", p.batch(c, d, want, 200))
}

// batch is what becomes of a batch whose rows have these outcomes.
func (p *planner) batch(c *Caller, d policy.Decision, kinds map[string]string, success int) Want {
	want, in := p.entry(c, d)
	if !in {
		return want
	}
	return Want{Status: []int{success, 207}, Open: d.Verdict == policy.Undecided, Check: func(a Answer) string {
		done := map[string]bool{}
		list, _ := field(a.Body, "success").([]any)
		for _, item := range list {
			done[fmt.Sprint(field(item, p.key()))] = true
		}
		codes := map[string]any{}
		failed, _ := field(a.Body, "errors").([]any)
		for _, item := range failed {
			codes[fmt.Sprint(or(field(item, "id"), field(item, "record", p.key())))] = field(item, "error", "code")
		}
		for _, id := range slices.Sorted(maps.Keys(kinds)) {
			kind := kinds[id]
			if done[id] != (kind == "granted") {
				return fmt.Sprintf("the row %s: done %v, expected %s", id, done[id], kind)
			}
			if code := refusalOfRow[kind]; code != "" && codes[id] != code {
				return fmt.Sprintf("the row %s is refused with %v, expected %s", id, codes[id], code)
			}
		}
		return ""
	}}
}

// refusalOfRow is the error code of a row of a batch, by kind of outcome.
var refusalOfRow = map[string]string{"firewall": "NOT_FOUND", "state": "ACCESS_CONDITION_FAILED"}

// guards sends every column that a client may not set, by a caller who may do the operation.
func (p *planner) guards() {
	r := p.resource
	if r.Table == nil {
		return
	}
	if r.Operation(model.Create) != nil {
		if c, body := p.creator(); c != nil {
			for _, column := range r.Table.Columns {
				if why := p.policy.Guarded(model.Create, column.Key); why != "" {
					sent := with(body, column.Key, p.world.values.fresh(column))
					p.add("create", c, "POST", "", sent, "sets "+column.Key+": "+why, refused(400, guardCodes(why)...))
				}
			}
		}
	}
	if r.Operation(model.Update) == nil {
		return
	}
	for _, c := range p.world.Callers {
		d := p.policy.Can(c.roles(), model.Update)
		for _, row := range p.world.tables[r.ID].list {
			if kind, want := p.outcome(c, d, row, false); kind != "granted" || want.Open {
				continue
			}
			for _, column := range r.Table.Columns {
				if why := p.policy.Guarded(model.Update, column.Key); why != "" {
					body := map[string]any{column.Key: p.world.values.fresh(column)}
					p.add("update", c, "PATCH", "/"+url.PathEscape(row.ID), body, "sets "+column.Key+": "+why, refused(400, guardCodes(why)...))
				}
			}
			break
		}
	}
}

func guardCodes(why string) []string {
	for part, codes := range map[string][]string{
		"id is managed": {"GUARD_SYSTEM_MANAGED", "GUARD_FIELD_IMMUTABLE"}, "column is managed": {"GUARD_SYSTEM_MANAGED"}, "protected": {"GUARD_FIELD_PROTECTED"},
		"immutable": {"GUARD_FIELD_IMMUTABLE"}, "not updatable": {"GUARD_FIELD_NOT_UPDATABLE"}, "not createable": {"GUARD_FIELD_NOT_CREATEABLE"},
	} {
		if strings.Contains(why, part) {
			return codes
		}
	}
	return nil
}

func with(body map[string]any, key string, value any) map[string]any {
	out := map[string]any{key: value}
	for k, v := range body {
		if k != key {
			out[k] = v
		}
	}
	return out
}

// creator is a caller who may create a row, and its body; nil when nobody certainly may.
func (p *planner) creator() (*Caller, map[string]any) {
	for _, c := range p.world.Callers {
		d := p.policy.Can(c.roles(), model.Create)
		if _, in := p.entry(c, d); !in || d.Verdict == policy.Undecided {
			continue
		}
		if body := p.body(c); body != nil && p.grants(c, d, body) == 1 {
			return c, body
		}
	}
	return nil, nil
}

// body is what a caller could create a row with, with unique values that are free; nil when a column can get no value.
func (p *planner) body(c *Caller) map[string]any {
	t := p.world.tables[p.resource.ID]
	for range 40 {
		body := p.draft(c)
		if body == nil {
			return nil
		}
		if row := (&Row{Values: body}); t.free(row) {
			t.take(row)
			return body
		}
	}
	return nil
}

func (p *planner) draft(c *Caller) map[string]any {
	out := map[string]any{}
	for _, column := range p.resource.Table.Columns {
		open := p.policy.Guarded(model.Create, column.Key) == ""
		switch {
		case column.Role == model.KeyColumn && open:
			p.world.values.serial++
			out[column.Key] = fmt.Sprintf("%s_created_%d", p.resource.Segment, p.world.values.serial)
		case open && column.Type() != "blob":
			if value := p.sendable(c, column); value != nil {
				out[column.Key] = value
			} else if column.NotNull && column.Default == nil {
				return nil
			}
		case column.Role == model.Plain && column.NotNull && column.Default == nil && !p.defaulted(column.Key):
			return nil
		}
	}
	return out
}

func (p *planner) defaulted(column string) bool {
	op := p.resource.Operation(model.Create)
	return op != nil && slices.ContainsFunc(op.Defaults, func(d definition.FieldDefault) bool { return d.Field.Text == column })
}

func (p *planner) sendable(c *Caller, column *model.Column) any {
	f := p.foreign(column.Key)
	if f == nil {
		return p.world.values.fresh(column)
	}
	rows := p.world.visible(f.Target, c, true)
	if len(rows) == 0 {
		return nil
	}
	return rows[p.world.values.next(len(rows))].Values[f.Key]
}

// visible are the rows of a table that a caller's firewall shows, or those that it does not.
func (w *World) visible(id model.ID, c *Caller, shown bool) (out []*Row) {
	t := w.tables[id]
	if t == nil {
		return nil
	}
	e := policy.FromModel(w.project.Config, t.resource)
	rows := e.Rows(c.roles())
	for _, row := range t.list {
		if rows.Holds(row.Values, c.context) == shown {
			out = append(out, row)
		}
	}
	return out
}

// grants says whether the row that a body becomes is granted: 1 yes, 0 no, -1 when that can not be told from here.
func (p *planner) grants(c *Caller, d policy.Decision, body map[string]any) int {
	row := map[string]any{}
	for _, column := range p.resource.Table.Columns {
		scope := p.world.scopePath(p.resource, column)
		switch value, sent := body[column.Key]; {
		case sent:
			row[column.Key] = value
		case scope != "":
			row[column.Key], _ = c.context(scope)
		case column.Key == "createdBy" || column.Key == "modifiedBy":
			row[column.Key] = c.ctx[userID]
		case column.Role == model.ScopeColumn:
			row[column.Key] = c.ctx[activeOrg]
		case column.Default != nil:
			if column.Default.SQL != "" || column.Default.JSON != "" {
				if slices.Contains(d.Rows.Columns(), column.Key) {
					return -1
				}
			}
			row[column.Key] = column.Default.Literal
		}
	}
	for _, column := range d.Rows.Columns() {
		if p.defaulted(column) {
			return -1
		}
	}
	if d.Rows.Holds(row, c.context) {
		return 1
	}
	return 0
}

// references points foreign keys at rows that the caller cannot see.
func (p *planner) references() {
	if p.resource.Table == nil || p.resource.Operation(model.Create) == nil {
		return
	}
	c, body := p.creator()
	if c == nil {
		return
	}
	for _, f := range p.resource.Foreign {
		if p.policy.Guarded(model.Create, f.Column) != "" {
			continue
		}
		for _, row := range p.world.visible(f.Target, c, false) {
			p.add("create", c, "POST", "", with(body, f.Column, row.Values[f.Key]), f.Column+" names a row out of reach", refused(400, "FK_NOT_FOUND"))
			break
		}
	}
}

// creations makes a row for each caller, alone and in a batch.
func (p *planner) creations() {
	r := p.resource
	if r.Table == nil || r.Operation(model.Create) == nil {
		return
	}
	for _, c := range p.world.Callers {
		p.creation("create", c, p.policy.Can(c.roles(), model.Create), "", 1)
		if r.Operation(model.BatchCreate) != nil {
			p.creation("batchCreate", c, p.policy.Can(c.roles(), model.BatchCreate), "/batch", 2)
		}
	}
}

func (p *planner) creation(operation string, c *Caller, d policy.Decision, rest string, n int) {
	want, in := p.entry(c, d)
	var bodies []any
	sure := 1
	for range n {
		body := p.body(c)
		if body == nil {
			if in {
				return // nobody could: a rule of the catalogue says so
			}
			body = map[string]any{}
		}
		bodies, sure = append(bodies, body), min(sure, p.grants(c, d, body))
	}
	var body any = map[string]any{"records": bodies}
	if n == 1 {
		body = bodies[0]
	}
	switch {
	case !in:
	case sure < 0:
		want = Want{Open: true}
	case sure == 0 && n == 1:
		want = refused(403, "ACCESS_CONDITION_FAILED")
	case sure == 0:
		want = Want{Status: []int{207}}
	default:
		want = Want{Status: []int{201}, Open: d.Verdict == policy.Undecided, Check: func(a Answer) string { return p.stamped(c, a, n) }}
	}
	p.add(operation, c, "POST", rest, body, "a new row", want)
}

// stamped compares what the system writes into new rows.
func (p *planner) stamped(c *Caller, a Answer, n int) string {
	list, _ := field(a.Body, "success").([]any)
	if n == 1 {
		list = []any{field(a.Body, "data")}
	}
	if len(list) != n {
		return fmt.Sprintf("%d rows were created, expected %d", len(list), n)
	}
	for _, item := range list {
		object, _ := item.(map[string]any)
		for _, column := range p.resource.Table.Columns {
			got, shown := object[column.Key]
			expected := c.ctx[userID]
			switch {
			case !shown:
				continue
			case column.Role == model.ScopeColumn && p.world.isScope(p.resource, column, activeOrg):
				expected = c.ctx[activeOrg]
			case column.Key == "createdBy", p.world.isScope(p.resource, column, userID):
			default:
				continue
			}
			if !same(got, expected) {
				return fmt.Sprintf("%s is %s, and should be %s", column.Key, short(got), short(expected))
			}
		}
	}
	return ""
}
