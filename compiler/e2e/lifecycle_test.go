package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/qbls/qbls/compiler/launch"
)

// TestRestart shows that a stopped backend ends by itself, and that the next one has its data and its sessions.
func TestRestart(t *testing.T) {
	data := t.TempDir()
	first := startOwn(t, data)
	home := newTenant(t, first, recruiter)
	candidate := home.as(recruiter).candidate(t)
	before := home.as(recruiter).get(t, "/candidates/"+candidate).want(t, "200")
	if err := first.stop(); err != nil {
		t.Fatal(err)
	}

	second := startOwn(t, data)
	for _, role := range []string{owner, recruiter} {
		home.as(role).b = second
	}
	equal(t, "the row", home.as(recruiter).get(t, "/candidates/"+candidate).want(t, "200").json, before.json)
	home.as(owner).call(t, http.MethodPost, "/jobs", object{"title": "Job", "departmentId": home.as(owner).department(t)}).want(t, "201")
}

// TestMissingSecret shows that a backend without a secret, or with a short one, names it and does not start.
func TestMissingSecret(t *testing.T) {
	for name, vars := range map[string]map[string]string{"absent": nil, "empty": {"BETTER_AUTH_SECRET": ""}, "short": {"BETTER_AUTH_SECRET": "secret"}} {
		t.Run(name, func(t *testing.T) {
			b := &backend{dir: emitted(t), output: &buffer{}}
			server, err := launch.Start(t.Context(), b.options(t.TempDir(), vars))
			if err == nil {
				b.server, b.url = server, server.URL
				defer func() { _ = b.stop() }()
				if on.runtime != "cloudflare" {
					t.Fatal("it serves as if all were well")
				}
				// A Worker has no start to fail: it says so to everybody.
				response, err := http.Get(b.url + "/api/v1/jobs")
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = response.Body.Close() }()
				var body object
				if err := json.NewDecoder(response.Body).Decode(&body); err != nil {
					t.Fatal(err)
				}
				equal(t, "status", response.StatusCode, http.StatusServiceUnavailable)
				equal(t, "code", body["code"], any("MISSING_ENV"))
			}
			var ended <-chan struct{}
			if err == nil {
				ended = server.Ended()
			} else {
				gone := make(chan struct{})
				close(gone)
				ended = gone
			}
			b.output.await(t, "the variable is named", ended, func(said string) bool {
				return strings.Contains(said, "MISSING_ENV") && strings.Contains(said, "BETTER_AUTH_SECRET")
			})
		})
	}
}
