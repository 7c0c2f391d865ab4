package query

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/analysis/syntax"
)

// explainColumn says what a column is, who reads it and how, and who writes it.
func (sc *scene) explainColumn(r *model.Resource, key string) string {
	if r == nil || r.Table == nil {
		return ""
	}
	c := r.Table.Column(key)
	if c == nil {
		return ""
	}
	head := fmt.Sprintf("**%s**.%s: %s", r.Table.Binding, key, columnType(c))
	e := sc.effective(r)
	if e == nil {
		return lines(head, "Internal table: no route reaches it.")
	}
	return lines(head, "Read by "+sc.readers(r, e, key), sc.writers(r, e, key), mask(r, key))
}

func columnType(c *model.Column) string {
	t := code(c.Type())
	if len(c.Enum) > 0 {
		t = code(strings.Join(c.Enum, " | "))
	}
	switch {
	case c.PrimaryKey:
		return t + ", primary key"
	case c.Injected:
		return t + ", added and kept by qbls"
	case c.Role == model.ScopeColumn:
		return t + ", set from the context"
	case c.Default != nil && c.Default.SQL != "":
		return t + ", default " + code(c.Default.SQL)
	case c.Default != nil:
		return t + ", default " + code(literal(c.Default))
	case c.OnCreate || c.Generated != nil:
		return t + ", filled by itself"
	case c.NotNull:
		return t + ", required"
	}
	return t + ", may be null"
}

func literal(d *definition.Default) string {
	switch v := d.Literal.(type) {
	case string:
		return "'" + v + "'"
	case nil:
		return cmp.Or(d.JSON, "null")
	}
	return fmt.Sprint(d.Literal)
}

func (sc *scene) readers(r *model.Resource, e *policy.Effective, key string) string {
	var g grouped
	for _, role := range sc.audience(r) {
		if answer, ok := reads(r, e, caller(role), key); ok {
			g.add(answer, role)
		}
	}
	if len(g.order) == 0 {
		return "nobody"
	}
	return g.String()
}

// reads is the best answer that any way to read gives: list, get or a view.
func reads(r *model.Resource, e *policy.Effective, roles []string, key string) (string, bool) {
	var ways []policy.FieldDecision
	for _, op := range []model.Op{model.List, model.Get} {
		ways = append(ways, e.Reads(roles, op, key))
	}
	for _, v := range r.Views {
		ways = append(ways, e.ReadsView(roles, v.Name, key))
	}
	best, found := "", false
	for _, d := range ways {
		switch {
		case d.Verdict == policy.Yes:
			return "", true
		case d.Verdict == policy.IfRow:
			best, found = "(own rows; masked otherwise)", true
		case d.Masked != "" && !found:
			best, found = "(masked)", true
		}
	}
	return best, found
}

func (sc *scene) writers(r *model.Resource, e *policy.Effective, key string) string {
	var out []string
	for _, op := range []model.Op{model.Create, model.Update} {
		if r.Operation(op) == nil {
			continue
		}
		if why := e.Guarded(op, key); why != "" {
			out = append(out, fmt.Sprintf("Not set by %s: %s.", op, why))
			continue
		}
		out = append(out, fmt.Sprintf("Set on %s by %s.", op, sc.whoDoes(r, func(roles []string) policy.Decision { return e.Writes(roles, op, key) })))
	}
	for _, p := range r.Guards.Protected {
		if p.Column == key && !p.Any && len(p.Actions) > 0 {
			out = append(out, "Changed by the actions "+codes(p.Actions)+".")
		}
	}
	return strings.Join(out, "  \n")
}

func mask(r *model.Resource, key string) string {
	for _, m := range r.Masks {
		if m.Column != key {
			continue
		}
		text := "Masked as " + code(m.Type)
		if m.Default {
			text += " because of its name"
		}
		var but []string
		if m.All {
			return "Not masked for anybody."
		}
		if len(m.Roles) > 0 {
			but = append(but, codes(m.Roles))
		}
		if m.Owner != "" {
			but = append(but, "the row's owner ("+code(m.Owner)+")")
		}
		if len(but) > 0 {
			text += ", except for " + strings.Join(but, " and ")
		}
		return text + "."
	}
	return ""
}

