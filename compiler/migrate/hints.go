package migrate

import "maps"

// Hints are what the author says about changes that two schemas alone cannot tell: compiler.migrations of the configuration.
// Tables and columns are named as the database names them.
type Hints struct {
	Tables    map[string]string            // new name → old name; "" says that the table is new
	Columns   map[string]map[string]string // table's new name → column's new name → old name; "" says that the column is new
	Drops     Drops
	Backfills map[string]map[string]string // table → column → SQL expression over the columns of the row

	// Added are the columns of a table that nobody has written, and that never had another name: they are new unless Columns says otherwise.
	// It is asked for tables that change; nil: there are none.
	Added func(table string) []string
}

// Drops are the tables and columns that shall really go, with what is in them.
type Drops struct {
	Tables  []string
	Columns map[string][]string
}

// hinted is what is said of the names of a table's columns: new name → old name.
func (r *resolution) hinted(table string) map[string]string {
	if r.hints.Added == nil {
		return r.hints.Columns[table]
	}
	if known, ok := r.named[table]; ok {
		return known
	}
	out := map[string]string{}
	for _, name := range r.hints.Added(table) {
		out[name] = ""
	}
	maps.Copy(out, r.hints.Columns[table])
	if r.named == nil {
		r.named = map[string]map[string]string{}
	}
	r.named[table] = out
	return out
}

// key writes where a hint stands, or would stand, in the configuration.
func key(section string, names ...string) string {
	out := "compiler.migrations." + section
	for _, n := range names {
		out += `["` + n + `"]`
	}
	return out
}

// Reason says what keeps a migration from being made, or what one should know about it.
type Reason uint8

const (
	Ambiguous     Reason = iota + 1 // something is new and something is gone: a rename, or not?
	Required                        // a column is required, and existing rows have no value for it
	WrongHint                       // a hint names what is not there, or contradicts the model
	Kept                            // the model has it no more, the database keeps it
	Dropped                         // declared to be dropped: its values are lost
	NotSupported                    // no statement does it
	Damaged                         // the committed history cannot be read
	NotUnderstood                   // the history holds what qbls does not manage
)

// Problem is one finding about a migration. Ambiguous, Required, WrongHint, NotSupported and Damaged forbid it.
type Problem struct {
	Reason     Reason
	Table      string   // as the model names it, "" for the history as a whole
	Column     string   // "" for a table as a whole
	Candidates []string // Ambiguous: what it may have been called before
	Fill       string   // Required: SQL of a value that a column of this type can have
	Key        []string // path below compiler.migrations where the answer belongs
	Text       string   // to a person
	Help       string
}

// Forbids says whether no migration is made while the problem stands.
func (p *Problem) Forbids() bool {
	return p.Reason != Kept && p.Reason != Dropped && p.Reason != NotUnderstood
}
