package migrate

import (
	"fmt"
	"maps"
	"slices"

	"github.com/qbls/qbls/compiler/migrate/schema"
)

// Former follows renames (new name → old name) back from a name to the first that existed: what was called a, then b and is c now was
// called b where the first rename was migrated, and a where it was not. When none existed it is the name's own hint. "" says that the
// thing is new; hinted is false when nothing is said about the name.
func Former(renames map[string]string, name string, existed func(string) bool) (old string, hinted bool) {
	first, hinted := renames[name]
	seen := map[string]bool{name: true}
	for old = first; old != "" && !seen[old]; {
		if existed(old) {
			return old, true
		}
		seen[old] = true
		next, ok := renames[old]
		if !ok {
			return first, true
		}
		old = next
	}
	if old == "" {
		return "", hinted
	}
	return first, true
}

// isLink says whether a name is between two others: something was called so for a while.
func isLink(renames map[string]string, name string) bool {
	return slices.Contains(slices.Collect(maps.Values(renames)), name)
}

// cycle is the way from a name over older ones back to itself; nil when it does not come back.
func cycle(renames map[string]string, name string) []string {
	out := []string{name}
	for old := renames[name]; old != ""; old = renames[old] {
		if old == name {
			return out
		}
		if slices.Contains(out, old) {
			return nil
		}
		out = append(out, old)
	}
	return nil
}

// exchanged says whether a name is one of several that take each other's place.
func exchanged(renames map[string]string, name string) bool { return cycle(renames, name) != nil }

// cycles are the renames that lead back to themselves. Schemas alone cannot tell whether they were done, so it is recorded.
func cycles(columns map[string]map[string]string) map[string]map[string]string {
	out := map[string]map[string]string{}
	for table, renames := range columns {
		for name, old := range renames {
			if exchanged(renames, name) {
				if out[table] == nil {
					out[table] = map[string]string{}
				}
				out[table][name] = old
			}
		}
	}
	return out
}

// settled says whether a rename among existing columns was done by an earlier migration.
func (r *resolution) settled(table, name string) bool {
	was := r.before.Table(table)
	if was == nil || was.Column(name) == nil {
		return false
	}
	return !exchanged(r.hinted(table), name) || r.exchanges[table][name] == r.hinted(table)[name]
}

// exchange gives columns each other's names, which is said by hints in a circle: { a: 'b', b: 'a' }. One of them waits under a name of its
// own. Hints stay in the configuration; what was exchanged once is not exchanged again (setState.exchanges).
func (r *resolution) exchange(before, to *schema.Table) {
	id := to.ID()
	renames, done := r.hinted(id), map[string]bool{}
	for _, first := range slices.Sorted(maps.Keys(renames)) {
		circle := cycle(renames, first)
		gone := func(name string) bool { return before.Column(name) == nil }
		// A name that nothing has, before or after, was on the way. Without one, all of them are there before and after.
		if gone(first) || done[first] || slices.ContainsFunc(circle, func(name string) bool { return gone(name) && to.Column(name) != nil }) ||
			!slices.ContainsFunc(circle, gone) && slices.ContainsFunc(circle, func(name string) bool { return to.Column(name) == nil }) {
			continue
		}
		if circle = slices.DeleteFunc(circle, gone); len(circle) < 2 {
			continue
		}
		for _, name := range circle {
			done[name] = true
		}
		if r.settled(id, first) {
			continue
		}
		waiting := "__old_" + first
		r.rename(before, first, waiting)
		for i, name := range circle[:len(circle)-1] {
			r.rename(before, circle[i+1], name)
		}
		r.rename(before, waiting, circle[len(circle)-1])
	}
}

func (r *resolution) rename(t *schema.Table, old, name string) {
	r.before.RenameColumn(t, old, name)
	r.changes = append(r.changes, Change{Kind: RenameColumn, Table: t.ID(), Name: name, Old: old})
}

// renamed follows the hints to the columns that the table has and had not, and returns those that nothing is said about. A column that
// gives its name to another one makes room for it, so it goes on until nothing moves.
func (r *resolution) renamed(before, to *schema.Table) (added []string) {
	id := to.ID()
	arrived := map[string]bool{} // by a rename of this migration: it goes nowhere else
	for moved := true; moved; {
		moved, added = false, nil
		for _, c := range to.Columns {
			if before.Column(c.Name) != nil {
				continue
			}
			old, hinted := Former(r.hinted(id), c.Name, func(name string) bool { return before.Column(name) != nil })
			if !hinted {
				added = append(added, c.Name)
			} else if before.Column(old) != nil && !arrived[old] && r.free(to, old) {
				r.rename(before, old, c.Name)
				moved, arrived[c.Name] = true, true
			}
		}
	}
	for _, c := range to.Columns {
		old := r.hinted(id)[c.Name]
		if before.Column(c.Name) == nil && old != "" && before.Column(old) == nil {
			if former, _ := Former(r.hinted(id), c.Name, func(string) bool { return false }); former == "" {
				continue // it was new under the name before
			}
			r.problem(Problem{Reason: WrongHint, Table: id, Column: c.Name, Key: []string{"renames", "columns", id, c.Name},
				Text: fmt.Sprintf("%s says that the column %s was called %s, but the table %s never had a column of that name.", key("renames.columns", id, c.Name), c.Name, old, id)})
		}
	}
	return added
}

// free says whether a column may lose its name to another: the model has it no more, or a hint says what has the name now.
func (r *resolution) free(to *schema.Table, name string) bool {
	_, said := r.hinted(to.ID())[name]
	return to.Column(name) == nil || said
}