// explainRole says what a role can do, one line a resource.
func (sc *scene) explainRole(name string) string {
	head := "**" + name + "**: "
	switch name {
	case policy.Public:
		head += "anybody, without a session"
	case policy.Authenticated:
		head += "anybody with a session"
	default:
		head += "role"
		if ranks := sc.hierarchy(); slices.Contains(ranks, name) {
			head += ", in " + code(strings.Join(ranks, " < "))
		}
	}
	var rows []string
	for _, r := range sc.project.Resources {
		e := sc.effective(r)
		if e == nil {
			continue
		}
		if can := abilities(r, e, caller(name)); len(can) > 0 {
			rows = append(rows, "- "+code(r.Segment)+": "+strings.Join(can, ", "))
		}
	}
	if len(rows) == 0 {
		return lines(head, "Can do nothing in this project.")
	}
	return lines(head, strings.Join(rows, "\n"))
}

func abilities(r *model.Resource, e *policy.Effective, roles []string) []string {
	var out []string
	add := func(name string, d policy.Decision) {
		switch d.Verdict {
		case policy.Yes:
			out = append(out, name)
		case policy.IfRow:
			out = append(out, name+" (some rows)")
		case policy.Undecided:
			out = append(out, name+" (a function decides)")
		}
	}
	for _, o := range r.Operations {
		if !o.Derived {
			add(string(o.Op), e.Can(roles, o.Op))
		}
	}
	for _, v := range r.Views {
		add("view "+v.Name, e.CanView(roles, v.Name))
	}
	for _, a := range r.Actions {
		add(a.Name, e.Acts(roles, a.Name))
	}
	return out
}

// explainAction says where an action lies, what it takes and who may call it.
func (sc *scene) explainAction(r *model.Resource, name string) string {
	if r == nil {
		return ""
	}
	a := r.Action(name)
	if a == nil {
		return ""
	}
	route := "/api/v1" + a.Path
	if !a.Standalone {
		route = "/api/v1/" + r.Segment + "/:id/" + name
	}
	head := "**" + name + "**: " + code(a.Method+" "+route)
	description, input := "", ""
	if a.Source != nil {
		description = a.Source.Description.Or("")
		if in := a.Source.Input; in != nil {
			var fields []string
			for _, f := range in.Fields {
				mark := ""
				if !f.Required {
					mark = "?"
				}
				fields = append(fields, code(f.Name.Text+mark+": "+f.Type))
			}
			if input = "Input: " + strings.Join(fields, ", "); len(fields) == 0 {
				input = "No input."
			}
		}
	}
	who := ""
	if e := sc.effective(r); e != nil {
		who = "Called by " + sc.whoDoes(r, func(roles []string) policy.Decision { return e.Acts(roles, name) })
	}
	return lines(head, description, input, conditions(r, a), steps(a), who)
}

func (sc *scene) explainView(r *model.Resource, name string) string {
	e := sc.effective(r)
	if e == nil {
		return ""
	}
	for _, v := range r.Views {
		if v.Name == name {
			return lines("**"+name+"**: "+code("GET /api/v1/"+r.Segment+"/views/"+name), "Columns: "+codes(v.Fields),
				"Read by "+sc.whoDoes(r, func(roles []string) policy.Decision { return e.CanView(roles, name) }))
		}
	}
	return ""
}

func (sc *scene) explainTable(r *model.Resource) string {
	if r == nil || r.Table == nil {
		return ""
	}
	head := "**" + r.Table.Name + "**: " + code(string(r.ID))
	e := sc.effective(r)
	if e == nil {
		return lines(head, "Internal table: no route reaches it.")
	}
	return lines(head, "Served at "+code("/api/v1/"+r.Segment), "Rows: "+code(e.Where().SQL()))
}

// hoverFirewall shows the condition that every query of the resource gets.
func (sc *scene) hoverFirewall(node syntax.Node) (*Hover, bool) {
	if sc.resource == nil {
		return nil, false
	}
	e := sc.effective(sc.resource)
	if e == nil {
		return nil, false
	}
	for node.Valid() && node.Kind() != syntax.Property {
		node = node.Parent()
	}
	if !node.Valid() {
		return nil, false
	}
	where := e.Where()
	md := "Every query of " + code(sc.resource.Segment) + " gets\n\n```sql\nWHERE " + where.SQL() + "\n```"
	if where.IsAlways() {
		md = "Every row of " + code(sc.resource.Segment) + " can be reached: no condition is added."
	}
	if w := e.Waivers(); len(w) > 0 {
		md = lines(md, strings.Join(w, "  \n"))
	}
	if sc.resource.Firewall.Derived {
		md = lines(md, "Derived from the columns.")
	}
	span := node.NameSpan()
	if !contains(span, sc.offset) {
		span = node.Span()
	}
	return &Hover{md, span}, true
}
