package policy_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
)

func roles(names ...string) *model.Access {
	return &model.Access{Kind: model.AccessRoles, Roles: names}
}

func where(column, op string, value any) *model.Access {
	return &model.Access{Kind: model.AccessWhere, Where: []model.Condition{{Column: column, Op: op, Value: value}}}
}

func anyOf(sub ...*model.Access) *model.Access {
	return &model.Access{Kind: model.AccessAny, Sub: sub}
}

func allOf(sub ...*model.Access) *model.Access {
	return &model.Access{Kind: model.AccessAll, Sub: sub}
}

// candidates is a resource with a bit of everything.
func candidates() *model.Resource {
	column := func(key string, role model.ColumnRole) *model.Column {
		return &model.Column{Key: key, Name: key, Builder: "text", Role: role}
	}
	return &model.Resource{
		ID: "candidates/candidates", Segment: "candidates",
		Table: &model.Table{Name: "candidates", Columns: []*model.Column{
			column("id", model.KeyColumn), column("organizationId", model.ScopeColumn), column("name", model.Plain), column("email", model.Plain),
			column("stage", model.Plain), column("source", model.Plain), column("notes", model.Plain), column("createdBy", model.AuditColumn), column("deletedAt", model.DeleteColumn),
			{Key: "hiredOn", Name: "hired_on", Builder: "integer", Mode: "timestamp"},
		}},
		Firewall: model.Firewall{Rows: []model.Row{
			{Column: "organizationId", Kind: "organization", Op: "equals", Ctx: "activeOrgId"},
			{Column: "createdBy", Kind: "owner", Op: "equals", Ctx: "userId", Unless: []string{"admin", "owner"}},
			{Column: "deletedAt", Kind: "softDelete", Op: "isNull", Value: true},
		}},
		Operations: []*model.Operation{
			{Op: model.List, Access: anyOf(roles("recruiter", "admin"), allOf(roles("interviewer"), where("stage", "equals", "interview"))), Fields: []string{"id", "name", "email"}},
			{Op: model.Get, Access: roles("recruiter", "admin", "interviewer", policy.Public)},
			{Op: model.Create, Access: roles("recruiter")},
			{Op: model.Update, Access: roles("recruiter")},
		},
		Guards: model.Guards{
			Create: []string{"name", "email"}, Update: []string{"name", "notes"}, Immutable: []string{"source"},
			Protected: []model.Protected{{Column: "stage", Actions: []string{"advance"}}},
		},
		Masks: []*model.Mask{
			{Column: "email", Type: "email", Roles: []string{"recruiter"}, Owner: "createdBy"},
			{Column: "notes", Type: "redact", Roles: []string{"recruiter"}},
		},
		Views:   []*model.View{{Name: "names", Fields: []string{"id", "name", "email"}, Access: roles("member", "recruiter")}},
		Actions: []*model.Action{{Name: "advance", Method: "POST", Access: allOf(roles("recruiter"), where("stage", "notEquals", "rejected"))}},
	}
}

func TestFirewallReadsLikeSQL(t *testing.T) {
	e := policy.FromModel(nil, candidates())
	if got, want := e.Where().SQL(), "createdBy = ctx.userId AND deletedAt IS NULL AND organizationId = ctx.activeOrgId"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, want := e.Rows([]string{"admin"}).SQL(), "deletedAt IS NULL AND organizationId = ctx.activeOrgId"; got != want {
		t.Errorf("for admin: got %s, want %s", got, want)
	}
	if got := e.Rows(nil).SQL(); got != "FALSE" {
		t.Errorf("without a session nobody owns a row, got %s", got)
	}
	if got := e.Waivers(); !slices.Equal(got, []string{"createdBy is waived for admin, owner"}) {
		t.Errorf("got waivers %q", got)
	}
}

func TestDecisions(t *testing.T) {
	e := policy.FromModel(nil, candidates())
	const own = "createdBy = ctx.userId AND deletedAt IS NULL AND organizationId = ctx.activeOrgId"
	for _, c := range []struct {
		name    string
		got     policy.Decision
		verdict policy.Verdict
		rows    string
	}{
		{"recruiter lists", e.Can([]string{"recruiter"}, model.List), policy.Yes, own},
		{"interviewer lists", e.Can([]string{"interviewer"}, model.List), policy.IfRow, own + " AND stage = 'interview'"},
		{"both roles list", e.Can([]string{"interviewer", "recruiter"}, model.List), policy.Yes, own},
		{"stranger lists", e.Can([]string{"member"}, model.List), policy.No, "FALSE"},
		{"anybody gets, but owns nothing", e.Can(nil, model.Get), policy.No, "FALSE"},
		{"any session gets", e.Can([]string{policy.Authenticated}, model.Get), policy.Yes, own},
		{"nobody deletes", e.Can([]string{"recruiter"}, model.Delete), policy.No, "FALSE"},
		{"recruiter advances", e.CanAct([]string{"recruiter"}, "advance"), policy.IfRow, own + " AND stage IS DISTINCT FROM 'rejected'"},
		{"no such action", e.CanAct([]string{"recruiter"}, "retreat"), policy.No, "FALSE"},
		{"member reads the view", e.CanView([]string{"member"}, "names"), policy.Yes, own},
		{"no such view", e.CanView([]string{"member"}, "all"), policy.No, "FALSE"},
	} {
		if c.got.Verdict != c.verdict || c.got.Rows.SQL() != c.rows {
			t.Errorf("%s: got %s where %s, want %s where %s", c.name, c.got.Verdict, c.got.Rows.SQL(), c.verdict, c.rows)
		}
		if len(c.got.Because) == 0 {
			t.Errorf("%s: no explanation", c.name)
		}
	}
}

