package e2e

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestRestart shows that a stopped backend ends by itself, and that the next one has its data and its sessions.
func TestRestart(t *testing.T) {
	database := filepath.Join(t.TempDir(), "kept.db")
	first := startOwn(t, database)
	home := newTenant(t, first, recruiter)
	candidate := home.as(recruiter).candidate(t)
	before := home.as(recruiter).get(t, "/candidates/"+candidate).want(t, "200")
	if err := first.stop(); err != nil {
		t.Fatal(err)
	}

	second := startOwn(t, database)
	for _, role := range []string{owner, recruiter} {
		home.as(role).b = second
	}
	equal(t, "the row", home.as(recruiter).get(t, "/candidates/"+candidate).want(t, "200").json, before.json)
	home.as(owner).call(t, http.MethodPost, "/jobs", object{"title": "Job", "departmentId": home.as(owner).department(t)}).want(t, "201")
}

// TestMissingSecret shows that a backend without a secret, or with a short one, names it and does not start.
func TestMissingSecret(t *testing.T) {
	complete := environment(freePort(t), filepath.Join(t.TempDir(), "none.db"))
	without := slices.DeleteFunc(slices.Clone(complete), func(entry string) bool { return strings.HasPrefix(entry, "BETTER_AUTH_SECRET=") })
	for name, env := range map[string][]string{
		"absent": without,
		"empty":  append(slices.Clone(without), "BETTER_AUTH_SECRET="),
		"short":  append(slices.Clone(without), "BETTER_AUTH_SECRET=secret"),
	} {
		t.Run(name, func(t *testing.T) {
			b := &backend{dir: emitted(t)}
			b.run(t, env)
			select {
			case <-b.ended:
			case <-time.After(startLimit):
				_ = b.stop()
				t.Fatalf("it did not end\n%s", b.output)
			}
			if b.process.ProcessState.Success() {
				t.Error("it ended as if all were well")
			}
			if said := b.output.String(); !strings.Contains(said, "MISSING_ENV") || !strings.Contains(said, "BETTER_AUTH_SECRET") {
				t.Errorf("the variable is not named:\n%s", said)
			}
		})
	}
}
