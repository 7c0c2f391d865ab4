package names

import (
	"cmp"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// Code is what the code of one file names, by the names that the file itself uses: bodies of actions, handlers, access functions
// and helpers. It depends on that file alone; Resolve says which tables are meant.
type Code struct {
	Uses  []Use             // by place, each place once
	Types map[string]string // type X = typeof table.$inferSelect: the name of the type → that of the table
}

// Use is one place of code that names a table, a column of it, a value of a column, or a role.
type Use struct {
	Kind   Kind   // Table, Column, State or Role
	Table  string // how the file calls the table, see below; "" is the table of the file's actions
	Column string // of a Column or State
	Name   string // of a State or Role; of a Table, the word at the place
	At     text.Span
	Short  bool // { stage }: the word is a value and a key at once
	Write  bool // the column gets a value here
}

// A table is called by a local name ("jobs"), through a namespace ("schema.jobs"), by what the relational queries of Drizzle call
// it ("@jobs"), or by a type of its rows ("%Job").
const (
	byQuery = "@"
	byType  = "%"
)

// CodeOf reads the code of a file. It knows the shapes that rows and tables take in Drizzle and in the definition API; what it
// cannot follow it leaves out.
func CodeOf(file *text.File, d *definition.File) *Code {
	// What is never closed is closed by the end of the text, which is a token of its own: one behind a bracket is always an index.
	end := syntax.Token{Kind: syntax.OtherToken, Span: text.Span{Start: int32(len(file.Text)), End: int32(len(file.Text))}, Close: -1}
	s := &scanner{src: file.Text, toks: append(syntax.Tokens(file.Text), end), tables: map[string]bool{}, spaces: map[string]bool{}, types: map[string]bool{}}
	for _, t := range d.Tables {
		s.tables[t.Binding] = true
	}
	for _, im := range d.Imports {
		switch {
		case im.Target == "":
		case im.Imported == "*":
			s.spaces[im.Local] = true
		default:
			// Whether it is a table or a type of rows is known when names are resolved.
			s.tables[im.Local], s.types[im.Local] = true, true
		}
	}
	s.aliases()
	s.scopes = []scope{{end: len(s.toks), names: map[string]value{}}}
	s.scan(0, len(s.toks))
	s.patches(d)
	slices.SortStableFunc(s.uses, func(a, b Use) int {
		return cmp.Or(cmp.Compare(a.At.Start, b.At.Start), cmp.Compare(a.At.End, b.At.End), cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Table, b.Table))
	})
	s.uses = slices.CompactFunc(s.uses, func(a, b Use) bool { return a.At == b.At && a.Kind == b.Kind && a.Table == b.Table })
	return &Code{Uses: s.uses, Types: s.known}
}

// aliases finds type X = typeof table.$inferSelect and type X = InferSelectModel<typeof table>.
func (s *scanner) aliases() {
	s.known = map[string]string{}
	for i := range s.toks {
		if s.word(i) != "type" || s.word(i+1) == "" || s.mark(i+2) != "=" {
			continue
		}
		for k := i + 3; k < min(i+7, len(s.toks)); k++ {
			if name := s.word(k + 1); s.word(k) == "typeof" && s.tables[name] && (s.word(k+3) == "$inferSelect" || s.word(k+3) == "$inferInsert" || s.mark(k+2) == ">") {
				s.known[s.word(i+1)] = name
				break
			}
		}
	}
}

// shape is what a value is, as far as columns are concerned.
type shape uint8

const (
	unknown    shape = iota
	aTable           // a table: .stage is a column
	aRow             // a row of it
	aList            // rows
	aQuery           // a statement that answers with rows when awaited
	partial          // a statement that answers with something else
	selecting        // db.select()
	relational       // db.query.jobs
	queries          // db.query
	aSpace           // import * as schema
	aColumn          // a column of a table or of a row
	anObject         // an object literal, by the index of its brace
	aTuple           // several values in order
	argument         // a parameter of a function that nothing is known of
	aType            // a type of rows
)

// value is what an expression stands for.
type value struct {
	shape  shape
	table  string
	column string
	at     int // of an object literal
	items  []value
}

// awaited is what await makes of a value.
func (v value) awaited() value {
	if v.shape == aQuery {
		v.shape = aList
	}
	return v
}

// element is one of the rows of a list.
func (v value) element() value {
	if v.shape == aList {
		return value{shape: aRow, table: v.table}
	}
	return value{}
}
