package query

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/check/rules"
	"github.com/qbls/qbls/diagnostics"
)

// unrankedRoles are the roles that definitions name and the hierarchy does not have yet.
func unrankedRoles(s *scene, _ place) []Item {
	var out []Item
	for i, name := range s.knownRoles() {
		if name != s.typed() {
			out = append(out, Item{Label: name, Kind: Role, Detail: "role", Sort: order(1, i)})
		}
	}
	return out
}

// typed is the whole word at the cursor. What is being typed there is no name that anything else has.
func (sc *scene) typed() string { return sc.file.Slice(sc.cursor.Replace) }

// levelled are the families and the rules whose findings a configuration may lower. Those that it may not are left out: all that could be
// said of them is that they are errors.
func levelled(*scene, place) []Item {
	var out []Item
	for i, family := range diagnostics.FamilyKeys() {
		out = append(out, Item{Label: family, Kind: Property, Detail: "family of rules", Sort: order(1, i)})
	}
	list := slices.DeleteFunc(rules.All().Rules(), func(r *diagnostics.Rule) bool { return !r.Lowers() })
	slices.SortFunc(list, func(a, b *diagnostics.Rule) int { return strings.Compare(string(a.Code), string(b.Code)) })
	for i, r := range list {
		out = append(out, Item{Label: string(r.Code), Kind: Property, Detail: r.Title, Sort: order(2, i)})
	}
	return out
}

// columnsOfTable are the columns, by their SQL names, of the table whose key is around the cursor. The key and what qbls adds is never renamed.
func columnsOfTable(s *scene, _ place) []Item {
	if s.project == nil {
		return nil
	}
	table := ""
	for i, step := range s.cursor.Path {
		if i > 0 && step.Key != "" && slices.Contains([]string{"columns", "backfills"}, s.cursor.Path[i-1].Key) {
			table = step.Key
		}
	}
	var out []Item
	for _, r := range s.project.Resources {
		if r.Table == nil || r.Table.Name != table {
			continue
		}
		for i, c := range r.Table.Columns {
			if !c.Injected && !c.PrimaryKey {
				out = append(out, Item{Label: c.Name, Kind: Column, Detail: c.Type(), Sort: order(1, i)})
			}
		}
	}
	return out
}
