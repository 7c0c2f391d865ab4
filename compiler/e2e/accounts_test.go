package e2e

import (
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// startAccounts returns the backend of testdata/auth, which has every way to sign in and to manage users.
func startAccounts(t *testing.T) *support {
	t.Helper()
	data := filepath.Join(scratch, "auth-data")
	b, runs := sharedProjects["auth"]
	if !runs {
		b = begin(t, emitProject(t, "auth"), data, accountVars())
		sharedProjects["auth"] = b
	}
	return &support{b: b, data: data}
}

// accountVars are the variables of that backend: its mail goes to the post office of the tests.
func accountVars() map[string]string {
	return map[string]string{
		"AWS_ACCESS_KEY_ID": awsID, "AWS_SECRET_ACCESS_KEY": awsSecret, "AWS_SESSION_TOKEN": awsToken, "EMAIL_REPLY_TO": "help@example.com", "AWS_ENDPOINT_URL_SESV2": post.start().URL, "APP_NAME": "Notes & Co",
		"GITHUB_CLIENT_ID": "github-id", "GITHUB_CLIENT_SECRET": "github-secret", "OUR_GOOGLE_ID": "google-id", "OUR_GOOGLE_SECRET": "google-secret",
	}
}

// administrator signs somebody up and makes them one in the database, as the first one always is.
func (s *support) administrator(t *testing.T) *caller {
	t.Helper()
	email := unique("admin") + "@people.example"
	registered, _ := signUpAs(t, s.b, email)
	s.sql(t, "user", "update user set role = 'admin' where id = ?", registered.id)
	in := nobody(s.b).auth(t, "/sign-in/email", object{"email": email, "password": password}) // which makes the backend forget the session that it remembers
	return &caller{b: s.b, id: registered.id, token: in.header.Get("Set-Auth-Token")}
}

// TestPlatformAdministrators shows what they may do with users, that nobody else may, and that no row of a tenant opens to them.
func TestPlatformAdministrators(t *testing.T) {
	s := startAccounts(t)
	home := newTenant(t, s.b, "clerk")
	note := home.as(owner).create(t, "/notes", object{"title": "Ours"})
	admin := s.administrator(t)

	t.Run("the firewall holds", func(t *testing.T) {
		equal(t, "admitted by userRole, and none of another tenant", len(admin.get(t, "/notes").want(t, "200").rows(t)), 0)
		admin.get(t, "/notes/"+note).want(t, "403 FIREWALL_NOT_FOUND")
		admin.call(t, http.MethodDelete, "/notes/"+note, nil).want(t, "403 FIREWALL_NOT_FOUND") // owner of an organization of their own
		refused(t, admin.send(t, http.MethodPost, "/api/auth/organization/set-active", object{"organizationId": home.id}, nil))
		refused(t, admin.send(t, http.MethodPost, "/api/auth/admin/impersonate-user", object{"userId": home.as(owner).id}, nil))
		refused(t, admin.send(t, http.MethodPost, "/api/auth/admin/list-user-sessions", object{"userId": home.as(owner).id}, nil)) // with their tokens
		equal(t, "still", home.as(owner).get(t, "/notes/"+note).want(t, "200").at("title"), "Ours")
	})
	t.Run("nobody else", func(t *testing.T) {
		victim := home.as("clerk").id
		for path, body := range map[string]object{
			"create-user": {"email": unique("x") + "@people.example", "password": password, "name": "X", "role": "admin"}, "set-role": {"userId": home.as(owner).id, "role": "admin"},
			"ban-user": {"userId": victim}, "remove-user": {"userId": victim}, "set-user-password": {"userId": victim, "newPassword": "another horse"},
			"revoke-user-sessions": {"userId": victim}, "impersonate-user": {"userId": victim},
		} {
			got := home.as(owner).send(t, http.MethodPost, "/api/auth/admin/"+path, body, nil)
			equal(t, path, got.status, http.StatusForbidden)
			equal(t, path+" of nobody", nobody(s.b).send(t, http.MethodPost, "/api/auth/admin/"+path, body, nil).status, http.StatusUnauthorized)
		}
		equal(t, "list", home.as(owner).send(t, http.MethodGet, "/api/auth/admin/list-users", nil, nil).status, http.StatusForbidden)
		home.as(owner).send(t, http.MethodPost, "/api/auth/update-user", object{"role": "admin", "name": "x"}, nil)
		equal(t, "after asking for it", home.as(owner).send(t, http.MethodGet, "/api/auth/admin/list-users", nil, nil).status, http.StatusForbidden)
		home.as("clerk").get(t, "/notes").want(t, "200")
	})
	t.Run("a ban ends sessions and keys", func(t *testing.T) {
		email := unique("banned") + "@people.example"
		person, _ := signUpAs(t, s.b, email)
		key := person.key(t)
		person.get(t, "/notes").want(t, "200")
		nobody(s.b).withKey(t, key, "/notes").want(t, "200")
		admin.auth(t, "/admin/ban-user", object{"userId": person.id})
		person.get(t, "/notes").want(t, "401 AUTH_INVALID_TOKEN")
		nobody(s.b).withKey(t, key, "/notes").want(t, "401 AUTH_INVALID_TOKEN")
		again := nobody(s.b).send(t, http.MethodPost, "/api/auth/sign-in/email", object{"email": email, "password": password}, nil)
		equal(t, "sign-in", strconv.Itoa(again.status)+" "+again.code(), "403 BANNED_USER")
		admin.auth(t, "/admin/unban-user", object{"userId": person.id})
		back := nobody(s.b).auth(t, "/sign-in/email", object{"email": email, "password": password})
		(&caller{b: s.b, token: back.header.Get("Set-Auth-Token")}).get(t, "/notes").want(t, "200")
	})
	t.Run("sessions end without being shown", func(t *testing.T) {
		person, _ := signUpAs(t, s.b, unique("ended")+"@people.example")
		admin.auth(t, "/admin/revoke-user-sessions", object{"userId": person.id})
		person.get(t, "/notes").want(t, "401 AUTH_INVALID_TOKEN")
	})
	t.Run("users", func(t *testing.T) {
		made := admin.auth(t, "/admin/create-user", object{"email": unique("made") + "@people.example", "password": password, "name": "Made", "role": "user"})
		equal(t, "role", made.at("user", "role"), "user")
		refused(t, admin.send(t, http.MethodPost, "/api/auth/admin/set-role", object{"userId": home.as(owner).id, "role": "emperor"}, nil))
		equal(t, "list", admin.send(t, http.MethodGet, "/api/auth/admin/list-users?limit=1", nil, nil).want(t, "200").at("users", 0, "id") != nil, true)
	})
}

// key makes an API key for the active organization; more are further fields of the request.
func (c *caller) key(t *testing.T, more ...object) string {
	t.Helper()
	key, _ := c.auth(t, "/api-key/create", with(object{"name": "test"}, more...)).at("key").(string)
	if key == "" {
		t.Fatal("a key is shown when it is made")
	}
	return key
}

// withKey gets a path of the API with a key, beside whatever session the caller has.
func (c *caller) withKey(t *testing.T, key, path string) answer {
	t.Helper()
	return c.send(t, http.MethodGet, "/api/v1"+path, nil, http.Header{"X-Api-Key": {key}})
}

// TestAPIKeys shows that a key calls as its owner, in one organization, with what the owner may there at that moment, and nothing else.
func TestAPIKeys(t *testing.T) {
	s := startAccounts(t)
	home, away := newTenant(t, s.b, "clerk"), newTenant(t, s.b)
	boss, clerk := home.as(owner), home.as("clerk")
	clerk.auth(t, "/organization/set-active", object{"organizationId": home.id})
	id := boss.create(t, "/notes", object{"title": "Ours"})
	away.as(owner).create(t, "/notes", object{"title": "Theirs"})
	post := func(key string, body object) answer {
		return nobody(s.b).send(t, http.MethodPost, "/api/v1/notes", body, http.Header{"X-Api-Key": {key}})
	}

	t.Run("calls as its owner", func(t *testing.T) {
		key := boss.key(t)
		equal(t, "rows", nobody(s.b).withKey(t, key, "/notes").want(t, "200").column(t, "title"), []string{"Ours"})
		made := post(key, object{"title": "By key"}).want(t, "201")
		equal(t, "organization", made.at("data", "organizationId"), home.id)
		equal(t, "author", made.at("data", "createdBy"), boss.id)
		boss.call(t, http.MethodDelete, "/notes/"+made.at("data", "id").(string), nil).want(t, "200")
	})
	t.Run("never more than the owner", func(t *testing.T) {
		key := clerk.key(t)
		nobody(s.b).withKey(t, key, "/notes/"+id).want(t, "200")
		gone := nobody(s.b).send(t, http.MethodDelete, "/api/v1/notes/"+id, nil, http.Header{"X-Api-Key": {key}})
		gone.want(t, "403 ACCESS_ROLE_REQUIRED")
		foreign := clerk.key(t, object{"metadata": object{"organizationId": away.id}})
		nobody(s.b).withKey(t, foreign, "/notes").want(t, "403 ACCESS_NO_ORG")
		boss.auth(t, "/organization/remove-member", object{"memberIdOrEmail": s.sql(t, "member", "select id from member where user_id = ? and organization_id = ?", clerk.id, home.id)[0]["id"], "organizationId": home.id})
		nobody(s.b).withKey(t, key, "/notes").want(t, "403 ACCESS_NO_ORG")
	})
	t.Run("revoked", func(t *testing.T) {
		made := boss.auth(t, "/api-key/create", object{"name": "short"})
		key, keyID := made.at("key").(string), made.at("id")
		refused(t, away.as(owner).send(t, http.MethodPost, "/api/auth/api-key/delete", object{"keyId": keyID}, nil))
		nobody(s.b).withKey(t, key, "/notes").want(t, "200")
		boss.auth(t, "/api-key/update", object{"keyId": keyID, "enabled": false})
		nobody(s.b).withKey(t, key, "/notes").want(t, "401 AUTH_INVALID_TOKEN")
		boss.auth(t, "/api-key/update", object{"keyId": keyID, "enabled": true})
		nobody(s.b).withKey(t, key, "/notes").want(t, "200")
		boss.auth(t, "/api-key/delete", object{"keyId": keyID})
		nobody(s.b).withKey(t, key, "/notes").want(t, "401 AUTH_INVALID_TOKEN")
	})
	t.Run("expired", func(t *testing.T) {
		name := unique("expires")
		key := boss.key(t, object{"expiresIn": 86400, "name": name})
		nobody(s.b).withKey(t, key, "/notes").want(t, "200")
		s.sql(t, "apikey", "update apikey set expires_at = 1000 where name = ?", name)
		nobody(s.b).withKey(t, key, "/notes").want(t, "401 AUTH_EXPIRED")
	})
	t.Run("decides alone", func(t *testing.T) {
		boss.withKey(t, "not-a-key", "/notes").want(t, "401 AUTH_INVALID_TOKEN")
		boss.withKey(t, "", "/notes").want(t, "401 AUTH_INVALID_TOKEN")
		key := away.as(owner).key(t)
		equal(t, "the key's rows, not the session's", boss.withKey(t, key, "/notes").want(t, "200").column(t, "title"), []string{"Theirs"})
		(&caller{b: s.b, token: key}).get(t, "/notes").want(t, "401 AUTH_INVALID_TOKEN") // separate from bearer tokens
	})
	t.Run("opens nothing of authentication", func(t *testing.T) {
		header := http.Header{"X-Api-Key": {boss.key(t)}}
		equal(t, "session", nobody(s.b).send(t, http.MethodGet, "/api/auth/get-session", nil, header).raw, "null")
		equal(t, "another key", nobody(s.b).send(t, http.MethodPost, "/api/auth/api-key/create", object{"name": "more"}, header).status, http.StatusUnauthorized)
		refused(t, boss.send(t, http.MethodPost, "/api/auth/api-key/create", object{"name": "free", "rateLimitEnabled": false}, nil)) // the server's to say
	})
	t.Run("rate limit", func(t *testing.T) {
		name := unique("busy")
		key := boss.key(t, object{"name": name})
		equal(t, "of the configuration", s.sql(t, "apikey", "select rate_limit_max, rate_limit_time_window from apikey where name = ?", name), []object{{"rate_limit_max": 50, "rate_limit_time_window": 3600000}})
		s.sql(t, "apikey", "update apikey set rate_limit_max = 2 where name = ?", name)
		nobody(s.b).withKey(t, key, "/notes").want(t, "200")
		nobody(s.b).withKey(t, key, "/notes").want(t, "200")
		busy := nobody(s.b).withKey(t, key, "/notes").want(t, "429 AUTH_RATE_LIMITED")
		if after, err := strconv.Atoi(busy.header.Get("Retry-After")); err != nil || after < 1 || after > 3600 {
			t.Errorf("Retry-After: %q", busy.header.Get("Retry-After"))
		}
	})
	t.Run("is stored hashed", func(t *testing.T) {
		key := boss.key(t)
		equal(t, "rows with the key itself", len(s.sql(t, "apikey", "select id from apikey where key = ?", key)), 0)
	})
}

// TestSessionsInKV shows that Workers keep sessions in KV as well, that these end with them, and that an API call does not ask KV: one
// that still has a session which has ended opens nothing.
func TestSessionsInKV(t *testing.T) {
	s := startAccounts(t)
	kept := func(c *caller) int {
		token, _, _ := strings.Cut(c.token, ".")
		return len(s.sql(t, "_mf_entries", "select key from _mf_entries where key = ?", token))
	}
	person, _ := signUp(t, s.b)
	equal(t, "after signing in", kept(person), 1)
	person.get(t, "/notes").want(t, "200")
	person.auth(t, "/sign-out", object{})
	equal(t, "after signing out", kept(person), 0)
	person.get(t, "/notes").want(t, "401 AUTH_INVALID_TOKEN")

	banned, _ := signUp(t, s.b)
	s.administrator(t).auth(t, "/admin/ban-user", object{"userId": banned.id})
	equal(t, "after a ban", kept(banned), 0)
	banned.get(t, "/notes").want(t, "401 AUTH_INVALID_TOKEN")

	left, _ := signUp(t, s.b)
	s.sql(t, "session", "delete from session where user_id = ?", left.id)
	signUp(t, s.b) // whatever may change a session makes the backend forget those it remembers
	equal(t, "KV has it still", kept(left), 1)
	left.get(t, "/notes").want(t, "401 AUTH_INVALID_TOKEN")
}

// TestUnknownRoutesOfAuthentication shows that what Better Auth does not have answers like any other path that is not there.
func TestUnknownRoutesOfAuthentication(t *testing.T) {
	s := startAccounts(t)
	for _, prefix := range []string{"/api/auth", "/auth/v1"} {
		nobody(s.b).send(t, http.MethodGet, prefix+"/nonsense", nil, nil).want(t, "404 NOT_FOUND")
		nobody(s.b).send(t, http.MethodDelete, prefix+"/sign-in/email", nil, nil).want(t, "404 NOT_FOUND")
	}
}

// TestPluginsAreBehindTheGate shows that what surrounds every request surrounds the routes of plugins too, under both of their paths: headers, and no
// permission for other sites.
func TestPluginsAreBehindTheGate(t *testing.T) {
	s := startAccounts(t)
	for _, path := range []string{"/sign-in/combo-auth", "/api-key/create", "/passkey/verify-authentication", "/device/code", "/sign-in/social", "/admin/ban-user"} {
		evil := nobody(s.b).send(t, http.MethodPost, "/auth/v1"+path, object{}, http.Header{"Origin": {"https://evil.example"}, "Cookie": {"better-auth.session_token=x"}})
		refused(t, evil)
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Access-Control-Allow-Origin": ""} {
			equal(t, path+" "+name, evil.header.Get(name), want)
		}
	}
}
