package query

import (
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// words is a fixed vocabulary: value, documentation, value, documentation …
func words(kind Kind, pairs ...string) source {
	return func(*scene, place) []Item {
		var out []Item
		for i := 0; i+1 < len(pairs); i += 2 {
			out = append(out, Item{Label: pairs[i], Kind: kind, Detail: pairs[i+1], Sort: order(1, i)})
		}
		return out
	}
}

func errorModes(s *scene, p place) []Item {
	return words(Value, "reveal", "403 and a reason", "hide", "404, as if there were no such row")(s, p)
}

func maskTypes(s *scene, p place) []Item {
	return words(Value,
		"email", "j***@y*********.com", "phone", "******4567", "ssn", "*****6789", "creditCard", "************1111",
		"name", "J*** S****", "redact", "[REDACTED]", "custom", "a function of your own")(s, p)
}

func inputHints(s *scene, p place) []Item {
	return words(Value, "select", "", "multi-select", "", "radio", "", "checkbox", "", "textarea", "", "richtext", "",
		"lookup", "choose a row of the table it refers to", "hidden", "", "color", "", "date", "", "datetime", "", "time", "", "currency", "")(s, p)
}

// booleans stand without quotes.
func booleans(*scene, place) []Item {
	return []Item{{Label: "true", Kind: Operator, Sort: order(1, 0)}, {Label: "false", Kind: Operator, Sort: order(1, 1)}}
}

// rank puts a column into a group: 0 first, negative not at all.
type rank func(field) int

func every(f field) int {
	if f.Injected {
		return 2
	}
	return 1
}

// writable leaves out what a client can never write.
func writable(f field) int {
	if f.System {
		return -1
	}
	return 1
}

func texts(f field) int {
	switch {
	case f.Type != "string" || f.System:
		return 3
	case len(f.Enum) > 0:
		return 2
	}
	return 1
}

func enums(f field) int {
	if len(f.Enum) > 0 {
		return 1
	}
	return -1
}

// sensitive puts names first that look like personal data.
func sensitive(f field) int {
	name := strings.ToLower(strings.ReplaceAll(f.Key, "_", ""))
	for _, part := range []string{"email", "phone", "mobile", "fax", "ssn", "socialsecurity", "nationalid", "card", "cvv", "iban", "password", "secret", "token", "apikey", "privatekey", "salary", "birth"} {
		if strings.Contains(name, part) {
			return 0
		}
	}
	return every(f)
}

func columns(r rank) source {
	return func(s *scene, _ place) []Item {
		var out []Item
		for i, f := range s.fields {
			if g := r(f); g >= 0 {
				out = append(out, Item{Label: f.Key, Kind: Column, Detail: f.detail(), Sort: order(g, i)})
			}
		}
		return out
	}
}

func sortKeys(s *scene, p place) []Item {
	out := columns(every)(s, p)
	for i, f := range s.fields {
		out = append(out, Item{Label: "-" + f.Key, Kind: Column, Detail: "descending", Sort: order(5, i)})
	}
	return out
}

// operands are what a condition may compare its column with: values of the column, then what the context has of its type. What the
// project's own paths of the context hold is not known.
func operands(s *scene, p place) []Item {
	paths := contextPaths("$ctx.")(s, p)
	if f, ok := s.field(p.column); ok && f.Type != "string" {
		paths = slices.DeleteFunc(paths, func(it Item) bool {
			return it.Detail != declaredContext && (f.Type != "boolean" || it.Label != "$ctx.isAnonymous")
		})
	}
	return append(operandsOfColumn(s, p), paths...)
}

const declaredContext = "declared in auth.context"

func operandsOfColumn(s *scene, p place) []Item {
	f, ok := s.field(p.column)
	switch {
	case !ok:
		return nil
	case f.Type == "boolean":
		return booleans(s, p)
	}
	var out []Item
	for i, v := range f.Enum {
		out = append(out, Item{Label: v, Kind: Value, Detail: "value of " + f.Key, Sort: order(1, i)})
	}
	return out
}

func contextPaths(prefix string) source {
	return func(s *scene, _ place) []Item {
		list := []string{
			"userId", "the signed-in user's id", "activeOrgId", "the active organization's id", "activeTeamId", "the active team's id",
			"userRole", "the platform role", "roles", "roles in the active organization", "isAnonymous", "true without a session",
			"user.id", "the user's id", "user.email", "the user's e-mail address", "user.name", "the user's name", "session.id", "the session's id",
		}
		if s.project != nil && s.project.Config != nil {
			for _, c := range s.project.Config.Context {
				list = append(list, c, declaredContext)
			}
		}
		var out []Item
		for i := 0; i < len(list); i += 2 {
			out = append(out, Item{Label: prefix + list[i], Kind: Context, Detail: list[i+1], Sort: order(3, i)})
		}
		return out
	}
}

// states are the values of the enum column that the transition around the cursor is about.
func states(s *scene, _ place) []Item {
	for i := len(s.cursor.Path) - 1; i >= 0; i-- {
		if s.cursor.Path[i].Key != "transition" {
			continue
		}
		node := s.cursor.Path[i].Node
		if node.Kind() == syntax.Property {
			node = node.Value()
		}
		if p, ok := node.Inner().Property("field"); ok {
			column, _ := p.Value().Inner().Str()
			return operandsOfColumn(s, place{column: column})
		}
	}
	return nil
}

// inputFields are the keys of z.object in the input of the action around the cursor.
func inputFields(s *scene, _ place) []Item {
	f := s.definition()
	if f == nil || f.Actions == nil {
		return nil
	}
	var out []Item
	for _, a := range f.Actions.Items {
		if span := f.Place(a.At).Span; a.Input == nil || s.offset < int(span.Start) || s.offset > int(span.End) {
			continue
		}
		for i, in := range a.Input.Fields {
			out = append(out, Item{Label: in.Name.Text, Kind: Value, Detail: in.Type, Sort: order(1, i)})
		}
	}
	return out
}

func actionNames(s *scene, _ place) []Item {
	var out []Item
	if s.resource != nil {
		for i, a := range s.resource.Actions {
			detail := ""
			if a.Source != nil {
				detail = a.Source.Description.Or("")
			}
			out = append(out, Item{Label: a.Name, Kind: Action, Detail: detail, Sort: order(1, i)})
		}
		return out
	}
	beside := s.s.Definition(text.Path(path.Join(path.Dir(string(s.path)), "actions.ts")))
	if beside != nil && beside.Actions != nil {
		for i, a := range beside.Actions.Items {
			out = append(out, Item{Label: a.Name.Text, Kind: Action, Detail: a.Description.Or(""), Sort: order(1, i)})
		}
	}
	return out
}

// tables are the tables that a foreign key may refer to, by their SQL names.
func tables(s *scene, _ place) []Item {
	if s.project == nil || s.project.Globals == nil {
		return nil
	}
	var out []Item
	for name, id := range s.project.Globals.Tables {
		out = append(out, Item{Label: name, Kind: Table, Detail: string(id)})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Label < out[j].Label })
	for i := range out {
		out[i].Sort = order(1, i)
	}
	return out
}

// handlers are the modules beside an actions file that an action may name.
func handlers(s *scene, _ place) []Item {
	if s.s.Files == nil {
		return nil
	}
	dir := path.Dir(string(s.path))
	var out []Item
	for p := range s.s.Files.Under(text.Path(dir)) {
		rel := strings.TrimPrefix(string(p), dir+"/")
		if !strings.HasSuffix(rel, ".ts") || strings.HasSuffix(rel, ".d.ts") || !strings.Contains(rel, "/") {
			continue
		}
		out = append(out, Item{Label: "./" + strings.TrimSuffix(rel, ".ts"), Kind: File, Detail: "exports execute"})
	}
	slices.SortFunc(out, func(a, b Item) int { return strings.Compare(a.Label, b.Label) })
	for i := range out {
		out[i].Sort = order(1, i)
	}
	return out
}
