package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/qbls/qbls/compiler/launch/port"
)

// transcript reads what a program prints, line by line, without ever blocking it.
type transcript struct {
	t     *testing.T
	lines chan string
	seen  []string
}

func follow(t *testing.T, r io.Reader) *transcript {
	s := &transcript{t: t, lines: make(chan string, 10000)}
	go func() {
		defer close(s.lines)
		for scanner := bufio.NewScanner(r); scanner.Scan(); {
			s.lines <- scanner.Text()
		}
	}()
	return s
}

// until returns the first line that holds a text.
func (s *transcript) until(says string) string {
	s.t.Helper()
	enough := time.After(patience) // npm install is in it
	for {
		select {
		case line, open := <-s.lines:
			if !open {
				s.t.Fatalf("it ended before it said %q:\n%s", says, strings.Join(s.seen, "\n"))
			}
			s.seen = append(s.seen, line)
			if strings.Contains(line, says) {
				return line
			}
		case <-enough:
			s.t.Fatalf("it never said %q:\n%s", says, strings.Join(s.seen, "\n"))
		}
	}
}

// rest reads until the program has closed what it prints to.
func (s *transcript) rest() {
	for line := range s.lines {
		s.seen = append(s.seen, line)
	}
}

// freePort is a port that nobody else gets until the test ends.
func freePort(t *testing.T) string {
	t.Helper()
	number, release, err := port.Reserve()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	return strconv.Itoa(number)
}

// running is `qbls dev` at work, and what it prints.
type running struct {
	*transcript
	cmd *exec.Cmd
}

// startDev starts `qbls dev`; what is still there at the end of the test is ended with it.
func startDev(t *testing.T, folder, port string) *running {
	t.Helper()
	cmd := exec.Command(binary, "dev", folder, "--port", port)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errs buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
		if t.Failed() {
			t.Logf("standard error:\n%s", errs.String())
		}
	})
	return &running{follow(t, out), cmd}
}

// interrupt presses Ctrl-C, and waits for it to end well.
func (r *running) interrupt() {
	r.t.Helper()
	if err := r.cmd.Process.Signal(os.Interrupt); err != nil {
		r.t.Fatal(err)
	}
	r.until("Stopping")
	r.rest() // the backend holds the pipe until it has ended
	if err := r.cmd.Wait(); err != nil {
		r.t.Errorf("qbls dev: %v", err)
	}
}

// TestDev is the main job as a person does it: one command, a running API, and saves that take effect.
func TestDev(t *testing.T) {
	folder, port := copyOf(t, recruiting), freePort(t)
	s := startDev(t, folder, port)

	// The sample request works as printed.
	curl := regexp.MustCompile(`curl (\S+) -H '([^:]+): ([^']+)'`)
	line := s.until("curl ")
	parts := curl.FindStringSubmatch(line)
	if parts == nil {
		t.Fatalf("no request in %q", line)
	}
	get := func() (int, map[string]any) {
		t.Helper()
		request, err := http.NewRequest(http.MethodGet, parts[1], nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set(parts[2], parts[3])
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		var body map[string]any
		if err := json.NewDecoder(response.Body).Decode(&body); err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, body
	}
	if status, body := get(); status != http.StatusOK || body["data"] == nil {
		t.Fatalf("the sample request answers %d %v", status, body)
	}
	if info, err := os.Stat(filepath.Join(folder, "backend", ".env.local")); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("the secrets must be readable by their owner only: %v %v", info, err)
	}
	s.until("Ctrl-C")

	tryReadme(t, port)

	// A mistake does not take the backend down.
	table := filepath.Join(folder, "quickback/features/jobs/departments.ts")
	content, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	rewrite(t, table, strings.Replace(string(content), "createable: ['name'", "createable: ['nam'", 1))
	s.until("QB5001")
	s.until("goes on as it was")
	if status, _ := get(); status != http.StatusOK {
		t.Errorf("after a mistake the backend answers %d", status)
	}

	// Another schema is another form of the same database: its rows and sessions stay.
	rewrite(t, table, strings.Replace(string(content), "name: text('name').notNull(),", "name: text('name').notNull(),\n    floor: text('floor'),", 1)+"// saved\n")
	s.until("has followed: 0001_add_floor_column. Its rows are kept.")
	s.until("Restarted")
	if status, body := get(); status != http.StatusOK {
		t.Errorf("the session is gone after a new column: %d %v", status, body)
	}
	if _, err := os.Stat(filepath.Join(folder, "backend/quickback/drizzle")); !os.IsNotExist(err) {
		t.Errorf("a save has committed a migration: %v", err)
	}
	if _, err := os.Stat(filepath.Join(folder, "backend/.qbls/pending/0000_initial.sql")); err != nil {
		t.Errorf("the pending migration is not kept: %v", err)
	}

	s.interrupt()
	l, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		t.Errorf("the port is still taken: %v", err)
	} else {
		l.Close()
	}
}

// What is read again while a file is being written, or while the configuration is away, leaves what was read before.
func TestReloadOfWhatIsHalfWritten(t *testing.T) {
	folder := copyOf(t, recruiting)
	w, err := open([]string{folder})
	if err != nil {
		t.Fatal(err)
	}
	jobs, config := filepath.Join(folder, "quickback/features/jobs/jobs.ts"), filepath.Join(folder, "quickback/quickback.config.ts")
	whole, err := os.ReadFile(jobs)
	if err != nil {
		t.Fatal(err)
	}
	before := w.Current()
	write := func(content string) {
		t.Helper()
		if err := os.WriteFile(jobs, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("")
	if changed, emptied, err := w.reload(true); changed || err != nil || len(emptied) != 1 || emptied[0] != "quickback/features/jobs/jobs.ts" || w.Current() != before {
		t.Errorf("emptied: changed %v, %v, %v", changed, emptied, err)
	}
	write(string(whole))
	if changed, emptied, err := w.reload(true); changed || err != nil || len(emptied) > 0 {
		t.Errorf("written again: changed %v, %v, %v", changed, emptied, err)
	}
	write("")
	if changed, emptied, err := w.reload(false); !changed || err != nil || len(emptied) != 1 || w.Current() == before {
		t.Errorf("it stays empty: changed %v, %v, %v", changed, emptied, err)
	}
	if changed, emptied, err := w.reload(true); changed || err != nil || len(emptied) > 0 {
		t.Errorf("it was empty before: changed %v, %v, %v", changed, emptied, err)
	}
	before = w.Current()
	if err := os.Rename(config, config+".away"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.reload(true); err == nil || !strings.Contains(err.Error(), "quickback.config.ts is not there any more") || w.Current() != before {
		t.Errorf("without a configuration: %v", err)
	}
}
