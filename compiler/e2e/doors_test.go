package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// TestAuthenticationOpensNoSideDoor sends what Better Auth offers to organizations: a stranger learns and changes nothing of
// another one, and nobody below the owner raises themselves or others to the owner's rights.
func TestAuthenticationOpensNoSideDoor(t *testing.T) {
	b := start(t)
	home := newEstate(t, b)
	stranger, _ := signUp(t, b)
	admin := home.join(t, "admin")
	members := home.as(owner).send(t, http.MethodGet, "/api/auth/organization/list-members?organizationId="+home.id, nil, nil).want(t, "200")
	membership := map[string]any{}
	for _, m := range members.objects(t, "members") {
		membership[m["userId"].(string)] = m["id"]
	}
	for _, path := range []string{"list-members", "get-full-organization", "list-invitations", "get-active-member-role"} {
		refused(t, stranger.send(t, http.MethodGet, "/api/auth/organization/"+path+"?organizationId="+home.id+"&userId="+home.as(owner).id, nil, nil))
	}
	for name, who := range map[string]*caller{"stranger": stranger, "recruiter": home.as(recruiter), "admin": admin} {
		own := membership[who.id]
		if own == nil {
			own = membership[home.as(recruiter).id]
		}
		attempts := []struct {
			path string
			body object
		}{
			{"update-member-role", object{"memberId": own, "role": owner}},
			{"update-member-role", object{"memberId": own, "role": list{recruiter, owner}}},
			{"update-member-role", object{"memberId": own, "role": recruiter + "," + owner}},
			{"update-member-role", object{"memberId": own, "role": "PUBLIC"}},
			{"invite-member", object{"email": unique("evil") + "@people.example", "role": owner}},
			{"invite-member", object{"email": unique("evil") + "@people.example", "role": list{recruiter, owner}}},
			{"add-member", object{"userId": who.id, "role": owner}},
			{"remove-member", object{"memberIdOrEmail": membership[home.as(owner).id]}},
			{"create-role", object{"role": "god", "permission": object{"organization": list{"delete"}}}},
			{"delete", object{}},
		}
		if name != "admin" { // who manages members, but not the owner's rights
			attempts = append(attempts, []struct {
				path string
				body object
			}{
				{"update", object{"data": object{"name": "taken over"}}},
				{"update-member-role", object{"memberId": own, "role": manager}},
				{"invite-member", object{"email": unique("evil") + "@people.example", "role": manager}},
			}...)
		}
		for _, a := range attempts {
			refused(t, who.send(t, http.MethodPost, "/api/auth/organization/"+a.path, with(a.body, object{"organizationId": home.id}), nil))
		}
		home.as(owner).get(t, "/departments").want(t, "200")
	}
	home.as(recruiter).call(t, http.MethodDelete, "/candidates/"+home.ids["/candidates"], nil).want(t, "403 ACCESS_ROLE_REQUIRED")
	stranger, _ = signUp(t, b)
	for _, body := range []object{{"role": "admin"}, {"emailVerified": true}, {"activeOrganizationId": home.id}, {"id": home.as(owner).id}} {
		stranger.send(t, http.MethodPost, "/api/auth/update-user", with(body, object{"name": "x"}), nil)
		stranger.send(t, http.MethodPost, "/api/auth/update-session", body, nil)
		equal(t, "rows of the stranger", len(stranger.get(t, "/candidates").want(t, "200").rows(t)), 0)
	}
	home.untouched(t)
}

// refused checks that an endpoint of Better Auth did not do it.
func refused(t *testing.T, got answer) {
	t.Helper()
	if got.status < 400 {
		t.Errorf("not refused: %v", got)
	}
}

// TestCookiesOfAnotherSite shows that a page of another site acts in nobody's name, and sends nobody there.
func TestCookiesOfAnotherSite(t *testing.T) {
	b := start(t)
	email := unique("cookie") + "@people.example"
	signUpAs(t, b, email)
	in := nobody(b).auth(t, "/sign-in/email", object{"email": email, "password": password})
	cookie, _, _ := strings.Cut(in.header.Get("Set-Cookie"), ";")
	for origin, status := range map[string]int{
		b.url: http.StatusCreated, "https://evil.example": http.StatusUnauthorized, "null": http.StatusUnauthorized,
		b.url + ".evil.example": http.StatusUnauthorized, "http://localhost.evil.example": http.StatusUnauthorized, "http://127.0.0.1@evil.example": http.StatusUnauthorized,
	} {
		got := nobody(b).send(t, http.MethodPost, "/api/v1/departments", text(t, departmentFields()), http.Header{"Cookie": {cookie}, "Origin": {origin}, "Content-Type": {"text/plain"}})
		if got.status != status || status != http.StatusCreated && got.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %v", origin, got)
		}
	}
	for _, to := range []string{"https://evil.example", "//evil.example", `/\evil.example`, "javascript:alert(1)", b.url + "@evil.example", "/%2f%2fevil.example"} {
		refused(t, nobody(b).send(t, http.MethodPost, "/api/auth/sign-in/email", object{"email": email, "password": password, "callbackURL": to}, nil))
	}
}
