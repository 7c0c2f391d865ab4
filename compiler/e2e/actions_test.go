package e2e

import (
	"net/http"
	"testing"
)

// TestWorkflow takes an application through its stages: by its actions, in order, with its history.
func TestWorkflow(t *testing.T) {
	home := newTenant(t, start(t), recruiter)
	boss := home.as(owner)
	id := boss.application(t, "applied")
	advance := func(who *caller, stage string) answer {
		t.Helper()
		return who.call(t, http.MethodPost, "/applications/"+id+"/advance-stage", object{"stage": stage})
	}

	moved := advance(home.as(recruiter), "screening").want(t, "200")
	equal(t, "success", moved.at("success"), true)
	equal(t, "stage", moved.at("data", "stage"), "screening")
	equal(t, "modifiedBy", moved.at("data", "modifiedBy"), home.as(recruiter).id)

	skipped := advance(boss, "offer").want(t, "409 STAGE_OUT_OF_ORDER")
	equal(t, "layer", skipped.at("layer"), "action")
	equal(t, "details", skipped.at("details"), object{"current": "screening", "next": "interview"})
	advance(boss, "applied").want(t, "400 VALIDATION_FAILED")

	advance(boss, "interview").want(t, "200")
	state := advance(home.as(recruiter), "offer").want(t, "409 ACCESS_ACTION_NOT_ALLOWED_FOR_STATE")
	equal(t, "field", state.at("details", "field"), "stage")
	equal(t, "current", state.at("details", "current"), "interview")

	rejected := boss.call(t, http.MethodPost, "/applications/"+id+"/reject", object{"reason": "salary"}).want(t, "200")
	equal(t, "reason", rejected.at("data", "rejectionReason"), "salary")
	equal(t, "stored", boss.get(t, "/applications/"+id).want(t, "200").at("stage"), "rejected")

	history := boss.get(t, "/applications/"+id+"/history").want(t, "200")
	equal(t, "history", history.at("data"), list{
		object{"step": 1, "fromStage": "applied", "toStage": "screening", "note": nil},
		object{"step": 2, "fromStage": "screening", "toStage": "interview", "note": nil},
		object{"step": 3, "fromStage": "interview", "toStage": "rejected", "note": "salary"},
	})
}

// TestActionInput shows that input is read by its schema, after the state of the row.
func TestActionInput(t *testing.T) {
	boss := newTenant(t, start(t)).as(owner)
	application, closed := boss.application(t, "applied"), jobIn(t, boss, "closed")
	for _, c := range []struct {
		path  string
		body  any
		want  string
		names []string
	}{
		{"/applications/" + application + "/advance-stage", object{}, "400 VALIDATION_FAILED", []string{"stage"}},
		{"/applications/" + application + "/advance-stage", object{"stage": "screening", "note": 1}, "400 VALIDATION_FAILED", []string{"note"}},
		{"/applications/" + application + "/reject", object{"reason": ""}, "400 VALIDATION_FAILED", []string{"reason"}},
		{"/applications/" + application + "/reject", `{`, "400 INVALID_JSON", nil},
		{"/jobs/" + closed + "/publish", object{"closesAt": "nonsense"}, "409 ACCESS_ACTION_NOT_ALLOWED_FOR_STATE", nil},
		{"/candidates/import", object{"candidates": list{}}, "400 VALIDATION_FAILED", nil},
	} {
		t.Run(c.path+" "+c.want, func(t *testing.T) {
			refused := boss.call(t, http.MethodPost, c.path, c.body).want(t, c.want)
			if c.names != nil {
				equal(t, "fields", named(refused.at("details", "fields")), c.names)
			}
		})
	}
	equal(t, "nothing happened", boss.get(t, "/applications/"+application).want(t, "200").at("stage"), "applied")
}

