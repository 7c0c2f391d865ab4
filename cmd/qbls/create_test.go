package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qbls/qbls/compiler/project"
	npm "github.com/qbls/qbls/compiler/runtime/workspace"
)

// created makes a project from a template in a new folder.
func created(t *testing.T, template string) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "my-app")
	out, errs, code := qbls(t, "create", template, folder)
	if code != exitOK || errs != "" {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	for _, say := range []string{"Created my-app", "cd " + folder, "qbls check"} {
		if !strings.Contains(out, say) {
			t.Errorf("the next steps lack %q:\n%s", say, out)
		}
	}
	return folder
}

// TestEveryTemplateChecksClean: what create writes has nothing to complain about, in the shell and in the editor, and what cannot be compiled
// yet says so once.
func TestEveryTemplateChecksClean(t *testing.T) {
	missing := map[string][]string{
		"cloudflare": nil, "bun": nil, "node": nil, "turso": nil, "neon": {`"neon"`}, "supabase": {`"supabase"`, `"supabase-auth"`},
	}
	for _, template := range project.Templates() {
		t.Run(template.Name, func(t *testing.T) {
			folder := created(t, template.Name)
			if out, errs, code := qbls(t, "check", folder); code != exitOK || !strings.HasPrefix(out, "no problems") {
				t.Errorf("check: exit %d\n%s%s", code, out, errs)
			}
			npm.Link(t, folder)
			typechecks(t, folder, "quickback")
			want, known := missing[template.Name]
			if !known {
				t.Fatal("what does this template lack?")
			}
			if len(want) == 0 {
				return
			}
			out, _, code := qbls(t, "compile", folder)
			if code != exitErrors || strings.Count(out, "error[") != 1 || !strings.Contains(out, "error[QB8901]") {
				t.Errorf("compile: exit %d\n%s", code, out)
			}
			for _, name := range want {
				if !strings.Contains(out, name) {
					t.Errorf("compile does not name %s:\n%s", name, out)
				}
			}
			if _, err := os.Stat(filepath.Join(folder, "backend")); err == nil {
				t.Error("half a backend was written")
			}
		})
	}
}

func typechecks(t *testing.T, folder, config string) {
	t.Helper()
	c := exec.Command(npm.Tsc(t), "--noEmit", "--pretty", "false", "-p", config)
	c.Dir = folder
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("tsc: %v\n%s", err, out)
	}
}

// TestCreatedProjectRuns compiles the project of the bun template and uses its API.
func TestCreatedProjectRuns(t *testing.T) {
	folder := created(t, "bun")
	if out, errs, code := qbls(t, "compile", folder); code != exitOK {
		t.Fatalf("compile: exit %d\n%s%s", code, out, errs)
	}
	backend := filepath.Join(folder, "backend")
	npm.Link(t, backend)
	typechecks(t, backend, ".")
	samePackages(t, folder, backend)

	base := serve(t, backend)
	session := &caller{t: t, base: base}
	session.call("POST", "/api/auth/sign-up/email", `{"name":"Ada","email":"ada@example.com","password":"correct horse battery"}`, 200)
	todo := session.call("POST", "/api/v1/todos", `{"title":"Buy milk","contactEmail":"shop@example.com"}`, 201)
	id, _ := todo["id"].(string)
	if todo["title"] != "Buy milk" || todo["state"] != "open" || todo["priority"] != "normal" || todo["contactEmail"] != "shop@example.com" || id == "" {
		t.Errorf("created %v", todo)
	}
	session.call("PATCH", "/api/v1/todos/"+id, `{"state":"done"}`, 400)
	session.call("POST", "/api/v1/todos", `{"title":""}`, 400)
	if done := session.call("POST", "/api/v1/todos/"+id+"/complete", `{}`, 200); done["state"] != "done" || done["completedAt"] == nil {
		t.Errorf("completed %v", done)
	}
	session.call("POST", "/api/v1/todos/"+id+"/complete", `{}`, 409)
	session.call("GET", "/api/v1/todos/views/board", "", 200)
	(&caller{t: t, base: base}).call("GET", "/api/v1/todos", "", 401)
}

// samePackages: what the editor's types come from are the versions that the backend runs with.
func samePackages(t *testing.T, folder, backend string) {
	t.Helper()
	versions := func(folder string) map[string]string {
		content, err := os.ReadFile(filepath.Join(folder, "package.json"))
		if err != nil {
			t.Fatal(err)
		}
		var p struct{ Dependencies, DevDependencies map[string]string }
		if err := json.Unmarshal(content, &p); err != nil {
			t.Fatal(err)
		}
		for name, version := range p.Dependencies {
			p.DevDependencies[name] = version
		}
		return p.DevDependencies
	}
	running := versions(backend)
	for name, version := range versions(folder) {
		if running[name] != version {
			t.Errorf("%s is %s for the editor and %s for the backend", name, version, running[name])
		}
	}
}

