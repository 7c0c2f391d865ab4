package compiler

import (
	"slices"
	"strconv"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/analysis/syntax/edit"
	"github.com/qbls/qbls/compiler/migrate"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// planProblems are the problems of plans as diagnostics: at the column or the table they are about, or in the configuration.
func (b *build) planProblems(plans []*migrate.Plan) []diagnostics.Diagnostic {
	sets := make([]*checkedSet, 0, len(plans))
	for _, plan := range plans {
		sets = append(sets, &checkedSet{plan.Set.Name, plan.Problems})
	}
	return b.checkProblems(sets)
}

func (b *build) checkProblems(sets []*checkedSet) []diagnostics.Diagnostic {
	var out []diagnostics.Diagnostic
	for _, set := range sets {
		for _, p := range set.problems {
			d := diagnostics.Diagnostic{Rule: ruleOf(p.Reason), At: b.problemPlace(p), Message: p.Text, Help: p.Help, Key: strings.Join(append([]string{"migrations", set.name}, p.Key...), ".")}
			d.Fixes = b.problemFixes(p)
			out = append(out, d)
		}
	}
	return out
}

func (b *build) problemPlace(p migrate.Problem) text.Place {
	if r := b.resourceOf(p.Table); r != nil && p.Reason != migrate.WrongHint {
		for _, c := range r.Table.Columns {
			if c.Name == p.Column && c.Source != nil {
				return r.Place(c.Source.At)
			}
		}
		return r.Place(r.Table.Source.At)
	}
	config := b.s.Definition(b.p.Config.Path)
	if config == nil || config.Config == nil {
		return text.Place{Path: b.p.Config.Path}
	}
	if m := config.Config.Migrations; m != nil {
		return config.Place(hintPlace(m, p.Key))
	}
	return config.Place(config.Config.At)
}

// hintPlace is where a hint stands, or the section when it does not.
func hintPlace(m *definition.Migrations, key []string) text.Anchor {
	if len(key) < 3 {
		return m.At
	}
	pairs := func(list []definition.Pair, name string) text.Anchor {
		for _, p := range list {
			if p.Key.Text == name {
				return p.Key.At
			}
		}
		return m.At
	}
	tables := func(list []definition.TablePairs, table, name string) text.Anchor {
		for _, t := range list {
			if t.Table.Text == table {
				if name == "" {
					return t.Table.At
				}
				return pairs(t.Pairs, name)
			}
		}
		return m.At
	}
	last := ""
	if len(key) > 3 {
		last = key[3]
	}
	switch {
	case key[0] == "renames" && key[1] == "tables":
		return pairs(m.Tables, key[2])
	case key[0] == "renames":
		return tables(m.Columns, key[2], last)
	case key[0] == "backfills":
		return tables(m.Backfills, key[1], key[2])
	case key[1] == "tables":
		for _, n := range m.DropTables {
			if n.Text == key[2] {
				return n.At
			}
		}
	default:
		for _, t := range m.DropColumns {
			for _, n := range t.Names {
				if t.Table.Text == key[2] && n.Text == last {
					return n.At
				}
			}
		}
	}
	return m.At
}

// problemFixes write an answer into the configuration. An ambiguity has one for every old name, and one that says it is new; rows without
// a value have one that any column of the type can hold, for the author to replace.
func (b *build) problemFixes(p migrate.Problem) []diagnostics.Fix {
	if len(p.Key) == 0 {
		return nil
	}
	name := p.Key[len(p.Key)-1]
	var out []diagnostics.Fix
	add := func(title, value string) {
		if edits := b.hintEdits(p.Key, value); len(edits) > 0 {
			out = append(out, diagnostics.Fix{Title: title, Edits: map[text.Path][]text.Edit{b.p.Config.Path: edits}})
		}
	}
	switch p.Reason {
	case migrate.Ambiguous:
		for _, old := range p.Candidates {
			add(name+" was called "+old+": rename it and keep its values", quoteTS(old))
		}
		add(name+" is new: what is gone stays in the database", "false")
	case migrate.Required:
		if sql := b.fill(p); sql != "" {
			add("Rows that are there get "+sql+" as "+name+" (compiler.migrations.backfills)", strconv.Quote(sql))
		}
	}
	return out
}

// fill is a SQL expression for the rows that have no value: the first state of an enum, else what the type has instead of nothing. It is
// "" where no one value serves all rows, as in a key, or where values have a form of their own.
func (b *build) fill(p migrate.Problem) string {
	r := b.resourceOf(p.Table)
	if r == nil || p.Fill == "" {
		return ""
	}
	for _, c := range r.Table.Columns {
		if c.Name != p.Column {
			continue
		}
		refers := slices.ContainsFunc(r.Foreign, func(k *model.ForeignKey) bool { return k.Column == c.Key })
		if c.Role != model.Plain || c.Unique || refers || c.Format != "" || c.Type() == "json" {
			return ""
		}
		if len(c.Enum) > 0 {
			return "'" + strings.ReplaceAll(c.Enum[0], "'", "''") + "'"
		}
		return p.Fill
	}
	return ""
}

func quoteTS(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// hintEdits put a value below compiler.migrations, with the objects that are missing on the way.
func (b *build) hintEdits(key []string, value string) []text.Edit {
	definition := b.s.Definition(b.p.Config.Path)
	tree := b.s.Tree(b.p.Config.Path)
	if definition == nil || definition.Config == nil || tree == nil {
		return nil
	}
	span := definition.Place(definition.Config.At).Span
	var object syntax.Node
	for n := range tree.Root().Descendants() {
		if n.Kind() == syntax.Object && n.Span() == span {
			object = n
		}
	}
	if !object.Valid() {
		return nil
	}
	path := append([]string{"compiler", "migrations"}, key...)
	for i, k := range path[:len(path)-1] {
		property, ok := object.Property(k)
		if !ok {
			for j := len(path) - 1; j > i; j-- {
				value = "{ " + propertyKey(path[j]) + ": " + value + " }"
			}
			return edit.SetProperty(object, k, value)
		}
		if object = property.Value().Inner(); object.Kind() != syntax.Object {
			return nil // the section comes from elsewhere
		}
	}
	return edit.SetProperty(object, path[len(path)-1], value)
}

// propertyKey writes a name as a key of an object.
func propertyKey(name string) string {
	for i, c := range name {
		if c != '_' && c != '$' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return strconv.Quote(name)
		}
	}
	return name
}
