package migrate

import (
	"bytes"
	"crypto/sha256"
	"maps"

	"github.com/qbls/qbls/compiler/emit/ordered"
	"github.com/qbls/qbls/compiler/migrate/schema"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/diagnostics/text"
)

// Files are the migrations of a project after the plans: everything that is committed, as it is, and what each plan adds. prefixes are
// the prefixes of ids that the tables have now; those of tables that are gone stay taken.
func Files(c *Committed, plans []*Plan, prefixes map[string]string) []output.File {
	return emit(c, plans, prefixes, false)
}

// Unchanged are the migrations of a project as they are committed.
func Unchanged(c *Committed) []output.File {
	var out []output.File
	for _, p := range sortedKeys(c.files) {
		out = append(out, output.File{Path: p, Content: c.files[p]})
	}
	return out
}

// Pending are the files that the plans would add or change, by their paths in the output.
func Pending(c *Committed, plans []*Plan, prefixes map[string]string) []output.File {
	return emit(c, plans, prefixes, true)
}

func emit(c *Committed, plans []*Plan, prefixes map[string]string, changed bool) []output.File {
	files := map[text.Path][]byte{}
	if !changed || c.legacy {
		maps.Copy(files, c.files)
	}
	sets, dialects := maps.Clone(c.sets), map[string]schema.Dialect{}
	if sets == nil {
		sets = map[string]setState{}
	}
	for name, s := range sets { // a database that is no more keeps its notes in its own dialect
		dialects[name] = s.dialect
	}
	for _, p := range plans {
		dialects[p.Set.Name] = p.Set.Schema.Dialect
		if p.Empty() || p.Forbidden() {
			continue
		}
		prefix := p.Tag[:bytes.IndexByte([]byte(p.Tag), '_')]
		files[p.Set.Path(p.Tag+".sql")] = []byte(p.SQL())
		files[p.Set.Path("meta/"+prefix+"_snapshot.json")] = p.snapshot()
		files[p.Set.Path("meta/_journal.json")] = p.journal()
		sets[p.Set.Name] = p.state
	}
	all := maps.Clone(c.prefixes)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, prefixes)
	if state := writeState(dialects, sets, all); !bytes.Equal(state, c.files[StatePath]) {
		files[StatePath] = state
	}
	var out []output.File
	for _, path := range sortedKeys(files) {
		f := output.File{Path: path, Content: files[path]}
		if was, ok := c.files[path]; ok && !c.legacy {
			f.From = &[]text.Hash{sha256.Sum256(was)}[0]
		}
		out = append(out, f)
	}
	return out
}

// journal is the journal with the plan's migration at its end.
func (p *Plan) journal() []byte {
	h := p.history
	var entries []any
	entry := func(e Entry) {
		entries = append(entries, ordered.New().Set("idx", e.Index).Set("version", e.Version).Set("when", e.When).Set("tag", e.Tag).Set("breakpoints", e.Breakpoints))
	}
	for _, e := range h.Entries {
		entry(e)
	}
	entry(Entry{Index: h.next(), Version: map[schema.Dialect]string{schema.SQLite: "6", schema.Postgres: "7"}[p.Set.Schema.Dialect], When: h.when(), Tag: p.Tag, Breakpoints: true})
	return ordered.JSON(ordered.New().Set("version", "7").Set("dialect", string(p.Set.Schema.Dialect)).Set("entries", entries))
}
