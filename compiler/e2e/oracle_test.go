package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/compiler/runtime/workspace"
)

// TestWhatIsDeclaredIsWhatRuns compares two readings of the same definitions, testdata/oracle: what package policy says that a set of
// roles may do with a row, and what an emitted backend answers to somebody who has those roles. Neither shares code with the other.
func TestWhatIsDeclaredIsWhatRuns(t *testing.T) {
	project, out := filepath.Join(t.TempDir(), "oracle"), filepath.Join(scratch, "oracle")
	if err := os.CopyFS(project, os.DirFS(filepath.Join(repository(t), "compiler", "e2e", "testdata", "oracle"))); err != nil {
		t.Fatal(err)
	}
	retarget(t, project)
	emit(t, project, out)
	workspace.Link(t, out)
	b := launchIn(t, out, t.TempDir())
	t.Cleanup(func() { _ = b.stop() })
	trial := &trial{b: b, people: peopleOf(t, b)}
	for _, r := range resourcesOf(t, project) {
		if r.Table == nil {
			continue
		}
		t.Run(r.Segment, func(t *testing.T) {
			trial.t, trial.p, trial.yes, trial.no = t, policy.FromModel(nil, r), 0, 0
			trial.rows = trial.seed(r, "row", 40)
			trial.updates()
			trial.reads()
			trial.actions()
			trial.code()
			trial.deletes()
			trial.creates()
			trial.guards()
			if trial.yes == 0 || trial.no == 0 {
				t.Errorf("the comparison proves nothing: %d rows granted, %d refused", trial.yes, trial.no)
			}
		})
	}
}

// resourcesOf reads the definitions as the editor does.
func resourcesOf(t *testing.T, project string) []*model.Resource {
	t.Helper()
	set, errs := source.Load(source.OS(project))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	s := analysis.NewWorkspace(set).Current()
	return s.Project(s.Projects()[0]).Resources
}

// person is a caller with the roles and the context that the policy is asked about.
type person struct {
	*caller
	name  string
	roles []string
	ctx   map[string]any
}

func (p *person) context(path string) (any, bool) {
	v, ok := p.ctx[path]
	return v, ok
}

// peopleOf signs up members of one organization with different roles, the owner of another one, and nobody.
func peopleOf(t *testing.T, b *backend) []*person {
	t.Helper()
	home := newTenant(t, b, "member", "viewer", "editor", "admin", "editor,viewer")
	away := newTenant(t, b)
	out := []*person{{caller: nobody(b), name: "nobody", ctx: map[string]any{"activeOrgId": home.id}}}
	add := func(name string, n *tenant, c *caller, roles string) {
		session := c.send(t, http.MethodGet, "/api/auth/get-session", nil, nil).want(t, "200")
		p := &person{caller: c, name: name, roles: strings.Split(roles, ",")}
		p.ctx = map[string]any{"activeOrgId": n.id, "userId": c.id, "user.email": session.at("user", "email"), "roles": []any{}}
		for _, r := range p.roles {
			p.ctx["roles"] = append(p.ctx["roles"].([]any), r)
		}
		out = append(out, p)
	}
	for _, roles := range slices.Sorted(maps.Keys(home.people)) {
		add(roles, home, home.as(roles), roles)
	}
	add("outsider", away, away.as(owner), owner)
	return out
}

// trial is the comparison of one resource.
type trial struct {
	t      *testing.T
	b      *backend
	people []*person
	p      *policy.Effective
	rows   []map[string]any // by property name, as the policy sees them
	yes    int              // rows that the policy granted to somebody
	no     int
}

func (c *trial) path(p *person, rest string) string {
	path := "/" + c.p.Resource.Segment + rest
	if p.token == "" && c.p.Resource.Firewall.Scope != "" {
		path += map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "organizationId=" + fmt.Sprint(p.ctx["activeOrgId"])
	}
	return path
}

// holds says whether the policy grants the row, and counts.
func (c *trial) holds(p *person, d policy.Decision, row map[string]any) bool {
	granted := d.Verdict != policy.No && d.Rows.Holds(row, p.context)
	if granted {
		c.yes++
	} else {
		c.no++
	}
	return granted
}

// agree reports an answer that is not what the policy says.
func (c *trial) agree(p *person, granted bool, got answer, about any) {
	c.t.Helper()
	if granted != (got.status < 300) {
		c.t.Errorf("%s: policy says %v, the backend %v\nrow %v", p.name, granted, got, about)
	}
}

// granted are the ids of the rows that the policy grants, sorted.
func (c *trial) granted(p *person, d policy.Decision, rows []map[string]any) []string {
	ids := []string{}
	for _, row := range rows {
		if c.holds(p, d, row) {
			ids = append(ids, row["id"].(string))
		}
	}
	return sorted(ids...)
}

func idsOf(objects []object) []string {
	ids := []string{}
	for _, o := range objects {
		ids = append(ids, fmt.Sprint(o["id"]))
	}
	return sorted(ids...)
}

