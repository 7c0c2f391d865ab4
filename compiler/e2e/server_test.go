package e2e

import (
	"net/http"
	"testing"

	"github.com/qbls/qbls/compiler/launch"
	"github.com/qbls/qbls/compiler/runtime/workspace"
)

// onServer starts a project of testdata with its database on a server of libSQL.
func onServer(t *testing.T, compiled string, server *workspace.LibsqlServer) *backend {
	t.Helper()
	b := begin(t, compiled, t.TempDir(), server.Vars())
	b.database = server.File
	t.Cleanup(func() { _ = b.stop() })
	return b
}

// TestLibsqlServer puts the database on libSQL's own server, by DATABASE_URL and with a token: rows, atomic batches, soft deletes that go on
// to other tables, actions, and what a restart finds. A wrong token is told at the start.
func TestLibsqlServer(t *testing.T) {
	server := workspace.Libsql(t)
	b := onServer(t, emitted(t), server)
	home := newTenant(t, b, recruiter)
	boss := home.as(owner)
	job, application := boss.openJob(t), boss.application(t, "interview")
	equal(t, "the row is on the server", b.count(t, "select count(*) from jobs where id = ?", job), 1)
	equal(t, "events of the action", b.count(t, "select count(*) from application_events where application_id = ?", application), 2)
	boss.call(t, http.MethodDelete, "/applications/"+application, nil).want(t, "200")
	equal(t, "events of the deleted one", b.count(t, "select count(*) from application_events where application_id = ? and deleted_at is null", application), 0)
	boss.call(t, http.MethodPost, "/candidate-skills/batch", object{"records": skills(boss.candidate(t), 100), "options": object{"atomic": true}}).want(t, "201")
	bad := append(skills(boss.candidate(t), 3), object{"name": "of nobody", "candidateId": "cnd_0"})
	boss.call(t, http.MethodPost, "/candidate-skills/batch", object{"records": bad, "options": object{"atomic": true}}).want(t, "400 BATCH_ATOMIC_FAILED")
	equal(t, "all of the first batch, none of the second", boss.get(t, "/candidate-skills?total=true").want(t, "200").at("pagination", "total"), 100)
	stranger, _ := signUp(t, b)
	equal(t, "rows of a stranger", len(stranger.get(t, "/candidate-skills").want(t, "200").rows(t)), 0)

	vars := server.Vars()
	vars["DATABASE_AUTH_TOKEN"] = "nonsense"
	vars["BETTER_AUTH_SECRET"] = secret
	refused := &backend{dir: b.dir, output: &buffer{}}
	if got, err := launch.Start(t.Context(), refused.options(t.TempDir(), vars)); err == nil {
		_ = got.Stop()
		t.Errorf("it serves with a token that the server refuses:\n%s", refused.output)
	}

	if err := b.stop(); err != nil {
		t.Fatal(err)
	}
	home.as(recruiter).b = onServer(t, emitted(t), server)
	home.as(recruiter).get(t, "/jobs/"+job).want(t, "200")
}

// TestRacesOnLibsqlServer meets a hundred conflicting transitions where every statement travels, and transactions are streams of their own.
func TestRacesOnLibsqlServer(t *testing.T) {
	boss := newTenant(t, onServer(t, emitProject(t, "workflow"), workspace.Libsql(t))).as(owner)
	for _, path := range []string{"/claim", "/close"} {
		ticket := boss.create(t, "/tickets", object{"title": "Broken lamp"})
		oneWins(t, rush(crowd, func(int) answer {
			return boss.call(t, http.MethodPost, "/tickets/"+ticket+path, object{"by": "somebody"})
		}), lostAtTheEnd, cameLater)
	}
	room := boss.create(t, "/rooms", object{})
	oneWins(t, rush(crowd, func(int) answer {
		return boss.call(t, http.MethodPost, "/rooms/"+room+"/book", object{"by": "somebody"})
	}), "409 ROOM_TAKEN", cameLater)
}
