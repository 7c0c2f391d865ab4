//go:build unix

package e2e

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
)

// TestWrangler serves the emitted Worker with the tools that people deploy it with: `wrangler d1 migrations apply --local` for both
// databases, and `wrangler dev --local`; first for the README's requests, then for a tour of all kinds of routes. Every other test of Workers runs the same bundle in Miniflare, which starts faster.
func TestWrangler(t *testing.T) {
	b := wranglerDev(t, readyForWrangler(t, emitted(t)))
	tryReadme(t, b)
	boss := &caller{b: b}
	signUp := boss.send(t, http.MethodPost, "/api/auth/sign-up/email", object{"name": "Grace", "email": "grace@example.com", "password": "correct horse"}, nil)
	boss.token = signUp.header.Get("set-auth-token")
	if signUp.status != http.StatusOK || boss.token == "" {
		t.Fatalf("sign-up: %v", signUp)
	}
	boss.send(t, http.MethodGet, "/api/auth/organization/list", nil, nil).want(t, "200")
	department := boss.department(t)
	job := boss.create(t, "/jobs", object{"title": "Job", "departmentId": department})
	boss.call(t, http.MethodPatch, "/jobs/"+job, object{"title": "Better"}).want(t, "200")
	equal(t, "title", boss.get(t, "/jobs/"+job).want(t, "200").at("title"), any("Better"))
	candidate := boss.candidate(t)
	application := boss.create(t, "/applications", object{"jobId": job, "candidateId": candidate})
	boss.call(t, http.MethodPost, "/applications/"+application+"/advance-stage", object{"stage": "screening"}).want(t, "200")
	boss.get(t, "/candidates/views/pipeline").want(t, "200")
	boss.call(t, http.MethodDelete, "/jobs/"+job, nil).want(t, "200")
}

// readyForWrangler copies a compiled Worker, gives it what development needs, and applies the migrations of both of its databases.
func readyForWrangler(t *testing.T, compiled string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "worker")
	if err := os.CopyFS(dir, os.DirFS(compiled)); err != nil { // wrangler keeps its databases below the project; node_modules stays a link
		t.Fatal(err)
	}
	vars := "BETTER_AUTH_SECRET=" + secret + "\nNODE_ENV=development\n"
	if err := os.WriteFile(filepath.Join(dir, ".dev.vars"), []byte(vars), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, binding := range []string{"AUTH_DB", "DB"} {
		if said, err := wrangler(t, dir, "d1", "migrations", "apply", binding, "--local").CombinedOutput(); err != nil {
			t.Fatalf("migrations of %s: %v\n%s", binding, err, said)
		}
	}
	return dir
}

// wrangler is the pinned command, offline and without questions.
func wrangler(t *testing.T, dir string, arguments ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(filepath.Join(dir, "node_modules", ".bin", "wrangler"), arguments...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + scratch, "CI=1", "WRANGLER_SEND_METRICS=false", "WRANGLER_HIDE_BANNER=true", "CLOUDFLARE_CF_FETCH_ENABLED=false", "DO_NOT_TRACK=1"}
	return cmd
}

// wranglerDev starts wrangler dev and returns when it serves the Worker. It ends with everything that it started.
func wranglerDev(t *testing.T, dir string) *backend {
	t.Helper()
	b := &backend{dir: dir, output: &buffer{}}
	cmd := wrangler(t, dir, "dev", "--local", "--ip", "127.0.0.1", "--port", "0", "--inspector-port", "0", "--show-interactive-dev-session=false")
	cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = b.output, b.output, &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // wrangler alone would leave workerd behind
		<-ended
	})
	ready := regexp.MustCompile(`Ready on (http://\S+)\s`)
	b.output.await(t, "wrangler dev is ready", ended, func(said string) bool { return ready.MatchString(said) })
	b.url = ready.FindStringSubmatch(b.output.String())[1]
	return b
}
