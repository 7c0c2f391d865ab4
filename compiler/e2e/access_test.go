package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// accessTable says what each role gets from each route of the sample. The rows asked for belong to the organization and were
// made by its owner, unless the variant says otherwise. The last column is the owner of another organization, who sends the
// same ids. Members without a role of the project and callers without a session are the same on every line: see TestAccess.
//
// A number is a status. role, rows, hidden, cond, state and fk are refusals (see refusals). 207:x is a batch whose only item
// was refused with x.
const accessTable = `
route                                variant      owner  manager  recruiter  interviewer  outsider

GET /departments                     -            200    200      200        200          200
GET /departments/{id}                -            200    200      200        200          rows
POST /departments                    -            201    201      role       role         201
PATCH /departments/{id}              -            200    200      role       role         rows
DELETE /departments/{id}             -            200    role     role       role         rows
POST /departments/batch              -            201    201      role       role         201
PATCH /departments/batch             -            200    200      role       role         207:gone

GET /jobs                            -            200    200      200        200          200
GET /jobs/{id}                       open         200    200      200        200          rows
GET /jobs/{id}                       draft        200    200      200        cond         rows
POST /jobs                           -            201    201      role       role         fk
PATCH /jobs/{id}                     open         200    200      role       role         rows
PATCH /jobs/{id}                     closed       cond   cond     role       role         rows
DELETE /jobs/{id}                    open         200    role     role       role         rows
POST /jobs/batch                     -            201    201      role       role         207:fk
PATCH /jobs/batch                    open         200    200      role       role         207:gone
PATCH /jobs/batch                    closed       207:cond 207:cond role     role         207:gone
DELETE /jobs/batch                   open         200    role     role       role         207:gone
GET /jobs/views/board                -            200    200      200        200          200
GET /jobs/views/compensation         -            200    200      role       role         200
POST /jobs/{id}/publish              draft        200    200      role       role         rows
POST /jobs/{id}/publish              open         state  state    role       role         rows
POST /jobs/{id}/close                open         200    200      role       role         rows
POST /jobs/{id}/close                draft        state  state    role       role         rows

GET /candidates                      -            200    200      200        200          200
GET /candidates/{id}                 -            200    200      200        200          hidden
POST /candidates                     -            201    201      201        role         201
PATCH /candidates/{id}               -            200    200      200        role         hidden
DELETE /candidates/{id}              -            200    200      role       role         hidden
POST /candidates/batch               -            201    201      201        role         201
PATCH /candidates/batch              -            200    200      200        role         207:gone
DELETE /candidates/batch             -            200    200      role       role         207:gone
GET /candidates/views/pipeline       -            200    200      200        200          200
GET /candidates/views/contact        -            200    200      200        role         200
POST /candidates/import              -            200    200      200        role         200
POST /candidates/{id}/add-impression -            200    200      200        200          hidden

GET /candidate-skills                -            200    200      200        200          200
POST /candidate-skills               -            201    201      201        role         fk
PATCH /candidate-skills/{id}         -            200    200      200        role         rows
DELETE /candidate-skills/{id}        -            200    200      200        role         rows
POST /candidate-skills/batch         -            201    201      201        role         207:fk
PATCH /candidate-skills/batch        -            200    200      200        role         207:gone
DELETE /candidate-skills/batch       -            200    200      role       role         207:gone

GET /applications                    -            200    200      200        200          200
GET /applications/{id}               applied      200    200      200        cond         rows
GET /applications/{id}               interview    200    200      200        200          rows
POST /applications                   -            201    201      201        role         fk
PATCH /applications/{id}             applied      200    200      cond       role         rows
DELETE /applications/{id}            applied      200    200      role       role         rows
POST /applications/batch             -            201    201      201        role         207:fk
PATCH /applications/batch            applied      200    200      207:cond   role         207:gone
DELETE /applications/batch           applied      200    200      role       role         207:gone
GET /applications/views/pipeline     -            200    200      200        role         200
POST /applications/{id}/advance-stage applied     200    200      200        role         rows
POST /applications/{id}/advance-stage interview   200    200      state      role         rows
POST /applications/{id}/advance-stage rejected    state  state    state      role         rows
POST /applications/{id}/reject       interview    200    200      200        role         rows
POST /applications/{id}/reject       rejected     state  state    state      role         rows
GET /applications/{id}/history       applied      200    200      200        role         rows
GET /reports/pipeline                -            200    200      role       role         200

GET /interview-notes                 -            200    200      200        200          200
GET /interview-notes/{id}            owner's      200    200      rows       rows         rows
GET /interview-notes/{id}            interviewer's 200   200      rows       200          rows
POST /interview-notes                -            201    201      201        201          fk
PATCH /interview-notes/{id}          owner's      200    cond     rows       rows         rows
PATCH /interview-notes/{id}          interviewer's cond  cond     rows       200          rows
DELETE /interview-notes/{id}         owner's      200    cond     rows       rows         rows
DELETE /interview-notes/{id}         interviewer's 200   cond     rows       200          rows
POST /interview-notes/batch          -            201    201      201        201          207:fk
PATCH /interview-notes/batch         owner's      200    207:cond 207:gone   207:gone     207:gone
DELETE /interview-notes/batch        owner's      200    207:cond 207:gone   207:gone     207:gone
`

