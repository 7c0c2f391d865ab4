package e2e

import (
	"net/http"
	"testing"
)

// TestConditionsFilterLists shows that a record condition takes rows out of lists, views, searches and totals.
func TestConditionsFilterLists(t *testing.T) {
	home := newTenant(t, start(t), recruiter, interviewer)
	boss := home.as(owner)
	open, draft := boss.openJob(t), boss.job(t)
	interviewing, applied := boss.application(t, "interview"), boss.application(t, "applied")

	visible := func(role, path string, want, hidden string) {
		t.Helper()
		got := home.as(role).get(t, path).want(t, "200")
		ids := map[string]bool{}
		for _, id := range got.column(t, "id") {
			ids[id] = true
		}
		if !ids[want] || ids[hidden] != (role != interviewer) {
			t.Errorf("%s %s: want %s, and %s only for others than interviewers: %v", role, path, want, hidden, got)
		}
		equal(t, "total", got.at("pagination", "total"), len(ids))
	}
	for _, role := range []string{interviewer, recruiter, owner} {
		visible(role, "/jobs?total=true", open, draft)
		visible(role, "/jobs/views/board?total=true", open, draft)
		visible(role, "/jobs?view=board&total=true", open, draft)
		visible(role, "/jobs?search=Job&total=true", open, draft)
		visible(role, "/applications?total=true", interviewing, applied)
	}
	// Asking for the rows by their state does not bring them back.
	equal(t, "drafts", len(home.as(interviewer).get(t, "/jobs?status=draft").want(t, "200").rows(t)), 0)
	equal(t, "by id", len(home.as(interviewer).get(t, "/jobs?id="+draft).want(t, "200").rows(t)), 0)
}

// TestOwnersSeeTheirOwn shows the second scope of interview notes inside one organization.
func TestOwnersSeeTheirOwn(t *testing.T) {
	home := newTenant(t, start(t), manager, recruiter, interviewer)
	application := home.as(owner).application(t, "applied")
	notes := map[string]string{}
	for _, role := range []string{recruiter, interviewer} {
		notes[role] = home.as(role).note(t, application)
	}
	for role, want := range map[string]int{owner: 2, manager: 2, recruiter: 1, interviewer: 1} {
		got := home.as(role).get(t, "/interview-notes?total=true&applicationId="+application).want(t, "200")
		equal(t, role+" total", got.at("pagination", "total"), want)
		if mine, author := notes[role]; author {
			equal(t, role, got.column(t, "id"), []string{mine})
		}
	}
	equal(t, "a filter by owner stays inside", len(home.as(recruiter).
		get(t, "/interview-notes?ownerId="+home.as(interviewer).id).want(t, "200").rows(t)), 0)
}

// TestSoftDelete shows that a deleted row is gone from every way of reading, takes its children of the same feature along,
// and gives its unique value back.
func TestSoftDelete(t *testing.T) {
	b := start(t)
	boss := newTenant(t, b).as(owner)
	fields := candidateFields()
	candidate := boss.create(t, "/candidates", fields)
	skill := boss.create(t, "/candidate-skills", object{"candidateId": candidate, "name": "Go"})

	deleted := boss.call(t, http.MethodDelete, "/candidates/"+candidate, nil).want(t, "200")
	equal(t, "answer", deleted.at("data"), object{"id": candidate, "deleted": true})
	boss.get(t, "/candidates/"+candidate).want(t, "404 NOT_FOUND")
	boss.call(t, http.MethodPatch, "/candidates/"+candidate, object{"name": "x"}).want(t, "404 NOT_FOUND")
	boss.call(t, http.MethodDelete, "/candidates/"+candidate, nil).want(t, "404 NOT_FOUND")
	boss.call(t, http.MethodPost, "/candidates/"+candidate+"/add-impression", object{"line": "x"}).want(t, "404 NOT_FOUND")
	for _, path := range []string{"/candidates?total=true", "/candidates/views/contact?total=true", "/candidates?deletedAt.isNull=false&total=true", "/candidate-skills?total=true"} {
		equal(t, path, boss.get(t, path).want(t, "200").at("pagination", "total"), 0)
	}
	boss.call(t, http.MethodPatch, "/candidate-skills/"+skill, object{"years": 1}).want(t, "403 FIREWALL_NOT_FOUND")
	boss.call(t, http.MethodPost, "/candidate-skills", object{"candidateId": candidate, "name": "C"}).want(t, "400 FK_NOT_FOUND")
	equal(t, "the row is kept", b.count(t, "select count(*) from candidates where id = ? and deleted_at is not null and deleted_by = ?", candidate, boss.id), 1)

	again := boss.create(t, "/candidates", fields)
	equal(t, "a new row", again != candidate, true)
	boss.call(t, http.MethodPost, "/candidates", fields).want(t, "409 UNIQUE_VIOLATION")
}

