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
// a hand-written one, in pairs of rounds. floor is a route that asks no database.
func BenchmarkList(b *testing.B) {
	for _, runtime := range []string{"bun", "node"} {
		b.Run(runtime, func(b *testing.B) {
			emitted, data := backend(b, runtime)
			hand := handWritten(b, runtime, data)
			for b.Loop() {
				compare(b, emitted, hand)
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

func compare(b *testing.B, emitted, hand string) {
	b.Helper()
	const length = 700 * time.Millisecond
	for _, url := range []string{emitted + "/api/v1/items", emitted + "/api/v1/buyers", hand + "/api/v1/items"} { // warm
		perSecond(b, url, length)
	}
	var ratios, masked, floor []float64
	for i := range rounds {
		pair := []string{emitted + "/api/v1/items", hand + "/api/v1/items"}
		var got [2]float64
		for n := range 2 { // who comes first takes turns
			at := (n + i) % 2
			got[at] = perSecond(b, pair[at], length)
		}
		ratios = append(ratios, got[0]/got[1])
		masked = append(masked, perSecond(b, emitted+"/api/v1/buyers", length)/got[1])
		floor = append(floor, perSecond(b, emitted+"/health", length)/got[1])
	}
	b.ReportMetric(median(ratios), "×hand")
	b.ReportMetric(median(masked), "×hand-masked")
	b.ReportMetric(median(floor), "×hand-floor")
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// perSecond is how many requests are answered.
func perSecond(b *testing.B, url string, length time.Duration) float64 {
	b.Helper()
	var done atomic.Int64
	var wait sync.WaitGroup
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	defer client.CloseIdleConnections()
	began := time.Now()
	for range clients {
		wait.Go(func() {
			for time.Since(began) < length {
				request, err := http.NewRequest(http.MethodGet, url, nil)
				if err != nil {
					b.Error(err)
					return
				}
				request.Header.Set("authorization", "Bearer "+token)
				response, err := client.Do(request)
				if err != nil {
					b.Error(err)
					return
				}
				n, err := io.Copy(io.Discard, response.Body)
				_ = response.Body.Close()
				if err != nil || response.StatusCode != http.StatusOK || n < 10 {
					b.Errorf("%s: %d, %d bytes, %v", url, response.StatusCode, n, err)
					return
				}
				done.Add(1)
			}
		})
	}
	wait.Wait()
	return float64(done.Load()) / time.Since(began).Seconds()
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
	cmd.Env = append(os.Environ(), "PORT="+port, "DATABASE_PATH="+filepath.Join(data, "app.db"), "TOKEN="+token, "ORG="+org, "NODE_ENV=production")
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
