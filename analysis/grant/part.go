package grant

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
)

// Part is what one resource grants, written as it stands in a list.
type Part struct {
	name             string
	grants, settings []byte
}

// Everybody lists all that grants speak of: callers without a session, those without a role, and the roles of the project.
func Everybody(p *model.Project) []string {
	out := []string{Anonymous, policy.Authenticated}
	for _, r := range p.Globals.Roles {
		out = append(out, r.Name)
	}
	for _, role := range userRoles(p) {
		out = append(out, "user role "+role)
	}
	return out
}

// one lists the grants of one resource to some roles.
func one(p *model.Project, r *model.Resource, roles []string, from Source) []Grant {
	l := &lister{resource: r, policy: policy.FromModel(p.Config, r), from: from}
	for _, who := range roles {
		l.who, l.roles = who, rolesOf(who)
		l.all()
	}
	slices.SortStableFunc(l.out, order)
	return l.out
}

// PartOf writes what a resource grants to everybody.
func PartOf(p *model.Project, r *model.Resource, everybody []string, from Source) (*Part, error) {
	list, err := rewritten(one(p, r, everybody, from))
	if err != nil {
		return nil, err
	}
	out := &Part{name: (&lister{resource: r}).name()}
	grants, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	out.grants = grants[1 : len(grants)-1] // without the brackets of the list
	out.settings, err = json.Marshal(settings(r))
	return out, err
}

// Join returns the list of the parts of a project's resources, for nothing but to be written. It is false when two of them have one name:
// then their grants mingle, and Of knows how.
func Join(everybody []string, parts []*Part) (*List, bool) {
	parts = slices.Clone(parts)
	roles, err := json.Marshal(everybody)
	if err != nil {
		return nil, false
	}
	settings := make([][]byte, len(parts))
	for i, p := range parts {
		settings[i] = p.settings
	}
	slices.SortFunc(parts, func(a, b *Part) int { return strings.Compare(a.name, b.name) })
	size := 0
	for i, p := range parts {
		if i > 0 && parts[i-1].name == p.name {
			return nil, false
		}
		size += len(p.grants) + len(p.settings) + 2
	}
	b := make([]byte, 0, size+len(roles)+64)
	b = append(append(append(b, `{"roles":`...), roles...), `,"grants":[`...)
	comma := false
	for _, p := range parts {
		if len(p.grants) == 0 {
			continue
		}
		if comma {
			b = append(b, ',')
		}
		b, comma = append(b, p.grants...), true
	}
	b = append(b, `],"settings":[`...)
	for i, s := range settings {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, s...)
	}
	return &List{Roles: everybody, text: append(b, "]}"...)}, true
}