// A function is never taken for a yes: what it can allow at most is bounded by the rest of the rule.
func TestFunctionsStayUndecided(t *testing.T) {
	function := &model.Access{Kind: model.AccessFunc}
	for _, c := range []struct {
		name    string
		access  *model.Access
		verdict policy.Verdict
		rows    string
	}{
		{"alone", function, policy.Undecided, "TRUE"},
		{"with a role the caller has", allOf(roles("admin"), function), policy.Undecided, "TRUE"},
		{"with a role the caller lacks", allOf(roles("owner"), function), policy.No, "FALSE"},
		{"beside a role the caller has", anyOf(function, roles("admin")), policy.Yes, "TRUE"},
		{"bounded by the row", allOf(function, where("stage", "equals", "open")), policy.Undecided, "stage = 'open'"},
	} {
		e := policy.FromModel(nil, &model.Resource{Operations: []*model.Operation{{Op: model.List, Access: c.access}}})
		if got := e.Can([]string{"admin"}, model.List); got.Verdict != c.verdict || got.Rows.SQL() != c.rows {
			t.Errorf("%s: got %s where %s, want %s where %s", c.name, got.Verdict, got.Rows.SQL(), c.verdict, c.rows)
		}
	}
}

func TestFields(t *testing.T) {
	r := candidates()
	r.Firewall.Rows = r.Firewall.Rows[:1] // so that a caller without a session sees rows at all
	e := policy.FromModel(nil, r)
	for _, c := range []struct {
		name    string
		got     policy.FieldDecision
		verdict policy.Verdict
		masked  string
	}{
		{"recruiter sees the address", e.Reads([]string{"recruiter"}, model.List, "email"), policy.Yes, ""},
		{"interviewer sees own addresses", e.Reads([]string{"interviewer"}, model.Get, "email"), policy.IfRow, "email"},
		{"without a session nobody is owner", e.Reads(nil, model.Get, "email"), policy.No, "email"},
		{"notes have no exception for owners", e.Reads([]string{"interviewer"}, model.Get, "notes"), policy.No, "redact"},
		{"list leaves notes out", e.Reads([]string{"recruiter"}, model.List, "notes"), policy.No, ""},
		{"system columns need a session", e.Reads(nil, model.Get, "createdBy"), policy.No, ""},
		{"and are there with one", e.Reads([]string{"recruiter"}, model.Get, "createdBy"), policy.Yes, ""},
		{"who may not list sees nothing", e.Reads([]string{"member"}, model.List, "name"), policy.No, ""},
		{"a view masks as well", e.ReadsView([]string{"member"}, "names", "email"), policy.IfRow, "email"},
		{"a view leaves out", e.ReadsView([]string{"member"}, "names", "notes"), policy.No, ""},
		{"an unknown column is nothing", e.Reads([]string{"recruiter"}, model.Get, "salary"), policy.No, ""},
	} {
		if c.got.Verdict != c.verdict || c.got.Masked != c.masked {
			t.Errorf("%s: got %s %q, want %s %q (%v)", c.name, c.got.Verdict, c.got.Masked, c.verdict, c.masked, c.got.Because)
		}
	}
}

