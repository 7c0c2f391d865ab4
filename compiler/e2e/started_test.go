//go:build unix

package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/qbls/qbls/compiler/runtime/workspace"
)

// tryReadme runs the README's requests, line by line as they are printed, against the Worker: sign-up with an organization of one's own, a
// row, a view and the refusals.
func tryReadme(t *testing.T, b *backend) {
	t.Helper()
	terminal := newTerminal(t, b)
	content, err := os.ReadFile(filepath.Join(repository(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	lines := commands(string(content))
	want := []string{"200", "201", "200", "400 QUERY_INVALID", "400 GUARD_SYSTEM_MANAGED", "401 AUTH_MISSING"}
	if len(lines) != len(want) {
		t.Fatalf("the README prints %d requests, not %d", len(lines), len(want))
	}
	for i, line := range lines {
		said := terminal.run(t, line)
		equal(t, line, said.summary(), want[i])
		if i == 2 {
			equal(t, "what the view has", walk(said.json, "data", 0, "name"), "Jane Smith")
		}
	}
}

// TestGettingStartedPage compiles the complete example of the original's getting-started page for Workers, serves it with the command that
// the page says, and runs its curl lines, and those of the page about CRUD, as they are printed: curl itself is told to find localhost:8787
// where wrangler listens, <token> is the cookie of the sign-in, and job_123 the row that was made. That documentation is no part of this
// repository; without it only the README's own requests are tried, by TestWrangler.
// No printed line of these two pages contradicts what the API does.
func TestGettingStartedPage(t *testing.T) {
	docs := filepath.Join(repository(t), "..", "shared", "seeds", "0.5.12")
	if _, err := os.Stat(docs); errors.Is(err, fs.ErrNotExist) {
		t.Logf("The original documentation is not at %s: only the README's requests were tried.", docs)
		return
	}
	page := func(name string) string {
		t.Helper()
		content, err := os.ReadFile(filepath.Join(docs, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	terminal := newTerminal(t, wranglerDev(t, readyForWrangler(t, workerOf(t, page("compiler__getting-started.md")))))
	for _, p := range []struct {
		file string
		want []string
	}{
		{"compiler__getting-started.md", []string{"200", "200", "201", "200"}},
		// A list, a record, a new one, a change, a removal, a list with parameters.
		{"compiler__using-the-api__crud.md", []string{"200", "200", "201", "200", "200", "200"}},
	} {
		lines := commands(page(p.file))
		if len(lines) != len(p.want) {
			t.Fatalf("%s prints %d requests, not %d", p.file, len(lines), len(p.want))
		}
		for i, line := range lines {
			said := terminal.run(t, line)
			equal(t, p.file+": "+line, said.summary(), p.want[i])
			if strings.Contains(line, "/sign-in/") && terminal.values["<token>"] == "" {
				t.Fatalf("the sign-in sets no cookie of the name that the page says: %s", said.raw)
			}
		}
	}
	kept := terminal.run(t, `curl "http://localhost:8787/api/v1/jobs?total=true" -H "Cookie: better-auth.session_token=<token>"`)
	equal(t, "of two rows one was removed", walk(kept.json, "pagination", "total"), 1)
	equal(t, "what is left", walk(kept.json, "data", 0, "title"), "Senior Engineer")
}

// workerOf compiles the example of the page for Workers. The page leaves the imports out.
func workerOf(t *testing.T, page string) string {
	t.Helper()
	example := regexp.MustCompile("(?s)```typescript\n(// quickback/features/jobs/jobs.ts.*?)```").FindStringSubmatch(page)
	if example == nil {
		t.Fatal("the page has no complete example")
	}
	dir := t.TempDir()
	project, out := filepath.Join(dir, "my-app"), filepath.Join(dir, "my-app", "backend")
	create := exec.Command(qbls(t), "create", "cloudflare", "my-app")
	create.Dir = dir
	if said, err := create.CombinedOutput(); err != nil {
		t.Fatalf("qbls create: %v\n%s", err, said)
	}
	features := filepath.Join(project, "quickback", "features")
	if err := os.RemoveAll(filepath.Join(features, "todos")); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(features, "jobs"), 0o755); err != nil {
		t.Fatal(err)
	}
	source := "import { defineTable } from '@quickback/compiler';\nimport { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';\n" + example[1]
	if err := os.WriteFile(filepath.Join(features, "jobs", "jobs.ts"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	emit(t, project, out)
	workspace.Link(t, out)
	return out
}

// commands are the requests in the blocks of a page for the shell, each in one line.
func commands(page string) (out []string) {
	for _, block := range regexp.MustCompile("(?s)```(?:bash|sh)\n(.*?)```").FindAllStringSubmatch(page, -1) {
		for _, line := range strings.Split(strings.ReplaceAll(block[1], "\\\n", " "), "\n") {
			if strings.HasPrefix(line, "curl ") && strings.Contains(line, "http://") {
				out = append(out, line)
			}
		}
	}
	return out
}

// terminal is where printed commands are run.
type terminal struct {
	dir    string
	values map[string]string // of what is printed as a placeholder
}

// newTerminal makes curl go to the backend for the addresses that are printed, and show the head of every answer.
func newTerminal(t *testing.T, b *backend) *terminal {
	t.Helper()
	at := strings.TrimPrefix(b.url, "http://")
	settings := "include\nsilent\nshow-error\n"
	for _, printed := range []string{"localhost:8787", "127.0.0.1:3000"} {
		settings += fmt.Sprintf("connect-to = \"%s:%s\"\n", printed, at)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".curlrc"), []byte(settings), 0o644); err != nil {
		t.Fatal(err)
	}
	return &terminal{dir: dir, values: map[string]string{}}
}

// printed is what a command printed.
type printed struct {
	status int
	raw    string
	json   any
}

// summary is the status, with the code of an error.
func (p printed) summary() string {
	code, _ := walk(p.json, "code").(string)
	if p.status < 400 {
		code = ""
	}
	return strings.TrimSpace(strconv.Itoa(p.status) + " " + code)
}

var sessionCookie = regexp.MustCompile(`(?mi)^set-cookie: better-auth\.session_token=([^;\r\n]+)`)

// run runs a line in a shell, and remembers the session and the row that it made.
func (at *terminal) run(t *testing.T, line string) printed {
	t.Helper()
	names := []string{}
	for name := range at.values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		line = strings.ReplaceAll(line, name, at.values[name])
	}
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir, cmd.Env = at.dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + at.dir, "CURL_HOME=" + at.dir}
	out, err := cmd.Output()
	head, body, _ := strings.Cut(string(out), "\r\n\r\n")
	status := regexp.MustCompile(`^HTTP/\S+ (\d{3})`).FindStringSubmatch(head)
	if err != nil || status == nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
	said := printed{raw: string(out)}
	said.status, _ = strconv.Atoi(status[1])
	_ = json.Unmarshal([]byte(body), &said.json) // what is no JSON has no code and no rows
	if cookie := sessionCookie.FindStringSubmatch(head); cookie != nil && strings.Contains(line, "/sign-in/") {
		at.values["<token>"] = cookie[1]
	}
	if id, made := walk(said.json, "data", "id").(string); made && said.status == 201 && at.values["job_123"] == "" {
		at.values["job_123"] = id
	}
	return said
}
