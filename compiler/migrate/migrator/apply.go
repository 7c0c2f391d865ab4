// Package migrator runs drizzle's own migrator on a database, and compares the journal that the migrator keeps in it with the committed
// migrations. qbls keeps no journal of its own, so that its commands and the tools of drizzle can be mixed.
package migrator

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/qbls/qbls/compiler/migrate"
)

//go:embed run.mjs
var script []byte

// Target is a database and what reaches it. Program is bun or node.
type Target struct {
	Out      string // folder of output: its packages are used
	Folder   string // of the migrations
	Program  string
	Driver   string // bun, libsql or postgres
	Database string // a path or a URL
}

// State is what a database says of itself.
type State struct {
	Exists  bool      `json:"exists"`
	Applied []Applied `json:"applied"`
	Added   int       `json:"added"`   // how many of them Run has applied itself: what somebody else applied meanwhile is not among them
	Left    []string  `json:"left"`    // tables that only an interrupted migration leaves
	Orphans []string  `json:"orphans"` // tables with rows that refer to nothing
}

// Applied is one migration in the database's journal.
type Applied struct {
	Hash string `json:"hash"`
	When int64  `json:"created_at"`
}

// Failed is what the database or the migrator refused with. Nothing of the migrations that were to be applied is in the database then:
// they run in one transaction.
type Failed struct{ Reason, Statement string }

func (f *Failed) Error() string { return f.Reason }

// Read asks a database for its state.
func Read(ctx context.Context, t Target) (*State, error) { return run(ctx, t, "status") }

// Run applies what the database has not seen, and returns the state after it.
func Run(ctx context.Context, t Target) (*State, error) { return run(ctx, t, "apply") }

func run(ctx context.Context, t Target, mode string) (*State, error) {
	file := filepath.Join(t.Out, ".qbls", "migrate.mjs")
	if err := place(file, script); err != nil {
		return nil, fmt.Errorf("prepare the migrator: %w", err)
	}
	cmd := exec.CommandContext(ctx, t.Program, file, mode, t.Driver, t.Folder)
	cmd.Dir = t.Out
	cmd.Env = append(os.Environ(), "QBLS_DATABASE="+t.Database)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	var answer struct {
		State
		Error     string
		Statement string
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if json.Unmarshal([]byte(lines[len(lines)-1]), &answer) != nil {
		if err == nil {
			err = errors.New("it printed no answer")
		}
		return nil, fmt.Errorf("the migrator ended without an answer: %w\n%s", err, strings.TrimSpace(errs.String()))
	}
	if answer.Error != "" {
		return nil, &Failed{answer.Error, answer.Statement}
	}
	return &answer.State, nil
}

// place writes a file whole, if it is not there as it should be: another command may be running it.
func place(file string, content []byte) error {
	if known, err := os.ReadFile(file); err == nil && bytes.Equal(known, content) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	half, err := os.CreateTemp(filepath.Dir(file), "migrate-*.tmp")
	if err != nil {
		return err
	}
	_, err = half.Write(content)
	if closed := half.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(half.Name(), file)
	}
	if err != nil {
		_ = os.Remove(half.Name())
	}
	return err
}

// Standing of a migration in a database.
type Standing string

const (
	InPlace Standing = "applied"
	Waiting Standing = "waiting"
	Changed Standing = "changed" // its file is another than the one that was applied
	Skipped Standing = "skipped" // not applied, and older than the newest that was: drizzle's migrator would never apply it
)

// Line is one committed migration and its standing.
type Line struct {
	Tag      string   `json:"tag"`
	Standing Standing `json:"standing"`
}

// Report compares a database with the committed migrations.
type Report struct {
	Lines   []Line   `json:"migrations"`
	Refused []string `json:"refused,omitempty"` // why nothing may be applied, in words
	Left    []string `json:"left,omitempty"`
}

// Waiting is how many migrations can be applied.
func (r *Report) Waiting() int {
	n := 0
	for _, l := range r.Lines {
		if l.Standing == Waiting {
			n++
		}
	}
	return n
}

// Compare says where a database stands in a history.
func Compare(h *migrate.History, s *State) *Report {
	r := &Report{Left: s.Left}
	applied := map[int64]string{}
	var newest int64
	for _, a := range s.Applied {
		applied[a.When], newest = a.Hash, max(newest, a.When)
	}
	refuse := func(format string, args ...any) { r.Refused = append(r.Refused, fmt.Sprintf(format, args...)) }
	for _, e := range h.Entries {
		l := Line{e.Tag, Waiting}
		hash, done := applied[e.When]
		delete(applied, e.When)
		sum := sha256.Sum256([]byte(h.Text(e.Tag)))
		switch {
		case done && hash != hex.EncodeToString(sum[:]):
			l.Standing = Changed
			refuse("%s was changed after it was applied: the database has what it was before. Restore the file, and make a new migration for the change.", e.Tag)
		case done:
			l.Standing = InPlace
		case e.When <= newest:
			l.Standing = Skipped
			refuse("%s was never applied, and the database has a newer migration: drizzle's migrator would skip it for ever. Another branch was applied first; make its changes in a new migration.", e.Tag)
		}
		r.Lines = append(r.Lines, l)
	}
	if len(applied) > 0 {
		refuse("The database has %d migration(s) that are not committed here. Another branch, or `qbls dev`, was applied to it.", len(applied))
	}
	if len(s.Left) > 0 {
		refuse("The database has the tables %s, which only an interrupted migration leaves: statements were run one by one, not by a migrator. Compare them with the tables they stand for; drop those named __new_…, and put rows that are missing back from those named __keep_… before dropping them.", strings.Join(s.Left, ", "))
	}
	if len(s.Orphans) > 0 {
		refuse("In %s rows refer to rows that are not there. Mend them first: a migration that rebuilds a table would carry them on.", strings.Join(s.Orphans, ", "))
	}
	return r
}