// serve starts an emitted backend until the end of the test and returns its address.
func serve(t *testing.T, backend string) string {
	t.Helper()
	port := freePort(t)
	c := exec.Command(npm.Bun(t), "src/index.ts")
	c.Dir = backend
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "HOST=127.0.0.1", "PORT=" + port,
		"BETTER_AUTH_SECRET=a-secret-of-more-than-thirty-two-characters", "DATABASE_PATH=" + filepath.Join(t.TempDir(), "app.db")}
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = c.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		_ = c.Process.Kill()
		<-ended
		if t.Failed() {
			t.Logf("the backend said:\n%s", out.String())
		}
	})
	base := "http://127.0.0.1:" + port
	tick, enough := time.NewTicker(25*time.Millisecond), time.After(patience)
	defer tick.Stop()
	for {
		if response, err := http.Get(base + "/health"); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return base
			}
		}
		select {
		case <-ended:
			t.Fatal("the backend ended instead of listening")
		case <-enough:
			t.Fatal("the backend does not answer /health")
		case <-tick.C:
		}
	}
}

// caller is one person at the API: it keeps the token of its session.
type caller struct {
	t     *testing.T
	base  string
	token string
}

// call sends a request, wants a status, and returns the record of the answer.
func (c *caller) call(method, path, body string, want int) map[string]any {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Origin", c.base)
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	request.Header["X-Idempotency-Key"] = nil // not sent; a connection that was closed while idle, just when it is used again, is replaced
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	if response.StatusCode != want {
		c.t.Fatalf("%s %s answers %d, want %d: %v", method, path, response.StatusCode, want, answer)
	}
	if token := response.Header.Get("Set-Auth-Token"); token != "" {
		c.token = token
	}
	if data, ok := answer["data"].(map[string]any); ok {
		return data
	}
	return answer
}

func TestCreateRefuses(t *testing.T) {
	full := t.TempDir()
	write(t, filepath.Join(full, "mine.txt"), "mine")
	file := filepath.Join(full, "mine.txt")
	for _, c := range []struct {
		name string
		args []string
		says []string
	}{
		{"a folder with something in it", []string{"create", "bun", full}, []string{"not empty", "mine.txt", "qbls init"}},
		{"a file", []string{"create", "bun", file}, []string{"mine.txt"}},
		{"an unknown template", []string{"create", "bunn", filepath.Join(full, "a")}, []string{"Did you mean bun?", "supabase"}},
		{"a name that is none", []string{"create", "bun", filepath.Join(full, "it's")}, []string{"it's", "letter or digit"}},
		{"no terminal to ask at", []string{"create"}, []string{"no terminal", "cloudflare|bun|node|turso|neon|supabase", "<name>"}},
		{"no terminal to ask for the name", []string{"create", "bun"}, []string{"no terminal", "<name>"}},
		{"too much", []string{"create", "bun", "a", "b"}, []string{"qbls create takes 2 arguments at most, and was given 3", "Usage:"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, errs, code := qbls(t, c.args...)
			if code != exitUsage || out != "" {
				t.Errorf("exit %d, output %q", code, out)
			}
			for _, say := range c.says {
				if !strings.Contains(errs, say) {
					t.Errorf("%q is not in: %s", say, errs)
				}
			}
		})
	}
	entries, err := os.ReadDir(full)
	if err != nil || len(entries) != 1 {
		t.Errorf("something was created: %v %v", entries, err)
	}
}

// TestCreateInAFreshRepository: a folder that only git has been in is empty.
func TestCreateInAFreshRepository(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "it's here", "shop")
	if err := os.MkdirAll(filepath.Join(folder, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	out, errs, code := qbls(t, "create", "bun", folder)
	if code != exitOK {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	if where := `it'\''s here`; !strings.Contains(out, "cd '") || !strings.Contains(out, where) {
		t.Errorf("the path is no word of a shell:\n%s", out)
	}
	content, err := os.ReadFile(filepath.Join(folder, "quickback/quickback.config.ts"))
	if err != nil || !strings.Contains(string(content), "name: 'shop'") {
		t.Errorf("%v\n%s", err, content)
	}
}
