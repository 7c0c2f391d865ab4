package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// The roles of the sample, and what a member has who was given none of them.
const (
	owner       = "owner"
	manager     = "hiring-manager"
	recruiter   = "recruiter"
	interviewer = "interviewer"
	member      = "member"
)

// tenant is an organization with one person a role.
type tenant struct {
	b      *backend
	id     string // organization id
	people map[string]*caller
}

// serial makes names and addresses differ between tests that share a backend.
var serial atomic.Int64

func unique(prefix string) string {
	return fmt.Sprintf("%s-%d", prefix, serial.Add(1))
}

// newTenant founds an organization: its owner signs up, and people with the given roles are invited.
func newTenant(t *testing.T, b *backend, roles ...string) *tenant {
	t.Helper()
	founder, org := signUp(t, b)
	made := &tenant{b: b, id: org, people: map[string]*caller{owner: founder}}
	for _, role := range roles {
		made.people[role] = made.join(t, role)
	}
	return made
}

// as is the person with the role.
func (n *tenant) as(role string) *caller {
	person, ok := n.people[role]
	if !ok {
		panic("e2e: the test did not ask for a " + role)
	}
	return person
}

// join signs somebody up and makes them accept an invitation; role may be several, separated by commas.
func (n *tenant) join(t *testing.T, role string) *caller {
	t.Helper()
	email := unique("person") + "@people.example"
	invited := n.as(owner).auth(t, "/organization/invite-member", object{
		"email": email, "role": strings.Split(role, ","), "organizationId": n.id,
	})
	person, _ := signUpAs(t, n.b, email)
	person.auth(t, "/organization/accept-invitation", object{"invitationId": invited.at("id")})
	return person
}

// nobody calls without a session.
func nobody(b *backend) *caller {
	return &caller{b: b}
}

// signUp registers a new person, who thereby founds an organization. It returns the organization's id too.
func signUp(t *testing.T, b *backend) (*caller, string) {
	t.Helper()
	return signUpAs(t, b, unique("founder")+"@people.example")
}

const password = "correct horse battery"

func signUpAs(t *testing.T, b *backend, email string) (*caller, string) {
	t.Helper()
	registered := nobody(b).auth(t, "/sign-up/email", object{"email": email, "password": password, "name": email})
	person := &caller{b: b, token: registered.header.Get("Set-Auth-Token")}
	person.id, _ = registered.at("user", "id").(string)
	if person.token == "" || person.id == "" {
		t.Fatalf("sign-up gives a token and a user: %v %v", registered, registered.header)
	}
	session := person.send(t, http.MethodGet, "/api/auth/get-session", nil, nil).want(t, "200")
	org, _ := session.at("session", "activeOrganizationId").(string)
	if org == "" {
		t.Fatalf("a new user has an active organization: %v", session)
	}
	return person, org
}

// auth posts to Better Auth and expects success.
func (c *caller) auth(t *testing.T, path string, body any) answer {
	t.Helper()
	said := c.send(t, http.MethodPost, "/api/auth"+path, body, nil)
	if said.status != http.StatusOK {
		t.Fatalf("want 200, got %v", said)
	}
	return said
}

// create posts a row and returns its id.
func (c *caller) create(t *testing.T, path string, fields object) string {
	t.Helper()
	made := c.call(t, http.MethodPost, path, fields).want(t, "201")
	id, ok := made.at("data", "id").(string)
	if !ok {
		t.Fatalf("a created row has an id: %v", made)
	}
	return id
}

// with is the fields overridden by more.
func with(fields object, more ...object) object {
	merged := object{}
	for _, part := range append([]object{fields}, more...) {
		for name, value := range part {
			merged[name] = value
		}
	}
	return merged
}

func departmentFields() object {
	n := serial.Add(1)
	code := []byte("DAAAAA")
	for i := len(code) - 1; i > 0; i, n = i-1, n/26 {
		code[i] = byte('A' + n%26)
	}
	return object{"name": unique("Department"), "code": string(code)}
}

func candidateFields() object {
	return object{"name": unique("Candidate"), "email": unique("candidate") + "@yourdomain.com", "phone": "555-123-4567"}
}

func (c *caller) department(t *testing.T) string {
	t.Helper()
	return c.create(t, "/departments", departmentFields())
}

// job drafts a job in a new department.
func (c *caller) job(t *testing.T, more ...object) string {
	t.Helper()
	fields := object{"title": unique("Job"), "salaryMin": 50000, "salaryMax": 70000}
	if len(more) == 0 || more[0]["departmentId"] == nil {
		fields["departmentId"] = c.department(t)
	}
	return c.create(t, "/jobs", with(fields, more...))
}

func (c *caller) openJob(t *testing.T, more ...object) string {
	t.Helper()
	id := c.job(t, more...)
	c.call(t, http.MethodPost, "/jobs/"+id+"/publish", object{}).want(t, "200")
	return id
}

func (c *caller) candidate(t *testing.T, more ...object) string {
	t.Helper()
	return c.create(t, "/candidates", with(candidateFields(), more...))
}

func (c *caller) skill(t *testing.T) string {
	t.Helper()
	return c.create(t, "/candidate-skills", object{"candidateId": c.candidate(t), "name": unique("Skill"), "years": 3})
}

// application enters an application of a new candidate for a new job, and moves it on to the stage.
func (c *caller) application(t *testing.T, stage string) string {
	t.Helper()
	id := c.create(t, "/applications", object{"jobId": c.openJob(t), "candidateId": c.candidate(t), "notes": unique("Notes")})
	for _, next := range []string{"screening", "interview", "offer", "hired"} {
		if stage == "applied" {
			break
		}
		c.call(t, http.MethodPost, "/applications/"+id+"/advance-stage", object{"stage": next}).want(t, "200")
		if next == stage {
			break
		}
	}
	return id
}

// note writes an interview note on the application.
func (c *caller) note(t *testing.T, application string) string {
	t.Helper()
	return c.create(t, "/interview-notes", object{
		"applicationId": application, "content": unique("Content"), "rating": 4, "privateRemarks": unique("Remark"),
	})
}
