package model

import (
	"slices"

	"github.com/qbls/qbls/analysis/definition"
)

func (l *linker) resource(u *unit) *Resource {
	r := &Resource{
		ID: u.id, Feature: u.feature, Segment: u.segment, File: u.home.Path, Internal: u.policy == nil, Hash: u.hash, Complete: true,
		Source: u.policy, Home: u.home, Others: u.others, Foreign: u.foreign, Prefix: l.globals.Prefixes[u.id],
	}
	if u.table == nil {
		r.Firewall = Firewall{Exception: true, At: u.home.Actions.At}
	} else {
		r.Binding, r.TableFile = u.table.Binding, u.origin.Path
		r.Table = l.table(u)
		r.Firewall, r.Complete = l.firewall(u, r.Table)
	}
	for _, f := range r.Files() {
		r.Complete = r.Complete && len(f.Gaps) == 0
	}
	if u.policy != nil {
		l.policy(r, u.policy)
	} else if r.Table != nil {
		r.Masks = l.columnMasks(r, map[string]bool{})
	}
	for _, f := range u.away {
		if r.ActionsFile == "" && f.Actions.Form != definition.ActionFile && f != u.home || u.table == nil {
			r.ActionsFile = f.Path
		}
		for _, item := range f.Actions.Items {
			r.Actions = append(r.Actions, l.action(r, f, item))
		}
	}
	for _, other := range l.uses(u) {
		r.Uses = append(r.Uses, other.id)
	}
	if r.Table != nil {
		r.Display = display(r)
		l.finish(r)
	}
	return r
}

func (l *linker) policy(r *Resource, d *definition.Resource) {
	r.Operations = l.operations(r, d)
	r.Guards = columnGuards(r.Table, guards(r.Table, d.Guards))
	r.Masks = l.masks(r, d)
	for _, v := range d.Views {
		r.Views = append(r.Views, l.view(r, v))
	}
	if s := d.DefaultSort; s != nil && r.Table.Column(s.Field.Text) != nil {
		r.Sort = &Sort{Column: s.Field.Text, Desc: s.Desc}
	}
	for _, h := range d.InputHints {
		r.Hints = append(r.Hints, [2]string{h.Key.Text, h.Value.Text})
	}
	r.Validation = columnRules(r.Table, d.Validation)
	r.OptIns = optIns(r.Table)
	r.Layouts = d.Layouts
	if d.Read != nil {
		r.View = d.Read.DefaultView.V
	}
}

// Page sizes and batch sizes that hold when nothing is written (api.md, Requests and answers).
const (
	DefaultPageSize = 50
	DefaultMaxPage  = 100
	DefaultMaxBatch = 100
)

func (l *linker) operations(r *Resource, d *definition.Resource) []*Operation {
	written := map[Op]*definition.Operation{}
	for _, o := range d.Operations {
		written[Op(o.Name.Text)] = o
	}
	single := map[Op]Op{BatchCreate: Create, BatchUpdate: Update, BatchDelete: Delete, BatchUpsert: Put}
	var out []*Operation
	for _, op := range Ops {
		o := written[op]
		parent := written[single[op]]
		switch {
		case o != nil && o.Off:
		case o != nil:
			made := l.operation(r, op, o)
			if o.Access == nil && parent != nil {
				made.Access = l.access(r.Table, parent.Access)
			}
			out = append(out, made)
		case parent != nil && !parent.Off: // batch operations come with their single form
			made := l.operation(r, op, parent)
			made.Derived = true
			out = append(out, made)
		}
	}
	return out
}

func (l *linker) operation(r *Resource, op Op, o *definition.Operation) *Operation {
	made := &Operation{
		Op: op, Access: l.access(r.Table, o.Access), PageSize: int(o.PageSize.Or(DefaultPageSize)), MaxPageSize: int(o.MaxPageSize.Or(DefaultMaxPage)),
		MaxBatch: int(o.MaxBatch.Or(DefaultMaxBatch)), Soft: r.Table.Column(DeletedAt) != nil, Atomic: o.AllowAtomic.Or(true), Defaults: o.Defaults, Source: o, At: o.Name.At,
	}
	if o.Fields != nil {
		made.Fields = known(r.Table, o.Fields.Items)
	}
	return made
}

// known keeps the names that are columns; the others are reported by the reference rules.
func known(t *Table, names []definition.Name) []string {
	out := make([]string, 0, len(names))
	for _, n := range names {
		if t.Column(n.Text) != nil && !slices.Contains(out, n.Text) {
			out = append(out, n.Text)
		}
	}
	return out
}

func columns(t *Table, c *definition.Columns) []string {
	if c == nil {
		return nil
	}
	return known(t, c.Items)
}

func guards(t *Table, d *definition.Guards) Guards {
	if d == nil {
		return Guards{}
	}
	g := Guards{Open: d.Open, Create: columns(t, d.Createable), Update: columns(t, d.Updatable), Immutable: columns(t, d.Immutable)}
	for _, p := range d.Protected {
		if t.Column(p.Field.Text) != nil {
			g.Protected = append(g.Protected, Protected{p.Field.Text, texts(p.Actions), p.Any})
		}
	}
	return g
}

func (l *linker) view(r *Resource, d *definition.View) *View {
	v := &View{Name: d.Name.Text, Fields: columns(r.Table, d.Fields), Access: l.access(r.Table, d.Access), Source: d, At: d.Name.At}
	if q := d.Query; q != nil {
		v.HasQuery = true
		v.Filterable, v.Searchable, v.Sortable = columns(r.Table, q.Filterable), columns(r.Table, q.Searchable), columns(r.Table, q.Sortable)
		v.DefaultSort = q.DefaultSort.V
	}
	return v
}

// displayNames are tried in this order when no displayColumn is written (seeds: compiler__definitions__schema).
var displayNames = []string{"name", "title", "label", "headline", "subject", "code", "displayName", "fullName", "description"}

func display(r *Resource) string {
	if r.Source != nil && r.Source.Display.Present() {
		if r.Table.Column(r.Source.Display.V) != nil {
			return r.Source.Display.V
		}
		return ""
	}
	for _, name := range displayNames {
		if r.Table.Column(name) != nil {
			return name
		}
	}
	return ""
}
