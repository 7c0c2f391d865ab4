// Package query answers what an editor asks, as plain data: what may be typed here, what does this mean. It knows nothing of
// LSP; every function is pure over a Snapshot, a path and a byte offset.
//
// It answers what TypeScript's own server cannot see: the strings that name columns, roles, actions and tables in other places,
// and what a policy means. The shape of the definition language is one grammar value (language.go): completion walks it along
// the property path at the cursor, so that a file in mid-edit is answered like a finished one.
package query

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// Kind says what an Item stands for; an editor picks its icon by it.
type Kind uint8

const (
	Property Kind = iota
	Column
	Role
	Action
	View
	Table
	Value
	Operator
	Context
	File
	Block // several lines to fill in
)

// Item is one thing that may stand at the asked place.
type Item struct {
	Label   string
	Kind    Kind
	Detail  string // a few words beside the label
	Doc     string // Markdown
	Insert  string // the text to insert, with quotes when the place has none yet
	Replace text.Span
	Sort    string      // items are offered in the order of this key
	Bare    bool        // a name of code: it gets no quotes
	Snippet string      // a whole block to insert instead, in the syntax of LSP; "" when there is none
	More    []text.Edit // what has to change elsewhere in the file, as an import
}

// scene is everything that is known about the asked place.
type scene struct {
	s        *analysis.Snapshot
	path     text.Path
	file     *text.File
	tree     *syntax.Tree
	cursor   syntax.Cursor
	offset   int
	root     text.Path
	project  *model.Project  // nil: the file belongs to no project
	resource *model.Resource // nil: could not be linked, or the file is none
	fields   []field         // columns of the resource's table, however they could be found
}

func newScene(s *analysis.Snapshot, path text.Path, offset int) *scene {
	if s == nil {
		return nil
	}
	file, tree := s.File(path), s.Tree(path)
	if file == nil || tree == nil {
		return nil
	}
	offset = min(max(offset, 0), len(file.Text))
	sc := &scene{s: s, path: path, file: file, tree: tree, cursor: tree.At(offset), offset: offset}
	if root, ok := s.ProjectOf(path); ok {
		sc.root = root
		sc.project = s.Project(root)
	}
	sc.resource = s.ResourceOf(path)
	sc.fields = findFields(s, path, sc.resource)
	return sc
}

// definition returns what the asked file declares.
func (sc *scene) definition() *definition.File { return sc.s.Definition(sc.path) }

// field returns a column of the table by property name.
func (sc *scene) field(key string) (field, bool) {
	i := slices.IndexFunc(sc.fields, func(f field) bool { return f.Key == key })
	if i < 0 {
		return field{}, false
	}
	return sc.fields[i], true
}

// quote is the quote character that the file prefers.
func (sc *scene) quote() string {
	if strings.Count(sc.file.Text, `"`) > strings.Count(sc.file.Text, "'") {
		return `"`
	}
	return "'"
}