// updates changes every row one by one and in batches.
func (c *trial) updates() {
	for _, p := range c.people {
		single, batch := c.p.Can(p.roles, model.Update), c.p.Can(p.roles, model.BatchUpdate)
		for _, row := range c.rows {
			note := fmt.Sprintf("%v by %s", row["id"], p.name)
			got := p.call(c.t, http.MethodPatch, c.path(p, "/"+row["id"].(string)), object{"note": note})
			c.agree(p, c.holds(p, single, row), got, row)
			if got.status == http.StatusOK {
				row["note"] = note
			}
		}
		var records list
		for _, row := range c.rows {
			records = append(records, object{"id": row["id"], "note": fmt.Sprintf("%v in a batch by %s", row["id"], p.name)})
		}
		got := p.call(c.t, http.MethodPatch, c.path(p, "/batch"), object{"records": records})
		done := c.batch(p, batch, got, c.rows)
		for i, row := range c.rows {
			if slices.Contains(done, row["id"].(string)) {
				row["note"] = records[i].(object)["note"]
			}
		}
	}
}

// batch compares what a batch has done, and returns it.
func (c *trial) batch(p *person, d policy.Decision, got answer, rows []map[string]any) []string {
	c.t.Helper()
	if d.Verdict == policy.No || got.status >= 300 {
		c.agree(p, d.Verdict != policy.No, got, "of a batch")
		return nil
	}
	done := idsOf(got.objects(c.t, "success"))
	equal(c.t, p.name+": done in a batch", done, c.granted(p, d, rows))
	return done
}

// reads compares lists, views and every single row, column by column.
func (c *trial) reads() {
	r := c.p.Resource
	for _, p := range c.people {
		c.list(p, "?limit=100", c.p.Can(p.roles, model.List), r.Operation(model.List) != nil,
			func(column string) policy.FieldDecision { return c.p.Reads(p.roles, model.List, column) })
		for _, v := range r.Views {
			field := func(column string) policy.FieldDecision { return c.p.ReadsView(p.roles, v.Name, column) }
			c.list(p, "/views/"+v.Name+"?limit=100", c.p.CanView(p.roles, v.Name), true, field)
			c.list(p, "?limit=100&view="+v.Name, c.p.CanView(p.roles, v.Name), r.Operation(model.List) != nil, field)
		}
		get := c.p.Can(p.roles, model.Get)
		for _, row := range c.rows {
			got := p.get(c.t, c.path(p, "/"+row["id"].(string)))
			c.agree(p, c.holds(p, get, row), got, row)
			if got.status == http.StatusOK {
				c.fields(p, got.record(c.t), row, func(column string) policy.FieldDecision { return c.p.Reads(p.roles, model.Get, column) })
			}
		}
	}
}

func (c *trial) list(p *person, rest string, d policy.Decision, routed bool, field func(string) policy.FieldDecision) {
	c.t.Helper()
	got := p.get(c.t, c.path(p, rest))
	if d.Verdict == policy.No || !routed || got.status >= 300 {
		c.agree(p, d.Verdict != policy.No && routed, got, rest)
		return
	}
	found := got.rows(c.t)
	equal(c.t, p.name+": "+got.path, idsOf(found), c.granted(p, d, c.rows))
	for _, row := range c.rows {
		for _, shown := range found {
			if shown["id"] == row["id"] {
				c.fields(p, shown, row, field)
			}
		}
	}
}

// fields compares which columns of a row are shown, masked or left out.
func (c *trial) fields(p *person, shown object, row map[string]any, field func(string) policy.FieldDecision) {
	c.t.Helper()
	for _, column := range c.p.Resource.Table.Columns {
		key := column.Key
		if key == "modifiedAt" || key == "modifiedBy" {
			continue // who wrote last is not followed here
		}
		d, value := field(key), row[key]
		got, present := shown[key]
		clear := d.Verdict == policy.Yes
		for _, m := range c.p.Resource.Masks {
			if m.Column == key && d.Verdict == policy.IfRow {
				clear = row[m.Owner] == p.ctx["userId"]
			}
		}
		hidden := !clear && d.Masked == ""
		if present == hidden {
			c.t.Errorf("%s: %s of %v: shown %v, policy %v", p.name, key, row["id"], present, d.Verdict)
		}
		if present && (clear || value == nil) != (text(c.t, got) == text(c.t, value)) {
			c.t.Errorf("%s: %s of %v is %v, shown as %v, policy %v", p.name, key, row["id"], value, got, d.Verdict)
		}
	}
}

// actions calls every action of a record on every row.
func (c *trial) actions() {
	for _, a := range c.p.Resource.Actions {
		for _, p := range c.people {
			for _, row := range c.rows {
				if !a.Standalone {
					got := p.call(c.t, http.MethodPost, c.path(p, "/"+row["id"].(string)+"/"+a.Name), object{})
					c.agree(p, c.holds(p, c.p.CanAct(p.roles, a.Name), row), got, row)
				}
			}
		}
	}
}

