package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// signedIn is the caller whom an answer signs in. The organization that everybody gets is there, so the API answers.
func (s *support) signedIn(t *testing.T, got answer) *caller {
	t.Helper()
	who := &caller{b: s.b, token: got.header.Get("Set-Auth-Token")}
	if who.token == "" {
		t.Fatalf("nobody is signed in: %v", got)
	}
	who.get(t, "/notes").want(t, "200")
	session := who.send(t, http.MethodGet, "/api/auth/get-session", nil, nil).want(t, "200")
	who.id, _ = session.at("user", "id").(string)
	return who
}

// open follows a link of a mail, without following where it leads.
func (s *support) open(t *testing.T, path string, header http.Header) answer {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	request, err := http.NewRequest(http.MethodGet, s.b.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header = header
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return answer{method: http.MethodGet, path: path, status: response.StatusCode, header: response.Header}
}

// TestMailOfAuthentication shows what carries the mail, in whose name, and that what it says is text and not markup.
func TestMailOfAuthentication(t *testing.T) {
	s := startAccounts(t)
	email := unique("mail") + "@people.example"
	nobody(s.b).auth(t, "/email-otp/send-verification-otp", object{"email": email, "type": "sign-in"})
	got := s.letterTo(t, email)
	equal(t, "subject", got.subject, "Sign in to Notes & Co")
	got.code(t)
	if !strings.Contains(got.from, "Sign-in „Test“") || !strings.Contains(got.from, "noreply@example.com") {
		t.Errorf("from %q", got.from)
	}
	if on.runtime != "cloudflare" {
		equal(t, "reply to", got.replyTo, "help@example.com")
	}
	nobody(s.b).auth(t, "/sign-in/magic-link", object{"email": email})
	if linked := s.letterTo(t, email); !strings.Contains(linked.html, "Notes &#38; Co") {
		t.Errorf("not escaped: %s", linked.html)
	}
}

// TestEmailCodes shows that a code signs in once, that wrong ones use it up, and that it is stored hashed.
func TestEmailCodes(t *testing.T) {
	s := startAccounts(t)
	email := unique("coded") + "@people.example"
	send := func() string {
		nobody(s.b).auth(t, "/email-otp/send-verification-otp", object{"email": email, "type": "sign-in"})
		return s.letterTo(t, email).code(t)
	}
	try := func(code string) answer {
		return nobody(s.b).send(t, http.MethodPost, "/api/auth/sign-in/email-otp", object{"email": email, "otp": code}, nil)
	}
	code := send()
	equal(t, "rows with the code itself", len(s.sql(t, "verification", "select id from verification where value like ?", "%"+code+"%")), 0)
	first := s.signedIn(t, try(code))
	refused(t, try(code)) // a second time
	again := s.signedIn(t, try(send()))
	equal(t, "the same user", again.id, first.id)
	code = send()
	for _, wrong := range []string{"000000", "111111", "222222"} {
		if wrong != code {
			refused(t, try(wrong))
		}
	}
	refused(t, try(code)) // the attempts are used up
	code = send()
	s.sql(t, "verification", "update verification set expires_at = 1000 where identifier = ?", "sign-in-otp-"+email)
	refused(t, try(code)) // expired

	nobody(s.b).auth(t, "/email-otp/send-verification-otp", object{"email": email, "type": "forget-password"})
	nobody(s.b).auth(t, "/email-otp/reset-password", object{"email": email, "otp": s.letterTo(t, email).code(t), "password": "another horse battery"})
	s.signedIn(t, nobody(s.b).auth(t, "/sign-in/email", object{"email": email, "password": "another horse battery"}))
}

// TestMagicLinks shows that a link signs in once, and leads nowhere but home.
func TestMagicLinks(t *testing.T) {
	s := startAccounts(t)
	email := unique("linked") + "@people.example"
	nobody(s.b).auth(t, "/sign-in/magic-link", object{"email": email, "callbackURL": "/welcome"})
	link := s.letterTo(t, email).link(t, s.b)
	opened := s.open(t, link, nil)
	equal(t, "leads to", opened.header.Get("Location"), s.b.url+"/welcome")
	s.signedIn(t, opened)
	if cookie := opened.header.Get("Set-Cookie"); !strings.Contains(cookie, "Max-Age=259200") { // three days, as the configuration says
		t.Errorf("another lifetime: %s", cookie)
	}
	again := s.open(t, link, nil)
	if again.header.Get("Set-Auth-Token") != "" || !strings.Contains(again.header.Get("Location"), "error=INVALID_TOKEN") {
		t.Errorf("a second time: %v", again.header)
	}
	refused(t, nobody(s.b).send(t, http.MethodPost, "/api/auth/sign-in/magic-link", object{"email": email, "callbackURL": "https://evil.example"}, nil))
}

// TestComboAuth shows one mail with a link and a code, of which the first that is used ends the other.
func TestComboAuth(t *testing.T) {
	s := startAccounts(t)
	email := unique("combo") + "@people.example"
	send := func() letter {
		nobody(s.b).auth(t, "/sign-in/combo-auth", object{"email": email, "callbackURL": "/welcome"})
		return s.letterTo(t, email)
	}
	try := func(code string) answer {
		return nobody(s.b).send(t, http.MethodPost, "/api/auth/sign-in/combo-auth", object{"email": email, "otp": code}, nil)
	}
	ended := func(path string) {
		t.Helper()
		if got := s.open(t, path, nil); got.header.Get("Set-Auth-Token") != "" || !strings.Contains(got.header.Get("Location"), "error=") {
			t.Errorf("the link still works: %v", got.header)
		}
	}
	byCode := send()
	first := s.signedIn(t, try(byCode.code(t)))
	ended(byCode.link(t, s.b))
	refused(t, try(byCode.code(t)))

	byLink := send()
	opened := s.open(t, byLink.link(t, s.b), nil)
	equal(t, "leads to", opened.header.Get("Location"), s.b.url+"/welcome")
	equal(t, "the same user", s.signedIn(t, opened).id, first.id)
	refused(t, try(byLink.code(t)))
	ended(byLink.link(t, s.b))

	guessed := send()
	for range 3 {
		refused(t, try("x"+guessed.code(t)))
	}
	refused(t, try(guessed.code(t)))
	refused(t, nobody(s.b).send(t, http.MethodPost, "/api/auth/sign-in/combo-auth", object{"email": email, "callbackURL": "https://evil.example"}, nil))
	refused(t, nobody(s.b).send(t, http.MethodPost, "/api/auth/sign-in/combo-auth", object{"email": "nobody"}, nil))
}

// TestForgottenPassword shows that a link by mail replaces a password once, and ends every session.
func TestForgottenPassword(t *testing.T) {
	s := startAccounts(t)
	email := unique("forgot") + "@people.example"
	person, _ := signUpAs(t, s.b, email)
	known := nobody(s.b).auth(t, "/request-password-reset", object{"email": email, "redirectTo": "/reset"})
	unknown := nobody(s.b).auth(t, "/request-password-reset", object{"email": "un" + email, "redirectTo": "/reset"})
	equal(t, "nobody learns who has an account", unknown.json, known.json)
	refused(t, nobody(s.b).send(t, http.MethodPost, "/api/auth/request-password-reset", object{"email": email, "redirectTo": "https://evil.example"}, nil))
	opened := s.open(t, s.letterTo(t, email).link(t, s.b), nil)
	path, token, _ := strings.Cut(opened.header.Get("Location"), "?token=")
	equal(t, "leads to", path, s.b.url+"/reset")
	nobody(s.b).auth(t, "/reset-password", object{"token": token, "newPassword": "another horse battery"})
	person.get(t, "/notes").want(t, "401 AUTH_INVALID_TOKEN")
	refused(t, nobody(s.b).send(t, http.MethodPost, "/api/auth/reset-password", object{"token": token, "newPassword": "a third horse battery"}, nil))
	refused(t, nobody(s.b).send(t, http.MethodPost, "/api/auth/sign-in/email", object{"email": email, "password": password}, nil))
	s.signedIn(t, nobody(s.b).auth(t, "/sign-in/email", object{"email": email, "password": "another horse battery"}))
}

// TestInvitationsByMail shows that who is invited gets the invitation by mail, and that nobody writes more into it than a name.
func TestInvitationsByMail(t *testing.T) {
	s := startAccounts(t)
	home := newTenant(t, s.b)
	home.as(owner).auth(t, "/organization/update", object{"organizationId": home.id, "data": object{"name": "A <b>bold</b>\r\nBcc: all@people.example"}})
	email := unique("invited") + "@people.example"
	invited := home.as(owner).auth(t, "/organization/invite-member", object{"email": email, "role": "clerk", "organizationId": home.id})
	got := s.letterTo(t, email)
	equal(t, "subject", got.subject, "Invitation to A <b>bold</b> Bcc: all@people.example")
	if id, _ := invited.at("id").(string); !strings.Contains(got.text, id) || !strings.Contains(got.text, "on Notes & Co.") || strings.Contains(got.html, "<b>") {
		t.Errorf("%+v", got)
	}
}

// TestUnprovenAddress shows that whoever registers with another's address keeps nothing of the account once the address is proven: no
// password, session, key or passkey. What is made after that stays, however often its owner signs in by mail.
func TestUnprovenAddress(t *testing.T) {
	s := startAccounts(t)
	for way, signIn := range map[string]func(email string) answer{
		"code": func(email string) answer {
			nobody(s.b).auth(t, "/email-otp/send-verification-otp", object{"email": email, "type": "sign-in"})
			return nobody(s.b).auth(t, "/sign-in/email-otp", object{"email": email, "otp": s.letterTo(t, email).code(t)})
		},
		"link": func(email string) answer {
			nobody(s.b).auth(t, "/sign-in/magic-link", object{"email": email})
			return s.open(t, s.letterTo(t, email).link(t, s.b), nil)
		},
		"code of both": func(email string) answer {
			nobody(s.b).auth(t, "/sign-in/combo-auth", object{"email": email})
			return nobody(s.b).auth(t, "/sign-in/combo-auth", object{"email": email, "otp": s.letterTo(t, email).code(t)})
		},
		"link of both": func(email string) answer {
			nobody(s.b).auth(t, "/sign-in/combo-auth", object{"email": email})
			return s.open(t, s.letterTo(t, email).link(t, s.b), nil)
		},
	} {
		t.Run(way, func(t *testing.T) {
			email := unique("squatted") + "@people.example"
			squatter, _ := signUpAs(t, s.b, email)
			key, device := squatter.key(t), newAuthenticator(t, s.b.url)
			options, page := squatter.options(t, "generate-register-options")
			if kept := squatter.send(t, http.MethodPost, "/api/auth/passkey/verify-registration", object{"response": device.create(t, options)}, page); kept.status != http.StatusOK {
				t.Fatal(kept)
			}
			nobody(s.b).withKey(t, key, "/notes").want(t, "200")

			rightful := s.signedIn(t, signIn(email))
			equal(t, "the same account", rightful.id, squatter.id)
			squatter.get(t, "/notes").want(t, "401 AUTH_INVALID_TOKEN")
			nobody(s.b).withKey(t, key, "/notes").want(t, "401 AUTH_INVALID_TOKEN")
			refused(t, nobody(s.b).send(t, http.MethodPost, "/api/auth/sign-in/email", object{"email": email, "password": password}, nil))
			equal(t, "passkeys", rightful.send(t, http.MethodGet, "/api/auth/passkey/list-user-passkeys", nil, nil).want(t, "200").raw, "[]")

			own := rightful.key(t)
			s.signedIn(t, signIn(email))
			nobody(s.b).withKey(t, own, "/notes").want(t, "200")
		})
	}
}