// TestActionError shows the answer to an ActionError, and that what the action wrote before it is not half done.
func TestActionError(t *testing.T) {
	boss := newTenant(t, start(t)).as(owner)
	upside := boss.job(t, object{"salaryMin": 2, "salaryMax": 1})
	refused := boss.call(t, http.MethodPost, "/jobs/"+upside+"/publish", object{}).want(t, "400 SALARY_RANGE_INVALID")
	equal(t, "layer", refused.at("layer"), "action")
	equal(t, "details", refused.at("details"), object{"salaryMin": 2, "salaryMax": 1})
	equal(t, "status", boss.get(t, "/jobs/"+upside).want(t, "200").at("status"), "draft")
}

// TestActionsStoreDates shows a date on its way through an action: ISO text outside, a Date inside.
func TestActionsStoreDates(t *testing.T) {
	boss := newTenant(t, start(t)).as(owner)
	id := boss.job(t)
	at := "2031-05-06T07:08:09.000Z"
	opened := boss.call(t, http.MethodPost, "/jobs/"+id+"/publish", object{"closesAt": at}).want(t, "200")
	equal(t, "answer", opened.at("data", "closesAt"), at)
	equal(t, "stored", boss.get(t, "/jobs?closesAt="+at).want(t, "200").column(t, "id"), []string{id})
}

// TestImport shows a standalone action: rows are stamped, known addresses skipped.
func TestImport(t *testing.T) {
	home := newTenant(t, start(t), recruiter)
	known := candidateFields()
	home.as(owner).create(t, "/candidates", known)
	fresh := unique("fresh") + "@agency.example"
	imported := home.as(recruiter).call(t, http.MethodPost, "/candidates/import", object{"candidates": list{
		object{"name": "Known", "email": known["email"]},
		object{"name": "Fresh", "email": fresh},
		object{"name": "Fresh again", "email": fresh},
	}}).want(t, "200")
	equal(t, "answer", imported.json, object{"success": true, "data": object{"imported": 1, "skipped": 2}})
	row := home.as(owner).get(t, "/candidates?email="+fresh).want(t, "200").rows(t)[0]
	equal(t, "name", row["name"], "Fresh")
	equal(t, "source", row["source"], "agency")
	equal(t, "organizationId", row["organizationId"], home.id)
	equal(t, "createdBy", row["createdBy"], home.as(recruiter).id)
}

// TestReport shows the handler file: it counts what is there, and reads its input from the query string.
func TestReport(t *testing.T) {
	boss := newTenant(t, start(t)).as(owner)
	clerk, driver := boss.openJob(t, object{"title": "Clerk"}), boss.openJob(t, object{"title": "Driver"})
	apply := func(job string) string {
		return boss.create(t, "/applications", object{"jobId": job, "candidateId": boss.candidate(t)})
	}
	first, deleted := apply(clerk), apply(clerk)
	apply(clerk)
	apply(driver)
	boss.call(t, http.MethodPost, "/applications/"+first+"/advance-stage", object{"stage": "screening"}).want(t, "200")
	boss.call(t, http.MethodDelete, "/applications/"+deleted, nil).want(t, "200")

	rows := list{
		object{"jobId": clerk, "title": "Clerk", "stage": "applied", "total": 1},
		object{"jobId": clerk, "title": "Clerk", "stage": "screening", "total": 1},
		object{"jobId": driver, "title": "Driver", "stage": "applied", "total": 1},
	}
	report := func(query string) any { return boss.get(t, "/reports/pipeline"+query).want(t, "200").at("data") }
	equal(t, "all", report(""), object{"rows": rows, "total": 3})
	equal(t, "one job", report("?jobId="+driver), object{"rows": rows[2:], "total": 1})
	equal(t, "a number in the query", report("?minimum=2"), object{"rows": list{}, "total": 0})
	refused := boss.get(t, "/reports/pipeline?minimum=none").want(t, "400 VALIDATION_FAILED")
	equal(t, "fields", named(refused.at("details", "fields")), []string{"minimum"})
}
