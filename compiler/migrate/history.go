package migrate

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/qbls/qbls/compiler/migrate/schema"
	"github.com/qbls/qbls/diagnostics/text"
)

// Committed is what a project has committed of its migrations: the files below quickback/drizzle of the output, or below the folder
// of older projects. The zero value is a project without migrations.
type Committed struct {
	files    map[text.Path][]byte // by their path in Folder
	legacy   bool
	prefixes map[string]string
	sets     map[string]setState
	err      error // qbls.json cannot be read

	mu        sync.Mutex
	histories map[string]*History // that were read, by the name of the database and its dialect
}

// Read reads what is committed below a folder of output. A folder without migrations is no error.
func Read(out fs.FS) (*Committed, error) {
	for _, folder := range []string{Folder, legacyFolder} {
		files := map[text.Path][]byte{}
		err := fs.WalkDir(out, folder, func(p string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || path.Ext(p) != ".sql" && path.Ext(p) != ".json" {
				return err
			}
			content, err := fs.ReadFile(out, p)
			files[text.Path(Folder+strings.TrimPrefix(p, folder))] = content
			return err
		})
		if err != nil && !isMissing(err) {
			return nil, fmt.Errorf("read the migrations: %w", err)
		}
		if len(files) > 0 {
			c := NewCommitted(files)
			c.legacy = folder == legacyFolder
			return c, nil
		}
	}
	return NewCommitted(nil), nil
}

func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// NewCommitted takes the files by their paths, relative to the output.
func NewCommitted(files map[text.Path][]byte) *Committed {
	c := &Committed{files: files}
	if content, ok := files[StatePath]; ok {
		c.sets, c.prefixes, c.err = readState(content)
	}
	return c
}

// Prefixes are the prefixes of ids that tables have had, by SQL name; also of tables that are gone.
func (c *Committed) Prefixes() map[string]string { return c.prefixes }

// Entry is one migration in a journal.
type Entry struct {
	Index       int    `json:"idx"`
	Version     string `json:"version"`
	When        int64  `json:"when"` // milliseconds, or a count: only their order is read
	Tag         string `json:"tag"`
	Breakpoints bool   `json:"breakpoints"`
}

// History is the committed migrations of one database and where they lead.
type History struct {
	Entries  []Entry
	Problems []Problem

	sql      map[string]string // by tag
	snapshot *schema.Snapshot  // the last one, nil for none
	state    setState
	handmade []Handmade
	journal  []byte
}

// History reads the migrations of one database, once. What is wrong with them is in its Problems.
func (c *Committed) History(set Set) *History {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := set.Name + "\x00" + string(set.Schema.Dialect)
	if c.histories[key] == nil {
		if c.histories == nil {
			c.histories = map[string]*History{}
		}
		c.histories[key] = c.history(set)
	}
	return c.histories[key]
}

func (c *Committed) history(set Set) *History {
	h := &History{sql: map[string]string{}, state: setState{retained: Retained{Columns: map[string][]*schema.Column{}}}}
	if c.err != nil {
		h.damaged("%s cannot be read: %v.", StatePath, c.err)
		return h
	}
	if s, ok := c.sets[set.Name]; ok {
		h.state = s
	}
	name := set.Path("meta/_journal.json")
	content, ok := c.files[name]
	if !ok {
		if p := c.divided(set); p != nil {
			h.Problems = append(h.Problems, *p)
			return h
		}
		for p := range c.files {
			if text.Path(path.Dir(string(p))) == text.Path(path.Dir(string(set.Path("x")))) && path.Ext(string(p)) == ".sql" {
				h.damaged("%s is not there, but migrations are: which of them were applied, and in which order, is unknown.", name)
				break
			}
		}
		return h
	}
	h.journal = content
	var journal struct {
		Dialect string
		Entries []Entry
	}
	if err := json.Unmarshal(content, &journal); err != nil {
		h.damaged("%s cannot be read: %v. A merge may have left its marks in it.", name, err)
		return h
	}
	if d := schema.Dialect(journal.Dialect); d != set.Schema.Dialect && !(d == "turso" && set.Schema.Dialect == schema.SQLite) {
		h.damaged("%s is of a %s database, and the project has %s now: a migration cannot turn one into the other.", name, d, set.Schema.Dialect)
		return h
	}
	h.Entries = journal.Entries
	h.read(c, set)
	return h
}

// divided is the problem of a project whose one database has become several, or several one: to begin again in empty databases is nothing
// that happens by itself.
func (c *Committed) divided(set Set) *Problem {
	var others []string
	for p := range c.files {
		if path.Base(string(p)) == "_journal.json" {
			others = append(others, path.Dir(path.Dir(string(p))))
		}
	}
	slices.Sort(others)
	whole, help := slices.Contains(others, Folder), "Set splitDatabases: false to keep the one database."
	text := "the project had one database, and has several now"
	if set.Name == "" {
		whole, help = len(others) > 0, "Leave splitDatabases away to keep the databases."
		text = "the project had several databases, and has one now"
	}
	if !whole {
		return nil
	}
	return &Problem{Reason: Damaged,
		Text: fmt.Sprintf("%s has no migrations, but %s has: %s. A migration works in one database and moves no rows to another, so the new one would be created empty, and the old one left as it is.", path.Dir(string(set.Path("x"))), strings.Join(others, ", "), text),
		Help: help + " To begin with empty databases, move the old migrations out of " + Folder + ", compile, and copy the rows yourself before the new backend is deployed."}
}

