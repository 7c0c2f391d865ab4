// Package registry emits schema-registry.json: everything the CMS and other tools read about the tables of a project.
package registry

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/declared"
	"github.com/qbls/qbls/compiler/emit/ordered"
)

// Path is where the registry is written, relative to the output.
const Path = "schema-registry.json"

// Document returns the registry; names are those of Names, and parts what Table says of each resource. The clock is the caller's.
func Document(p *model.Project, version string, at time.Time, names map[model.ID]string, parts map[model.ID]ordered.Text) *ordered.Map {
	features, tables, byFeature := ordered.New(), ordered.New(), ordered.New()
	for _, f := range p.Features {
		files, list := []string{}, []string{}
		for _, r := range f.Resources {
			files = append(files, sources(r)...)
			list = append(list, names[r.ID])
		}
		features.Set(f.Name, unique(files))
		byFeature.Set(f.Name, list)
	}
	for _, r := range p.Resources {
		tables.Set(names[r.ID], parts[r.ID])
	}
	return ordered.New().Set("generatedAt", at.UTC().Format("2006-01-02T15:04:05.000Z")).Set("generatedBy", "quickback-compiler").
		Set("version", version).Set("features", features).Set("tables", tables).Set("tablesByFeature", byFeature)
}

// Names returns the registry's key of every resource: the table's constant, with the feature in front when two are the same.
func Names(p *model.Project) map[model.ID]string {
	out, taken := map[model.ID]string{}, map[string]int{}
	for _, r := range p.Resources {
		if r.Table != nil {
			taken[plain(r)]++
		}
	}
	for _, r := range p.Resources {
		n := plain(r)
		switch {
		case r.Table == nil && taken[n] > 0:
			n = camel(r.Feature + "-actions")
		case taken[n] > 1:
			n = camel(r.Feature + "-" + r.Segment)
		}
		out[r.ID] = n
	}
	return out
}

func plain(r *model.Resource) string {
	if r.Table != nil && r.Table.Binding != "" {
		return r.Table.Binding
	}
	return camel(r.Segment)
}

// Table returns what the registry says about one resource.
func Table(r *model.Resource, names map[model.ID]string) ordered.Text {
	return ordered.Lay(table(r, names), names[r.ID], 2) // in "tables"
}

func table(r *model.Resource, names map[model.ID]string) *ordered.Map {
	o := ordered.New().Set("name", names[r.ID])
	if r.Table == nil {
		o.Set("dbName", "")
	} else {
		o.Set("dbName", r.Table.Name)
	}
	if !r.Internal {
		o.Set("apiPath", "/api/v1/"+r.Segment)
	}
	o.Set("feature", r.Feature).Set("columns", columns(r, names)).Set("firewall", declared.Firewall(r)).Set("crud", crud(r)).
		Set("guards", guards(r)).Set("masking", declared.Masks(r)).Set("views", views(r)).Set("validation", validation(r)).
		Set("actions", actions(r))
	if r.Display != "" {
		o.Set("displayColumn", r.Display)
	}
	if r.Sort != nil {
		order := "asc"
		if r.Sort.Desc {
			order = "desc"
		}
		o.Set("defaultSort", ordered.New().Set("field", r.Sort.Column).Set("order", order))
	}
	if len(r.Hints) > 0 {
		hints := ordered.New()
		for _, h := range r.Hints {
			hints.Set(h[0], h[1])
		}
		o.Set("inputHints", hints)
	}
	if len(r.Layouts) > 0 {
		o.Set("layouts", layouts(r))
	}
	if r.Internal || r.Table == nil {
		o.Set("internal", true)
	}
	return o
}

// layouts are the arrangements of fields for forms: a section has one column and is open unless it says otherwise.
func layouts(r *model.Resource) *ordered.Map {
	out := ordered.New()
	for _, l := range r.Layouts {
		sections := []any{}
		for _, s := range l.Sections {
			fields := []any{}
			if s.Fields != nil {
				for _, f := range s.Fields.Items {
					fields = append(fields, f.Text)
				}
			}
			sections = append(sections, ordered.New().Set("label", s.Label.V).Set("fields", fields).Set("columns", int(s.Columns.Or(1))).Set("collapsed", s.Collapsed.Or(false)))
		}
		out.Set(l.Name.Text, ordered.New().Set("sections", sections))
	}
	return out
}

// columns are listed with the machinery first: key, scopes, audit columns, then the author's own.
func columns(r *model.Resource, names map[model.ID]string) []any {
	out := []any{}
	if r.Table == nil {
		return out
	}
	foreign := map[string]model.ID{}
	for _, f := range r.Foreign {
		foreign[f.Column] = f.Target
	}
	for _, group := range [][]model.ColumnRole{{model.KeyColumn}, {model.ScopeColumn}, {model.AuditColumn}, {model.DeleteColumn}, {model.Plain, model.GeneratedColumn}} {
		for _, c := range r.Table.Columns {
			if !slices.Contains(group, roleOf(c)) {
				continue
			}
			o := column(c)
			if target, ok := foreign[c.Key]; ok {
				o.Set("fkTarget", names[target])
			}
			out = append(out, o)
		}
	}
	return out
}

