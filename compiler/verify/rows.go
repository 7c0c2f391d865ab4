package verify

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qbls/qbls/analysis/model"
)

// kept is how many rows every table has that no probe changes.
const kept = 18

// populate makes the rows of every table, those that others refer to first.
func (w *World) populate() {
	done := map[model.ID]bool{}
	var fill func(r *model.Resource)
	fill = func(r *model.Resource) {
		if r.Table == nil || done[r.ID] {
			return
		}
		done[r.ID] = true
		for _, f := range r.Foreign {
			if target := w.project.Resource(f.Target); target != nil {
				fill(target)
			}
		}
		t := &rows{resource: r, taken: map[string]bool{}}
		w.tables[r.ID] = t
		for i := range kept {
			if row := w.row(t, i); row != nil {
				t.list = append(t.list, row)
			}
		}
	}
	for _, r := range w.project.Resources {
		fill(r)
	}
}

// row makes a row whose unique columns are free; nil when none can be found. Every third is the other organization's.
func (w *World) row(t *rows, i int) *Row {
	for range 40 {
		row := w.draft(t, i)
		if row == nil || !t.free(row) {
			i++
			continue
		}
		t.take(row)
		for _, c := range t.resource.Table.Columns {
			w.remember(t.resource, c, row)
		}
		return row
	}
	return nil
}

func (w *World) draft(t *rows, i int) *Row {
	r := t.resource
	row := &Row{Values: map[string]any{}}
	org := w.Home
	if i%3 == 2 {
		org = w.Away
	}
	for _, c := range r.Table.Columns {
		if c.Generated != nil {
			continue // the database computes it
		}
		row.Values[c.Key] = w.content(r, c, org, i)
		if row.Values[c.Key] == nil && c.NotNull && c.Generated == nil {
			return nil
		}
	}
	keys := r.Table.PrimaryKey()
	if len(keys) == 1 {
		row.ID = fmt.Sprint(row.Values[keys[0].Key])
	}
	return row
}

// content is the value of one column of the row i, which belongs to an organization.
func (w *World) content(r *model.Resource, c *model.Column, org string, i int) any {
	switch {
	case c.Key == "organizationId" || c.Role == model.ScopeColumn && w.isScope(r, c, activeOrg):
		return org
	case c.Role == model.DeleteColumn:
		return w.deletion(c, i)
	case c.Role == model.AuditColumn || w.isScope(r, c, userID):
		return w.audit(r, c, org)
	}
	for _, f := range r.Foreign {
		if f.Column == c.Key {
			return w.parent(r, f, c, org, i)
		}
	}
	if c.PrimaryKey {
		w.values.serial++
		if c.Type() == "number" {
			return float64(10000 + w.values.serial)
		}
		return fmt.Sprintf("%s_verify_%d", r.Segment, w.values.serial)
	}
	if pool := w.values.rules[c].enum; len(pool) > 0 && len(w.values.pools[c]) == 0 {
		return pool[(i+i/len(pool))%len(pool)]
	}
	return w.values.stored(c)
}

func (w *World) isScope(r *model.Resource, c *model.Column, path string) bool {
	return slices.ContainsFunc(r.Firewall.Rows, func(row model.Row) bool { return row.Column == c.Key && row.Ctx == path })
}

// scopePath is what the firewall compares a column with, of the caller's context, so that new rows are stamped with it; "" for others.
func (w *World) scopePath(r *model.Resource, c *model.Column) string {
	i := slices.IndexFunc(r.Firewall.Rows, func(row model.Row) bool { return row.Column == c.Key && row.Ctx != "" && row.Op == "equals" })
	if i < 0 {
		return ""
	}
	return r.Firewall.Rows[i].Ctx
}

// deletion marks every seventh row as deleted.
func (w *World) deletion(c *model.Column, i int) any {
	if i%7 != 5 {
		return nil
	}
	if strings.HasSuffix(c.Key, "By") {
		return w.Callers[len(w.Callers)-1].ctx[userID]
	}
	return epoch.Format(moment)
}

