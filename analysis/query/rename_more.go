package query

import (
	"path"
	"regexp"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/names"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/analysis/syntax/edit"
	"github.com/qbls/qbls/diagnostics/text"
)

// more adds what a rename changes beside the name itself: the SQL name that followed it, and imports of a table.
func (r *renaming) more(out Change) error {
	switch r.symbol.Kind {
	case names.Column:
		return r.sqlColumn(out)
	case names.Table:
		r.sqlTable(out)
		return r.imports(out)
	}
	return nil
}

// sqlColumn changes the SQL name of a column when it was that of the property. Raw SQL that spells it cannot be followed.
func (r *renaming) sqlColumn(out Change) error {
	source := r.resource.Table.Column(r.old).Source
	if source == nil {
		return nil
	}
	name := source.Name
	if name.State == definition.Known {
		if name.V != r.old && name.V != model.Snake(r.old) {
			return nil
		}
		if err := r.write(out, name.At, name.V, r.sqlStyle(name.V)); err != nil {
			return err
		}
	} else if name.Present() {
		return refuse("The SQL name of %s is not written out.", r.old)
	}
	word := regexp.MustCompile(`\b` + regexp.QuoteMeta(r.resource.Table.Column(r.old).Name) + `\b`)
	t := r.resource.Table.Source
	for _, ix := range t.Indexes {
		if word.MatchString(strings.Join(ix.Where.Text, " ")) {
			return refuse("SQL at %s names %s as text. Use ${table.%s} there, then rename it.", r.where(r.resource.Place(ix.At)), r.old, r.old)
		}
	}
	for _, check := range t.Checks {
		if word.MatchString(strings.Join(check.SQL.Text, " ")) {
			return refuse("SQL at %s names %s as text. Use ${table.%s} there, then rename it.", r.where(r.resource.Place(check.At)), r.old, r.old)
		}
	}
	return nil
}

// sqlStyle is the SQL name for the new name of a column, in the style that the table's other columns have.
func (r *renaming) sqlStyle(old string) string {
	if old != r.old {
		return model.Snake(r.new)
	}
	for _, c := range r.resource.Table.Source.Columns {
		if sql, ok := c.Name.Get(); ok && sql != c.Key.Text && sql == model.Snake(c.Key.Text) {
			return model.Snake(r.new)
		}
	}
	return r.new
}

// write replaces the contents of a string.
func (r *renaming) write(out Change, at text.Anchor, old, name string) error {
	place := r.resource.Place(at)
	span, ok := within(r.s.File(place.Path), place.Span, old)
	if !ok {
		return refuse("The SQL name of %s is not written out at %s.", r.old, r.where(place))
	}
	out[place.Path] = append(out[place.Path], text.Edit{Span: span, New: name})
	return nil
}

// sqlTable changes the SQL name of a table, and the strings that name the table by it or by its constant.
func (r *renaming) sqlTable(out Change) {
	old := map[string]string{r.resource.Binding: r.new}
	if t := r.resource.Table.Source; t.Name.State == definition.Known {
		sql := t.Name.V
		if sql == r.resource.Binding || sql == model.Snake(r.resource.Binding) {
			renamed := r.new
			if sql != r.resource.Binding || model.Snake(sql) == sql {
				renamed = model.Snake(r.new)
			}
			if r.write(out, t.Name.At, sql, renamed) == nil {
				old[sql] = renamed
			}
		}
	}
	for _, o := range r.places {
		f := r.s.File(o.At.Path)
		if src := f.Slice(o.At.Span); o.Code || o.At == r.resource.Place(r.resource.Table.Source.Name.At) || len(src) < 3 || !strings.ContainsAny(src[:1], `"'`) {
			continue
		}
		for from, to := range old {
			if span, ok := within(f, o.At.Span, from); ok && from != r.resource.Segment {
				out[o.At.Path] = append(out[o.At.Path], text.Edit{Span: span, New: to})
			}
		}
	}
}

