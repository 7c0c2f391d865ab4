package promises

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

type (
	object = map[string]any
	list   = []any
)

// caller is somebody who calls the API: a signed-in user, or nobody when the token is empty.
type caller struct {
	b         *backend
	token, id string
}

// answer is what came back.
type answer struct {
	asked  string
	status int
	header http.Header
	raw    string
	json   any // nil when the body is not JSON
}

func (a answer) String() string { return fmt.Sprintf("%s → %d %s", a.asked, a.status, a.raw) }

// call sends a request; path starts behind /api/v1. A string body is sent as it is, all else as JSON.
func (c *caller) call(t *testing.T, method, path string, body any) answer {
	t.Helper()
	return c.send(t, method, "/api/v1"+path, body)
}

func (c *caller) get(t *testing.T, path string) answer {
	t.Helper()
	return c.call(t, http.MethodGet, path, nil)
}

func (c *caller) send(t *testing.T, method, path string, body any) answer {
	t.Helper()
	var content io.Reader
	switch body := body.(type) {
	case nil:
	case string:
		content = strings.NewReader(body)
	default:
		content = bytes.NewReader([]byte(text(t, body)))
	}
	request, err := http.NewRequest(method, c.b.url+path, content)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	request.Header["X-Idempotency-Key"] = nil // not sent; a connection that was closed while idle, just when it is used again, is replaced
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", method, path, err, c.b.output)
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{asked: method + " " + path, status: response.StatusCode, header: response.Header, raw: string(raw)}
	if strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(raw, &a.json); err != nil {
			t.Errorf("said JSON, is not: %v", a)
		}
	}
	return a
}

// want checks status and error code, written "200" or "403 ACCESS_ROLE_REQUIRED".
func (a answer) want(t *testing.T, expected string) answer {
	t.Helper()
	got := strconv.Itoa(a.status)
	if code, _ := a.at("code").(string); a.status >= 400 && code != "" {
		got += " " + code
	}
	if got != expected {
		t.Fatalf("want %s, got %v", expected, a)
	}
	return a
}

// at walks into the JSON by keys and indexes; nil when there is nothing.
func (a answer) at(path ...any) any { return walk(a.json, path...) }

func walk(value any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			fields, _ := value.(object)
			value = fields[step]
		case int:
			items, _ := value.([]any)
			if step >= len(items) {
				return nil
			}
			value = items[step]
		}
	}
	return value
}

// column is one field of each row of a list, in order.
func (a answer) column(t *testing.T, name string) []string {
	t.Helper()
	rows, ok := a.at("data").([]any)
	if !ok {
		t.Fatalf("no rows: %v", a)
	}
	values := []string{}
	for _, row := range rows {
		values = append(values, fmt.Sprint(walk(row, name)))
	}
	return values
}

// record is the object of a create, an update or an action (under data), or of a get (bare).
func (a answer) record(t *testing.T) object {
	t.Helper()
	found, ok := a.at("data").(object)
	if !ok {
		if found, ok = a.json.(object); !ok {
			t.Fatalf("no record: %v", a)
		}
	}
	return found
}

// create posts a row and returns its id.
func (c *caller) create(t *testing.T, path string, fields object) string {
	t.Helper()
	id, ok := c.call(t, http.MethodPost, path, fields).want(t, "201").at("data", "id").(string)
	if !ok {
		t.Fatalf("a row of %s has no id", path)
	}
	return id
}

func keys(of object) []string {
	names := []string{}
	for name := range of {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// equal reports a difference of two values as they read in JSON.
func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if left, right := text(t, got), text(t, want); left != right {
		t.Errorf("%s: got %s, want %s", what, left, right)
	}
}

func text(t *testing.T, value any) string {
	t.Helper()
	written, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(written)
}

var serial atomic.Int64

// unique makes names that differ between tests of one backend.
func unique(prefix string) string { return fmt.Sprintf("%s%d", prefix, serial.Add(1)) }

// tenant is an organization with one person a role.
type tenant struct {
	b      *backend
	id     string
	people map[string]*caller
}

func (n *tenant) as(role string) *caller { return n.people[role] }

// newTenant founds an organization: its owner signs up, and people with the given roles are invited.
func newTenant(t *testing.T, b *backend, roles ...string) *tenant {
	t.Helper()
	founder, org := signUp(t, b)
	made := &tenant{b: b, id: org, people: map[string]*caller{"owner": founder}}
	for _, role := range roles {
		made.people[role] = made.join(t, role)
	}
	return made
}

// join invites somebody with a role, and makes them accept.
func (n *tenant) join(t *testing.T, role string) *caller {
	t.Helper()
	email := unique("person") + "@people.example"
	invited := n.as("owner").auth(t, "/organization/invite-member", object{"email": email, "role": role, "organizationId": n.id})
	person, _ := signUpAs(t, n.b, email)
	person.auth(t, "/organization/accept-invitation", object{"invitationId": invited.at("id")})
	return person
}

func nobody(b *backend) *caller { return &caller{b: b} }

func signUp(t *testing.T, b *backend) (*caller, string) {
	t.Helper()
	return signUpAs(t, b, unique("founder")+"@people.example")
}

func signUpAs(t *testing.T, b *backend, email string) (*caller, string) {
	t.Helper()
	registered := nobody(b).auth(t, "/sign-up/email", object{"email": email, "password": "correct horse battery", "name": email})
	person := &caller{b: b, token: registered.header.Get("Set-Auth-Token")}
	person.id, _ = registered.at("user", "id").(string)
	org, _ := person.send(t, http.MethodGet, "/api/auth/get-session", nil).want(t, "200").at("session", "activeOrganizationId").(string)
	return person, org
}

// auth posts to Better Auth and expects success.
func (c *caller) auth(t *testing.T, path string, body any) answer {
	t.Helper()
	return c.send(t, http.MethodPost, "/api/auth"+path, body).want(t, "200")
}

// repair books one; more are further fields.
func (c *caller) repair(t *testing.T, more ...object) string {
	t.Helper()
	fields := object{"reference": unique("r"), "bookedAt": "2030-01-02T03:04:05.000Z"}
	for _, part := range more {
		for name, value := range part {
			fields[name] = value
		}
	}
	return c.create(t, "/repairs", fields)
}

// machine enters one that belongs to somebody.
func (c *caller) machine(t *testing.T, more ...object) string {
	t.Helper()
	fields := object{"name": unique("Machine "), "ownerId": "somebody"}
	for _, part := range more {
		for name, value := range part {
			fields[name] = value
		}
	}
	return c.create(t, "/machines", fields)
}
