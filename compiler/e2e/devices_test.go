package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestDevices shows the ways that RFC 8628 has for a device without a browser: pending, too fast, denied, expired, and let in.
func TestDevices(t *testing.T) {
	s := startAccounts(t)
	person, org := signUp(t, s.b)
	ask := func() (device, user string) {
		got := nobody(s.b).auth(t, "/device/code", object{"client_id": "cli"})
		equal(t, "interval", got.at("interval"), 5)
		return got.at("device_code").(string), got.at("user_code").(string)
	}
	poll := func(code string) answer {
		return nobody(s.b).send(t, http.MethodPost, "/api/auth/device/token", object{"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": code, "client_id": "cli"}, nil)
	}
	said := func(code, want string) {
		t.Helper()
		got := poll(code)
		equal(t, "error", []any{got.status, got.at("error")}, []any{http.StatusBadRequest, want})
	}
	device, user := ask()
	said(device, "authorization_pending")
	tooFast := 0
	for poll(device).at("error") != "slow_down" { // five seconds may have passed, on a machine that is very busy
		if tooFast++; tooFast == 100 {
			t.Fatal("whoever asks all the time is never told to slow down")
		}
	}
	refused(t, nobody(s.b).send(t, http.MethodPost, "/api/auth/device/approve", object{"userCode": user}, nil))

	device, user = ask()
	person.send(t, http.MethodGet, "/api/auth/device?user_code="+user, nil, nil).want(t, "200")
	stranger, _ := signUp(t, s.b)
	refused(t, stranger.send(t, http.MethodPost, "/api/auth/device/approve", object{"userCode": user}, nil)) // it is somebody else's
	person.auth(t, "/device/approve", object{"userCode": user})
	let := poll(device)
	equal(t, "let in", []any{let.status, let.at("token_type")}, []any{http.StatusOK, "Bearer"})
	token, _ := let.at("access_token").(string)
	on := &caller{b: s.b, token: token}
	equal(t, "calls as its user", on.create(t, "/notes", object{"title": "From the device"}) != "", true)
	equal(t, "organization", on.get(t, "/notes").want(t, "200").at("data", 0, "organizationId"), org)
	refused(t, poll(device)) // once

	device, user = ask()
	person.send(t, http.MethodGet, "/api/auth/device?user_code="+user, nil, nil).want(t, "200")
	person.auth(t, "/device/deny", object{"userCode": user})
	said(device, "access_denied")
	device, user = ask()
	s.sql(t, "device_code", "update device_code set expires_at = 1000 where user_code = ?", user)
	said(device, "expired_token")
}

