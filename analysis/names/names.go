// Package names knows which string in which file names which thing. It serves reference rules, completion, references and
// rename. The index is replaced file by file.
//
// A name is a contract between places: the column "stage" is declared once in a table and then spelled as a string in guards,
// masks, views and record conditions, perhaps in another file. TypeScript sees none of these strings; this index sees all.
package names

import (
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics/text"
)

// Kind is the kind of thing a name stands for.
type Kind uint8

const (
	Table Kind = iota
	Column
	Role
	Action
	View
	Handler
	Feature
	State // a value of an enum column; its owner is "resource.column"
)

func (k Kind) String() string {
	return [...]string{"table", "column", "role", "action", "view", "handler", "feature", "state"}[k]
}

// UserRoles is the owner of roles of the platform (userRole), which are others than those of organizations.
const UserRoles = "user"

// Symbol is a named thing. Owner is the id of the resource for columns, actions, views and handlers; of a state it is that of its
// column, see StatesOf; of a role of the platform it is UserRoles, else "".
type Symbol struct {
	Kind  Kind
	Owner string
	Name  string
}

// StatesOf is the owner of the values of an enum column.
func StatesOf(resource, column string) string { return resource + "." + column }

// Occurrence is one place that names a symbol.
type Occurrence struct {
	Symbol Symbol
	At     text.Place
	Def    bool
	Code   bool // in code, which no string names it in
	Short  bool // { stage }: the word is a key and a value at once
	Write  bool // code gives the column a value
}

// Index holds the occurrences of a project. It is immutable; the zero value is empty.
type Index struct {
	files map[text.Path][]Occurrence // sorted by span

	once    sync.Once
	symbols map[Symbol][]Occurrence // made when someone asks for the first time

	globals *model.Globals           // of the project
	parts   map[model.ID]*part       // what each resource names, for the next version
	by      map[text.Path][]model.ID // the resources that name something in a file
}

// With returns an index in which the occurrences of one file are replaced. Occurrences without a place are dropped: what came
// from evaluation has no spelling that could be jumped to or renamed.
func (x *Index) With(path text.Path, occurrences []Occurrence) *Index {
	files := map[text.Path][]Occurrence{}
	if x != nil {
		for p, o := range x.files {
			if p != path {
				files[p] = o
			}
		}
	}
	var kept []Occurrence
	for _, o := range occurrences {
		if o.At.Path == path && o.At.Span.End > o.At.Span.Start {
			kept = append(kept, o)
		}
	}
	if len(kept) > 0 {
		slices.SortStableFunc(kept, compare)
		files[path] = slices.Compact(kept)
	}
	return &Index{files: files}
}

// compare orders the occurrences of one file by place, the shorter of two that start together first.
func compare(a, b Occurrence) int {
	for _, d := range []int{
		int(a.At.Span.Start) - int(b.At.Span.Start), int(a.At.Span.End) - int(b.At.Span.End),
		int(a.Symbol.Kind) - int(b.Symbol.Kind),
		strings.Compare(a.Symbol.Owner, b.Symbol.Owner), strings.Compare(a.Symbol.Name, b.Symbol.Name),
	} {
		if d != 0 {
			return d
		}
	}
	if a.Def != b.Def && a.Def {
		return -1
	}
	return 0
}

// Of returns every occurrence of a symbol: definitions first, then by path and place.
func (x *Index) Of(s Symbol) []Occurrence {
	if x == nil {
		return nil
	}
	x.once.Do(x.invert)
	return x.symbols[s]
}

// At returns the occurrence at a byte offset (its end included, where a cursor stands after typing). When two overlap, the
// shorter one is meant.
func (x *Index) At(path text.Path, offset int) (Occurrence, bool) {
	if x == nil {
		return Occurrence{}, false
	}
	var best Occurrence
	found := false
	for _, o := range x.files[path] {
		if int(o.At.Span.Start) > offset {
			break
		}
		if offset > int(o.At.Span.End) {
			continue
		}
		if !found || o.At.Span.End-o.At.Span.Start < best.At.Span.End-best.At.Span.Start {
			best, found = o, true
		}
	}
	return best, found
}

// In returns the occurrences of one file, in the order of the text. The caller does not change the list.
func (x *Index) In(path text.Path) []Occurrence {
	if x == nil {
		return nil
	}
	return x.files[path]
}

// Names lists the names of a kind that belong to an owner ("" for roles, tables and features), sorted, each once.
func (x *Index) Names(kind Kind, owner string) []string {
	if x == nil {
		return nil
	}
	x.once.Do(x.invert)
	var out []string
	for s := range x.symbols {
		if s.Kind == kind && s.Owner == owner {
			out = append(out, s.Name)
		}
	}
	sort.Strings(out)
	return out
}

func (x *Index) invert() {
	paths := make([]text.Path, 0, len(x.files))
	for p := range x.files {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	x.symbols = map[Symbol][]Occurrence{}
	for _, p := range paths {
		for _, o := range x.files[p] {
			x.symbols[o.Symbol] = append(x.symbols[o.Symbol], o)
		}
	}
	for _, list := range x.symbols {
		slices.SortStableFunc(list, func(a, b Occurrence) int {
			switch {
			case a.Def && !b.Def:
				return -1
			case b.Def && !a.Def:
				return 1
			}
			return 0
		})
	}
}
