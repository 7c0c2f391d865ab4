package migrate

import (
	"maps"
	"slices"

	"github.com/qbls/qbls/compiler/migrate/schema"
)

// found is a schema whose tables are found by where they were: a plan asks for each of them many times, and there may be thousands.
type found struct {
	*schema.Schema
	at map[string]int // may be out of date
}

// Table returns a table by ID, or nil.
func (f *found) Table(id string) *schema.Table {
	if f.at == nil {
		f.at = make(map[string]int, len(f.Tables))
		for i, t := range f.Tables {
			if _, twice := f.at[t.ID()]; !twice {
				f.at[t.ID()] = i
			}
		}
	}
	if i, ok := f.at[id]; ok && i < len(f.Tables) && f.Tables[i].ID() == id {
		return f.Tables[i]
	}
	return f.Schema.Table(id)
}

// apart returns two schemas that may be changed: copies, but for tables that are new or the same in both, which are one value where nothing can
// change them. Only names that were others before, and what was retained, do.
func apart(from, to *schema.Schema, state setState, hints Hints) (before, after *schema.Schema) {
	renamed := func(names map[string]string) bool {
		return slices.ContainsFunc(slices.Collect(maps.Values(names)), func(old string) bool { return old != "" })
	}
	changes := from.Dialect != schema.SQLite || to.Dialect != schema.SQLite || !state.empty() || len(state.exchanges) > 0 || renamed(hints.Tables)
	for _, columns := range hints.Columns {
		changes = changes || renamed(columns)
	}
	if changes {
		return from.Clone(), to.Clone()
	}
	before, after = &schema.Schema{Dialect: from.Dialect}, &schema.Schema{Dialect: to.Dialect}
	known, shared := &found{Schema: from}, map[*schema.Table]bool{}
	for _, t := range to.Tables {
		switch was := known.Table(t.ID()); {
		case was == nil:
			after.Tables = append(after.Tables, t)
		case !shared[was] && schema.Same(was, t):
			shared[was] = true
			after.Tables = append(after.Tables, was)
		default:
			after.Tables = append(after.Tables, t.Clone())
		}
	}
	for _, t := range from.Tables {
		if !shared[t] {
			t = t.Clone()
		}
		before.Tables = append(before.Tables, t)
	}
	return before, after
}