func (h *History) damaged(format string, args ...any) {
	h.Problems = append(h.Problems, Problem{Reason: Damaged, Text: fmt.Sprintf(format, args...), Help: "Restore the folder from version control. Migrations that were applied somewhere must not change."})
}

// read follows the journal: every file is there, times rise (drizzle's migrators skip what is not newer than what they have applied),
// and the last snapshot is the one to start from.
func (h *History) read(c *Committed, set Set) {
	var statements []string
	var last text.Path
	for i, e := range h.Entries {
		content, ok := c.files[set.Path(e.Tag+".sql")]
		if !ok {
			h.damaged("The journal of %s lists %s, but %s is not there.", Folder, e.Tag, set.Path(e.Tag+".sql"))
			continue
		}
		if i > 0 && e.When <= h.Entries[i-1].When {
			h.damaged("In the journal %s has the time %d, which is not after %s (%d): databases that have the other one would skip it.", e.Tag, e.When, h.Entries[i-1].Tag, h.Entries[i-1].When)
		}
		h.sql[e.Tag] = string(content)
		statements = append(statements, splitStatements(string(content))...)
		prefix, _, _ := strings.Cut(e.Tag, "_")
		name := set.Path("meta/" + prefix + "_snapshot.json")
		if _, ok := c.files[name]; ok { // one written by hand has none
			last = name
		}
	}
	if last != "" {
		s, err := schema.Read(c.files[last])
		if err != nil {
			h.damaged("%s cannot be read: %v.", last, err)
		}
		h.snapshot = s
	}
	if len(h.Entries) > 0 && h.snapshot == nil && len(h.Problems) == 0 {
		h.damaged("No migration of %s has a snapshot in %s, so what the databases hold is unknown.", Folder, set.Path("meta"))
	}
	if len(h.Problems) > 0 {
		return
	}
	h.others()
	if len(h.Entries) > 0 {
		h.handmade = handmade(statements, h.snapshot.Schema)
		for _, u := range h.snapshot.Unmanaged {
			h.Problems = append(h.Problems, Problem{Reason: NotUnderstood, Text: "The last snapshot has the " + u + ", which the definitions cannot declare. It stays in the database; the next snapshot will not have it."})
		}
	}
}

// others follows what migrations that qbls did not make have done to what was retained: drizzle-kit knows nothing of it, and a table
// that it rebuilds is without.
func (h *History) others() {
	at := slices.IndexFunc(h.Entries, func(e Entry) bool { return e.Tag == h.state.at })
	if h.state.empty() || at < 0 {
		return
	}
	for _, e := range h.Entries[at+1:] {
		for _, s := range splitStatements(h.sql[e.Tag]) {
			words := schema.Words(s, 12)
			if len(words) < 3 || !strings.EqualFold(words[1], "TABLE") {
				continue
			}
			switch name := words[len(words)-1]; strings.ToUpper(words[0]) {
			case "DROP":
				if len(words) > 3 && strings.EqualFold(words[2], "IF") {
					name = words[4]
				} else {
					name = words[2]
				}
				delete(h.state.retained.Columns, name)
				h.state.retained.Tables = slices.DeleteFunc(h.state.retained.Tables, func(t *schema.Table) bool { return t.Name == name })
			case "ALTER":
				h.altered(words)
			}
		}
	}
}

func (h *History) altered(words []string) {
	table, last := words[2], words[len(words)-1]
	columns := h.state.retained.Columns[table]
	switch upper := strings.ToUpper(strings.Join(words[3:], " ")); {
	case strings.HasPrefix(upper, "RENAME TO"):
		if len(columns) > 0 {
			h.state.retained.Columns[last] = columns
			delete(h.state.retained.Columns, table)
		}
	case strings.HasPrefix(upper, "DROP COLUMN"):
		h.state.retained.Columns[table] = slices.DeleteFunc(columns, func(c *schema.Column) bool { return c.Name == words[5] })
	}
}

// splitStatements takes a file apart at its breakpoints.
func splitStatements(sql string) []string {
	var out []string
	for _, s := range strings.Split(sql, Breakpoint) {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (h *History) empty() bool { return len(h.Entries) == 0 }

func (h *History) next() int {
	if h.empty() {
		return 0
	}
	return h.Entries[len(h.Entries)-1].Index + 1
}

// when is the time of the next migration: after all others. A clock would make the output differ from day to day.
func (h *History) when() int64 {
	if h.empty() {
		return 1
	}
	return h.Entries[len(h.Entries)-1].When + 1
}

func (h *History) last() string {
	if h.snapshot == nil {
		return schema.Origin
	}
	return h.snapshot.ID
}

func (h *History) schema(d schema.Dialect) *schema.Schema {
	if h.snapshot == nil {
		return &schema.Schema{Dialect: d}
	}
	return h.snapshot.Schema
}

func (h *History) same(s *schema.Schema) bool { return schema.Equal(h.schema(s.Dialect), s) }

// Schema is what the last snapshot says, without what was retained; an empty one when there is none.
func (h *History) Schema(d schema.Dialect) *schema.Schema { return h.schema(d).Clone() }

// Text is the SQL of a migration by its tag.
func (h *History) Text(tag string) string { return h.sql[tag] }
