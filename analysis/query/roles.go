package query

import (
	"fmt"
	"slices"
	"strings"
)

// knownRoles are the roles of the project with what is worth saying about them, in the order they are offered: the hierarchy
// first, then by name.
func (sc *scene) knownRoles() []string {
	var out []string
	if sc.project != nil && sc.project.Config != nil {
		out = append(out, sc.project.Config.Hierarchy...)
	}
	var rest []string
	if sc.project != nil && sc.project.Globals != nil {
		for _, r := range sc.project.Globals.Roles {
			rest = append(rest, r.Name)
		}
	} else {
		rest = []string{"admin", "member", "owner"}
	}
	slices.Sort(rest)
	for _, r := range rest {
		if !slices.Contains(out, r) && !pseudo(r) && !strings.HasSuffix(r, "+") {
			out = append(out, r)
		}
	}
	return slices.DeleteFunc(out, func(role string) bool { return role == "" }) // [''] is being typed
}

func pseudo(role string) bool {
	return role == "PUBLIC" || role == "AUTHENTICATED" || role == "everyone"
}

// spelt is how often definitions name a role; 2 for those that Better Auth and the hierarchy know.
func (sc *scene) spelt(role string) int {
	if slices.Contains(sc.hierarchy(), role) || sc.project == nil || sc.project.Globals == nil {
		return 2
	}
	for _, r := range sc.project.Globals.Roles {
		if r.Name == role && (r.BuiltIn || r.Ranked) {
			return 2
		} else if r.Name == role {
			return r.Uses
		}
	}
	return 0
}

// hierarchy is the written hierarchy, lowest first, or the default one.
func (sc *scene) hierarchy() []string {
	if sc.project != nil && sc.project.Config != nil && len(sc.project.Config.Hierarchy) > 0 {
		return sc.project.Config.Hierarchy
	}
	return []string{"member", "admin", "owner"}
}

// roleNames offers the roles of the project, what widens them, and the built-in ones. Masks also know everyone.
func roleNames(mask bool) source {
	return func(s *scene, _ place) []Item {
		var out []Item
		ranks := s.hierarchy()
		for i, name := range s.knownRoles() {
			if strings.TrimSuffix(s.typed(), "+") == name && s.spelt(name) < 2 {
				continue // it is being typed
			}
			detail := "role"
			if r := slices.Index(ranks, name); r >= 0 {
				detail = fmt.Sprintf("role, %d of %d in the hierarchy", r+1, len(ranks))
			}
			out = append(out, Item{Label: name, Kind: Role, Detail: detail, Sort: order(1, i)})
		}
		for i, name := range ranks {
			if name == "" {
				continue
			}
			if i == len(ranks)-1 {
				break // nobody is above the highest
			}
			out = append(out, Item{Label: name + "+", Kind: Role, Detail: strings.Join(ranks[i:], ", "), Sort: order(2, i)})
		}
		if mask {
			return append(out, Item{Label: "everyone", Kind: Role, Detail: "no mask for anybody", Sort: order(3, 0)})
		}
		return append(out,
			Item{Label: "AUTHENTICATED", Kind: Role, Detail: "anybody with a session", Sort: order(3, 0)},
			Item{Label: "PUBLIC", Kind: Role, Detail: "anybody, without a session", Sort: order(3, 1)})
	}
}
