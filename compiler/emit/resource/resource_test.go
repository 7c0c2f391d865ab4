package resource

import (
	"errors"
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/naming"
)

// emit emits a resource with one text column beside its key, changed by the test.
func emit(change func(*model.Resource)) (string, error) {
	r := &model.Resource{ID: "a/things", Feature: "a", Segment: "things", File: "a/things.ts", ActionsFile: "a/actions.ts", Prefix: "thn",
		Table:      &model.Table{Binding: "things", Name: "things", Columns: []*model.Column{{Key: "id", PrimaryKey: true}, {Key: "kind", Builder: "text"}}},
		Firewall:   model.Firewall{Rows: []model.Row{{Column: "organizationId", Op: "equals", Ctx: "activeOrgId"}}},
		Operations: []*model.Operation{{Op: model.List, Access: &model.Access{Roles: []string{"owner"}}}}}
	change(r)
	p := &model.Project{Config: &model.Config{GenerateID: "prefixed", AuditFields: true}, Resources: []*model.Resource{r}}
	f, err := Emit(Input{Project: p, Resource: r, Names: naming.New(p), Prefix: r.Prefix})
	if err != nil {
		return "", err
	}
	return string(f.Content), nil
}

func where(conditions ...model.Condition) *model.Access {
	return &model.Access{Kind: model.AccessWhere, Where: conditions}
}

// TestPolicyThatCannotBeSaidIsRefused: a condition is never left out, because that would open what the author closed.
func TestPolicyThatCannotBeSaidIsRefused(t *testing.T) {
	for name, change := range map[string]func(*model.Resource){
		"no firewall": func(r *model.Resource) { r.Firewall = model.Firewall{} },
		"one operator twice": func(r *model.Resource) {
			r.Firewall.Rows = append(r.Firewall.Rows, model.Row{Column: "kind", Op: "in", Value: []any{"a"}}, model.Row{Column: "kind", Op: "in", Value: []any{"b"}})
		},
		"a waived predicate beside one that is not": func(r *model.Resource) {
			r.Firewall.Rows = append(r.Firewall.Rows, model.Row{Column: "organizationId", Op: "notEquals", Value: "x", Unless: []string{"admin"}})
		},
		"nobody":        func(r *model.Resource) { r.Operations[0].Access = &model.Access{} },
		"no arms":       func(r *model.Resource) { r.Operations[0].Access = &model.Access{Kind: model.AccessAny} },
		"no conditions": func(r *model.Resource) { r.Operations[0].Access = where() },
		"a foreign key to what is no key": func(r *model.Resource) {
			r.Foreign = []*model.ForeignKey{{Column: "kind", Target: r.ID, Key: "kind"}}
		},
		"a column that every object has": func(r *model.Resource) {
			r.Table.Columns = append(r.Table.Columns, &model.Column{Key: "constructor", Builder: "text"})
		},
		"a view that is a parameter": func(r *model.Resource) {
			r.Views = []*model.View{{Name: ":id", Fields: []string{"id"}, Access: &model.Access{Roles: []string{"owner"}}}}
		},
		"an action of two segments": func(r *model.Resource) {
			r.Actions = []*model.Action{{Name: "a/b", Access: &model.Access{Roles: []string{"owner"}}}}
		},
		"an action for every path": func(r *model.Resource) {
			r.Actions = []*model.Action{{Name: "all", Standalone: true, Path: "/things/*", Access: &model.Access{Roles: []string{"owner"}}}}
		},
		"an action in another place than it says": func(r *model.Resource) {
			r.Actions = []*model.Action{{Name: "up", Standalone: true, Path: "/things/../jobs", Access: &model.Access{Roles: []string{"owner"}}}}
		},
		"a function in an arm": func(r *model.Resource) {
			r.Operations[0].Access = &model.Access{Kind: model.AccessAll, Sub: []*model.Access{{Kind: model.AccessFunc}, {Roles: []string{"owner"}}}}
		},
		"a view of nothing": func(r *model.Resource) {
			r.Views = []*model.View{{Name: "v", Access: &model.Access{Roles: []string{"owner"}}}}
		},
	} {
		var refused *Refusal
		if content, err := emit(change); !errors.As(err, &refused) || refused.Message == "" || refused.Subject == "" {
			t.Errorf("%s: %v\n%s", name, err, content)
		}
	}
}