// audit columns and owner columns name the people of the row's organization.
func (w *World) audit(r *model.Resource, c *model.Column, org string) any {
	if c.Type() == "date" || strings.HasSuffix(c.Key, "At") {
		w.values.serial++
		at := epoch.AddDate(0, 0, w.values.serial%300).Add(30 * time.Minute) // never a time that tells another column's row
		if c.Type() == "number" {
			return float64(at.UnixMilli())
		}
		return at.Format(moment)
	}
	var people []any
	for _, caller := range w.Callers {
		if id, ok := caller.ctx[userID]; ok && (caller.org == org || caller.org == "") {
			people = append(people, id)
		}
	}
	return people[w.values.next(len(people))]
}

// parent picks a row that a foreign key points to: one of the same organization that is not deleted.
func (w *World) parent(r *model.Resource, f *model.ForeignKey, c *model.Column, org string, i int) any {
	t := w.tables[f.Target]
	if t == nil { // a table of people, or one in a circle of references
		return w.outside(f, c, org)
	}
	var fit []any
	for _, row := range t.list {
		if of, has := row.Values["organizationId"]; has && of != org || row.Values[model.DeletedAt] != nil {
			continue
		}
		fit = append(fit, row.Values[f.Key])
	}
	if len(fit) == 0 || !c.NotNull && i%6 == 4 {
		return nil
	}
	return fit[(i+w.values.next(len(fit)))%len(fit)]
}

// outside is the value of a foreign key whose table has no rows yet.
func (w *World) outside(f *model.ForeignKey, c *model.Column, org string) any {
	if c.NotNull && f.Target == "" {
		return w.audit(nil, c, org)
	}
	return nil
}

// free says whether no other row has the values of a unique column or index.
func (t *rows) free(row *Row) bool {
	for _, key := range t.uniques(row) {
		if t.taken[key] {
			return false
		}
	}
	return true
}

func (t *rows) take(row *Row) {
	for _, key := range t.uniques(row) {
		t.taken[key] = true
	}
}

func (t *rows) uniques(row *Row) (out []string) {
	table := t.resource.Table
	add := func(name string, columns []string) {
		key := name
		for _, c := range columns {
			if row.Values[c] == nil {
				return // NULL is never a duplicate
			}
			key += fmt.Sprintf("\x00%v", row.Values[c])
		}
		out = append(out, key)
	}
	for _, c := range table.Columns {
		if c.Unique || c.PrimaryKey && len(table.PrimaryKey()) == 1 {
			add("column "+c.Key, []string{c.Key})
		}
	}
	for _, x := range table.Indexes {
		if x.Kind != "index" {
			add("index "+x.Name, x.Columns)
		}
	}
	return out
}

// remember notes a value that tells its row: an answer that contains it has shown the row's column.
func (w *World) remember(r *model.Resource, c *model.Column, row *Row) {
	if c.Role != model.Plain || c.Generated != nil || len(w.values.rules[c].enum) > 0 || len(w.values.pools[c]) > 0 {
		return
	}
	if slices.ContainsFunc(r.Foreign, func(f *model.ForeignKey) bool { return f.Column == c.Key }) {
		return
	}
	text := leaf(row.Values[c.Key])
	if len(text) < 5 || round(row.Values[c.Key]) {
		return
	}
	if _, twice := w.cells[text]; twice {
		w.cells[text] = cell{}
		return
	}
	w.cells[text] = cell{r, c.Key, row}
}

// round says whether a value is what masks of the project's own make of others: tens, and the first of a month.
func round(value any) bool {
	switch v := value.(type) {
	case float64:
		return math.Mod(v, 10) == 0
	case string:
		return len(v) == len(time.DateOnly) && strings.HasSuffix(v, "-01")
	}
	return false
}

// leaf is a value as a key of cells; "" for what tells nothing.
func leaf(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

// spare makes a row for one probe alone that satisfies a condition; nil when none is found.
func (w *World) spare(r *model.Resource, fit func(*Row) bool) *Row {
	t := w.tables[r.ID]
	if t == nil {
		return nil
	}
	for i := range 120 {
		row := w.draft(t, i)
		if row == nil || !fit(row) || !t.free(row) {
			continue
		}
		t.take(row)
		t.extra = append(t.extra, row)
		return row
	}
	return nil
}
