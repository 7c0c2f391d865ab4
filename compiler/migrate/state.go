package migrate

import (
	"encoding/json"
	"fmt"

	"github.com/qbls/qbls/compiler/emit/ordered"
	"github.com/qbls/qbls/compiler/migrate/schema"
)

// setState is what a database holds beside its last snapshot, as of a migration.
type setState struct {
	at       string // tag of the migration that it was written with
	dialect  schema.Dialect
	retained Retained
	// exchanges are the hints of columns that go in a circle, by table: what they say was done, or is no more to be done.
	exchanges map[string]map[string]string
}

func (s setState) empty() bool {
	return len(s.retained.Tables)+len(s.retained.Columns)+len(s.exchanges) == 0
}

type stateFile struct {
	Version   int
	Prefixes  map[string]string
	Databases map[string]struct {
		At        string
		Tables    json.RawMessage
		Columns   json.RawMessage
		Exchanges map[string]map[string]string
	}
}

// readState reads qbls.json.
func readState(content []byte) (sets map[string]setState, prefixes map[string]string, err error) {
	var f stateFile
	if err := json.Unmarshal(content, &f); err != nil {
		return nil, nil, err
	}
	if f.Version != 1 {
		return nil, nil, fmt.Errorf("it has version %d, and this qbls reads version 1", f.Version)
	}
	sets = map[string]setState{}
	for name, d := range f.Databases {
		s := setState{at: d.At, exchanges: d.Exchanges, retained: Retained{Columns: map[string][]*schema.Column{}}}
		tables, err := schema.Read(d.Tables)
		if err != nil {
			return nil, nil, fmt.Errorf("retained tables of %q: %w", name, err)
		}
		columns, err := schema.Read(d.Columns)
		if err != nil {
			return nil, nil, fmt.Errorf("retained columns of %q: %w", name, err)
		}
		s.dialect = tables.Schema.Dialect
		s.retained.Tables, s.retained.Enums = tables.Schema.Tables, columns.Schema.Enums
		for _, t := range columns.Schema.Tables {
			s.retained.Columns[t.ID()] = t.Columns
		}
		sets[name] = s
	}
	return sets, f.Prefixes, nil
}

// writeState writes qbls.json.
func writeState(dialects map[string]schema.Dialect, sets map[string]setState, prefixes map[string]string) []byte {
	databases, ids := ordered.New(), ordered.New()
	for _, name := range sortedKeys(sets) {
		s := sets[name]
		if s.empty() {
			continue
		}
		tables := &schema.Schema{Dialect: dialects[name], Tables: s.retained.Tables, Enums: s.retained.Enums}
		columns := &schema.Schema{Dialect: dialects[name], Enums: s.retained.Enums}
		for _, id := range sortedKeys(s.retained.Columns) {
			space, table := split(id)
			columns.Tables = append(columns.Tables, &schema.Table{Space: space, Name: table, Columns: s.retained.Columns[id]})
		}
		database := ordered.New().Set("at", s.at).Set("tables", tables.Document()).Set("columns", columns.Document())
		if len(s.exchanges) > 0 {
			exchanges := ordered.New()
			for _, table := range sortedKeys(s.exchanges) {
				pairs := ordered.New()
				for _, column := range sortedKeys(s.exchanges[table]) {
					pairs.Set(column, s.exchanges[table][column])
				}
				exchanges.Set(table, pairs)
			}
			database.Set("exchanges", exchanges)
		}
		databases.Set(name, database)
	}
	for _, table := range sortedKeys(prefixes) {
		ids.Set(table, prefixes[table])
	}
	return ordered.JSON(ordered.New().Set("version", 1).Set("prefixes", ids).Set("databases", databases))
}
