package e2e

import (
	"net/http"
	"path/filepath"
	"testing"
)

// TestTeams shows that rows of a team are those of the caller's active team, of which the caller is a member now and in this organization.
func TestTeams(t *testing.T) {
	b := begin(t, emitProject(t, "teams"), filepath.Join(scratch, "teams-data"), nil)
	t.Cleanup(func() { _ = b.stop() })
	home := newTenant(t, b, member)
	boss, person := home.as(owner), home.as(member)
	team := func(name string, people ...*caller) string {
		t.Helper()
		id, _ := boss.auth(t, "/organization/create-team", object{"name": name, "organizationId": home.id}).at("id").(string)
		for _, one := range people {
			boss.auth(t, "/organization/add-team-member", object{"teamId": id, "userId": one.id, "organizationId": home.id})
		}
		return id
	}
	red, blue := team("Red", boss, person), team("Blue", boss)

	equal(t, "in a team, and none is active", person.get(t, "/boards").want(t, "403 ACCESS_NO_ORG").at("error"), "No active team")
	person.auth(t, "/organization/set-active-team", object{"teamId": red})
	id := person.create(t, "/boards", object{"title": "Ours"})
	equal(t, "stamped", person.get(t, "/boards/"+id).want(t, "200").at("teamId"), red)
	person.call(t, http.MethodPost, "/boards", object{"title": "x", "teamId": blue}).want(t, "400 GUARD_SYSTEM_MANAGED")

	if other := person.send(t, http.MethodPost, "/api/auth/organization/set-active-team", object{"teamId": blue}, nil); other.status == http.StatusOK {
		t.Errorf("nobody acts in a team of others: %v", other)
	}
	boss.auth(t, "/organization/set-active-team", object{"teamId": blue})
	boss.get(t, "/boards/"+id).want(t, "403 FIREWALL_NOT_FOUND")
	equal(t, "rows of the other team", len(boss.get(t, "/boards").want(t, "200").rows(t)), 0)

	boss.auth(t, "/organization/remove-team-member", object{"teamId": red, "userId": person.id, "organizationId": home.id})
	person.get(t, "/boards").want(t, "403 ACCESS_NO_ORG") // the session still names it
}
