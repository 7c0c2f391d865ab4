package e2e

import (
	"context"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// writes are bodies that must be refused, each with its code and the fields it must name. In bodies, $department, $job,
// $candidate and $application stand for rows of the caller's organization.
var writes = []struct {
	method, path, body, want string
	fields                   []string
}{
	// What the server alone sets.
	{"POST", "/jobs", `{"title":"Job","departmentId":"$department","id":"job_1"}`, "400 GUARD_SYSTEM_MANAGED", []string{"id"}},
	{"POST", "/jobs", `{"title":"Job","departmentId":"$department","organizationId":"x"}`, "400 GUARD_SYSTEM_MANAGED", []string{"organizationId"}},
	{"POST", "/candidates", `{"name":"N","email":"n@x.example","createdBy":"x","deletedAt":null}`, "400 GUARD_SYSTEM_MANAGED", []string{"createdBy", "deletedAt"}},
	{"POST", "/interview-notes", `{"applicationId":"$application","content":"c","ownerId":"x"}`, "400 GUARD_SYSTEM_MANAGED", []string{"ownerId"}},
	{"PATCH", "/departments/$department", `{"organizationId":"x"}`, "400 GUARD_SYSTEM_MANAGED", []string{"organizationId"}},
	{"PATCH", "/departments/$department", `{"modifiedAt":"2020-01-01T00:00:00.000Z","createdAt":"2020-01-01T00:00:00.000Z"}`, "400 GUARD_SYSTEM_MANAGED", []string{"createdAt", "modifiedAt"}},

	// What only an action sets.
	{"POST", "/jobs", `{"title":"Job","departmentId":"$department","status":"open"}`, "400 GUARD_FIELD_PROTECTED", []string{"status"}},
	{"PATCH", "/jobs/$job", `{"status":"open"}`, "400 GUARD_FIELD_PROTECTED", []string{"status"}},
	{"PATCH", "/applications/$application", `{"stage":"hired","rejectionReason":"x"}`, "400 GUARD_FIELD_PROTECTED", []string{"rejectionReason", "stage"}},

	// What is set once.
	{"PATCH", "/candidates/$candidate", `{"email":"other@x.example"}`, "400 GUARD_FIELD_IMMUTABLE", []string{"email"}},
	{"PATCH", "/applications/$application", `{"jobId":"$job","candidateId":"$candidate"}`, "400 GUARD_FIELD_IMMUTABLE", []string{"candidateId", "jobId"}},

	// What is not listed.
	{"POST", "/candidates", `{"name":"N","email":"n@x.example","ssn":"123-45-6789"}`, "400 GUARD_FIELD_NOT_CREATEABLE", []string{"ssn"}},
	{"POST", "/departments", `{"name":"N","code":"NN","colour":"red","size":1}`, "400 GUARD_FIELD_NOT_CREATEABLE", []string{"colour", "size"}},
	{"PATCH", "/departments/$department", `{"code":"OTHER"}`, "400 GUARD_FIELD_NOT_UPDATABLE", []string{"code"}},
	{"PATCH", "/departments/$department", `{"colour":"red"}`, "400 GUARD_FIELD_NOT_UPDATABLE", []string{"colour"}},

	// Values.
	{"POST", "/jobs", `{"departmentId":"$department"}`, "400 VALIDATION_FAILED", []string{"title"}},
	{"POST", "/departments", `{}`, "400 VALIDATION_FAILED", []string{"code", "name"}},
	{"POST", "/jobs", `{"title":"J","departmentId":"$department","headcount":51}`, "400 VALIDATION_FAILED", []string{"headcount", "title"}},
	{"POST", "/jobs", `{"title":"Job","departmentId":"$department","headcount":"three","remote":"perhaps"}`, "400 VALIDATION_FAILED", []string{"headcount", "remote"}},
	{"POST", "/jobs", `{"title":"Job","departmentId":"$department","headcount":1.5}`, "400 VALIDATION_FAILED", []string{"headcount"}},
	{"POST", "/jobs", `{"title":"Job","departmentId":"$department","closesAt":"tomorrow"}`, "400 VALIDATION_FAILED", []string{"closesAt"}},
	{"POST", "/jobs", `{"title":["Job"],"departmentId":"$department"}`, "400 VALIDATION_FAILED", []string{"title"}},
	{"POST", "/departments", `{"name":"N","code":"lower"}`, "400 VALIDATION_FAILED", []string{"code"}},
	{"POST", "/candidates", `{"name":"N","email":"nowhere","source":"myspace"}`, "400 VALIDATION_FAILED", []string{"email", "source"}},
	{"PATCH", "/jobs/$job", `{"title":null}`, "400 VALIDATION_FAILED", []string{"title"}},
	{"PATCH", "/candidates/$candidate", `{"ssn":"123456789"}`, "400 VALIDATION_FAILED", []string{"ssn"}},
	{"PATCH", "/jobs/$job", `{}`, "400 VALIDATION_FAILED", nil},
	{"POST", "/departments", `{"name":`, "400 INVALID_JSON", nil},
	{"PATCH", "/jobs/$job", ``, "400 INVALID_JSON", nil},

	// References to rows that are not there.
	{"POST", "/jobs", `{"title":"Job","departmentId":"dep_0"}`, "400 FK_NOT_FOUND", nil},
	{"POST", "/applications", `{"jobId":"$job","candidateId":"cnd_0"}`, "400 FK_NOT_FOUND", nil},
	{"PATCH", "/applications/$application", `{"referredById":"cnd_0"}`, "400 FK_NOT_FOUND", nil},
}

func TestWritesThatAreRefused(t *testing.T) {
	boss := newTenant(t, start(t)).as(owner)
	fill := strings.NewReplacer(
		"$department", boss.department(t), "$job", boss.job(t), "$candidate", boss.candidate(t), "$application", boss.application(t, "applied"),
	)
	for _, c := range writes {
		t.Run(c.method+" "+strings.ReplaceAll(c.path, "/", " ")+" "+c.body, func(t *testing.T) {
			got := boss.call(t, c.method, fill.Replace(c.path), fill.Replace(c.body)).want(t, c.want)
			if c.fields != nil {
				equal(t, "fields", named(got.at("details", "fields")), c.fields)
			}
		})
	}
}

// named are the sorted field names of a refusal: guards list them, validation gives a reason for each.
func named(fields any) []string {
	names := []string{}
	switch fields := fields.(type) {
	case []any:
		for _, name := range fields {
			name, _ := name.(string)
			names = append(names, name)
		}
	case object:
		for name, reason := range fields {
			if reason, _ := reason.(string); reason != "" {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// TestProtectedFieldsNameTheirActions shows that the refusal says which door to take.
func TestProtectedFieldsNameTheirActions(t *testing.T) {
	boss := newTenant(t, start(t)).as(owner)
	refused := boss.call(t, http.MethodPatch, "/applications/"+boss.application(t, "applied"), object{"stage": "offer"})
	refused.want(t, "400 GUARD_FIELD_PROTECTED")
	actions := text(t, refused.at("details", "actions"))
	for _, action := range []string{"advance-stage", "reject"} {
		if !strings.Contains(actions, `"`+action+`"`) {
			t.Errorf("the action %s is not named: %v", action, refused)
		}
	}
}

// TestRefusedWritesWriteNothing shows that the acceptable part of a refused body is not stored either.
func TestRefusedWritesWriteNothing(t *testing.T) {
	boss := newTenant(t, start(t)).as(owner)
	id := boss.department(t)
	before := boss.get(t, "/departments/"+id).want(t, "200")
	boss.call(t, http.MethodPatch, "/departments/"+id, object{"name": "New", "code": "NEW"}).want(t, "400 GUARD_FIELD_NOT_UPDATABLE")
	equal(t, "the row", boss.get(t, "/departments/"+id).json, before.json)
}

// TestStampedColumns shows what the server sets on create and update, and that null clears a column.
func TestStampedColumns(t *testing.T) {
	home := newTenant(t, start(t), recruiter)
	made := home.as(recruiter).call(t, http.MethodPost, "/candidates", with(candidateFields(), object{"summary": "short"})).want(t, "201").record(t)
	equal(t, "organizationId", made["organizationId"], home.id)
	equal(t, "createdBy", made["createdBy"], home.as(recruiter).id)
	equal(t, "modifiedBy", made["modifiedBy"], home.as(recruiter).id)
	equal(t, "source takes the column's default", made["source"], "careers-page")
	equal(t, "not deleted", made["deletedAt"], nil)
	created, _ := made["createdAt"].(string)
	if len(created) != len("2026-01-01T00:00:00.000Z") || !strings.HasSuffix(created, "Z") {
		t.Errorf("createdAt is ISO-8601 UTC with milliseconds: %q", created)
	}

	id, _ := made["id"].(string)
	changed := home.as(owner).call(t, http.MethodPatch, "/candidates/"+id, object{"summary": nil}).want(t, "200").record(t)
	equal(t, "summary is cleared", changed["summary"], nil)
	equal(t, "createdBy stays", changed["createdBy"], home.as(recruiter).id)
	equal(t, "modifiedBy follows", changed["modifiedBy"], home.as(owner).id)
	equal(t, "what comes back is what is stored", home.as(owner).get(t, "/candidates/"+id).want(t, "200").record(t), changed)
}

// TestCreateDefaults shows that crud.create.defaults fills what a body leaves out, and only that.
func TestCreateDefaults(t *testing.T) {
	boss := newTenant(t, start(t)).as(owner)
	candidate := boss.candidate(t)
	plain := boss.call(t, http.MethodPost, "/candidate-skills", object{"candidateId": candidate, "name": "Go"}).want(t, "201")
	equal(t, "level", plain.at("data", "level"), "working")
	chosen := boss.call(t, http.MethodPost, "/candidate-skills", object{"candidateId": candidate, "name": "SQL", "level": "expert"}).want(t, "201")
	equal(t, "level", chosen.at("data", "level"), "expert")
}

// TestLargeBodies shows the limit of one mebibyte.
func TestLargeBodies(t *testing.T) {
	boss := newTenant(t, start(t)).as(owner)
	boss.client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		return deaf{conn}, err
	}}}
	boss.call(t, http.MethodPost, "/departments", `{"name":"`+strings.Repeat("x", 1<<20)+`"}`).want(t, "413 PAYLOAD_TOO_LARGE")
}

// deaf is a connection that does not mind when nobody reads any more what it writes: workerd answers before it has read the body, and ends
// the connection, and the answer is what counts.
type deaf struct{ net.Conn }

func (d deaf) Write(p []byte) (int, error) {
	_, _ = d.Conn.Write(p)
	return len(p), nil
}

// TestUniqueValues shows that a conflict names all columns of the constraint by their names in the definition, and that
// constraints end at the organization.
func TestUniqueValues(t *testing.T) {
	b := start(t)
	boss, other := newTenant(t, b).as(owner), newTenant(t, b).as(owner)
	fields := candidateFields()
	boss.create(t, "/candidates", fields)
	conflict := boss.call(t, http.MethodPost, "/candidates", fields).want(t, "409 UNIQUE_VIOLATION")
	details := text(t, conflict.at("details"))
	for _, column := range []string{"organizationId", "email"} {
		if !strings.Contains(details, `"`+column+`"`) {
			t.Errorf("the column %s is not named: %v", column, conflict)
		}
	}
	if strings.Contains(conflict.raw, "organization_id") {
		t.Errorf("columns are named as in the definition: %v", conflict)
	}
	other.create(t, "/candidates", fields)
}