func TestWrites(t *testing.T) {
	r := candidates()
	allowed := func(e *policy.Effective, op model.Op) (out []string) {
		for _, c := range r.Table.Columns {
			if e.Writes([]string{"recruiter"}, op, c.Key).Verdict != policy.No {
				out = append(out, c.Key)
			}
		}
		return out
	}
	e := policy.FromModel(nil, r)
	if got := allowed(e, model.Create); !slices.Equal(got, []string{"name", "email", "source"}) {
		t.Errorf("create writes %v", got)
	}
	if got := allowed(e, model.Update); !slices.Equal(got, []string{"name", "notes"}) {
		t.Errorf("update writes %v", got)
	}
	if got := e.Writes([]string{"interviewer"}, model.Update, "name").Verdict; got != policy.No {
		t.Errorf("who may not update writes: %v", got)
	}
	clientIDs := policy.FromModel(&model.Config{GenerateID: "false"}, r)
	if got := allowed(clientIDs, model.Create); !slices.Contains(got, "id") || slices.Contains(got, "organizationId") {
		t.Errorf("with ids from the client, create writes %v", got)
	}
	r.Guards = model.Guards{Open: true}
	if got := allowed(policy.FromModel(nil, r), model.Update); !slices.Equal(got, []string{"name", "email", "stage", "source", "notes", "hiredOn"}) {
		t.Errorf("open guards let update write %v", got)
	}
}

// Dates are compared as moments, however they are written.
func TestDatesAreMoments(t *testing.T) {
	r := candidates()
	r.Firewall.Rows = nil
	r.Operations[0].Access = allOf(where("hiredOn", "equals", "2026-01-31"), where("hiredOn", "in", []any{"2026-01-31T00:00:00Z", "2026-02-01"}))
	got := policy.FromModel(nil, r).Can([]string{"member"}, model.List).Rows.SQL()
	if want := "hiredOn = '2026-01-31T00:00:00.000Z'"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Many alternatives do not stop the editor, and what is not known exactly is neither yes nor no.
func TestTooManyAlternatives(t *testing.T) {
	var all []*model.Access
	for _, column := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"} {
		all = append(all, anyOf(where(column, "equals", "x"), where(column, "equals", 1.0), where(column, "isNull", true)))
	}
	e := policy.FromModel(nil, &model.Resource{Operations: []*model.Operation{{Op: model.List, Access: allOf(all...)}}})
	d := e.Can([]string{"admin"}, model.List)
	if d.Verdict != policy.IfRow || !d.Rows.Large() || d.Rows.Implies(policy.Never()) || policy.Always().Implies(d.Rows) || d.Rows.Equal(d.Rows) {
		t.Errorf("got %v, large %v", d.Verdict, d.Rows.Large())
	}
	if d.Rows.Holds(map[string]any{"a": "x"}, func(string) (any, bool) { return nil, false }) {
		t.Error("a predicate that is not known holds for a row")
	}
}

// The same policy has the same bytes, however it was written, and another one has others.
func TestCanonical(t *testing.T) {
	a, b := candidates(), candidates()
	b.Operations[0].Access = anyOf(allOf(where("stage", "in", []any{"interview", "interview"}), roles("interviewer", "interviewer")), anyOf(roles("admin", "recruiter")))
	slices.Reverse(b.Firewall.Rows)
	slices.Reverse(b.Guards.Create)
	b.Firewall.Rows[1].Unless = []string{"owner", "admin"}
	one, two := policy.FromModel(nil, a).Canonical(), policy.FromModel(nil, b).Canonical()
	if !bytes.Equal(one, two) {
		t.Errorf("the same policy gives\n%s\n%s", one, two)
	}
	for name, change := range map[string]func(*model.Resource){
		"a role more":      func(r *model.Resource) { r.Operations[1].Access = roles("recruiter", "admin", "interviewer", "member") },
		"no waiver":        func(r *model.Resource) { r.Firewall.Rows[1].Unless = nil },
		"a field more":     func(r *model.Resource) { r.Guards.Update = append(r.Guards.Update, "email") },
		"no mask":          func(r *model.Resource) { r.Masks = r.Masks[1:] },
		"another value":    func(r *model.Resource) { r.Actions[0].Access = where("stage", "notEquals", "hired") },
		"access withdrawn": func(r *model.Resource) { r.Operations[2].Access = nil },
		"hidden rows":      func(r *model.Resource) { r.Firewall.Hide = true },
		"an action more":   func(r *model.Resource) { r.Guards.Protected[0].Actions = []string{"advance", "reject"} },
		"a default": func(r *model.Resource) {
			r.Operations[2].Defaults = []definition.FieldDefault{{Field: definition.Name{Text: "stage"}, Value: "new"}}
		},
		"a view for others": func(r *model.Resource) { r.Views[0].Access = roles("member") },
	} {
		changed := candidates()
		change(changed)
		if bytes.Equal(one, policy.FromModel(nil, changed).Canonical()) {
			t.Errorf("%s: the policy looks the same", name)
		}
	}
}

// Databases order texts by different collations, so nothing is concluded from their order.
func TestTextsAreNotOrdered(t *testing.T) {
	is, before := policy.Compare("stage", "equals", "", "a"), policy.Compare("stage", "lessThan", "", "b")
	if is.Implies(before) || is.And(before).SQL() != "stage = 'a' AND stage < 'b'" {
		t.Errorf("got %s", is.And(before).SQL())
	}
}