// refusals are the words of accessTable. Inside a batch a row out of reach is NOT_FOUND.
var refusals = map[string]string{
	"role":   "403 ACCESS_ROLE_REQUIRED",
	"cond":   "403 ACCESS_CONDITION_FAILED",
	"rows":   "403 FIREWALL_NOT_FOUND",
	"hidden": "404 NOT_FOUND",
	"state":  "409 ACCESS_ACTION_NOT_ALLOWED_FOR_STATE",
	"fk":     "400 FK_NOT_FOUND",
	"gone":   "404 NOT_FOUND",
}

// accessCase is one line of accessTable.
type accessCase struct {
	method, path, variant string
	want                  [5]string
}

func (c accessCase) String() string {
	return fmt.Sprintf("%s %s %s", c.method, c.path, c.variant)
}

func accessCases(t *testing.T) []accessCase {
	t.Helper()
	var cases []accessCase
	for _, line := range strings.Split(accessTable, "\n")[2:] {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if len(words) != 8 {
			t.Fatalf("a line of the table has eight words: %q", line)
		}
		cases = append(cases, accessCase{words[0], words[1], words[2], [5]string(words[3:])})
	}
	return cases
}

// TestAccess asks each route of the sample as each kind of caller.
func TestAccess(t *testing.T) {
	b := start(t)
	home := newTenant(t, b, manager, recruiter, interviewer, member)
	away := newTenant(t, b)
	callers := [5]*caller{home.as(owner), home.as(manager), home.as(recruiter), home.as(interviewer), away.as(owner)}

	for _, c := range accessCases(t) {
		t.Run(strings.ReplaceAll(c.String(), "/", " "), func(t *testing.T) {
			for i, asking := range callers {
				path, body := requestFor(t, home, c)
				checkCell(t, asking.call(t, c.method, path, body), c.want[i])
			}
			path, body := requestFor(t, home, c)
			home.as(member).call(t, c.method, path, body).want(t, "403 ACCESS_ROLE_REQUIRED")
			nobody(b).call(t, c.method, path, body).want(t, "401 AUTH_MISSING")
			stranger := &caller{b: b, token: "not-a-session"}
			stranger.call(t, c.method, path, body).want(t, "401 AUTH_INVALID_TOKEN")
		})
	}
}

// checkCell compares an answer with a word of the table.
func checkCell(t *testing.T, got answer, want string) {
	t.Helper()
	status, item, inBatch := strings.Cut(want, ":")
	if full, refused := refusals[status]; refused {
		status = full
	}
	got.want(t, status)
	if !inBatch {
		return
	}
	_, code, _ := strings.Cut(refusals[item], " ")
	if failed := got.objects(t, "errors"); len(failed) != 1 || walk(failed[0], "error", "code") != code {
		t.Errorf("want one item refused with %s: %v", code, got)
	}
}

// TestRoleRefusalsNameTheRoles shows what somebody without the role is told.
func TestRoleRefusalsNameTheRoles(t *testing.T) {
	home := newTenant(t, start(t), interviewer)
	refused := home.as(interviewer).call(t, http.MethodPost, "/candidates", candidateFields()).want(t, "403 ACCESS_ROLE_REQUIRED")
	equal(t, "current", refused.at("details", "current"), list{interviewer})
	required, _ := refused.at("details", "required").([]any)
	equal(t, "required", len(required), 3)
}

// TestRoleComesBeforeRow shows that without the role nobody learns which ids exist.
func TestRoleComesBeforeRow(t *testing.T) {
	home := newTenant(t, start(t), interviewer)
	real, made := home.as(owner).department(t), "dep_00000000000000000000000000000000"
	for _, id := range []string{real, made} {
		home.as(interviewer).call(t, http.MethodPatch, "/departments/"+id, object{"name": "x"}).want(t, "403 ACCESS_ROLE_REQUIRED")
	}
	absent := home.as(owner).get(t, "/departments/"+made).want(t, "403 FIREWALL_NOT_FOUND")
	foreign := newTenant(t, home.b).as(owner).get(t, "/departments/"+real).want(t, "403 FIREWALL_NOT_FOUND")
	equal(t, "a foreign row answers as an absent one", foreign.json, absent.json)
}
