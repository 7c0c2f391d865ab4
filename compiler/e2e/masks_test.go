package e2e

import (
	"net/http"
	"testing"
)

// TestMasks reads one candidate and one job as each role: the values in each way of reading must be those of the role.
func TestMasks(t *testing.T) {
	home := newTenant(t, start(t), manager, recruiter, interviewer)
	entered := with(candidateFields(), object{"name": "John Smith", "email": unique("john") + "@yourdomain.com"})
	id := home.as(recruiter).create(t, "/candidates", entered)
	home.as(recruiter).call(t, http.MethodPatch, "/candidates/"+id, object{"ssn": "123-45-6789"}).want(t, "200")
	colleague := home.join(t, recruiter)

	for who, c := range map[string]struct {
		caller            *caller
		email, phone, ssn any
	}{
		"owner":                 {home.as(owner), entered["email"], "555-123-4567", "123-45-6789"},
		"manager":               {home.as(manager), entered["email"], "555-123-4567", "*****6789"},
		"recruiter who created": {home.as(recruiter), entered["email"], "555-123-4567", "123-45-6789"},
		"another recruiter":     {colleague, entered["email"], "555-123-4567", "*****6789"},
		"interviewer":           {home.as(interviewer), "j***@y*********.com", "******4567", "*****6789"},
	} {
		t.Run(who, func(t *testing.T) {
			check := func(way string, row object) {
				t.Helper()
				equal(t, way+" email", row["email"], c.email)
				equal(t, way+" phone", row["phone"], c.phone)
				equal(t, way+" ssn", row["ssn"], c.ssn)
				equal(t, way+" name", row["name"], "John Smith")
			}
			check("get", c.caller.get(t, "/candidates/"+id).want(t, "200").record(t))
			check("list", c.caller.get(t, "/candidates?id="+id).want(t, "200").rows(t)[0])
			projected := c.caller.get(t, "/candidates/"+id+"?fields=name,email,phone,ssn").want(t, "200").record(t)
			check("projection", projected)
			equal(t, "projected fields", keys(projected), sorted("name", "email", "phone", "ssn"))
			impression := c.caller.call(t, http.MethodPost, "/candidates/"+id+"/add-impression", object{"line": who}).want(t, "200")
			check("action", walk(impression.at("data"), "candidate").(object))
		})
	}

	changed := colleague.call(t, http.MethodPatch, "/candidates/"+id, object{"summary": "x"}).want(t, "200").record(t)
	equal(t, "an update's answer is masked", changed["ssn"], "*****6789")
	batch := colleague.call(t, http.MethodPatch, "/candidates/batch", object{"records": list{object{"id": id, "summary": "y"}}}).want(t, "200")
	equal(t, "a batch's answer is masked", batch.at("success", 0, "ssn"), "*****6789")
}

// TestMaskedNumbersAndNulls shows that a number is redacted as a whole and that null stays null.
func TestMaskedNumbersAndNulls(t *testing.T) {
	home := newTenant(t, start(t), recruiter)
	paid, unpaid := home.as(owner).job(t), home.as(owner).job(t, object{"salaryMin": nil, "salaryMax": nil})
	seen := home.as(recruiter).get(t, "/jobs/"+paid).want(t, "200").record(t)
	equal(t, "salaryMin", seen["salaryMin"], "[REDACTED]")
	equal(t, "salaryMax", seen["salaryMax"], "[REDACTED]")
	empty := home.as(recruiter).get(t, "/jobs/"+unpaid).want(t, "200").record(t)
	equal(t, "salaryMin", empty["salaryMin"], nil)
	equal(t, "owner's salaryMin", home.as(owner).get(t, "/jobs/"+paid).want(t, "200").at("salaryMin"), 50000)
}

// TestOwnerOfTheFirewallOpensMasks shows that `or: 'owner'` means the firewall's owner column where there is one: those who
// read everybody's notes do not read the private remarks.
func TestOwnerOfTheFirewallOpensMasks(t *testing.T) {
	home := newTenant(t, start(t), manager, interviewer)
	note := home.as(interviewer).note(t, home.as(owner).application(t, "applied"))
	mine := home.as(interviewer).get(t, "/interview-notes/"+note).want(t, "200")
	if remark, _ := mine.at("privateRemarks").(string); remark == "[REDACTED]" || remark == "" {
		t.Errorf("the author reads the remark: %v", mine)
	}
	for _, role := range []string{owner, manager} {
		equal(t, role, home.as(role).get(t, "/interview-notes/"+note).want(t, "200").at("privateRemarks"), "[REDACTED]")
	}
}

// TestMaskedColumnsCannotBeProbed shows that who sees a mask cannot find out the value by asking for it.
func TestMaskedColumnsCannotBeProbed(t *testing.T) {
	home := newTenant(t, start(t), manager, recruiter, interviewer)
	fields := with(candidateFields(), object{"email": unique("needle") + "@haystack.example"})
	id := home.as(owner).create(t, "/candidates", fields)
	email := fields["email"].(string)

	for _, c := range []struct{ role, path, column string }{
		{interviewer, "/candidates?email=" + email, "email"},
		{interviewer, "/candidates?email.like=needle", "email"},
		{interviewer, "/candidates?phone.isNull=true", "phone"},
		{interviewer, "/candidates?sort=email", "email"},
		{interviewer, "/candidates?sort=name,-phone", "phone"},
		{recruiter, "/candidates?ssn.gt=1", "ssn"}, // sees those of the candidates they entered, not every row's
		{manager, "/candidates?sort=ssn", "ssn"},
		{recruiter, "/jobs?salaryMin.gt=1", "salaryMin"},
		{interviewer, "/jobs?sort=-salaryMax", "salaryMax"},
		{manager, "/interview-notes?privateRemarks.like=x", "privateRemarks"},
	} {
		t.Run(c.role+c.path, func(t *testing.T) {
			home.as(c.role).get(t, c.path).want(t, "400 QUERY_INVALID").names(t, c.column)
		})
	}

	equal(t, "who sees the column may filter by it", home.as(recruiter).get(t, "/candidates?email="+email).want(t, "200").column(t, "id"), []string{id})
	equal(t, "and search in it", home.as(recruiter).get(t, "/candidates?search=haystack").want(t, "200").column(t, "id"), []string{id})
	equal(t, "search skips what is masked", len(home.as(interviewer).get(t, "/candidates?search=haystack").want(t, "200").rows(t)), 0)
	home.as(owner).get(t, "/candidates?ssn.isNull=true&sort=ssn").want(t, "200")
}
