package e2e

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// collections are the resources of the sample.
var collections = []string{"/departments", "/jobs", "/candidates", "/candidate-skills", "/applications", "/interview-notes"}

// estate is an organization with rows in every table, and everything its owner can read of it.
type estate struct {
	*tenant
	ids     map[string]string // a row of each collection
	email   string            // of the candidate
	secrets []string          // strings that no other organization may ever be told
	before  string            // all rows, as JSON
}

func newEstate(t *testing.T, b *backend) *estate {
	t.Helper()
	home := &estate{tenant: newTenant(t, b, recruiter), ids: map[string]string{}}
	boss := home.as(owner)
	fields := with(candidateFields(), object{"summary": unique("Summary")})
	home.email = fields["email"].(string)
	home.ids["/departments"] = boss.department(t)
	home.ids["/jobs"] = boss.openJob(t, object{"departmentId": home.ids["/departments"]})
	home.ids["/candidates"] = boss.create(t, "/candidates", fields)
	home.ids["/candidate-skills"] = boss.create(t, "/candidate-skills", object{"candidateId": home.ids["/candidates"], "name": unique("Skill")})
	home.ids["/applications"] = boss.create(t, "/applications", object{
		"jobId": home.ids["/jobs"], "candidateId": home.ids["/candidates"], "notes": unique("Notes"),
	})
	home.ids["/interview-notes"] = boss.note(t, home.ids["/applications"])
	home.before = home.everything(t)
	home.secrets = append(home.secrets, home.id, boss.id, home.as(recruiter).id)
	for _, collection := range collections {
		row := boss.get(t, collection+"?id="+home.ids[collection]).want(t, "200").rows(t)[0]
		for _, column := range []string{"id", "name", "code", "title", "email", "summary", "notes"} {
			if value, ok := row[column].(string); ok {
				home.secrets = append(home.secrets, value)
			}
		}
	}
	return home
}

// everything is all the owner reads of all rows.
func (e *estate) everything(t *testing.T) string {
	t.Helper()
	all := object{}
	for _, collection := range collections {
		read := e.as(owner).get(t, collection+"?limit=100&total=true&sort=id").want(t, "200")
		equal(t, "the whole of "+collection, read.at("pagination", "count"), read.at("pagination", "total"))
		all[collection] = read.json
	}
	history := e.as(owner).get(t, "/applications/"+e.ids["/applications"]+"/history").want(t, "200")
	all["history"] = history.json
	return text(t, all)
}

// untouched checks that nothing of the estate has changed.
func (e *estate) untouched(t *testing.T) {
	t.Helper()
	if after := e.everything(t); after != e.before {
		t.Errorf("another organization's rows changed:\nbefore %s\nafter  %s", e.before, after)
	}
}

// quiet checks that an answer tells nothing of the estate but what the request itself said.
func (e *estate) quiet(t *testing.T, got answer, body any) {
	t.Helper()
	asked := got.path + text(t, body)
	for _, secret := range e.secrets {
		if strings.Contains(got.raw, `"`+secret+`"`) && !strings.Contains(asked, secret) {
			t.Errorf("%q of another organization is told: %v", secret, got)
		}
	}
}

// TestOtherOrganizationsRows sends every request there is to rows of another organization.
func TestOtherOrganizationsRows(t *testing.T) {
	b := start(t)
	home, away := newEstate(t, b), newTenant(t, b)
	for _, c := range accessCases(t) {
		if !strings.Contains(c.path, "{id}") && !(strings.HasSuffix(c.path, "/batch") && c.method != "POST") {
			continue
		}
		collection := collection(c.path)
		id := home.ids[collection]
		path := strings.ReplaceAll(c.path, "{id}", id)
		var body any
		switch {
		case strings.HasSuffix(path, "/batch") && c.method == "DELETE":
			body = object{"ids": list{id}}
		case strings.HasSuffix(path, "/batch"):
			body = object{"records": list{with(patchBody(collection), object{"id": id})}}
		case c.method == "PATCH":
			body = patchBody(collection)
		case c.method == "POST":
			body = actionBody(path[strings.LastIndex(path, "/")+1:], c.variant)
		}
		got := away.as(owner).call(t, c.method, path, body)
		checkCell(t, got, c.want[4])
		home.quiet(t, got, body)
	}
	home.untouched(t)
}

