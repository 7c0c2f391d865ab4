package policy_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
)

// The oracle evaluates an access rule directly, on one row, for one caller, without predicates: the meaning as the language
// states it. It shares nothing with the package but the model.

type caller struct {
	roles []string
	ctx   map[string]any
}

func (c caller) signedIn() bool {
	for _, r := range c.roles {
		if r != "PUBLIC" {
			return true
		}
	}
	return false
}

func (c caller) holds(role string) bool {
	return role == "PUBLIC" || role == "AUTHENTICATED" && c.signedIn() || slices.Contains(c.roles, role)
}

// may is the meaning of a rule: conditions say nothing to a caller without a session, unless PUBLIC stands beside them.
func (c caller) may(a *model.Access, row map[string]any) bool {
	return c.holdsFor(a, row, c.signedIn())
}

func (c caller) holdsFor(a *model.Access, row map[string]any, open bool) bool {
	if a == nil {
		return false
	}
	switch a.Kind {
	case model.AccessRoles:
		return slices.ContainsFunc(a.Roles, c.holds)
	case model.AccessUserRole:
		return slices.ContainsFunc(a.Roles, func(r string) bool { return slices.Contains(c.roles, policy.UserRole(r)) })
	case model.AccessWhere:
		if !open {
			return false
		}
		for _, cond := range a.Where {
			if row == nil || !c.compare(row[cond.Column], cond.Op, cond.Ctx, cond.Value) {
				return false
			}
		}
		return true
	case model.AccessAny:
		return slices.ContainsFunc(a.Sub, func(s *model.Access) bool { return c.holdsFor(s, row, open) })
	case model.AccessAll:
		open = open || slices.ContainsFunc(a.Sub, c.admitted)
		return len(a.Sub) > 0 && !slices.ContainsFunc(a.Sub, func(s *model.Access) bool { return !c.holdsFor(s, row, open) })
	}
	return false
}

// admitted says whether roles alone satisfy a part of a conjunction.
func (c caller) admitted(a *model.Access) bool {
	if a.Kind == model.AccessAll {
		return slices.ContainsFunc(a.Sub, c.admitted)
	}
	return c.holdsFor(a, nil, false)
}

func (c caller) compare(value any, op, ctx string, operand any) bool {
	if op == "isNull" {
		return (value == nil) == (operand != false)
	}
	if ctx != "" {
		operand = c.ctx[ctx]
		if operand == nil {
			return false
		}
	}
	among := func() bool {
		for _, item := range operand.([]any) {
			if item == value && value != nil {
				return true
			}
		}
		return false
	}
	switch op {
	case "equals":
		return value == operand
	case "notEquals", "not":
		return value != operand
	case "in":
		return among()
	case "notIn":
		return !among() && (value != nil || !slices.Contains(operand.([]any), nil))
	}
	if value == nil || operand == nil {
		return false
	}
	less, equal := false, value == operand
	switch v := value.(type) {
	case float64:
		less = v < operand.(float64)
	case string:
		less = v < operand.(string)
	}
	switch op {
	case "lessThan":
		return less
	case "lessThanOrEqual":
		return less || equal
	case "greaterThan":
		return !less && !equal
	case "greaterThanOrEqual":
		return !less
	}
	panic("no operator " + op)
}

var (
	roleNames   = []string{"PUBLIC", "AUTHENTICATED", "owner", "recruiter", "interviewer"}
	columnTypes = map[string][]any{"stage": {nil, "a", "b", "c"}, "score": {nil, 1.0, 2.0, 2.5, 3.0}, "createdBy": {nil, "u1", "u2"}}
	columnNames = []string{"createdBy", "score", "stage"}
)

// drawCondition draws a comparison that type-checks, as the rules of the check package guarantee.
func drawCondition(t *rapid.T) model.Condition {
	column := rapid.SampledFrom(columnNames).Draw(t, "column")
	values := columnTypes[column]
	c := model.Condition{Column: column, Op: rapid.SampledFrom(policy.Operators).Draw(t, "op")}
	switch c.Op {
	case "isNull":
		c.Value = rapid.Bool().Draw(t, "null")
	case "in", "notIn":
		c.Value = rapid.SliceOfN(rapid.SampledFrom(values), 0, 3).Draw(t, "list")
	case "equals", "notEquals", "not":
		if column == "createdBy" && rapid.Bool().Draw(t, "fromContext") {
			c.Ctx = rapid.SampledFrom([]string{"userId", "activeOrgId"}).Draw(t, "ctx")
			break
		}
		c.Value = rapid.SampledFrom(values).Draw(t, "value")
	default:
		c.Value = rapid.SampledFrom(values[1:]).Draw(t, "value")
	}
	return c
}

