package check

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// At resolves an anchor of the file.
func (p *FilePass) At(a text.Anchor) text.Place {
	return p.File.Place(a)
}

// Subject is the stable key of a finding about a part of the file: the file's name and the parts.
func (p *FilePass) Subject(parts ...string) string {
	name := strings.TrimSuffix(path.Base(string(p.File.Path)), ".ts")
	return strings.Join(append([]string{name}, parts...), ".")
}

// At resolves an anchor of the configuration.
func (p *ConfigPass) At(a text.Anchor) text.Place {
	return p.File.Place(a)
}

// At resolves an anchor of one of the resource's files.
func (p *ResourcePass) At(a text.Anchor) text.Place { return p.Resource.Place(a) }

// Policy returns the policy as written, or nil for a resource without one or without a table it could be held against: the
// columns of tables of other dialects are not read by this version.
func (p *ResourcePass) Policy() *definition.Resource {
	if p.Resource.Table == nil || p.Resource.Table.Dialect != definition.SQLite || p.Resource.Internal {
		return nil
	}
	return p.Resource.Source
}

// Actions returns the actions of the resource as written.
func (p *ResourcePass) Actions() (out []*definition.Action) {
	for _, a := range p.Resource.Actions {
		out = append(out, a.Source)
	}
	return out
}

// Column returns a column by property name, or nil.
func (p *ResourcePass) Column(key string) *model.Column {
	if p.Resource.Table == nil {
		return nil
	}
	return p.Resource.Table.Column(key)
}

// Unread says whether the table has a column of this name although it could not be read. That is reported at the column, and
// rules that name the column have nothing to add.
func (p *ResourcePass) Unread(key string) bool {
	if p.Resource.Table == nil {
		return false
	}
	return slices.ContainsFunc(p.Resource.Table.Source.Unread, func(n definition.Name) bool { return n.Text == key })
}

// ColumnLike returns a column by property name or SQL name, or nil.
func (p *ResourcePass) ColumnLike(name string) *model.Column {
	if c := p.Column(name); c != nil || p.Resource.Table == nil {
		return c
	}
	for _, c := range p.Resource.Table.Columns {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// ColumnKeys are the property names of all columns.
func (p *ResourcePass) ColumnKeys() []string {
	if p.Resource.Table == nil {
		return nil
	}
	out := make([]string, 0, len(p.Resource.Table.Columns))
	for _, c := range p.Resource.Table.Columns {
		out = append(out, c.Key)
	}
	return out
}

// WritableKeys are the property names of the columns that guards may list.
func (p *ResourcePass) WritableKeys() []string {
	return slices.DeleteFunc(p.ColumnKeys(), func(key string) bool { return p.Column(key).Role != model.Plain })
}

// Table is the name of the table for messages.
func (p *ResourcePass) Table() string { return p.Resource.Segment }

// Subject is the stable key of a finding about a part of the resource.
func (p *ResourcePass) Subject(parts ...string) string {
	return strings.Join(append([]string{p.Resource.Segment}, parts...), ".")
}

// Near says what somebody who wrote word at a place probably meant: the help line and the fix that writes it. When nothing is
// near, the help lists what is known.
func Near(word string, known []string, at text.Place) (help string, fixes []diagnostics.Fix) {
	if near, ok := diagnostics.Nearest(word, slices.Values(known)); ok {
		return fmt.Sprintf("Did you mean %q?", near), []diagnostics.Fix{Replace("Change to "+near, at, near)}
	}
	if len(known) == 0 {
		return "", nil
	}
	const most = 12
	list := slices.Clone(known)
	slices.Sort(list)
	list = slices.Compact(list)
	if len(list) > most {
		return fmt.Sprintf("Known here: %s and %d more.", strings.Join(list[:most], ", "), len(list)-most), nil
	}
	return "Known here: " + strings.Join(list, ", ") + ".", nil
}

// Rename is Near for names whose only remedy is the right name: a fix that certainly writes what was meant is safe. It is not
// for roles, where another name lets other people in.
func Rename(word string, known []string, at text.Place) (help string, fixes []diagnostics.Fix) {
	help, fixes = Near(word, known, at)
	if sure, ok := diagnostics.Sure(word, slices.Values(known)); ok {
		fix := Replace("Change to "+sure, at, sure)
		fix.Safe = true
		return fmt.Sprintf("Did you mean %q?", sure), []diagnostics.Fix{fix}
	}
	return help, fixes
}

// Replace is the fix that writes something else at a place.
func Replace(title string, at text.Place, with string) diagnostics.Fix {
	return diagnostics.Fix{Title: title, Edits: map[text.Path][]text.Edit{at.Path: {{Span: at.Span, New: with}}}}
}

// List joins names for a message: "a", "a and b", "a, b and c".
func List(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
