package promises

import (
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qbls/qbls/compiler/runtime/workspace"
)

// TestStrangersSeeNoColumnsOfTheSystem shows what callers without a session get of PUBLIC routes: one organization's rows that are shown,
// without its id, without who wrote them and when.
func TestStrangersSeeNoColumnsOfTheSystem(t *testing.T) {
	b := workshop(t)
	home := newTenant(t, b)
	shown := home.as("owner").create(t, "/notices", object{"title": "Open on Sunday"})
	hidden := home.as("owner").create(t, "/notices", object{"title": "Draft", "shown": false})
	at := func(path string) string { return path + "?organizationId=" + home.id }
	want := []string{"contact", "hits", "id", "shown", "title"}
	equal(t, "get", keys(nobody(b).get(t, at("/notices/"+shown)).want(t, "200").record(t)), want)
	listed := nobody(b).get(t, at("/notices")).want(t, "200")
	equal(t, "rows", listed.column(t, "id"), []string{shown})
	equal(t, "list", keys(listed.at("data", 0).(object)), want)
	equal(t, "asked for", keys(nobody(b).get(t, at("/notices")+"&fields=title,createdBy,organizationId").want(t, "200").at("data", 0).(object)), []string{"title"})
	equal(t, "an action's answer", keys(nobody(b).call(t, http.MethodPost, at("/notices/"+shown+"/hit"), object{}).want(t, "200").record(t)), want)
	nobody(b).get(t, at("/notices/"+hidden)).want(t, "403 ACCESS_CONDITION_FAILED")
	nobody(b).get(t, "/notices").want(t, "400 QUERY_INVALID")
	nobody(b).get(t, "/notices/"+shown).want(t, "400 QUERY_INVALID")
	for _, query := range []string{"&createdBy=x", "&sort=modifiedBy", "&contact.like=a"} {
		nobody(b).get(t, at("/notices")+query).want(t, "400 QUERY_INVALID")
	}
	if members := home.as("owner").get(t, "/notices/"+shown).want(t, "200"); members.at("createdBy") != home.as("owner").id {
		t.Errorf("members see who wrote it: %v", members)
	}
}

// TestStrangersLeaveATrace shows that a call of a PUBLIC write or action is recorded, also a refused one, and a read is not.
func TestStrangersLeaveATrace(t *testing.T) {
	b := workshop(t)
	home := newTenant(t, b)
	shown := home.as("owner").create(t, "/notices", object{"title": "Open on Sunday"})
	at := "?organizationId=" + home.id
	calls := []struct {
		want string
		got  answer
	}{
		{"create success", nobody(b).call(t, http.MethodPost, "/notices"+at, object{"title": "Found a key"}).want(t, "201")},
		{"hit success", nobody(b).call(t, http.MethodPost, "/notices/"+shown+"/hit"+at, object{}).want(t, "200")},
		{"create denied", nobody(b).call(t, http.MethodPost, "/notices"+at, object{"hits": 9}).want(t, "400 GUARD_FIELD_PROTECTED")},
		{"", nobody(b).get(t, "/notices"+at).want(t, "200")},
	}
	for _, c := range calls {
		equal(t, "trace", b.trace(t, c.got.header.Get("X-Request-Id")), c.want)
	}
}

// trace is the row of the audit trail about a request: what was called and how it ended, "" when there is none.
func (b *backend) trace(t *testing.T, request string) string {
	t.Helper()
	script := `import { Database } from 'bun:sqlite';
const [file, request] = process.argv.slice(1);
const database = new Database(file, { readonly: true });
database.run('pragma busy_timeout = 600000');
const row = database.query('select action_name || \' \' || result as said from audit_events where request_id = ?').get(request);
process.stdout.write(row?.said ?? '');`
	out, err := exec.Command(workspace.Bun(t), "-e", script, filepath.Join(b.data, "app.db"), request).CombinedOutput()
	if err != nil {
		t.Fatalf("read the audit trail: %v\n%s", err, out)
	}
	return string(out)
}

// TestDocumentsOnRequest shows that the description of the API is served to strangers only as the configuration says.
func TestDocumentsOnRequest(t *testing.T) {
	dir := filepath.Join(scratch, "unpublished")
	compiled(t, "workshop", dir, strings.NewReplacer("name: 'workshop',", "name: 'workshop',\n  openapi: { publish: false },"))
	b := launched(t, dir, t.TempDir(), nil)
	defer func() { _ = b.server.Stop() }()
	for _, path := range []string{"/openapi.json", "/schema-registry.json", "/api/v1/schema", "/mcp", "/api/v1/openapi.json"} {
		nobody(b).send(t, http.MethodGet, path, nil).want(t, "404 NOT_FOUND")
	}
	// Published or not, nothing but the registry in the project has the policy's guards and masks.
	nobody(workshop(t)).send(t, http.MethodGet, "/openapi.json", nil).want(t, "200")
	for _, path := range []string{"/schema-registry.json", "/api/v1/schema", "/mcp"} {
		nobody(workshop(t)).send(t, http.MethodGet, path, nil).want(t, "404 NOT_FOUND")
	}
}

// TestTooManySignIns shows that guessing passwords is slowed down where the backend is not in development.
func TestTooManySignIns(t *testing.T) {
	shared := workshop(t)
	b := launched(t, shared.dir, t.TempDir(), map[string]string{"NODE_ENV": "production"})
	defer func() { _ = b.server.Stop() }()
	for i := range 50 {
		got := nobody(b).send(t, http.MethodPost, "/api/auth/sign-in/email", object{"email": "a@b.example", "password": "guess number " + string(rune('a'+i))})
		if got.status != http.StatusTooManyRequests {
			continue
		}
		got.want(t, "429 AUTH_RATE_LIMITED")
		equal(t, "layer", got.at("layer"), "authentication")
		if got.header.Get("Retry-After") == "" {
			t.Errorf("it says when to try again: %v", got.header)
		}
		return
	}
	t.Error("fifty wrong passwords in a row were all looked at")
}