// code compares what actions reach, through the database that they are given: the firewall's rows, whatever access says of them.
func (c *trial) code() {
	for i, p := range c.people[1:] {
		rows := c.seed(c.p.Resource, fmt.Sprintf("code-%d", i), 20)
		var ids list
		for _, row := range rows {
			ids = append(ids, row["id"])
		}
		reached := c.granted(p, policy.Decision{Verdict: policy.IfRow, Rows: c.p.Rows(p.roles)}, rows)
		body := object{"table": c.p.Resource.Segment, "ids": ids}
		for _, what := range []string{"rows", "change", "rows", "remove"} {
			got := p.call(c.t, http.MethodPost, "/probe/"+what, body).want(c.t, "200")
			equal(c.t, p.name+": "+what+" by code", idsOf(got.objects(c.t, "data", "rows")), reached)
			if what != "rows" {
				continue
			}
			equal(c.t, p.name+": counted by code", got.at("data", "count"), len(reached))
			for _, shown := range got.objects(c.t, "data", "rows") {
				c.masked(p, shown, rows)
			}
		}
		equal(c.t, p.name+": left by code", len(p.call(c.t, http.MethodPost, "/probe/rows", body).objects(c.t, "data", "rows")), 0)
	}
}

// masked compares the address of a row in an action's answer.
func (c *trial) masked(p *person, shown object, rows []map[string]any) {
	c.t.Helper()
	for _, row := range rows {
		for _, m := range c.p.Resource.Masks {
			if m.Column != "email" || row["id"] != shown["id"] || row["email"] == nil {
				continue
			}
			clear := m.All || slices.ContainsFunc(m.Roles, func(r string) bool { return r == policy.Authenticated || slices.Contains(p.roles, r) }) ||
				m.Owner != "" && row[m.Owner] == p.ctx["userId"] && shown[m.Owner] != nil
			if clear != (shown["email"] == row["email"]) {
				c.t.Errorf("%s: email of %v in the answer of an action: %v", p.name, row["id"], shown["email"])
			}
		}
	}
}

// deletes takes rows of their own for each caller away, one by one and in batches, and then asks the database what is left.
func (c *trial) deletes() {
	r := c.p.Resource
	var left []string
	for i, p := range c.people {
		rows := c.seed(r, fmt.Sprintf("one-%d", i), 20)
		single := c.p.Can(p.roles, model.Delete)
		for _, row := range rows {
			c.agree(p, c.holds(p, single, row), p.call(c.t, http.MethodDelete, c.path(p, "/"+row["id"].(string)), nil), row)
		}
		left = append(left, c.remaining(p, single, rows)...)
		rows = c.seed(r, fmt.Sprintf("many-%d", i), 20)
		var ids list
		for _, row := range rows {
			ids = append(ids, row["id"])
		}
		batch := c.p.Can(p.roles, model.BatchDelete)
		c.batch(p, batch, p.call(c.t, http.MethodDelete, c.path(p, "/batch"), object{"ids": ids}), rows)
		left = append(left, c.remaining(p, batch, rows)...)
	}
	alive := "1"
	if r.Table.Column(model.DeletedAt) != nil {
		alive = "deleted_at is null"
	}
	var found []string
	out := c.sql(`console.log(JSON.stringify(db.query(await Bun.stdin.json()).all().map((row) => row.id)));`, `select id from "`+r.Table.Name+`" where (id like 'one-%' or id like 'many-%') and `+alive)
	if err := json.Unmarshal(out, &found); err != nil {
		c.t.Fatal(err)
	}
	equal(c.t, "not deleted", sorted(found...), sorted(left...))
}

func (c *trial) remaining(p *person, d policy.Decision, rows []map[string]any) []string {
	var out []string
	for _, row := range rows {
		if row["deletedAt"] == nil && !c.holds(p, d, row) {
			out = append(out, row["id"].(string))
		}
	}
	return out
}

func (c *trial) creates() {
	for _, p := range c.people {
		single, batch := c.p.Can(p.roles, model.Create), c.p.Can(p.roles, model.BatchCreate)
		c.agree(p, single.Verdict == policy.Yes, p.call(c.t, http.MethodPost, c.path(p, ""), c.body()), "to be created")
		c.agree(p, batch.Verdict == policy.Yes, p.call(c.t, http.MethodPost, c.path(p, "/batch"), object{"records": list{c.body(), c.body()}}), "to be created")
	}
}

// guards sends every column alone, by somebody who may do the operation.
func (c *trial) guards() {
	for _, column := range c.p.Resource.Table.Columns {
		for _, p := range c.people {
			if c.p.Can(p.roles, model.Create).Verdict == policy.Yes {
				got := p.call(c.t, http.MethodPost, c.path(p, ""), with(c.body(), object{column.Key: sendable(column)}))
				c.agree(p, c.p.Guarded(model.Create, column.Key) == "", got, column.Key+" on create")
			}
			update := c.p.Can(p.roles, model.Update)
			for _, row := range c.rows {
				if c.holds(p, update, row) {
					got := p.call(c.t, http.MethodPatch, c.path(p, "/"+row["id"].(string)), object{column.Key: sendable(column)})
					c.agree(p, c.p.Guarded(model.Update, column.Key) == "", got, column.Key+" on update")
					if got.status == http.StatusOK {
						row[column.Key] = sent(column)
					}
					break
				}
			}
		}
	}
}
