package names

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics/text"
)

// collector walks definitions and notes what every string in them names.
type collector struct {
	project *model.Project
	more    []*definition.File
	own     []*definition.File             // of the resource that is walked
	all     map[text.Path]*definition.File // of all; made when somebody asks
	out     map[text.Path][]Occurrence
	owner   string // id of the resource that is walked
}

// file is the file of a path: of the resource, else of any.
func (c *collector) file(path text.Path) *definition.File {
	for _, f := range c.own {
		if f != nil && f.Path == path {
			return f
		}
	}
	if c.all == nil {
		c.all = map[text.Path]*definition.File{}
		for _, f := range c.more {
			if f != nil {
				c.all[f.Path] = f
			}
		}
		for _, r := range c.project.Resources {
			for _, f := range r.Files() {
				if f != nil {
					c.all[f.Path] = f
				}
			}
		}
	}
	return c.all[path]
}

func (c *collector) add(s Symbol, a text.Anchor, def bool) {
	f := c.file(a.Path)
	if f == nil || s.Name == "" {
		return
	}
	at := f.Place(a) // a shared constant stands in another file
	c.out[at.Path] = append(c.out[at.Path], Occurrence{Symbol: s, At: at, Def: def})
}

func (c *collector) column(n definition.Name, def bool) {
	c.add(Symbol{Column, c.owner, n.Text}, n.At, def)
}

func (c *collector) columns(list *definition.Columns) {
	if list != nil {
		for _, n := range list.Items {
			c.column(n, false)
		}
	}
}

// roles notes role names without the "+" that widens them.
func (c *collector) roles(list *definition.Roles, def bool) {
	if list == nil {
		return
	}
	for _, n := range list.Items {
		name := n.Text
		if len(name) > 1 && name[len(name)-1] == '+' {
			name = name[:len(name)-1]
		}
		c.add(Symbol{Role, "", name}, n.At, def)
	}
}

func (c *collector) access(a *definition.Access) {
	if a == nil {
		return
	}
	c.roles(a.Roles, false)
	if a.UserRole != nil {
		for _, n := range a.UserRole.Items {
			c.add(Symbol{Role, UserRoles, n.Text}, n.At, false)
		}
	}
	for _, cond := range a.Record {
		c.condition(cond)
	}
	for i := range a.Or {
		c.access(&a.Or[i])
	}
	for i := range a.And {
		c.access(&a.And[i])
	}
}

func (c *collector) resource(r *model.Resource) {
	c.owner = string(r.ID)
	if r.Table != nil && r.Table.Source != nil {
		c.table(r)
	}
	if r.Source != nil {
		if r.Source.Form == definition.FormTable {
			c.add(Symbol{Table, "", string(r.ID)}, r.Source.BindingAt, false)
		}
		c.policy(r.Source)
	}
	for _, list := range r.ActionLists() {
		c.actions(list)
	}
}

func (c *collector) table(r *model.Resource) {
	t := r.Table.Source
	self := Symbol{Table, "", string(r.ID)}
	c.add(self, t.At, true)
	if t.Name.Present() {
		c.add(self, t.Name.At, false)
	}
	for _, col := range t.Columns {
		c.column(col.Key, true)
		for _, n := range col.Enum {
			c.state(col.Key.Text, n, true)
		}
		if col.Default != nil {
			if v, ok := col.Default.Literal.(string); ok && len(col.Enum) > 0 {
				c.state(col.Key.Text, definition.Name{Text: v, At: col.Default.At}, false)
			}
		}
		if col.References != nil {
			c.reference(r, col.Key.Text, col.References)
		}
	}
	for _, ix := range t.Indexes {
		for _, n := range append(slices.Clone(ix.Columns), ix.Where.Columns...) {
			c.column(n, false)
		}
	}
	for _, f := range t.Foreign {
		for _, n := range f.Columns {
			c.column(n, false)
		}
	}
	for _, check := range t.Checks {
		for _, n := range check.SQL.Columns {
			c.column(n, false)
		}
	}
}

// reference notes .references(() => table.column) as a use of the target.
func (c *collector) reference(r *model.Resource, column string, ref *definition.Reference) {
	for _, fk := range r.Foreign {
		if fk.Column == column && fk.Declared && fk.Target != "" {
			c.add(Symbol{Table, "", string(fk.Target)}, ref.At, false)
		}
	}
}

