package model

import "slices"

// Teams says whether a rule compares with the caller's active team: organizations have teams then.
func (p *Project) Teams() bool {
	return p.Config.Organizations && slices.ContainsFunc(p.Resources, (*Resource).AsksForTeam)
}

// AsksForTeam says whether a rule of the resource compares with the caller's active team.
func (r *Resource) AsksForTeam() bool {
	const path = "activeTeamId"
	found := slices.ContainsFunc(r.Firewall.Rows, func(row Row) bool { return row.Ctx == path }) ||
		slices.ContainsFunc(r.Firewall.Stamped, func(s Stamp) bool { return s.Ctx == path })
	r.EachAccess(func(a *Access) {
		found = found || slices.ContainsFunc(a.Where, func(c Condition) bool { return c.Ctx == path })
	})
	return found
}