// probes are query strings by which somebody may try to see rows of another organization. $org, $user, $id and $email are its.
var probes = []string{
	"", "organizationId=$org", "organizationId.ne=x", "organizationId.in=$org,x", "organizationId.like=", "organizationId.isNull=false",
	"id=$id", "id.in=$id", "id.ne=x", "id.gt=0", "createdBy=$user", "createdBy.ne=x", "modifiedBy.in=$user",
	"createdAt.gt=2000-01-01T00:00:00.000Z", "deletedAt.isNull=true", "search=$id", "search=$org", "search=-", "search=%25", "search='%20or%201=1%20--",
	"sort=organizationId", "sort=-createdBy", "fields=id,organizationId,createdBy", "limit=100&offset=0", "offset=-1",
	"id=x'%20or%20'1'='1", "candidateId=$candidate", "jobId=$job", "departmentId=$department", "applicationId=$application",
	"email=$email", "email.like=candidate", "ownerId=$user", "ownerId.ne=x", "view=pipeline", "view=board&id=$id", "view=contact&email=$email",
}

// TestOtherOrganizationsLists asks every list and view in every way for rows of another organization, from an organization that
// has none: whatever comes back is not its.
func TestOtherOrganizationsLists(t *testing.T) {
	b := start(t)
	home, away := newEstate(t, b), newTenant(t, b)
	for _, c := range accessCases(t) {
		if c.method != http.MethodGet || strings.Contains(c.path, "{id}") || c.path == "/reports/pipeline" {
			continue
		}
		fill := strings.NewReplacer("$org", home.id, "$user", home.as(owner).id, "$id", home.ids[collection(c.path)], "$email", home.email,
			"$candidate", home.ids["/candidates"], "$job", home.ids["/jobs"], "$department", home.ids["/departments"], "$application", home.ids["/applications"])
		for _, probe := range probes {
			got := away.as(owner).get(t, c.path+"?total=true&"+fill.Replace(probe))
			home.quiet(t, got, nil)
			switch {
			case got.status == http.StatusOK:
				equal(t, got.path+" rows", len(got.rows(t)), 0)
				equal(t, got.path+" total", got.at("pagination", "total"), 0)
			case got.code() != "QUERY_INVALID":
				t.Errorf("a list answers or refuses the query: %v", got)
			}
		}
	}
}

// TestOtherOrganizationsReferences points every foreign key at a row of another organization: it must not be found, in the
// same words as a row that does not exist.
func TestOtherOrganizationsReferences(t *testing.T) {
	b := start(t)
	home, away := newEstate(t, b), newTenant(t, b)
	stranger := away.as(owner)
	job, candidate, application := stranger.job(t), stranger.candidate(t), stranger.application(t, "applied")

	for _, c := range []struct {
		method, path, column, target string
		body                         object
	}{
		{"POST", "/jobs", "departmentId", "/departments", object{"title": "Job"}},
		{"POST", "/candidate-skills", "candidateId", "/candidates", object{"name": "Go"}},
		{"POST", "/applications", "jobId", "/jobs", object{"candidateId": candidate}},
		{"POST", "/applications", "candidateId", "/candidates", object{"jobId": job}},
		{"POST", "/applications", "referredById", "/candidates", object{"jobId": job, "candidateId": candidate}},
		{"PATCH", "/applications/" + application, "referredById", "/candidates", object{}},
		{"POST", "/interview-notes", "applicationId", "/applications", object{"content": "c"}},
	} {
		t.Run(strings.ReplaceAll(c.method+c.path, application, "id")+" "+c.column, func(t *testing.T) {
			foreign, absent := home.ids[c.target], home.ids[c.target][:4]+"00000000000000000000000000000000"
			refuse := func(id string) answer {
				t.Helper()
				return stranger.call(t, c.method, c.path, with(c.body, object{c.column: id})).want(t, "400 FK_NOT_FOUND")
			}
			equal(t, "foreign as absent", strings.ReplaceAll(refuse(foreign).raw, foreign, absent), refuse(absent).raw)
			if c.method == "POST" {
				batch := stranger.call(t, "POST", c.path+"/batch", object{"records": list{with(c.body, object{c.column: foreign})}}).want(t, "207")
				equal(t, "in a batch", batch.at("errors", 0, "error", "code"), "FK_NOT_FOUND")
			}
		})
	}
	home.untouched(t)
}

// TestOtherOrganizationsInBatches mixes own and foreign rows: the own ones are done, the foreign ones are not there.
func TestOtherOrganizationsInBatches(t *testing.T) {
	b := start(t)
	home, away := newEstate(t, b), newTenant(t, b)
	for _, collection := range collections {
		own := target(t, away, collection, map[string]string{"/jobs": "open", "/applications": "applied", "/interview-notes": "owner's"}[collection])
		foreign := home.ids[collection]
		update := object{"records": list{with(patchBody(collection), object{"id": foreign}), with(patchBody(collection), object{"id": own})}}
		partly := func(method string, body any) {
			t.Helper()
			got := away.as(owner).call(t, method, collection+"/batch", body).want(t, "207")
			equal(t, "done", got.at("success", 0, "id"), own)
			equal(t, "not there", got.at("errors", 0, "error"), object{
				"error": "Not found", "layer": "firewall", "code": "NOT_FOUND", "details": object{"id": foreign},
			})
			home.quiet(t, got, body)
		}
		partly("PATCH", update)
		if collection != "/departments" {
			partly("DELETE", object{"ids": list{foreign, own}})
		}
	}
	home.untouched(t)
}

