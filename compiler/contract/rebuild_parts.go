package contract

import (
	"slices"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/contract/literal"
)

// sourceOfBatch marks a batch whose module says something about atomicity.
var sourceOfBatch = &definition.Operation{}

// write reads the guards and returns the defaults of create bodies.
func (b *rebuilt) write(v *literal.Value) (defaults []definition.FieldDefault) {
	g := &b.resource.Guards
	if v.Form == literal.Str {
		b.word(v, "write", "open")
		g.Open = true
		return nil
	}
	b.object(v, "write", map[string]func(*literal.Value){
		"create":    func(v *literal.Value) { g.Create = b.strs(v, "write.create") },
		"update":    func(v *literal.Value) { g.Update = b.strs(v, "write.update") },
		"immutable": func(v *literal.Value) { g.Immutable = b.strs(v, "write.immutable") },
		"protected": func(v *literal.Value) {
			b.each(v, "write.protected", func(column string, v *literal.Value) {
				if v.Form == literal.Str {
					b.word(v, "write.protected", "any")
					g.Protected = append(g.Protected, model.Protected{Column: column, Any: true})
					return
				}
				g.Protected = append(g.Protected, model.Protected{Column: column, Actions: b.strs(v, "write.protected."+column)})
			})
		},
		"defaults": func(v *literal.Value) {
			b.each(v, "write.defaults", func(column string, v *literal.Value) {
				defaults = append(defaults, definition.FieldDefault{Field: definition.Name{Text: column}, Value: b.data(v, "write.defaults."+column)})
			})
		},
	})
	return defaults
}

func (b *rebuilt) masks(v *literal.Value) {
	b.each(v, "masks", func(column string, v *literal.Value) {
		m := &model.Mask{Column: column}
		b.object(v, "masks."+column, map[string]func(*literal.Value){
			"type": func(v *literal.Value) {
				m.Type = b.word(v, "the type of a mask", "email", "phone", "ssn", "creditCard", "name", "redact", "custom")
			},
			"mask": func(v *literal.Value) {
				if v.Form != literal.Path {
					b.fail(v, "a mask that is no function of the author")
				}
				b.code["masks."+column] = v
			},
			"show": func(v *literal.Value) {
				b.object(v, "show", map[string]func(*literal.Value){
					"roles": func(v *literal.Value) {
						m.Roles = b.some(v, "show.roles")
						m.All = slices.Contains(m.Roles, "everyone")
					},
					"owner": func(v *literal.Value) { m.Owner = b.str(v, "show.owner") },
				})
			},
			"query": func(v *literal.Value) {
				b.object(v, "query", map[string]func(*literal.Value){"roles": func(v *literal.Value) { m.Query = b.some(v, "query.roles") }})
			},
		})
		if (m.Type == "custom") != (v.Get("mask") != nil) || m.Type == "" || v.Get("show") == nil {
			b.fail(v, "masks."+column+" is no mask")
		}
		b.resource.Masks = append(b.resource.Masks, m)
	})
}

// sort reads one column, or a list of them, as a text.
func (b *rebuilt) list(v *literal.Value, list *model.Operation) {
	b.object(v, "list", map[string]func(*literal.Value){
		"pageSize":    func(v *literal.Value) { list.PageSize = int(b.num(v, "list.pageSize")) },
		"maxPageSize": func(v *literal.Value) { list.MaxPageSize = int(b.num(v, "list.maxPageSize")) },
		"fields":      func(v *literal.Value) { list.Fields = b.some(v, "list.fields") },
		"sort":        func(v *literal.Value) { b.serving.Sort = b.str(v, "list.sort") },
		"defaultView": func(v *literal.Value) { b.serving.View = b.str(v, "list.defaultView") },
		"searchable":  func(v *literal.Value) { b.serving.Searchable = sorted(b.strs(v, "list.searchable")) },
		"sortable":    func(v *literal.Value) { b.serving.Sortable = sorted(b.strs(v, "list.sortable")) },
		"filterable": func(v *literal.Value) {
			b.serving.Filterable = map[string][]string{}
			b.each(v, "list.filterable", func(column string, v *literal.Value) {
				if v.Form == literal.Bool && v.Bool {
					b.serving.Filterable[column] = nil
					return
				}
				b.serving.Filterable[column] = sorted(b.some(v, "list.filterable."+column))
			})
		},
	})
}

