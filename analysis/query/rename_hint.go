package query

import (
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/analysis/syntax/edit"
	"github.com/qbls/qbls/diagnostics/text"
)

// hint tells the next migration that a column or a table is renamed: compiler.migrations.renames.columns.<table> = { new: old },
// or .tables = { new: old } (seeds: compiler__config, Headless Migration Rename Hints). A hint
// for the name that is given up stays: whether its migration was made is not known here, and migrate.Former reads both. within is "tables", or "columns" and the SQL name of the table.
func (r *renaming) hint(d *draft, within []string, old, name string) error {
	if old == name {
		return nil
	}
	tree, at := r.configuration(d)
	object := configObject(tree)
	if !object.Valid() || at == "" {
		return refuse("The migration must be told that %s is renamed, and quickback.config.ts has no defineConfig({ … }) to write that to.", old)
	}
	path := append([]string{"compiler", "migrations", "renames"}, within...)
	for i, key := range path {
		if key == "tables" {
			if err := d.apply(Change{at: renamedKey(object, old, name)}); err != nil {
				return err
			}
			tree, _ = r.configuration(d)
			object = follow(configObject(tree), path[:i])
		}
		p, ok := object.Property(key)
		if !ok {
			return d.apply(Change{at: edit.SetProperty(object, key, nested(tree, path[i+1:], name, old))})
		}
		if object = p.Value().Inner(); object.Kind() != syntax.Object {
			return refuse("The migration must be told that %s is renamed: %s of quickback.config.ts is not written out.", old, key)
		}
	}
	if circle(object, name, old) {
		return refuse("%s was called %s before, by hints in compiler.migrations.renames of quickback.config.ts that go in a circle: done twice, they would say the same as once. Make the migration and take these hints away first, or choose another name.", name, old)
	}
	return d.apply(Change{at: edit.SetProperty(object, name, edit.Quote(tree, old))})
}

// circle says whether the hint name: old is there and leads back to itself over more than these two names, as it does when two columns
// have exchanged theirs.
func circle(renames syntax.Node, name, old string) bool {
	at, length := name, 0
	for range 100 {
		p, ok := renames.Property(at)
		if !ok {
			return false
		}
		next, ok := p.Value().Inner().Str()
		if !ok || length == 0 && next != old {
			return false
		}
		if at, length = next, length+1; at == name {
			return length > 2
		}
	}
	return false
}

// renamedKey moves the hints about a table's columns to its new name.
func renamedKey(renames syntax.Node, old, name string) []text.Edit {
	if columns, ok := renames.Property("columns"); ok {
		if table, ok := columns.Value().Inner().Property(old); ok {
			return []text.Edit{edit.RenameKey(table, name)}
		}
	}
	return nil
}

func follow(object syntax.Node, path []string) syntax.Node {
	for _, key := range path {
		p, _ := object.Property(key)
		object = p.Value().Inner()
	}
	return object
}

// nested is the source of a hint within the keys that are not there yet.
func nested(t *syntax.Tree, path []string, name, old string) string {
	source := "{ " + keyText(t, name) + ": " + edit.Quote(t, old) + " }"
	for i := len(path) - 1; i >= 0; i-- {
		source = "{ " + keyText(t, path[i]) + ": " + source + " }"
	}
	return source
}

func keyText(t *syntax.Tree, key string) string {
	if isWord(key) {
		return key
	}
	return edit.Quote(t, key)
}

// configuration is the tree of the project's configuration in a draft.
func (r *renaming) configuration(d *draft) (*syntax.Tree, text.Path) {
	c := d.now.Project(r.root).Config
	if c == nil || c.Path == "" {
		return nil, ""
	}
	return d.now.Tree(c.Path), c.Path
}

// configObject is the object of export default defineConfig({ … }).
func configObject(t *syntax.Tree) syntax.Node {
	if t == nil {
		return syntax.Node{}
	}
	for statement := range t.Root().Children() {
		if statement.Kind() != syntax.ExportValue {
			continue
		}
		switch v := statement.Value().Inner(); v.Kind() {
		case syntax.Object:
			return v
		case syntax.Call:
			return v.Child(0).Inner()
		}
	}
	return syntax.Node{}
}
