package contract

import (
	"reflect"
	"slices"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/contract/literal"
	"github.com/qbls/qbls/diagnostics/text"
)

const registryFile text.Path = "schema-registry.json"

// registry compares schema-registry.json with the policy: tables, columns, firewalls, access, guards, masks, views and actions.
func (v *verifier) registry() {
	if v.registryParts() {
		return
	}
	doc := v.document(registryFile, v.Project.Config.Registry)
	if doc == nil {
		return
	}
	tables := doc.Get("tables")
	if tables == nil || tables.Form != literal.Object {
		v.disagrees(registryFile, spanOf(doc), nil, "tables", "the tables", "nothing")
		return
	}
	found := map[model.ID]bool{}
	for _, p := range tables.Props {
		r := v.registered(p.Value, found)
		if r == nil || found[r.ID] {
			v.disagrees(registryFile, span{p.Start, p.End}, nil, p.Name, "the declared tables, each once", p.Name)
			continue
		}
		found[r.ID] = true
		v.registeredTable(r, p)
	}
	for _, r := range v.Project.Resources {
		if !found[r.ID] {
			v.disagrees(registryFile, spanOf(tables), r, string(r.ID), "a table", "nothing")
		}
	}
	v.prove(DocumentAgreement, registryFile, spanOf(tables), "tables")
}

// registered is the resource that an entry of the registry is about.
func (v *verifier) registered(o *literal.Value, found map[model.ID]bool) *model.Resource {
	feature, name := o.Get("feature"), o.Get("dbName")
	if feature == nil || name == nil {
		return nil
	}
	for _, r := range v.Project.Resources {
		if r.Feature != feature.Str {
			continue
		}
		if r.Table != nil && r.Table.Name == name.Str || r.Table == nil && name.Str == "" && !found[r.ID] {
			return r
		}
	}
	return nil
}

func (v *verifier) registeredTable(r *model.Resource, p literal.Property) {
	o := p.Value
	same := func(part string, want any) {
		if got := decoded(o.Get(part)); !reflect.DeepEqual(got, plain(want)) {
			v.disagrees(registryFile, propertyAt(o, part), r, p.Name+"."+part, said(plain(want)), said(got))
		}
	}
	if r.Internal {
		same("apiPath", nil)
	} else {
		same("apiPath", "/api/v1/"+r.Segment)
	}
	v.registeredColumns(r, p)
	v.registeredFirewall(r, p)
	v.registeredAccess(r, p)
	if r.Table != nil {
		v.registeredGuards(r, p)
	}
	same("masking", masking(r))
}

func (v *verifier) registeredColumns(r *model.Resource, p literal.Property) {
	list := p.Value.Get("columns")
	if list == nil || list.Form != literal.List {
		v.disagrees(registryFile, spanOf(p.Value), r, p.Name+".columns", "the columns", "nothing")
		return
	}
	seen := []string{}
	for _, o := range list.Items {
		name := o.Get("name")
		var c *model.Column
		if name != nil && r.Table != nil {
			c = r.Table.Column(name.Str)
		}
		if c == nil || slices.Contains(seen, c.Key) {
			v.disagrees(registryFile, spanOf(o), r, p.Name+".columns", "the declared columns, each once", said(decoded(o)))
			continue
		}
		seen = append(seen, c.Key)
		enum := []string{}
		if e := o.Get("enum"); e != nil {
			enum = stringsOf(e)
		}
		ok := decoded(o.Get("dbName")) == c.Name && decoded(o.Get("type")) == c.Builder && decoded(o.Get("notNull")) == (c.NotNull || c.PrimaryKey) &&
			decoded(o.Get("primaryKey")) == c.PrimaryKey && slices.Equal(enum, append([]string{}, c.Enum...))
		if !ok {
			v.disagrees(registryFile, spanOf(o), r, p.Name+".columns."+c.Key, "the declared column", said(decoded(o)))
		}
	}
	if r.Table != nil && len(seen) != len(r.Table.Columns) {
		v.disagrees(registryFile, spanOf(list), r, p.Name+".columns", "every column", said(len(seen)))
	}
}

// registeredFirewall reads { organization: { column, source }, …, predicates: [ … ] } back into rows.
func (v *verifier) registeredFirewall(r *model.Resource, p literal.Property) {
	o := p.Value.Get("firewall")
	got := &model.Resource{ID: r.ID, Internal: r.Internal}
	fw := &got.Firewall
	ok := o != nil && o.Form == literal.Object
	for i := 0; ok && i < len(o.Props); i++ {
		ok = firewallPart(fw, o.Props[i])
	}
	if ok {
		one, two := effectiveFirewall(got), effectiveFirewall(r)
		ok = reflect.DeepEqual(one, two)
	}
	if !ok {
		v.disagrees(registryFile, propertyAt(p.Value, "firewall"), r, p.Name+".firewall", said(effectiveFirewall(r)), said(decoded(o)))
	}
}

