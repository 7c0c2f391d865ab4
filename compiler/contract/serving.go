package contract

import (
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
)

// serving is the part of a resource that its backend needs beside the policy proper.
type serving struct {
	ID         map[string]any            `json:"id,omitempty"`
	Audit      bool                      `json:"audit"`
	Label      string                    `json:"label,omitempty"`
	Stamped    map[string]string         `json:"stamped"`    // column → path of the context
	References map[string]string         `json:"references"` // column → SQL name of the target
	Cascades   map[string][]string       `json:"cascades"`   // SQL name of the child → its columns
	Sort       string                    `json:"sort,omitempty"`
	View       string                    `json:"defaultView,omitempty"`
	Filterable map[string][]string       `json:"filterable,omitempty"` // nil: all; of a column nil: every operator
	Searchable []string                  `json:"searchable,omitempty"`
	Sortable   []string                  `json:"sortable,omitempty"`
	ViewSorts  map[string]string         `json:"viewSorts"`
	Queries    map[string]bool           `json:"viewQueries"`
	Values     map[string]map[string]any `json:"values"`
	Actions    map[string]actionServing  `json:"actions"`
}

type actionServing struct {
	RawSQL bool           `json:"rawSql"`
	Unsafe map[string]any `json:"unsafe,omitempty"`
}

func newServing() serving {
	return serving{Audit: true, Stamped: map[string]string{}, References: map[string]string{}, Cascades: map[string][]string{}, ViewSorts: map[string]string{}, Queries: map[string]bool{},
		Values: map[string]map[string]any{}, Actions: map[string]actionServing{}}
}

// servingOf is what the definitions say.
func servingOf(p *model.Project, r *model.Resource, prefix string) serving {
	s := newServing()
	s.Audit = p.Config.AuditFields || r.Table == nil
	for _, a := range r.Actions {
		s.Actions[a.Name] = actionOf(a)
	}
	if r.Table == nil {
		return s
	}
	s.ID, s.Label = idOf(p, r, prefix), r.Display
	for _, stamp := range r.Firewall.Stamped {
		s.Stamped[stamp.Column] = stamp.Ctx
	}
	for _, f := range r.Foreign {
		if target := p.Resource(f.Target); target != nil && target.Table != nil && s.References[f.Column] == "" {
			s.References[f.Column] = target.Table.Name
		}
	}
	cascades(p, r, &s)
	if r.Internal {
		return s
	}
	if r.Sort != nil {
		s.Sort = r.Sort.Column
		if r.Sort.Desc {
			s.Sort = "-" + s.Sort
		}
	}
	s.View = r.View
	if r.OptIns.Filterable != nil {
		s.Filterable = map[string][]string{}
		for _, f := range r.OptIns.Filterable {
			s.Filterable[f.Column] = sorted(f.Operators)
		}
	}
	s.Searchable, s.Sortable = sorted(r.OptIns.Searchable), sorted(r.OptIns.Sortable)
	for _, v := range r.Views {
		s.Queries[v.Name] = v.HasQuery
		if v.HasQuery && v.DefaultSort != "" {
			s.ViewSorts[v.Name] = v.DefaultSort
		}
	}
	values(r, &s)
	return s
}

func actionOf(a *model.Action) actionServing {
	var s actionServing
	if a.Source == nil {
		return s
	}
	s.RawSQL = a.Source.AllowRawSQL.Or(false)
	if u := a.Source.Unsafe; u != nil {
		s.Unsafe = map[string]any{"reason": u.Reason.Or(""), "adminOnly": u.AdminOnly.Or(true), "crossTenant": u.CrossTenant.Or(true)}
		if scope := u.TargetScope.Or(""); scope != "" {
			s.Unsafe["targetScope"] = scope
		}
	}
	return s
}

func idOf(p *model.Project, r *model.Resource, prefix string) map[string]any {
	keys := r.Table.PrimaryKey()
	if len(keys) != 1 {
		return nil
	}
	switch kind := p.Config.GenerateID; {
	case keys[0].Builder == "integer":
		return map[string]any{"generate": "serial"}
	case kind == "false" || kind == "serial":
		return map[string]any{"generate": false}
	case kind == "prefixed" || kind == "":
		return map[string]any{"generate": "prefixed", "prefix": prefix}
	default:
		return map[string]any{"generate": kind}
	}
}

// softDeletes says whether deleted rows of a table stay in it.
func softDeletes(r *model.Resource) bool {
	if r.Table == nil {
		return false
	}
	for _, c := range r.Table.Columns {
		if c.Role == model.DeleteColumn {
			op := r.Operation(model.Delete)
			return op == nil || op.Soft
		}
	}
	return false
}

// cascades are the tables of the feature whose rows go with this one's (language.md and api.md, Data).
func cascades(p *model.Project, r *model.Resource, s *serving) {
	for _, child := range p.Resources {
		if child.Feature != r.Feature || !softDeletes(child) || !softDeletes(r) {
			continue
		}
		for _, f := range child.Foreign {
			if f.Target == r.ID && f.OnDelete != "set null" && f.OnDelete != "set default" {
				s.Cascades[child.Table.Name] = sorted(append(s.Cascades[child.Table.Name], f.Column))
			}
		}
	}
}

func values(r *model.Resource, s *serving) {
	for _, v := range r.Validation {
		o := map[string]any{}
		for name, n := range map[string]definition.Value[float64]{"minLength": v.MinLength, "maxLength": v.MaxLength, "min": v.Min, "max": v.Max} {
			if f, ok := n.Get(); ok {
				o[name] = f
			}
		}
		if t, ok := v.Pattern.Get(); ok {
			o["pattern"] = t
		}
		if len(v.Enum) > 0 {
			var list []string
			for _, e := range v.Enum {
				list = append(list, e.Text)
			}
			o["enum"] = sorted(list)
		}
		if v.Email.Or(false) {
			o["format"] = "email"
		}
		if len(o) > 0 {
			s.Values[v.Field.Text] = o
		}
	}
	for _, c := range r.Table.Columns {
		if c.Format == "" {
			continue
		}
		if s.Values[c.Key] == nil {
			s.Values[c.Key] = map[string]any{}
		}
		if _, taken := s.Values[c.Key]["format"]; !taken {
			s.Values[c.Key]["format"] = c.Format
		}
	}
}