func (c *collector) policy(s *definition.Resource) {
	if f := s.Firewall; f != nil {
		for i := range f.Scopes {
			c.scope(&f.Scopes[i])
		}
		c.scope(f.SoftDelete)
		for _, p := range f.Predicates {
			c.condition(p)
		}
	}
	for _, o := range s.Operations {
		if len(o.Path) == 1 && o.Path[0] == "read" && o.Name.Text == "get" {
			continue // written once for list and get
		}
		c.access(o.Access)
		c.columns(o.Fields)
		for _, d := range o.Defaults {
			c.column(d.Field, false)
			if v, ok := d.Value.(string); ok {
				c.state(d.Field.Text, definition.Name{Text: v, At: d.At}, false)
			}
		}
	}
	if g := s.Guards; g != nil {
		c.columns(g.Createable)
		c.columns(g.Updatable)
		c.columns(g.Immutable)
		for _, p := range g.Protected {
			c.column(p.Field, false)
			for _, a := range p.Actions {
				c.add(Symbol{Action, c.owner, a.Text}, a.At, false)
			}
		}
	}
	for _, m := range s.Masks {
		c.column(m.Field, false)
		c.roles(m.Roles, false)
		c.roles(m.Query, false)
	}
	for _, v := range s.Views {
		c.view(v)
	}
	c.rest(s)
}

func (c *collector) scope(s *definition.Scope) {
	if s == nil {
		return
	}
	if s.Column.State == definition.Known {
		c.column(definition.Name{Text: s.Column.V, At: s.Column.At}, false)
	}
	c.roles(s.Roles, false)
}

func (c *collector) view(v *definition.View) {
	c.add(Symbol{View, c.owner, v.Name.Text}, v.Name.At, true)
	c.columns(v.Fields)
	c.access(v.Access)
	if q := v.Query; q != nil {
		c.columns(q.Filterable)
		c.columns(q.Searchable)
		c.columns(q.Sortable)
		if q.DefaultSort.State == definition.Known {
			c.column(definition.Name{Text: strings.TrimPrefix(q.DefaultSort.V, "-"), At: q.DefaultSort.At}, false)
		}
	}
}

// rest notes the keys that matter to labels, forms and validation.
func (c *collector) rest(s *definition.Resource) {
	for _, p := range s.References {
		c.column(p.Key, false)
		if id, ok := c.target(p.Value.Text); ok {
			c.add(Symbol{Table, "", string(id)}, p.Value.At, false)
		}
	}
	if s.Display.State == definition.Known {
		c.column(definition.Name{Text: s.Display.V, At: s.Display.At}, false)
	}
	if s.DefaultSort != nil {
		c.column(s.DefaultSort.Field, false)
	}
	for _, p := range s.InputHints {
		c.column(p.Key, false)
	}
	for _, v := range s.Validation {
		c.column(v.Field, false)
		for _, n := range v.Enum {
			c.state(v.Field.Text, n, false)
		}
	}
	for i := range s.Unique {
		c.columns(&s.Unique[i])
	}
	if s.Read != nil && s.Read.DefaultView.State == definition.Known {
		c.add(Symbol{View, c.owner, s.Read.DefaultView.V}, s.Read.DefaultView.At, false)
	}
	for _, l := range s.Layouts {
		for _, section := range l.Sections {
			c.columns(section.Fields)
		}
	}
	if s.Realtime != nil {
		c.columns(s.Realtime.Fields)
		c.roles(s.Realtime.RequiredRoles, false)
	}
	if s.Embeddings != nil {
		c.columns(s.Embeddings.Fields)
		c.columns(s.Embeddings.Metadata)
	}
}

// target finds the resource that a value of references names: by SQL name, else by segment.
func (c *collector) target(name string) (model.ID, bool) {
	if g := c.project.Globals; g != nil {
		if id, ok := g.Tables[name]; ok {
			return id, true
		}
	}
	for _, r := range c.project.Resources {
		if r.Segment == name || r.Binding == name {
			return r.ID, true
		}
	}
	return "", false
}

func (c *collector) actions(list *definition.Actions) {
	if list == nil {
		return
	}
	if !list.Tableless && list.Form == definition.ActionsOfTable {
		c.add(Symbol{Table, "", c.owner}, list.BindingAt, false)
	}
	for _, a := range list.Items {
		if list.Form != definition.ActionFile { // the name is that of the file
			c.add(Symbol{Action, c.owner, a.Name.Text}, a.Name.At, true)
		}
		c.access(a.Access)
		for _, w := range a.Writes {
			c.write(list, w)
		}
		if t := a.Transition; t != nil && t.Field.State == definition.Known {
			c.transition(t)
		}
		if list.Form == definition.ActionsOfFeature {
			for _, n := range a.Returns {
				c.column(n, false)
			}
		}
		if a.Handler.State == definition.Known {
			c.add(Symbol{Handler, c.owner, a.Handler.V}, a.Handler.At, false)
		}
	}
}

// write notes a column that a body sets, written "table.column" by the local name of the table.
func (c *collector) write(list *definition.Actions, w definition.Name) {
	table, column, ok := strings.Cut(w.Text, ".")
	if !ok {
		return
	}
	if table == list.Binding {
		c.column(definition.Name{Text: column, At: w.At}, false)
		return
	}
	f := c.file(w.At.Path)
	if f == nil {
		return
	}
	for _, im := range f.Imports {
		if im.Local != table || im.Target == "" {
			continue
		}
		for _, r := range c.project.Resources {
			if r.File == im.Target && r.Binding == im.Imported {
				c.add(Symbol{Column, string(r.ID), column}, w.At, false)
			}
		}
	}
}