func firewallPart(fw *model.Firewall, p literal.Property) bool {
	switch p.Name {
	case "exception":
		return p.Value.Bool
	case "errorMode":
		fw.Hide = p.Value.Str == "hide"
		return fw.Hide
	case "softDelete":
		column := p.Value.Get("column")
		if column == nil {
			return false
		}
		fw.Rows = append(fw.Rows, model.Row{Column: column.Str, Op: "isNull", Value: true})
		return true
	case "organization", "owner", "team":
		column, source, roles := p.Value.Get("column"), p.Value.Get("source"), p.Value.Get("roles")
		if column == nil || source == nil || len(source.Str) < 5 || source.Str[:4] != "ctx." {
			return false
		}
		row := model.Row{Column: column.Str, Op: "equals", Ctx: source.Str[4:]}
		if roles != nil {
			row.Unless = stringsOf(roles)
		}
		fw.Rows = append(fw.Rows, row)
		return true
	case "predicates":
		for _, i := range p.Value.Items {
			field := i.Get("field")
			if field == nil || len(i.Props) != 2 {
				return false
			}
			for _, op := range i.Props {
				if op.Name == "field" {
					continue
				}
				conditions, ok := conditionsOf(&literal.Value{Form: literal.Object, Props: []literal.Property{{Name: field.Str, Value: &literal.Value{Form: literal.Object, Props: []literal.Property{op}}}}})
				if !ok || len(conditions) != 1 {
					return false
				}
				c := conditions[0]
				fw.Rows = append(fw.Rows, model.Row{Column: c.Column, Op: c.Op, Ctx: c.Ctx, Value: c.Value})
			}
		}
		return true
	}
	return false
}

func effectiveFirewall(r *model.Resource) any {
	copied := &model.Resource{ID: r.ID, Internal: r.Internal, Firewall: r.Firewall}
	return effective(nil, copied, newServing())["firewall"]
}

func (v *verifier) registeredAccess(r *model.Resource, p literal.Property) {
	wrong := func(at span, subject string, o *literal.Value) {
		v.disagrees(registryFile, at, r, p.Name+"."+subject, "as declared", said(decoded(o)))
	}
	crud, views, actions := p.Value.Get("crud"), p.Value.Get("views"), p.Value.Get("actions")
	count := func(o *literal.Value) int {
		if o == nil {
			return 0
		}
		return len(o.Props) + len(o.Items)
	}
	if count(crud) != len(r.Operations) {
		wrong(propertyAt(p.Value, "crud"), "crud", crud)
	}
	for _, op := range r.Operations {
		o := crud.Get(string(op.Op))
		if o == nil || !sameAccess(o.Get("access"), op.Access) || o.Get("fields") != nil && !slices.Equal(stringsOf(o.Get("fields")), op.Fields) || o.Get("fields") == nil && len(op.Fields) > 0 {
			wrong(propertyAt(crud, string(op.Op)), "crud."+string(op.Op), o)
		}
		if mode := o.Get("mode"); mode != nil && (mode.Str == "soft") != op.Soft {
			wrong(propertyAt(o, "mode"), "crud."+string(op.Op)+".mode", mode)
		}
	}
	if count(views) != len(r.Views) {
		wrong(propertyAt(p.Value, "views"), "views", views)
	}
	for _, w := range r.Views {
		o := views.Get(w.Name)
		if o == nil || !sameAccess(o.Get("access"), w.Access) || o.Get("fields") == nil || !slices.Equal(stringsOf(o.Get("fields")), w.Fields) {
			wrong(propertyAt(views, w.Name), "views."+w.Name, o)
		}
	}
	if count(actions) != len(r.Actions) {
		wrong(propertyAt(p.Value, "actions"), "actions", actions)
		return
	}
	for i, a := range r.Actions {
		o := actions.Items[i]
		method := decoded(o.Get("method"))
		if decoded(o.Get("name")) != a.Name || !sameAccess(o.Get("access"), a.Access) || (o.Get("standalone") != nil) != a.Standalone || method != nil && method != a.Method {
			wrong(spanOf(o), "actions."+a.Name, o)
		}
	}
}

// registeredGuards compares what a client may write.
func (v *verifier) registeredGuards(r *model.Resource, p literal.Property) {
	o := p.Value.Get("guards")
	lists := map[string][]string{"createable": r.Guards.Create, "updatable": r.Guards.Update, "immutable": r.Guards.Immutable}
	if r.Guards.Open {
		open := []string{}
		for _, c := range r.Table.Columns {
			if c.Role == model.Plain && !c.PrimaryKey {
				open = append(open, c.Key)
			}
		}
		lists["createable"], lists["updatable"] = open, open
	}
	for _, name := range []string{"createable", "updatable", "immutable"} {
		got := o.Get(name)
		if got == nil || !slices.Equal(sorted(stringsOf(got)), sorted(append([]string{}, lists[name]...))) {
			v.disagrees(registryFile, propertyAt(o, name), r, p.Name+".guards."+name, said(sorted(lists[name])), said(decoded(got)))
		}
	}
	want := map[string]any{}
	for _, g := range r.Guards.Protected {
		actions := append([]string{}, g.Actions...)
		if g.Any {
			actions = []string{}
			for _, a := range r.Actions {
				actions = append(actions, a.Name)
			}
		}
		want[g.Column] = actions
	}
	if got := decoded(o.Get("protected")); !reflect.DeepEqual(got, plain(want)) {
		v.disagrees(registryFile, propertyAt(o, "protected"), r, p.Name+".guards.protected", said(want), said(got))
	}
}

// masking are the masks in the words of the registry.
func masking(r *model.Resource) map[string]any {
	out := map[string]any{}
	for _, m := range r.Masks {
		roles := append([]string{}, m.Roles...)
		if m.All {
			roles = []string{"everyone"}
		}
		show := map[string]any{"roles": roles}
		if m.Owner != "" {
			show["or"], show["ownerColumn"] = "owner", m.Owner
		}
		rule := map[string]any{"type": m.Type, "show": show}
		if len(m.Query) > 0 {
			rule["query"] = map[string]any{"roles": m.Query}
		}
		out[m.Column] = rule
	}
	return out
}
