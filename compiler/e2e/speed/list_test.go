package speed

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/launch"
	"github.com/qbls/qbls/compiler/runtime/workspace"
)

const (
	total   = 10000 // rows of the table, a third of them of another organization
	rounds  = 9
	clients = 4
	org     = "org_1"
	token   = "a-session-of-the-benchmark"
)

// BenchmarkList asks for 50 of 10,000 rows, over HTTP with a session that is known: of the emitted backend, with and without masks, and of
// a hand-written one that answers the same bytes. floor is a route that asks no database. In each round all of them have their turns one
// after another, several times, so that whatever else the machine does meets them alike.
func BenchmarkList(b *testing.B) {
	for _, runtime := range []string{"bun", "node"} {
		b.Run(runtime, func(b *testing.B) {
			emitted, data := backend(b, runtime)
			hand := handWritten(b, runtime, data)
			if ours, theirs := body(b, emitted+"/api/v1/items"), body(b, hand+"/api/v1/items"); ours != theirs {
				b.Fatalf("the two lists are not the same:\n%s\n%s", ours, theirs)
			}
			for b.Loop() {
				compare(b, hand+"/api/v1/items", emitted+"/api/v1/items", emitted+"/api/v1/buyers", emitted+"/health")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// compare reports the medians of what the other routes answer in the time in which the hand-written one answers one.
func compare(b *testing.B, hand string, others ...string) {
	b.Helper()
	routes := append([]string{hand}, others...)
	round(b, routes, 0) // warm
	ratios := make([][]float64, len(others))
	for i := range rounds {
		got := round(b, routes, i)
		for n := range others {
			ratios[n] = append(ratios[n], got[n+1]/got[0])
		}
	}
	for n, unit := range []string{"×hand", "×hand-masked", "×hand-floor"} {
		b.ReportMetric(median(ratios[n]), unit)
	}
}

// round gives every route its turns, another one first each time, and returns the requests per second of each.
func round(b *testing.B, routes []string, first int) []float64 {
	b.Helper()
	const turns, length = 7, 100 * time.Millisecond
	answers, seconds := make([]float64, len(routes)), make([]float64, len(routes))
	for turn := range turns {
		for n := range routes {
			at := (n + turn + first) % len(routes)
			began := time.Now()
			answers[at] += float64(ask(b, routes[at], began.Add(length)))
			seconds[at] += time.Since(began).Seconds()
		}
	}
	for i := range answers {
		answers[i] /= seconds[i]
	}
	return answers
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

var client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}

// ask lets all clients ask again and again until then, and counts the answers.
func ask(b *testing.B, url string, until time.Time) int64 {
	b.Helper()
	var done atomic.Int64
	var wait sync.WaitGroup
	for range clients {
		wait.Go(func() {
			for time.Now().Before(until) {
				if _, err := get(url); err != nil {
					b.Error(err)
					return
				}
				done.Add(1)
			}
		})
	}
	wait.Wait()
	return done.Load()
}

// get asks as the member.
func get(url string) ([]byte, error) {
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("authorization", "Bearer "+token)
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil || response.StatusCode != http.StatusOK || len(content) < 10 {
		return nil, fmt.Errorf("%s: %d, %d bytes, %v", url, response.StatusCode, len(content), err)
	}
	return content, nil
}

// body is a list of 50 rows as the member gets it.
func body(b *testing.B, url string) string {
	b.Helper()
	content, err := get(url)
	if err != nil || strings.Count(string(content), `"id":`) != 50 {
		b.Fatalf("%s: %v: %s", url, err, content)
	}
	return string(content)
}

// backend compiles and starts the project, with its rows, and returns its address and the folder of its database.
func backend(b *testing.B, runtime string) (url, data string) {
	b.Helper()
	project, out := b.TempDir(), b.TempDir()
	if err := os.CopyFS(project, os.DirFS("testdata/shop")); err != nil {
		b.Fatal(err)
	}
	if runtime == "node" {
		config := filepath.Join(project, "quickback", "quickback.config.ts")
		text, err := os.ReadFile(config)
		if err != nil {
			b.Fatal(err)
		}
		changed := strings.NewReplacer("'bun'", "'node'", "'better-sqlite3'", "'libsql'").Replace(string(text))
		if err := os.WriteFile(config, []byte(changed), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	set, errs := source.Load(source.OS(project))
	if len(errs) > 0 {
		b.Fatal(errs)
	}
	s := analysis.NewWorkspace(set).Current()
	result, err := compiler.Compile(context.Background(), s, s.Projects()[0], compiler.Options{Version: "benchmark"})
	if err != nil || result.Failed() {
		b.Fatal(err, result)
	}
	for _, f := range result.Files {
		path := filepath.Join(out, string(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(path, f.Content, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	workspace.Link(b, out)
	data = b.TempDir()
	server, err := launch.Start(context.Background(), launch.Options{
		Dir: out, Data: data, Rows: rows(), Vars: map[string]string{"BETTER_AUTH_SECRET": "a secret of the benchmark, long enough", "NODE_ENV": "production"},
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = server.Stop() })
	return server.URL, data
}

// rows are a member with a session, and the tables' contents.
func rows() *launch.Rows {
	const at = "1767225600000"
	out := &launch.Rows{Auth: []string{
		"insert into user (id, name, email, email_verified, created_at, updated_at) values ('u', 'u', 'u@example.com', 1, " + at + ", " + at + ")",
		"insert into organization (id, name, slug, created_at) values ('" + org + "', 'o', 'o', " + at + ")",
		"insert into member (id, organization_id, user_id, role, created_at) values ('m', '" + org + "', 'u', 'member', " + at + ")",
		"insert into session (id, expires_at, token, created_at, updated_at, user_id, active_organization_id) values ('s', 4102444800000, '" + token + "', " + at + ", " + at + ", 'u', '" + org + "')",
	}}
	for _, table := range []string{"items", "buyers"} {
		for i := range total {
			of := org
			if i%3 == 0 {
				of = "org_2"
			}
			when := time.Unix(1767225600+int64(i), 0).UTC().Format("2006-01-02T15:04:05.000Z")
			out.Features = append(out.Features, fmt.Sprintf("insert into %s (id, organization_id, title, note, email, phone, amount, open, created_at, created_by, modified_at, modified_by) values ('%s_%05d', '%s', 'Title %d', 'a note of some length about %d', 'person%d@example.com', '555-123-%04d', %d, %d, '%s', 'u', '%s', 'u')",
				table, table, i, of, i, i, i, i%10000, i, i%2, when, when))
		}
	}
	return out
}

// handWritten starts testdata/hand.ts on the same database.
func handWritten(b *testing.B, runtime, data string) string {
	b.Helper()
	dir := b.TempDir()
	workspace.Link(b, dir)
	script := filepath.Join(dir, "hand.mjs")
	hand, err := filepath.Abs("testdata/hand.ts")
	if err != nil {
		b.Fatal(err)
	}
	built := api.Build(api.BuildOptions{EntryPoints: []string{hand}, Outfile: script, Bundle: true, Packages: api.PackagesExternal, External: []string{"bun:sqlite"}, Platform: api.PlatformNode, Format: api.FormatESModule, Target: api.ES2022, Write: true})
	if len(built.Errors) > 0 {
		b.Fatal(built.Errors)
	}
	program := "node"
	if runtime == "bun" {
		program = workspace.Bun(b)
	}
	port := free(b)
	cmd := exec.Command(program, script)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	cmd.Env = append(os.Environ(), "PORT="+port, "DATABASE_PATH="+filepath.Join(data, "app.db"), "NODE_ENV=production")
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	url := "http://127.0.0.1:" + port
	for until := time.Now().Add(20 * time.Second); ; {
		if response, err := http.Get(url + "/health"); err == nil {
			_ = response.Body.Close()
			return url
		}
		if time.Now().After(until) {
			b.Fatal("the hand-written server does not answer")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func free(b *testing.B) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}
