package definition

import "github.com/qbls/qbls/analysis/syntax"

// views reads { name: { fields, access, query } } of the policy or of read.
func (r *reader) views(o *object, path []string) (out []*View) {
	if !o.has("views") {
		return nil
	}
	r.object(o.value("views"), "views", nil).each(func(name Name, p syntax.Node) {
		v := r.object(p.Value(), "A view", &keys{known: []string{"fields", "access", "query"}})
		view := &View{Name: name, At: r.at(p.Value()), Fields: v.columns("fields"), Access: r.accessOf(v)}
		view.Path = append(append(view.Path, path...), "views", name.Text)
		if v.has("query") {
			q := r.object(v.value("query"), "query", &keys{known: []string{"filterable", "searchable", "sortable", "defaultSort"}})
			view.Query = &ViewQuery{q.columns("filterable"), q.columns("searchable"), q.columns("sortable"), q.str("defaultSort")}
		}
		out = append(out, view)
	})
	return out
}

// twice refuses a view that stands in views and in read.views: which access holds would depend on their order.
func (r *reader) twice(res *Resource) {
	seen := map[string]bool{}
	var out []*View
	for _, v := range res.Views {
		if path := dotted(v.Path[:len(v.Path)-1]); !seen[v.Name.Text] {
			seen[v.Name.Text] = true
			out = append(out, v)
		} else {
			r.report(WrongValue, r.file.Place(v.Name.At), "Keep one of them.", "The view %s is written twice, here in %s and before.", v.Name.Text, path)
		}
	}
	res.Views = out
}

// validation reads { field: { minLength, … } }.
func (r *reader) validation(o *object) (out []*Validation) {
	if !o.has("validation") {
		return nil
	}
	r.object(o.value("validation"), "validation", nil).each(func(name Name, p syntax.Node) {
		v := r.object(p.Value(), "A validation rule", &keys{known: []string{"minLength", "maxLength", "min", "max", "pattern", "enum", "email"}})
		rule := &Validation{Field: name, At: r.at(p.Value()), MinLength: v.num("minLength"), MaxLength: v.num("maxLength"), Min: v.num("min"), Max: v.num("max"), Email: v.bool("email")}
		if re := r.value(v.value("pattern")); re.Kind() == syntax.Regex {
			rule.Pattern = Value[string]{Known, re.Text(), r.at(re)}
		} else {
			rule.Pattern = v.str("pattern")
		}
		if list := v.columns("enum"); list != nil {
			rule.Enum = list.Items
		}
		out = append(out, rule)
	})
	return out
}

// layouts reads { name: { sections: [{ label, fields, columns, collapsed }] } }.
func (r *reader) layouts(o *object) (out []*Layout) {
	p, ok := o.prop("layouts")
	if !ok {
		return nil
	}
	r.object(p.Value(), "layouts", nil).each(func(name Name, p syntax.Node) {
		l := &Layout{Name: name}
		body := r.object(p.Value(), "A layout", &keys{known: []string{"sections"}})
		for _, n := range r.list(body, "sections", "a list of sections") {
			s := r.object(n, "A section", &keys{known: []string{"label", "fields", "columns", "collapsed"}})
			section := Section{Label: s.str("label"), Fields: s.columns("fields"), Columns: s.num("columns"), Collapsed: s.bool("collapsed"), At: r.at(n)}
			if c := section.Columns; c.State == Known && c.V != 1 && c.V != 2 {
				r.report(WrongValue, r.file.Place(c.At), "Expected 1 or 2.", "A section has one or two columns.")
			}
			l.Sections = append(l.Sections, section)
		}
		out = append(out, l)
	})
	return out
}

// realtime reads { enabled, onInsert, onUpdate, onDelete, requiredRoles, fields }.
func (r *reader) realtime(o *object) *Realtime {
	p, ok := o.prop("realtime")
	if !ok {
		return nil
	}
	rt := &Realtime{At: r.anchor(namePlace(p))}
	b := r.object(p.Value(), "realtime", &keys{known: []string{"enabled", "onInsert", "onUpdate", "onDelete", "requiredRoles", "fields"}})
	rt.Enabled, rt.OnInsert, rt.OnUpdate, rt.OnDelete = b.bool("enabled"), b.bool("onInsert"), b.bool("onUpdate"), b.bool("onDelete")
	rt.RequiredRoles, rt.Fields = r.roles(b, "requiredRoles"), b.columns("fields")
	if rt.Enabled.State != Known || rt.Enabled.V {
		r.later(namePlace(p), "realtime")
	}
	return rt
}

// embeddings reads { fields, model, onInsert, onUpdate, embeddingColumn, metadata, separator }.
func (r *reader) embeddings(o *object) *Embeddings {
	p, ok := o.prop("embeddings")
	if !ok {
		return nil
	}
	b := r.object(p.Value(), "embeddings", &keys{known: []string{"fields", "model", "onInsert", "onUpdate", "embeddingColumn", "metadata", "separator"}})
	e := &Embeddings{At: r.anchor(namePlace(p)), Fields: b.columns("fields"), Metadata: b.columns("metadata")}
	b.str("model")
	b.str("embeddingColumn")
	b.str("separator")
	b.bool("onInsert")
	if list := r.value(b.value("onUpdate")); list.Kind() != syntax.Bool {
		b.columns("onUpdate")
	}
	r.later(namePlace(p), "embeddings")
	return e
}
