package migrate

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/qbls/qbls/compiler/output"
)

// Postpone moves the time of the last migration of a journal behind a point, and returns other files as they are.
func Postpone(f output.File, point int64) []byte {
	if filepath.Base(string(f.Path)) != "_journal.json" {
		return f.Content
	}
	var j struct {
		Version string  `json:"version"`
		Dialect string  `json:"dialect"`
		Entries []Entry `json:"entries"`
	}
	if json.Unmarshal(f.Content, &j) != nil || len(j.Entries) == 0 {
		return f.Content
	}
	if last := &j.Entries[len(j.Entries)-1]; last.When < point {
		last.When += point
	}
	out, err := json.MarshalIndent(j, "", "  ")
	if err != nil {
		return f.Content
	}
	return append(out, '\n')
}

// Knows says whether all the times of a database's journal are in one of the journals.
func (c *Committed) Knows(times []int64) bool {
	known := map[int64]bool{}
	for p, content := range c.files {
		var j struct{ Entries []Entry }
		if filepath.Base(string(p)) == "_journal.json" && json.Unmarshal(content, &j) == nil {
			for _, e := range j.Entries {
				known[e.When] = true
			}
		}
	}
	return !slices.ContainsFunc(times, func(t int64) bool { return !known[t] })
}

// Commit adds the files of a plan (see Pending) to a folder of output. The journal comes last: until it is there, the migration is not.
// Each file is written beside its place and renamed over it.
func Commit(out string, files []output.File) error {
	last := func(f output.File) int {
		if filepath.Base(string(f.Path)) == "_journal.json" {
			return 1
		}
		return 0
	}
	files = slices.Clone(files)
	slices.SortStableFunc(files, func(a, b output.File) int { return last(a) - last(b) })
	for _, f := range files {
		name := filepath.Join(out, filepath.FromSlash(string(f.Path)))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return fmt.Errorf("add the migration: %w", err)
		}
		if err := os.WriteFile(name+".new", f.Content, 0o644); err != nil {
			return fmt.Errorf("add the migration: %w", err)
		}
		if err := os.Rename(name+".new", name); err != nil {
			return fmt.Errorf("add the migration: %w", err)
		}
	}
	return WritePending(out, nil)
}
