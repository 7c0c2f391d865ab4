package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/qbls/qbls/compiler/runtime/workspace"
)

// support is the backend of testdata/audit with two tenants, and a platform administrator who owns a third.
type support struct {
	b          *backend
	data       string
	home, away *tenant
	admin      *caller
}

func startSupport(t *testing.T) *support {
	t.Helper()
	out := emitProject(t, "audit")
	s := &support{data: t.TempDir()}
	s.b = launchIn(t, out, s.data)
	t.Cleanup(func() { _ = s.b.stop() })
	s.home, s.away = newTenant(t, s.b), newTenant(t, s.b)
	s.admin, _ = signUp(t, s.b)
	s.sql(t, "user", "update user set role = 'admin' where id = ?", s.admin.id)
	signUp(t, s.b) // whatever may change a session makes the backend forget those it remembers
	return s
}

// sql runs a statement in the database that has a table, and answers its rows.
func (s *support) sql(t *testing.T, table, statement string, arguments ...string) []object {
	t.Helper()
	script := `import { Database } from 'bun:sqlite';
import { Glob } from 'bun';
const [folder, table, statement, ...rest] = process.argv.slice(1);
for (const file of new Glob('**/*.{sqlite,db}').scanSync({ cwd: folder, absolute: true })) {
  const database = new Database(file);
  database.exec('pragma busy_timeout = 600000');
  if (!database.query("select 1 from sqlite_master where name = ?").get(table)) continue;
  console.log(JSON.stringify(database.query(statement).all(...rest)));
}`
	out, err := exec.Command(workspace.Bun(t), append([]string{"-e", script, s.data, table, statement}, arguments...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", statement, err, out)
	}
	var rows []object
	if err := json.Unmarshal(out, &rows); err != nil {
		t.Fatalf("%s: one database has %s: %v\n%s", statement, table, err, out)
	}
	return rows
}

// rows are those of the audit trail about one action, oldest first.
func (s *support) rows(t *testing.T, action string) []object {
	t.Helper()
	return s.sql(t, "audit_events", "select * from audit_events where action_name = ? order by created_at, rowid", action)
}

// row is the newest.
func (s *support) row(t *testing.T, action string) object {
	t.Helper()
	rows := s.rows(t, action)
	if len(rows) == 0 {
		t.Fatalf("no row of the audit trail about %s", action)
	}
	return rows[len(rows)-1]
}

func (s *support) has(t *testing.T, row object, want object) {
	t.Helper()
	for column, value := range want {
		equal(t, column, row[column], value)
	}
}

// TestUnsafeActionsLeaveRows shows who may call actions that see every tenant, what these get, and what every call leaves behind.
func TestUnsafeActionsLeaveRows(t *testing.T) {
	s := startSupport(t)
	first := s.home.as(owner).create(t, "/notes", object{"title": "a", "phone": "555-123-4567"})
	second := s.away.as(owner).create(t, "/notes", object{"title": "b"})

	t.Run("success", func(t *testing.T) {
		got := s.admin.get(t, "/notes/everything").want(t, "200")
		equal(t, "both tenants, and none of the own", got.column(t, "title"), []string{"a", "b", "own 0"})
		equal(t, "masked", got.at("data", 0, "phone"), "******4567")
		row := s.row(t, "everything")
		s.has(t, row, object{"result": "success", "actor_user_id": s.admin.id, "actor_user_role": "admin", "resource": "notes", "operation": "action", "target_scope": "all",
			"target_org_id": nil, "target_record_id": nil, "unsafe_reason": "Support looks for lost notes", "row_count": 3.0, "error_code": nil, "error_message": nil, "request_id": got.header.Get("X-Request-Id")})
		if org, _ := row["actor_org_id"].(string); org == "" {
			t.Errorf("the row says in which organization the administrator was: %v", row)
		}
	})
	t.Run("denied", func(t *testing.T) {
		s.home.as(owner).get(t, "/notes/everything").want(t, "403 ACCESS_ADMIN_REQUIRED")
		s.has(t, s.row(t, "everything"), object{"result": "denied", "actor_user_id": s.home.as(owner).id, "actor_org_id": s.home.id, "error_code": "ACCESS_ADMIN_REQUIRED", "row_count": nil})
		nobody(s.b).get(t, "/notes/everything").want(t, "401 AUTH_MISSING")
		s.has(t, s.row(t, "everything"), object{"result": "denied", "actor_user_id": nil, "error_code": "AUTH_MISSING"})
		s.home.as(owner).call(t, http.MethodPost, "/notes/rename", object{"id": second, "title": "stolen"}).want(t, "403 ACCESS_ADMIN_REQUIRED")
		equal(t, "untouched", s.away.as(owner).get(t, "/notes/"+second).want(t, "200").at("title"), "b")
	})
	t.Run("write", func(t *testing.T) {
		s.admin.call(t, http.MethodPost, "/notes/rename", object{"id": second, "title": "renamed"}).want(t, "200")
		equal(t, "another tenant's", s.away.as(owner).get(t, "/notes/"+second).want(t, "200").at("title"), "renamed")
		s.admin.call(t, http.MethodPost, "/notes/rename", object{"id": 1}).want(t, "400 VALIDATION_FAILED")
		s.has(t, s.row(t, "rename"), object{"result": "denied", "error_code": "VALIDATION_FAILED"})
		s.admin.call(t, http.MethodPost, "/notes/rename", object{"id": second, "title": "x", "fail": "refuse"}).want(t, "422 NOT_TODAY")
		s.has(t, s.row(t, "rename"), object{"result": "denied", "error_code": "NOT_TODAY"})
	})
	t.Run("error", func(t *testing.T) {
		equal(t, "status", s.status(t, s.admin, "/notes/rename", object{"id": second, "title": "y", "fail": "crash"}), http.StatusInternalServerError)
		s.has(t, s.row(t, "rename"), object{"result": "error", "error_code": "INTERNAL_ERROR", "error_message": "Internal error"}) // nothing of the row
	})
	t.Run("own organization", func(t *testing.T) {
		got := s.home.as(owner).call(t, http.MethodPost, "/notes/"+first+"/peek", object{}).want(t, "200")
		equal(t, "answer", got.at("data"), object{"title": "a", "of": 2.0})
		s.has(t, s.row(t, "peek"), object{"result": "success", "target_scope": "organization", "target_org_id": s.home.id, "target_record_id": first})
		s.home.as(owner).call(t, http.MethodPost, "/notes/"+second+"/peek", object{}).want(t, "403 FIREWALL_NOT_FOUND")
		s.has(t, s.row(t, "peek"), object{"result": "denied", "target_record_id": second, "error_code": "FIREWALL_NOT_FOUND"})
	})
	t.Run("no table", func(t *testing.T) {
		equal(t, "answer", s.admin.get(t, "/reports/totals").want(t, "200").at("data", "notes"), 2.0)
		s.home.as(owner).get(t, "/reports/totals").want(t, "403 ACCESS_ADMIN_REQUIRED")
		equal(t, "rows", len(s.rows(t, "totals")), 2)
	})
	t.Run("safe", func(t *testing.T) {
		equal(t, "no raw database", s.admin.call(t, http.MethodPost, "/notes/plain", object{}).want(t, "200").at("data", "raw"), false)
		equal(t, "no row", len(s.rows(t, "plain")), 0)
	})
	t.Run("nobody makes themselves an administrator", func(t *testing.T) {
		registered := nobody(s.b).send(t, http.MethodPost, "/api/auth/sign-up/email", object{"email": unique("mallory") + "@people.example", "password": password, "name": "M", "role": "admin"}, nil)
		if registered.status == http.StatusOK {
			mallory := &caller{b: s.b, token: registered.header.Get("Set-Auth-Token")}
			mallory.call(t, http.MethodPost, "/api/auth/update-user", object{"role": "admin"})
			mallory.get(t, "/notes/everything").want(t, "403 ACCESS_ADMIN_REQUIRED")
		}
	})
}

// TestPublicWritesLeaveRows shows the same of what is open to everybody.
func TestPublicWritesLeaveRows(t *testing.T) {
	s := startSupport(t)
	made := nobody(s.b).call(t, http.MethodPost, "/notes?organizationId="+s.home.id, object{"title": "Found a key"}).want(t, "201")
	s.has(t, s.row(t, "create"), object{"result": "success", "resource": "notes", "operation": "create", "actor_user_id": nil, "actor_org_id": s.home.id, "unsafe_reason": nil,
		"request_id": made.header.Get("X-Request-Id")})
	nobody(s.b).call(t, http.MethodPost, "/notes?organizationId="+s.home.id, object{"nonsense": 1}).want(t, "400 GUARD_FIELD_NOT_CREATEABLE")
	s.has(t, s.row(t, "create"), object{"result": "denied", "error_code": "GUARD_FIELD_NOT_CREATEABLE"})
	// A row of an organization that is not there would be nobody's.
	got := nobody(s.b).call(t, http.MethodPost, "/notes?organizationId=nowhere", object{"title": "Of nobody"}).want(t, "400 QUERY_INVALID")
	equal(t, "parameter", got.at("details", "parameter"), "organizationId")
	s.has(t, s.row(t, "create"), object{"result": "denied", "error_code": "QUERY_INVALID"})
	equal(t, "rows of nobody", s.sql(t, "notes", "select id from notes where organization_id = 'nowhere'"), []object{})
	id := s.home.as(owner).create(t, "/notes", object{"title": "Signed in"})
	s.has(t, s.row(t, "create"), object{"result": "success", "actor_user_id": s.home.as(owner).id})
	before := len(s.sql(t, "audit_events", "select id from audit_events"))
	s.home.as(owner).call(t, http.MethodPatch, "/notes/"+id, object{"title": "Ours alone"}).want(t, "200")
	s.home.as(owner).get(t, "/notes").want(t, "200")
	equal(t, "nothing else leaves a row", len(s.sql(t, "audit_events", "select id from audit_events")), before)
}

// TestNothingHappensWithoutAuditRow shows that nothing is done where the row cannot be written. The database refuses it here.
func TestNothingHappensWithoutAuditRow(t *testing.T) {
	s := startSupport(t)
	id := s.home.as(owner).create(t, "/notes", object{"title": "a"})
	s.sql(t, "audit_events", "create trigger refuse before insert on audit_events begin select raise(abort, 'no room'); end")
	equal(t, "unsafe", s.status(t, s.admin, "/notes/rename", object{"id": id, "title": "untraced"}), http.StatusInternalServerError)
	equal(t, "public", s.status(t, nobody(s.b), "/notes?organizationId="+s.home.id, object{"title": "untraced"}), http.StatusInternalServerError)
	equal(t, "notes", s.home.as(owner).get(t, "/notes").want(t, "200").column(t, "title"), []string{"a"})
	s.sql(t, "audit_events", "drop trigger refuse")
	s.sql(t, "audit_events", "create trigger refuse before update on audit_events begin select raise(abort, 'no room'); end")
	equal(t, "the end cannot be written", s.status(t, s.admin, "/notes/rename", object{"id": id, "title": "traced"}), http.StatusInternalServerError)
	s.has(t, s.row(t, "rename"), object{"result": "error", "error_code": "UNFINISHED"}) // which says that it may have been done
}

// status posts a body, for answers that are no caller's fault.
func (s *support) status(t *testing.T, c *caller, path string, body object) int {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodPost, s.b.url+"/api/v1"+path, strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	request.Header["X-Idempotency-Key"] = nil // see send
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

// TestUnsafeIsNoAction shows that what an action says under unsafe is a part of it: there is no route of that name, and no document has one.
func TestUnsafeIsNoAction(t *testing.T) {
	s := startSupport(t)
	note := s.home.as(owner).create(t, "/notes", object{"title": "a"})
	for _, path := range []string{"/notes/" + note + "/unsafe", "/notes/unsafe", "/unsafe"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			got := s.admin.call(t, method, path, nil)
			if got.status < 400 || got.status >= 500 {
				t.Errorf("a route that nobody declared: %v", got)
			}
		}
	}
	described, _ := nobody(s.b).send(t, http.MethodGet, "/openapi.json", nil, nil).want(t, "200").at("paths").(object)
	for path := range described {
		if strings.HasSuffix(path, "/unsafe") {
			t.Errorf("the document describes %s", path)
		}
	}
	if len(described) < 5 {
		t.Errorf("the document has only %d paths", len(described))
	}
}