// TestCascades shows that a deletion reaches tables that have no routes, and stops at the border of the feature.
func TestCascades(t *testing.T) {
	b := start(t)
	boss := newTenant(t, b).as(owner)

	department := boss.department(t)
	job := boss.job(t, object{"departmentId": department})
	application := boss.create(t, "/applications", object{"jobId": job, "candidateId": boss.candidate(t)})
	boss.call(t, http.MethodDelete, "/departments/"+department, nil).want(t, "200")
	boss.get(t, "/jobs/"+job).want(t, "403 FIREWALL_NOT_FOUND")
	boss.get(t, "/applications/"+application).want(t, "200")

	moved := boss.application(t, "interview")
	events := "select count(*) from application_events where application_id = ? and deleted_at is null"
	equal(t, "events", b.count(t, events, moved), 2)
	boss.call(t, http.MethodDelete, "/applications/batch", object{"ids": list{moved}}).want(t, "200")
	equal(t, "events of a deleted application", b.count(t, events, moved), 0)
}

// TestHardDelete shows that nothing stays.
func TestHardDelete(t *testing.T) {
	b := start(t)
	boss := newTenant(t, b).as(owner)
	note := boss.note(t, boss.application(t, "applied"))
	boss.call(t, http.MethodDelete, "/interview-notes/"+note, nil).want(t, "200")
	boss.get(t, "/interview-notes/"+note).want(t, "403 FIREWALL_NOT_FOUND")
	equal(t, "rows", b.count(t, "select count(*) from interview_notes where id = ?", note), 0)
}

// TestMembershipCounts shows that a changed role, several roles at once, and a lost membership take effect at once.
func TestMembershipCounts(t *testing.T) {
	home := newTenant(t, start(t), recruiter)
	boss, person := home.as(owner), home.as(recruiter)
	body := func() object { return object{"title": unique("Job"), "departmentId": boss.department(t)} }
	person.call(t, http.MethodPost, "/jobs", body()).want(t, "403 ACCESS_ROLE_REQUIRED")

	members := boss.send(t, http.MethodGet, "/api/auth/organization/list-members", nil, nil).want(t, "200")
	membership := ""
	for _, found := range members.objects(t, "members") {
		if found["userId"] == person.id {
			membership, _ = found["id"].(string)
		}
	}
	change := func(roles ...string) {
		t.Helper()
		boss.auth(t, "/organization/update-member-role", object{"memberId": membership, "organizationId": home.id, "role": roles})
	}
	change(manager)
	person.call(t, http.MethodPost, "/jobs", body()).want(t, "201")
	change(interviewer)
	person.call(t, http.MethodPost, "/candidates", candidateFields()).want(t, "403 ACCESS_ROLE_REQUIRED")
	change(interviewer, recruiter)
	person.call(t, http.MethodPost, "/candidates", candidateFields()).want(t, "201")

	boss.auth(t, "/organization/remove-member", object{"memberIdOrEmail": membership, "organizationId": home.id})
	gone := person.get(t, "/candidates")
	if gone.status != http.StatusForbidden {
		t.Errorf("a former member reads nothing: %v", gone)
	}
}

// TestNoOrganization shows what an organization's tables say to somebody who has none active.
func TestNoOrganization(t *testing.T) {
	b := start(t)
	person, _ := signUp(t, b)
	person.auth(t, "/organization/set-active", object{"organizationId": nil})
	for _, path := range []string{"/candidates", "/candidates/cnd_0", "/jobs/views/board", "/reports/pipeline"} {
		person.get(t, path).want(t, "403 ACCESS_NO_ORG")
	}
}

// TestSignOutEndsTheSession shows that a token is worth nothing after its sign-out.
func TestSignOutEndsTheSession(t *testing.T) {
	person, _ := signUp(t, start(t))
	person.get(t, "/jobs").want(t, "200")
	person.auth(t, "/sign-out", object{})
	person.get(t, "/jobs").want(t, "401 AUTH_INVALID_TOKEN")
}
