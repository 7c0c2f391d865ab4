package query

import (
	"slices"

	"github.com/qbls/qbls/analysis/definition"
)

// guardable lists the columns for one list of guards, without those that stand in a list which contradicts it: check would refuse
// them (QB5002 to QB5004).
func guardable(unless ...string) source {
	return func(s *scene, p place) []Item {
		var guards *definition.Guards
		if f := s.definition(); f != nil && f.Table != nil {
			guards = f.Table.Guards
		}
		taken := map[string]bool{}
		for _, list := range unless {
			for _, n := range listedBy(guards, list) {
				taken[n.Text] = true
			}
			for _, f := range s.fields {
				taken[f.Key] = taken[f.Key] || slices.Contains(f.Guards, list)
			}
		}
		return slices.DeleteFunc(columns(writable)(s, p), func(it Item) bool { return taken[it.Label] })
	}
}

// listedBy are the fields of one list of guards, those of constants that it spreads among them.
func listedBy(g *definition.Guards, list string) (out []definition.Name) {
	if g == nil {
		return nil
	}
	columns := map[string]*definition.Columns{"createable": g.Createable, "updatable": g.Updatable, "immutable": g.Immutable}[list]
	if columns != nil {
		return columns.Items
	}
	for _, p := range g.Protected {
		if list == "protected" {
			out = append(out, p.Field)
		}
	}
	return out
}