func (b *rebuilt) views(v *literal.Value) {
	b.each(v, "views", func(name string, v *literal.Value) {
		view := &model.View{Name: name}
		b.object(v, "views."+name, map[string]func(*literal.Value){
			"fields": func(v *literal.Value) { view.Fields = b.some(v, "views."+name+".fields") },
			"access": func(v *literal.Value) { view.Access = b.access(v, "views."+name) },
			"query": func(v *literal.Value) {
				view.HasQuery = true
				b.object(v, "query", map[string]func(*literal.Value){
					"filterable":  func(v *literal.Value) { view.Filterable = b.strs(v, "filterable") },
					"searchable":  func(v *literal.Value) { view.Searchable = b.strs(v, "searchable") },
					"sortable":    func(v *literal.Value) { view.Sortable = b.strs(v, "sortable") },
					"defaultSort": func(v *literal.Value) { b.serving.ViewSorts[name] = b.str(v, "defaultSort") },
				})
				for _, list := range []string{"filterable", "searchable", "sortable"} {
					if v.Get(list) == nil {
						b.fail(v, "a query that leaves out "+list)
					}
				}
			},
		})
		if v.Get("fields") == nil || v.Get("access") == nil {
			b.fail(v, "views."+name+" has no fields or no access")
		}
		b.serving.Queries[name] = view.HasQuery
		b.resource.Views = append(b.resource.Views, view)
	})
}

func (b *rebuilt) values(v *literal.Value) {
	b.each(v, "values", func(column string, v *literal.Value) {
		o := b.flat(v, "values."+column)
		if list, ok := o["enum"].([]any); ok {
			var texts []string
			for _, e := range list {
				s, _ := e.(string)
				texts = append(texts, s)
			}
			o["enum"] = sorted(texts)
		}
		b.serving.Values[column] = o
	})
}

func (b *rebuilt) actions(v *literal.Value) {
	b.each(v, "actions", func(name string, v *literal.Value) {
		a := &model.Action{Name: name, Method: "POST"}
		var more actionServing
		b.object(v, "actions."+name, map[string]func(*literal.Value){
			"standalone": func(v *literal.Value) { a.Standalone = b.truth(v, "standalone") },
			"path":       func(v *literal.Value) { a.Path = b.str(v, "path") },
			"method":     func(v *literal.Value) { a.Method = b.word(v, "method", "GET", "POST", "PUT", "PATCH", "DELETE") },
			"access":     func(v *literal.Value) { a.Access = b.access(v, "actions."+name) },
			"result":     func(v *literal.Value) { a.Patch = b.word(v, "result", "patch", "data") == "patch" },
			"transition": func(v *literal.Value) { a.Transition = b.transition(v) },
			"rawSql":     func(v *literal.Value) { more.RawSQL = b.truth(v, "rawSql") },
			"unsafe":     func(v *literal.Value) { more.Unsafe = b.flat(v, "unsafe") },
			"run":        func(*literal.Value) {}, // by runs
			"handler":    func(*literal.Value) {},
		})
		if v.Get("access") == nil {
			b.fail(v, "actions."+name+" has no access")
		}
		b.serving.Actions[name], b.actionAt[name] = more, v
		b.resource.Actions = append(b.resource.Actions, a)
	})
}

func (b *rebuilt) transition(v *literal.Value) *model.Transition {
	t := &model.Transition{}
	b.object(v, "transition", map[string]func(*literal.Value){
		"field": func(v *literal.Value) { t.Column = b.str(v, "transition.field") },
		"to":    func(v *literal.Value) { t.To = b.str(v, "transition.to") },
		"via":   func(v *literal.Value) { t.Via = b.str(v, "transition.via") },
		"fromTo": func(v *literal.Value) {
			b.each(v, "transition.fromTo", func(from string, v *literal.Value) {
				t.FromTo = append(t.FromTo, model.Step{From: from, To: b.strs(v, "transition.fromTo")})
			})
		},
	})
	return t
}
