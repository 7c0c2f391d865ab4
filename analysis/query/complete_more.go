package query

import (
	"path"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/names"
	"github.com/qbls/qbls/analysis/syntax/edit"
	"github.com/qbls/qbls/diagnostics/text"
)

// MaxItems is how many items a list holds at most.
const MaxItems = 100

// Shorten keeps the best items of a list that is too long: those that begin with what was typed, then those that contain its
// letters in order. complete is false when some were left out; the editor then asks again as typing goes on.
func Shorten(items []Item, typed string) (kept []Item, complete bool) {
	if len(items) <= MaxItems {
		return items, true
	}
	typed = strings.ToLower(typed)
	var first, rest []Item
	for _, it := range items {
		label := strings.ToLower(it.Label)
		switch {
		case strings.HasPrefix(label, typed):
			first = append(first, it)
		case subsequence(typed, label):
			rest = append(rest, it)
		}
	}
	kept = append(first, rest...)
	return kept[:min(len(kept), MaxItems)], false
}

func subsequence(letters, word string) bool {
	for _, r := range letters {
		i := strings.IndexRune(word, r)
		if i < 0 {
			return false
		}
		word = word[i+len(string(r)):]
	}
	return true
}

// Typed is what stands before a byte offset of the string, key or word that is being typed.
func Typed(s *analysis.Snapshot, path text.Path, offset int) string {
	if sc := newScene(s, path, offset); sc != nil {
		return sc.cursor.Partial
	}
	return ""
}

// Describe is what an offered item means here, in Markdown: who reads a column and how it is masked, what a role can do, the rows
// that a scope leaves. It is asked for one item at a time, because it needs policies.
func Describe(s *analysis.Snapshot, path text.Path, offset int, kind Kind, label string) string {
	sc := newScene(s, path, offset)
	if sc == nil || sc.project == nil {
		return ""
	}
	owner := ""
	if sc.resource != nil {
		owner = string(sc.resource.ID)
	}
	switch kind {
	case Column:
		return sc.explain(names.Symbol{Kind: names.Column, Owner: owner, Name: strings.TrimPrefix(label, "-")})
	case Role:
		return sc.explain(names.Symbol{Kind: names.Role, Name: strings.TrimSuffix(label, "+")})
	case Action:
		return sc.explain(names.Symbol{Kind: names.Action, Owner: owner, Name: label})
	case View:
		return sc.explain(names.Symbol{Kind: names.View, Owner: owner, Name: label})
	case Table:
		for _, r := range sc.project.Resources {
			if r.Table != nil && (r.Table.Name == label || r.Binding == label) {
				return sc.explainTable(r)
			}
		}
	case Property:
		if label == "firewall" && sc.effective(sc.resource) != nil {
			return "```sql\nWHERE " + sc.effective(sc.resource).Where().SQL() + "\n```"
		}
	}
	return ""
}

// comparable leaves out the operators that a column's type has no use for: true and false and the values of an enum have no order, and
// documents and bytes are only there or not.
func comparable(items []Item, f field) []Item {
	ordered := []string{"lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"}
	return slices.DeleteFunc(items, func(it Item) bool {
		switch {
		case f.Type == "boolean", len(f.Enum) > 0:
			return slices.Contains(ordered, it.Label)
		case f.Type == "json", f.Type == "blob":
			return slices.Contains(ordered, it.Label) || it.Label == "in" || it.Label == "notIn"
		}
		return false
	})
}

// tableConstants are the tables that the first argument may be: those of the file, then those of the feature, with their import.
func tableConstants(s *scene, _ place) []Item {
	if s.project == nil {
		return nil
	}
	dir := path.Dir(string(s.path))
	var out []Item
	for i, r := range s.project.Resources {
		if r.Table == nil || r.Binding == "" {
			continue
		}
		it := Item{Label: r.Binding, Kind: Table, Detail: string(r.ID), Bare: true, Sort: order(2, i)}
		switch {
		case r.TableFile == s.path:
			it.Sort = order(0, i)
		case path.Dir(string(r.TableFile)) == dir:
			it.Sort = order(1, i)
		}
		if d := s.definition(); r.TableFile != s.path && d != nil && !slices.ContainsFunc(d.Imports, func(im definition.Import) bool { return im.Local == r.Binding }) {
			it.More = edit.AddImport(s.tree, edit.Specifier(s.path, r.TableFile), r.Binding)
		}
		out = append(out, it)
	}
	return out
}

func viewNames(s *scene, _ place) []Item {
	if s.resource == nil {
		return nil
	}
	var out []Item
	for i, v := range s.resource.Views {
		out = append(out, Item{Label: v.Name, Kind: View, Detail: strings.Join(v.Fields, ", "), Sort: order(1, i)})
	}
	return out
}

// snippets are whole blocks for keys, with the places to fill in; $ROLE is the highest role of the project.
var snippets = map[string]string{
	"firewall": "{ organization: {} }",
	"guards":   "{\n\tcreateable: [$1],\n\tupdatable: [$2],\n}",
	"crud":     "{\n\tlist: { access: { roles: ['${1:$ROLE}'] } },\n\tget: { access: { roles: ['${2:$ROLE}'] } },\n\tcreate: { access: { roles: ['${3:$ROLE}'] } },\n\tupdate: { access: { roles: ['${4:$ROLE}'] } },\n\tdelete: { access: { roles: ['${5:$ROLE}'] } },\n}",
	"masking":  "{\n\t${1:column}: { type: '${2:redact}', show: { roles: ['${3:$ROLE}'] } },\n}",
	"views":    "{\n\t${1:name}: {\n\t\tfields: ['id'$2],\n\t\taccess: { roles: ['${3:$ROLE}'] },\n\t},\n}",
	"access":   "{ roles: ['${1:$ROLE}'] }",
}

// snippet is the block that a key begins, "" when it is a plain one.
func (sc *scene) snippet(key string) string {
	if key == "firewall" && sc.project != nil && sc.project.Config != nil && sc.project.Config.Source != nil && !sc.project.Config.Organizations {
		return "{ owner: {} }" // the project has none to isolate by
	}
	ranks := sc.hierarchy()
	return strings.ReplaceAll(snippets[key], "$ROLE", ranks[len(ranks)-1])
}
