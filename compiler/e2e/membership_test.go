package e2e

import (
	"net/http"
	"testing"
)

// TestNobodyRisesAboveTheirRank shows the ways in which a member could make more of themselves or of a stranger than the hierarchy of roles
// lets them: by inviting, by assigning, and by accepting an invitation that was meant for somebody else.
func TestNobodyRisesAboveTheirRank(t *testing.T) {
	home := newTenant(t, start(t), "admin", interviewer)
	boss, admin, low := home.as(owner), home.as("admin"), home.as(interviewer)
	post := func(c *caller, path string, body object) answer {
		t.Helper()
		body["organizationId"] = home.id
		return c.send(t, http.MethodPost, "/api/auth/organization/"+path, body, nil)
	}
	refused := func(what string, said answer) {
		t.Helper()
		if said.status != http.StatusForbidden || said.at("code") != "ROLE_ABOVE_YOUR_OWN" {
			t.Errorf("%s is refused: %v", what, said)
		}
	}
	for _, role := range []any{manager, "member, owner", []string{"member", recruiter}} {
		refused("inviting to a higher role", post(admin, "invite-member", object{"email": unique("guest") + "@people.example", "role": role}))
	}
	membership := func(person *caller) any {
		t.Helper()
		return person.send(t, http.MethodGet, "/api/auth/organization/get-active-member", nil, nil).want(t, "200").at("id")
	}
	refused("a role for oneself", post(admin, "update-member-role", object{"memberId": membership(admin), "role": []string{"admin", manager}}))
	refused("demoting who ranks higher", post(admin, "update-member-role", object{"memberId": membership(low), "role": member}))
	refused("removing who ranks higher", post(admin, "remove-member", object{"memberIdOrEmail": membership(low)}))

	future := unique("future-owner") + "@people.example"
	boss.auth(t, "/organization/invite-member", object{"email": future, "role": owner, "organizationId": home.id})
	for _, person := range []*caller{admin, low} {
		if shown := person.send(t, http.MethodGet, "/api/auth/organization/get-full-organization", nil, nil).want(t, "200").objects(t, "invitations"); hasEmail(shown, future) {
			t.Errorf("the id of an owner's invitation is shown to who could accept it in that person's name: %v", shown)
		}
	}
	refused("sending it again", post(admin, "invite-member", object{"email": future, "role": member, "resend": true}))
	if shown := boss.send(t, http.MethodGet, "/api/auth/organization/get-full-organization", nil, nil).want(t, "200").objects(t, "invitations"); !hasEmail(shown, future) {
		t.Errorf("the owner sees the invitation: %v", shown)
	}
}

func hasEmail(list []map[string]any, email string) bool {
	for _, one := range list {
		if one["email"] == email {
			return true
		}
	}
	return false
}