// imports changes the names under which a table is imported and exported again.
func (r *renaming) imports(out Change) error {
	for _, p := range r.s.Texts(r.root) {
		d, tree := r.s.Definition(p), r.s.Tree(p)
		if d == nil || tree == nil || !strings.Contains(r.s.File(p).Text, r.old) {
			continue
		}
		local := p == r.resource.TableFile
		for statement := range tree.Root().Children() {
			if statement.Kind() != syntax.Import && statement.Kind() != syntax.ExportFrom {
				continue
			}
			for n := range statement.Children() {
				if n.Imported() == r.old && r.leads(p, statement, n) {
					out[p] = append(out[p], text.Edit{Span: n.ImportedSpan(), New: r.new})
					local = local || n.Name() == r.old
				}
			}
		}
		for _, e := range d.Exports {
			if local && e.Text == r.new {
				return refuse("%s exports %s already.", path.Base(string(p)), r.new)
			}
		}
		for _, im := range d.Imports {
			if local && im.Local == r.new {
				return refuse("%s imports something called %s already.", p, r.new)
			}
		}
	}
	return nil
}

// leads says whether a name of an import or an export list is the table.
func (r *renaming) leads(p text.Path, statement, n syntax.Node) bool {
	same := func(found *model.Resource) bool { return found != nil && found.ID == r.resource.ID }
	if statement.Kind() == syntax.Import {
		return same(r.project.TableNamed(p, n.Name()))
	}
	if n.Module() == "" {
		return same(r.project.TableNamed(p, n.Imported()))
	}
	for _, e := range r.s.Definition(p).ReExports {
		if e.Name == n.Name() && e.Target != "" {
			return same(r.project.TableNamed(e.Target, n.Imported()))
		}
	}
	return false
}

// settle makes what followed from the old name explicit where the new one does not say it, and writes the hint.
func (r *renaming) settle(d *draft) error {
	switch r.symbol.Kind {
	case names.Column:
		if err := r.keepForeignKey(d); err != nil {
			return err
		}
		if err := r.keepDisplay(d); err != nil {
			return err
		}
		if err := r.protects(d); err != nil {
			return err
		}
		now := r.after(d)
		return r.hint(d, []string{"columns", now.Table.Name}, r.resource.Table.Column(r.old).Name, now.Table.Column(r.new).Name)
	case names.Table:
		now := r.after(d)
		if now == nil || now.Table == nil {
			return refuse("Called %s, the table could not be linked.", r.new)
		}
		return r.hint(d, []string{"tables"}, r.resource.Table.Name, now.Table.Name)
	}
	return nil
}

// keepForeignKey writes down which table a column refers to when only its old name said so.
func (r *renaming) keepForeignKey(d *draft) error {
	target := func(res *model.Resource, column string) model.ID {
		for _, k := range res.Foreign {
			if k.Column == column {
				return k.Target
			}
		}
		return ""
	}
	was, now := target(r.resource, r.old), r.after(d)
	if was == "" || now == nil || target(now, r.new) == was {
		return nil
	}
	other := r.project.Resource(was)
	body := policyObject(d.now.Tree(now.File), now)
	if !body.Valid() || other == nil || other.Table == nil {
		return refuse("%s refers to %s by its name alone. Add .references() to it, then rename it.", r.old, was)
	}
	entry := edit.Quote(body.Tree(), other.Table.Name)
	if list, ok := body.Property("references"); ok {
		return d.apply(Change{now.File: edit.SetProperty(list.Value(), r.new, entry)})
	}
	return d.apply(Change{now.File: edit.SetProperty(body, "references", "{ "+r.new+": "+entry+" }")})
}

// keepDisplay writes down that a column stands for a row in labels when only its old name said so.
func (r *renaming) keepDisplay(d *draft) error {
	now := r.after(d)
	if now == nil || r.resource.Display != r.old || now.Display == r.new {
		return nil
	}
	body := policyObject(d.now.Tree(now.File), now)
	if !body.Valid() {
		return nil // nobody asks for labels of an internal table
	}
	return d.apply(Change{now.File: edit.SetProperty(body, "displayColumn", edit.Quote(body.Tree(), r.new))})
}

// policyObject is the object of defineTable(table, { … }).
func policyObject(t *syntax.Tree, r *model.Resource) syntax.Node {
	if t == nil || r.Source == nil {
		return syntax.Node{}
	}
	place := r.Place(r.Source.BodyAt)
	if place.Path != t.File().Path {
		return syntax.Node{}
	}
	for n := range t.Root().Descendants() {
		if n.Kind() == syntax.Object && n.Span() == place.Span {
			return n
		}
	}
	return syntax.Node{}
}