// TestAnonymousUpgrade shows that what somebody made without an account is theirs once they have one, and nobody else's before.
func TestAnonymousUpgrade(t *testing.T) {
	s := startAccounts(t)
	begin := func(line string) *caller {
		in := nobody(s.b).auth(t, "/sign-in/anonymous", object{})
		who := &caller{b: s.b, token: in.header.Get("Set-Auth-Token"), id: in.at("user", "id").(string)}
		who.create(t, "/entries", object{"line": line})
		return who
	}
	gone := func(who *caller) {
		t.Helper()
		who.get(t, "/entries").want(t, "401 AUTH_INVALID_TOKEN")
		equal(t, "anonymous users left", len(s.sql(t, "user", "select id from user where id = ?", who.id)), 0)
	}
	first, second := begin("one"), begin("two")
	equal(t, "own", first.get(t, "/entries").want(t, "200").column(t, "line"), []string{"one"})
	first.get(t, "/notes").want(t, "403 ACCESS_NO_ORG")
	first.call(t, http.MethodPost, "/notes", object{"title": "x"}).want(t, "403 ACCESS_NO_ORG")

	refused(t, first.send(t, http.MethodPost, "/api/auth/organization/create", object{"name": "Mine", "slug": unique("mine")}, nil))

	email := unique("upgraded") + "@people.example"
	signedUp := first.auth(t, "/sign-up/email", object{"email": email, "password": password, "name": "Real"})
	person := s.signedIn(t, signedUp)
	equal(t, "what was made before", person.get(t, "/entries").want(t, "200").column(t, "line"), []string{"one"})
	equal(t, "its author", person.get(t, "/entries").at("data", 0, "createdBy"), person.id)
	gone(first)

	equal(t, "another anonymous user's stays apart", second.get(t, "/entries").want(t, "200").column(t, "line"), []string{"two"})
	again := s.signedIn(t, second.auth(t, "/sign-in/email", object{"email": email, "password": password}))
	equal(t, "joined to the account's", again.get(t, "/entries?sort=line").want(t, "200").column(t, "line"), []string{"one", "two"})
	gone(second)

	stranger, _ := signUp(t, s.b)
	third := begin("three")
	refused(t, third.send(t, http.MethodPost, "/api/auth/sign-in/email", object{"email": email, "password": "wrong horse battery"}, nil))
	equal(t, "after a wrong password", third.get(t, "/entries").want(t, "200").column(t, "line"), []string{"three"})
	equal(t, "a stranger's", len(stranger.get(t, "/entries").want(t, "200").rows(t)), 0)

	// What the account may have only once stops the upgrade whole: no row moves, nobody is signed in, and what is in the way can be taken out of it.
	same := third.create(t, "/entries", object{"line": "two"})
	sessions := len(s.sql(t, "session", "select id from session where user_id = ?", person.id))
	signIn := func() answer {
		return third.send(t, http.MethodPost, "/api/auth/sign-in/email", object{"email": email, "password": password}, nil)
	}
	met := signIn()
	equal(t, "a sign-in that would leave rows behind", []any{met.status, met.at("code")}, []any{409, "ANONYMOUS_ROWS_CONFLICT"})
	equal(t, "credentials of a refused sign-in", []int{len(met.header.Values("Set-Cookie")), len(met.header.Values("Set-Auth-Token"))}, []int{0, 0})
	equal(t, "sessions of the account", len(s.sql(t, "session", "select id from session where user_id = ?", person.id)), sessions)
	equal(t, "still apart", third.get(t, "/entries?sort=line").want(t, "200").column(t, "line"), []string{"three", "two"})
	equal(t, "the account's as they were", again.get(t, "/entries?sort=line").want(t, "200").column(t, "line"), []string{"one", "two"})
	third.call(t, http.MethodDelete, "/entries/"+same, nil).want(t, "200")
	whole := s.signedIn(t, signIn())
	equal(t, "joined in the end", whole.get(t, "/entries?sort=line").want(t, "200").column(t, "line"), []string{"one", "three", "two"})
	gone(third)
}

// TestSocialLogin shows where a browser is sent to, that it must come back with what it was sent with, and that no secret travels.
func TestSocialLogin(t *testing.T) {
	s := startAccounts(t)
	for provider, want := range map[string]struct{ at, id, secret, scope string }{
		"github": {"https://github.com/login/oauth/authorize", "github-id", "github-secret", "user:email"},
		"google": {"https://accounts.google.com/o/oauth2/v2/auth", "google-id", "google-secret", "https://www.googleapis.com/auth/calendar.readonly"},
	} {
		got := nobody(s.b).auth(t, "/sign-in/social", object{"provider": provider, "callbackURL": "/welcome"})
		to, err := url.Parse(got.at("url").(string))
		if err != nil {
			t.Fatal(err)
		}
		asked := to.Query()
		equal(t, provider, to.Scheme+"://"+to.Host+to.Path, want.at)
		equal(t, "client", asked.Get("client_id"), want.id)
		equal(t, "comes back to", asked.Get("redirect_uri"), s.b.url+"/api/auth/callback/"+provider)
		if asked.Get("state") == "" || !strings.Contains(asked.Get("scope"), want.scope) || strings.Contains(got.raw, want.secret) {
			t.Errorf("%s is asked for %v", provider, asked)
		}
		if cookie := got.header.Get("Set-Cookie"); !strings.Contains(cookie, "state") || !strings.Contains(cookie, "HttpOnly") {
			t.Errorf("no cookie holds the state: %q", cookie)
		}
		for _, state := range []string{"forged", asked.Get("state")} { // the second is true, but of another browser: the cookie is not there
			back := s.open(t, "/api/auth/callback/"+provider+"?code=x&state="+url.QueryEscape(state), nil)
			if back.status != http.StatusFound || !strings.Contains(back.header.Get("Location"), "error=") || back.header.Get("Set-Auth-Token") != "" {
				t.Errorf("%s with another's state: %d %v", provider, back.status, back.header)
			}
		}
	}
	refused(t, nobody(s.b).send(t, http.MethodPost, "/api/auth/sign-in/social", object{"provider": "github", "callbackURL": "https://evil.example"}, nil))
	for _, provider := range []string{"discord", "facebook"} { // one without its variables, one that the project does not name
		refused(t, nobody(s.b).send(t, http.MethodPost, "/api/auth/sign-in/social", object{"provider": provider}, nil))
	}
}