func TestAccess(t *testing.T) {
	equals := func(v any) model.Condition { return model.Condition{Column: "kind", Op: "equals", Value: v} }
	for name, c := range map[string]struct {
		access *model.Access
		want   string
	}{
		"nobody":           {nil, "list: { check: () => false }"},
		"context":          {where(model.Condition{Column: "kind", Op: "notEquals", Ctx: "orgId"}), "list: { where: { kind: { notEquals: '$ctx.activeOrgId' } } }"},
		"one column twice": {where(equals("a"), equals("b")), "list: { all: [{ where: { kind: { equals: 'a' } } }, { where: { kind: { equals: 'b' } } }] }"},
		"function":         {&model.Access{Kind: model.AccessFunc}, "list: { check: definition.policy.crud.list.access }"},
	} {
		content, err := emit(func(r *model.Resource) { r.Operations[0].Access = c.access })
		if err != nil || !strings.Contains(content, "access: { "+c.want+" }") {
			t.Errorf("%s: %v\n%s", name, err, content)
		}
		if linked := strings.Contains(content, "import definition from '../../definitions/a/things.ts';"); linked != (name == "function") {
			t.Errorf("%s: imports the definition: %v", name, linked)
		}
	}
}

func TestCustomMaskIsTheAuthorsFunction(t *testing.T) {
	content, err := emit(func(r *model.Resource) {
		r.Masks = []*model.Mask{{Column: "kind", Type: "custom", Roles: []string{"owner"}}}
	})
	if want := "masks: { kind: { type: 'custom', mask: definition.policy.masking.kind.mask, show: { roles: ['owner'] } } }"; err != nil || !strings.Contains(content, want) {
		t.Errorf("%v\n%s", err, content)
	}
}

func TestIDs(t *testing.T) {
	for kind, want := range map[string]string{"prefixed": "id: { generate: 'prefixed', prefix: 'thn' }", "uuid": "id: { generate: 'uuid' }", "false": "id: { generate: false }"} {
		r := &model.Resource{ID: "a/things", Feature: "a", Segment: "things", Internal: true, Prefix: "thn", Firewall: model.Firewall{Exception: true},
			Table: &model.Table{Binding: "things", Columns: []*model.Column{{Key: "id", Builder: "text", PrimaryKey: true}}}}
		p := &model.Project{Config: &model.Config{GenerateID: kind, AuditFields: true}, Resources: []*model.Resource{r}}
		f, err := Emit(Input{Project: p, Resource: r, Names: naming.New(p), Prefix: r.Prefix})
		if err != nil || !strings.Contains(string(f.Content), "\n  rows: 'unscoped',\n  "+want+",\n") {
			t.Errorf("%s: %v\n%s", kind, err, f.Content)
		}
	}
}

// TestEveryKeyToTheParentCascades: a row goes with its parent by whichever of its keys it hangs on it.
func TestEveryKeyToTheParentCascades(t *testing.T) {
	deleted := &model.Column{Key: "deletedAt", Role: model.DeleteColumn}
	parent := &model.Resource{ID: "a/things", Feature: "a", Segment: "things", Firewall: model.Firewall{Exception: true},
		Table: &model.Table{Binding: "things", Columns: []*model.Column{{Key: "id", PrimaryKey: true}, deleted}}}
	child := &model.Resource{ID: "a/links", Feature: "a", Segment: "links",
		Table:   &model.Table{Binding: "links", Columns: []*model.Column{deleted}},
		Foreign: []*model.ForeignKey{{Column: "fromId", Target: "a/things", Key: "id"}, {Column: "toId", Target: "a/things", Key: "id"}, {Column: "oldId", Target: "a/things", Key: "id", OnDelete: "set null"}}}
	p := &model.Project{Config: &model.Config{AuditFields: true}, Resources: []*model.Resource{child, parent}}
	f, err := Emit(Input{Project: p, Resource: parent, Names: naming.New(p)})
	if want := "cascades: { links: ['fromId', 'toId'] }"; err != nil || !strings.Contains(string(f.Content), want) {
		t.Errorf("%v\n%s", err, f.Content)
	}
}

// TestFirewallLiterals: what the author wrote as a comparison is said in the words that the library takes.
func TestFirewallLiterals(t *testing.T) {
	for want, row := range map[string]model.Row{
		"kind: { in: ['x'] }":      {Column: "kind", Op: "equals", Value: "x"},
		"kind: { isNull: true }":   {Column: "kind", Op: "equals"},
		"kind: { isNull: false }":  {Column: "kind", Op: "notEquals"},
		"kind: { notEquals: 'x' }": {Column: "kind", Op: "notEquals", Value: "x"},
		"state: { equals: 'on' }":  {Column: "state", Op: "equals", Value: "on"},
	} {
		content, err := emit(func(r *model.Resource) {
			r.Table.Columns = append(r.Table.Columns, &model.Column{Key: "state", Builder: "text", Enum: []string{"on", "off"}})
			r.Firewall.Rows = append(r.Firewall.Rows, row)
		})
		if err != nil || !strings.Contains(content, want) {
			t.Errorf("want %s: %v\n%s", want, err, content)
		}
	}
	content, err := emit(func(r *model.Resource) {
		r.Operations[0].Access = where(model.Condition{Column: "kind", Op: "in", Value: []any{"$ctx.orgId", "x"}})
	})
	if want := "kind: { in: ['$ctx.activeOrgId', 'x'] }"; err != nil || !strings.Contains(content, want) {
		t.Errorf("want %s: %v\n%s", want, err, content)
	}
}
