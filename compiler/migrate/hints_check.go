package migrate

import (
	"fmt"
	"maps"
	"slices"
)

// checkHints reports hints that the model contradicts. What a hint names in the past is checked where it is followed: hints stay in
// the configuration after their migration, and mean nothing then.
func (r *resolution) checkHints(to *found) {
	wrong := func(path []string, table, column, format string, args ...any) {
		r.problem(Problem{Reason: WrongHint, Table: table, Column: column, Key: path, Text: fmt.Sprintf(format, args...)})
	}
	olds := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(r.hints.Tables)) {
		old := r.hints.Tables[name]
		path := []string{"renames", "tables", name}
		switch {
		case to.Table(name) == nil && !isLink(r.hints.Tables, name):
			wrong(path, "", "", "%s names no table of the model: keys are new names.", key("renames.tables", name))
		case to.Table(name) != nil && old != "" && to.Table(old) != nil:
			wrong(path, name, "", "%s says that %s was called %s, but the model still declares %s.", key("renames.tables", name), name, old, old)
		case to.Table(name) != nil && old != "" && olds[old] != "":
			wrong(path, name, "", "%s and %s both say that they were called %s.", olds[old], name, old)
		}
		if to.Table(name) != nil {
			olds[old] = name
		}
	}
	for _, table := range slices.Sorted(maps.Keys(r.hints.Columns)) {
		t := to.Table(table)
		if t == nil {
			wrong([]string{"renames", "columns", table}, "", "", "%s names no table of the model: keys are new names.", key("renames.columns", table))
			continue
		}
		olds := map[string]string{}
		for _, name := range slices.Sorted(maps.Keys(r.hints.Columns[table])) {
			old := r.hints.Columns[table][name]
			path := []string{"renames", "columns", table, name}
			switch {
			case t.Column(name) == nil && !isLink(r.hinted(table), name) && !r.over(table, name, old):
				wrong(path, table, "", "%s names no column of the table: keys are new names.", key("renames.columns", table, name))
			case t.Column(name) != nil && old != "" && !r.free(t, old) && !r.settled(table, name):
				wrong(path, table, name, "%s says that %s was called %s, but the model still declares %s.", key("renames.columns", table, name), name, old, old)
			case t.Column(name) != nil && old != "" && olds[old] != "":
				wrong(path, table, name, "%s and %s both say that they were called %s.", olds[old], name, old)
			}
			if t.Column(name) != nil {
				olds[old] = name
			}
		}
	}
	r.checkOthers(to, wrong)
}

// over says whether a hint is about names of which the table has neither any more, or of which another hint says where it went: its
// migration was made, or overtaken by another.
func (r *resolution) over(table, name, old string) bool {
	before := r.before.Table(table)
	if before == nil || before.Column(name) != nil {
		return false
	}
	for other, from := range r.hinted(table) {
		if other != name && from == old {
			return true
		}
	}
	return before.Column(old) == nil
}

func (r *resolution) checkOthers(to *found, wrong func([]string, string, string, string, ...any)) {
	for _, table := range slices.Sorted(maps.Keys(r.hints.Backfills)) {
		t := to.Table(table)
		for _, name := range slices.Sorted(maps.Keys(r.hints.Backfills[table])) {
			if t == nil || t.Column(name) == nil {
				wrong([]string{"backfills", table, name}, "", "", "%s names no column of the model.", key("backfills", table, name))
			}
		}
	}
	for _, table := range r.hints.Drops.Tables {
		if to.Table(table) != nil {
			wrong([]string{"drops", "tables", table}, table, "", "compiler.migrations.drops.tables lists %s, which the model declares.", table)
		}
	}
	for _, table := range slices.Sorted(maps.Keys(r.hints.Drops.Columns)) {
		for _, name := range r.hints.Drops.Columns[table] {
			if t := to.Table(table); t != nil && t.Column(name) != nil {
				wrong([]string{"drops", "columns", table, name}, table, name, "compiler.migrations.drops.columns lists %s.%s, which the model declares.", table, name)
			}
		}
	}
}