func drawAccess(t *rapid.T, depth int) *model.Access {
	kinds := []model.AccessKind{model.AccessRoles, model.AccessUserRole, model.AccessWhere}
	if depth > 0 {
		kinds = append(kinds, model.AccessAny, model.AccessAll, model.AccessAny, model.AccessAll)
	}
	a := &model.Access{Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
	switch a.Kind {
	case model.AccessRoles:
		a.Roles = rapid.SliceOfN(rapid.SampledFrom(roleNames), 0, 2).Draw(t, "roles")
	case model.AccessUserRole:
		a.Roles = []string{"admin"}
	case model.AccessWhere:
		for range rapid.IntRange(1, 3).Draw(t, "conditions") {
			a.Where = append(a.Where, drawCondition(t))
		}
	default:
		for range rapid.IntRange(0, 3).Draw(t, "arms") {
			a.Sub = append(a.Sub, drawAccess(t, depth-1))
		}
	}
	return a
}

func drawResource(t *rapid.T) *model.Resource {
	r := &model.Resource{ID: "things/things"}
	r.Operations = []*model.Operation{
		{Op: model.List, Access: drawAccess(t, 3)}, {Op: model.Create, Access: drawAccess(t, 2)},
	}
	r.Actions = []*model.Action{{Name: "run", Standalone: true, Access: drawAccess(t, 2)}}
	if rapid.Bool().Draw(t, "hasOrganization") {
		r.Firewall.Rows = append(r.Firewall.Rows, model.Row{Column: "stage", Kind: "organization", Op: "equals", Ctx: "activeOrgId"})
	}
	if rapid.Bool().Draw(t, "hasOwner") {
		row := model.Row{Column: "createdBy", Kind: "owner", Op: "equals", Ctx: "userId"}
		row.Unless = rapid.SliceOfN(rapid.SampledFrom([]string{"owner", "recruiter"}), 0, 2).Draw(t, "unless")
		r.Firewall.Rows = append(r.Firewall.Rows, row)
	}
	if rapid.Bool().Draw(t, "hasDeleted") {
		r.Firewall.Rows = append(r.Firewall.Rows, model.Row{Column: "score", Kind: "softDelete", Op: "isNull", Value: true})
	}
	return r
}

func (c caller) sees(f model.Firewall, row map[string]any) bool {
	for _, fr := range f.Rows {
		if len(fr.Unless) > 0 && slices.ContainsFunc(fr.Unless, c.holds) {
			continue
		}
		if !c.compare(row[fr.Column], fr.Op, fr.Ctx, fr.Value) {
			return false
		}
	}
	return true
}

// callers are all subsets of the roles, each with and without an active organisation. Without a session there is no user id.
func callers() []caller {
	universe := append(slices.Clone(roleNames[1:]), policy.UserRole("admin"))
	var out []caller
	for mask := range 1 << len(universe) {
		c := caller{}
		for i, role := range universe {
			if mask&(1<<i) != 0 {
				c.roles = append(c.roles, role)
			}
		}
		for _, org := range []any{nil, "a"} {
			ctx := map[string]any{"activeOrgId": org}
			if c.signedIn() {
				ctx["userId"] = "u1"
			}
			out = append(out, caller{c.roles, ctx})
		}
	}
	return append(out, caller{[]string{"PUBLIC"}, map[string]any{"activeOrgId": "a"}})
}

func rows() (out []map[string]any) {
	for _, stage := range columnTypes["stage"] {
		for _, score := range columnTypes["score"] {
			for _, by := range columnTypes["createdBy"] {
				out = append(out, map[string]any{"stage": stage, "score": score, "createdBy": by})
			}
		}
	}
	return out
}

func (c caller) context(path string) (any, bool) {
	v, ok := c.ctx[path]
	return v, ok
}

// Every decision, for every set of roles and on every small row, is what the language says.
func TestDecisionsMeanWhatTheLanguageSays(t *testing.T) {
	everybody, allRows := callers(), rows()
	rapid.Check(t, func(t *rapid.T) {
		r := drawResource(t)
		e := policy.FromModel(nil, r)
		for _, c := range everybody {
			list, create, act := e.Can(c.roles, model.List), e.Can(c.roles, model.Create), e.CanAct(c.roles, "run")
			if got, want := create.Verdict == policy.Yes, c.may(r.Operations[1].Access, nil); got != want && !e.Rows(c.roles).IsNever() {
				t.Fatalf("%v may create: got %v, want %v\n%s", c.roles, create.Verdict, want, e.Canonical())
			}
			if got, want := act.Verdict == policy.Yes, c.may(r.Actions[0].Access, nil); got != want {
				t.Fatalf("%v may run: got %v, want %v\n%s", c.roles, act.Verdict, want, e.Canonical())
			}
			for _, row := range allRows {
				may, sees := c.may(r.Operations[0].Access, row), c.sees(r.Firewall, row)
				if got := list.Rows.Holds(row, c.context); got != (may && sees) {
					t.Fatalf("%v lists %v: got %v, want %v\n%s\n%s", c, row, got, may && sees, list.Rows.SQL(), e.Canonical())
				}
				if list.Verdict == policy.No && may && sees || list.Verdict == policy.Yes && sees && !may {
					t.Fatalf("%v lists %v: verdict %v is wrong\n%s", c, row, list.Verdict, e.Canonical())
				}
			}
		}
	})
}

func drawPredicate(t *rapid.T) (policy.Predicate, func(c caller, row map[string]any) bool) {
	a := drawAccess(t, 3)
	e := policy.FromModel(nil, &model.Resource{Operations: []*model.Operation{{Op: model.List, Access: a}}})
	return e.Can([]string{"recruiter"}, model.List).Rows, func(c caller, row map[string]any) bool { return c.may(a, row) }
}

// Implies is never wrong when it says yes, and normal forms that are equal mean the same.
func TestImpliesIsSound(t *testing.T) {
	allRows := rows()
	contexts := []caller{{[]string{"recruiter"}, map[string]any{"userId": "u1", "activeOrgId": "u2"}}, {[]string{"recruiter"}, map[string]any{"userId": "u1"}}}
	said := 0
	rapid.Check(t, func(t *rapid.T) {
		p, _ := drawPredicate(t)
		q, _ := drawPredicate(t)
		implies := p.Implies(q)
		if implies {
			said++
		}
		if !p.And(q).Implies(p) || !p.Implies(p.Or(q)) {
			t.Fatalf("the parts of %s and %s are not recognised", p.SQL(), q.SQL())
		}
		for _, c := range contexts {
			for _, row := range allRows {
				inP, inQ := p.Holds(row, c.context), q.Holds(row, c.context)
				if implies && inP && !inQ || p.Equal(q) && inP != inQ {
					t.Fatalf("%s does not imply %s on %v", p.SQL(), q.SQL(), row)
				}
				if p.And(q).Holds(row, c.context) != (inP && inQ) || p.Or(q).Holds(row, c.context) != (inP || inQ) {
					t.Fatalf("%s and/or %s differ on %v", p.SQL(), q.SQL(), row)
				}
			}
		}
	})
	if said == 0 {
		t.Fatal("Implies never said yes: the test proves nothing")
	}
}

// Every pair of comparisons of one column, on every value: what is said to follow does follow, what is said to exclude does
// exclude, and normal forms keep the meaning.
func TestEveryPairOfComparisons(t *testing.T) {
	contexts := []caller{{nil, map[string]any{"userId": "u1"}}, {nil, map[string]any{"roles": []any{"a", "u1"}}}, {nil, nil}}
	for _, column := range columnNames {
		var conditions []model.Condition
		values := columnTypes[column]
		for _, op := range policy.Operators {
			switch op {
			case "isNull":
				conditions = append(conditions, model.Condition{Op: op, Value: true}, model.Condition{Op: op, Value: false})
			case "in", "notIn":
				if column == "createdBy" { // context values are texts
					conditions = append(conditions, model.Condition{Op: op, Ctx: "roles"})
				}
				conditions = append(conditions, model.Condition{Op: op, Value: []any{}}, model.Condition{Op: op, Value: values})
				for i := 1; i < len(values); i++ {
					conditions = append(conditions, model.Condition{Op: op, Value: []any{values[i], values[1]}})
				}
			default:
				if column == "createdBy" {
					conditions = append(conditions, model.Condition{Op: op, Ctx: "userId"})
				}
				for _, v := range values {
					conditions = append(conditions, model.Condition{Op: op, Value: v})
				}
			}
		}
		for _, a := range conditions {
			for _, b := range conditions {
				p, q := policy.Compare(column, a.Op, a.Ctx, a.Value), policy.Compare(column, b.Op, b.Ctx, b.Value)
				for _, c := range contexts {
					for _, v := range values {
						row := map[string]any{column: v}
						inP, inQ := c.compare(v, a.Op, a.Ctx, a.Value), c.compare(v, b.Op, b.Ctx, b.Value)
						if p.Holds(row, c.context) != inP || p.And(q).Holds(row, c.context) != (inP && inQ) || p.Or(q).Holds(row, c.context) != (inP || inQ) {
							t.Fatalf("%s with %s on %v: got %v and %v", p.SQL(), q.SQL(), v, p.And(q).SQL(), p.Or(q).SQL())
						}
						if p.Implies(q) && inP && !inQ {
							t.Fatalf("%s does not imply %s on %v", p.SQL(), q.SQL(), v)
						}
					}
				}
			}
		}
	}
}