// TestOtherOrganizationsInActions shows that code of the project sees its own organization only: reading, counting, inserting.
func TestOtherOrganizationsInActions(t *testing.T) {
	b := start(t)
	home, away := newEstate(t, b), newTenant(t, b)
	stranger := away.as(owner)

	empty := stranger.get(t, "/reports/pipeline").want(t, "200")
	equal(t, "nothing to count", empty.at("data"), object{"rows": list{}, "total": 0})
	asked := stranger.get(t, "/reports/pipeline?jobId="+home.ids["/jobs"]).want(t, "200")
	equal(t, "nor by the job's id", asked.at("data"), object{"rows": list{}, "total": 0})

	stranger.application(t, "screening")
	equal(t, "own rows are counted", stranger.get(t, "/reports/pipeline").want(t, "200").at("data", "total"), 1)
	equal(t, "here as there", home.as(owner).get(t, "/reports/pipeline").want(t, "200").at("data", "total"), 1)

	imported := stranger.call(t, http.MethodPost, "/candidates/import", object{"candidates": list{object{"name": "Same", "email": home.email}}})
	equal(t, "an address known elsewhere is new here", imported.want(t, "200").at("data"), object{"imported": 1, "skipped": 0})
	home.untouched(t)
}

// TestOneValueTwice shows that unique constraints do not tell one organization of another.
func TestOneValueTwice(t *testing.T) {
	b := start(t)
	home, away := newEstate(t, b), newTenant(t, b)
	code := home.as(owner).get(t, "/departments/"+home.ids["/departments"]).want(t, "200").at("code")
	away.as(owner).create(t, "/departments", object{"name": "Same", "code": code})
	away.as(owner).create(t, "/candidates", object{"name": "Same", "email": home.email})
	home.untouched(t)
}

// TestActiveOrganization shows that somebody in two organizations works in one at a time, and that nobody gets into one by
// naming it.
func TestActiveOrganization(t *testing.T) {
	b := start(t)
	home := newEstate(t, b)
	person, _ := signUp(t, b)
	for _, header := range []http.Header{{"X-Organization-Id": {home.id}}, {"X-Active-Organization": {home.id}}} {
		got := person.send(t, http.MethodGet, "/api/v1/candidates", nil, header).want(t, "200")
		equal(t, "a header opens nothing", len(got.rows(t)), 0)
	}
	for _, path := range []string{"/organization/set-active", "/organization/leave"} {
		refused := person.send(t, http.MethodPost, "/api/auth"+path, object{"organizationId": home.id}, nil)
		if refused.status < 400 {
			t.Errorf("a stranger: %v", refused)
		}
	}
	person.get(t, "/candidates").want(t, "403 ACCESS_NO_ORG") // the attempt left the session without an organization

	email := unique("both") + "@people.example"
	person, own := signUpAs(t, b, email)
	invited := home.as(owner).auth(t, "/organization/invite-member", object{"email": email, "role": recruiter, "organizationId": home.id})
	person.auth(t, "/organization/accept-invitation", object{"invitationId": invited.at("id")})
	candidate := "/candidates/" + home.ids["/candidates"]
	activate := func(id string) {
		t.Helper()
		person.auth(t, "/organization/set-active", object{"organizationId": id})
	}
	activate(home.id)
	person.get(t, candidate).want(t, "200")
	person.call(t, http.MethodDelete, candidate, nil).want(t, "403 ACCESS_ROLE_REQUIRED") // a recruiter here
	activate(own)
	person.get(t, candidate).want(t, "404 NOT_FOUND")
	person.call(t, http.MethodDelete, candidate, nil).want(t, "404 NOT_FOUND") // the owner there
	home.untouched(t)
}

// TestEveryCollectionIsTried keeps this file honest: the resources it names are those of the sample.
func TestEveryCollectionIsTried(t *testing.T) {
	found := map[string]bool{}
	for _, c := range accessCases(t) {
		if c.path == collection(c.path) {
			found[c.path] = true
		}
	}
	equal(t, "collections", slices.Sorted(maps.Keys(found)), slices.Sorted(slices.Values(collections)))
}