func roleOf(c *model.Column) model.ColumnRole {
	if c.PrimaryKey {
		return model.KeyColumn
	}
	return c.Role
}

func column(c *model.Column) *ordered.Map {
	o := ordered.New().Set("name", c.Key).Set("dbName", c.Name).Set("type", c.Builder)
	if c.Mode != "" && c.Mode != c.Builder {
		o.Set("mode", c.Mode)
	}
	o.Set("primaryKey", c.PrimaryKey).Set("notNull", c.NotNull || c.PrimaryKey)
	if c.Default != nil {
		if c.Default.SQL != "" {
			o.Set("defaultSql", c.Default.SQL)
		} else if c.Default.JSON != "" {
			o.Set("defaultValue", json.RawMessage(c.Default.JSON))
		} else {
			o.Set("defaultValue", c.Default.Literal)
		}
	}
	if c.Generated != nil {
		o.Set("generated", true)
	}
	if c.Unique {
		o.Set("unique", true)
	}
	if c.Format != "" {
		o.Set("format", c.Format)
	}
	if len(c.Enum) > 0 {
		o.Set("enum", c.Enum)
	}
	if c.Length > 0 {
		o.Set("maxLength", c.Length)
	}
	return o
}

func crud(r *model.Resource) *ordered.Map {
	out := ordered.New()
	for _, op := range r.Operations {
		o := ordered.New().Set("access", declared.Access(op.Access))
		number := func(key string, n int) {
			if n > 0 {
				o.Set(key, n)
			}
		}
		switch op.Op {
		case model.List:
			number("pageSize", op.PageSize)
			number("maxPageSize", op.MaxPageSize)
		case model.BatchCreate, model.BatchUpdate, model.BatchDelete, model.BatchUpsert:
			number("maxBatchSize", op.MaxBatch)
		}
		if len(op.Fields) > 0 {
			o.Set("fields", op.Fields)
		}
		if op.Op == model.Delete || op.Op == model.BatchDelete {
			mode := "hard"
			if op.Soft {
				mode = "soft"
			}
			o.Set("mode", mode)
		}
		if len(op.Defaults) > 0 {
			defaults := ordered.New()
			for _, d := range op.Defaults {
				defaults.Set(d.Field.Text, d.Value)
			}
			o.Set("defaults", defaults)
		}
		out.Set(string(op.Op), o)
	}
	return out
}

func guards(r *model.Resource) *ordered.Map {
	create, update := r.Guards.Create, r.Guards.Update
	if r.Guards.Open && r.Table != nil {
		create, update = nil, nil
		for _, c := range r.Table.Columns {
			if roleOf(c) == model.Plain {
				create, update = append(create, c.Key), append(update, c.Key)
			}
		}
	}
	protected := ordered.New()
	for _, g := range r.Guards.Protected {
		names := list(g.Actions)
		if g.Any {
			names = []string{}
			for _, a := range r.Actions {
				names = append(names, a.Name)
			}
		}
		protected.Set(g.Column, names)
	}
	o := ordered.New()
	if r.Guards.Open {
		o.Set("open", true)
	}
	return o.Set("createable", list(create)).Set("updatable", list(update)).Set("immutable", list(r.Guards.Immutable)).Set("protected", protected)
}

func views(r *model.Resource) *ordered.Map {
	out := ordered.New()
	for _, v := range r.Views {
		o := ordered.New().Set("fields", list(v.Fields)).Set("access", declared.Access(v.Access))
		if v.HasQuery {
			q := ordered.New().Set("filterable", list(v.Filterable)).Set("searchable", list(v.Searchable)).Set("sortable", list(v.Sortable))
			if v.DefaultSort != "" {
				q.Set("defaultSort", v.DefaultSort)
			}
			o.Set("query", q)
		}
		out.Set(v.Name, o)
	}
	return out
}

func validation(r *model.Resource) *ordered.Map {
	out := ordered.New()
	for _, v := range r.Validation {
		o := ordered.New()
		number := func(key string, n definition.Value[float64]) {
			if f, ok := n.Get(); ok {
				o.Set(key, f)
			}
		}
		number("minLength", v.MinLength)
		number("maxLength", v.MaxLength)
		number("min", v.Min)
		number("max", v.Max)
		if s, ok := v.Pattern.Get(); ok {
			o.Set("pattern", s)
		}
		if len(v.Enum) > 0 {
			o.Set("enum", texts(v.Enum))
		}
		if b, ok := v.Email.Get(); ok {
			o.Set("email", b)
		}
		out.Set(v.Field.Text, o)
	}
	return out
}
