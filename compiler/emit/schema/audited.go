package schema

import (
	"reflect"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/compiler/emit/naming"
	"github.com/qbls/qbls/compiler/emit/storage"
)

// shared are columns that lib/audit-columns.ts has: the constant there, and the columns.
type shared struct {
	name    string
	columns []storage.Column
}

var stamp = &definition.Default{SQL: definition.NowSQL}

var audited = []shared{
	{"audited", []storage.Column{
		{Key: "createdAt", Name: "created_at", Builder: "text", NotNull: true, Default: stamp}, {Key: "createdBy", Name: "created_by", Builder: "text"},
		{Key: "modifiedAt", Name: "modified_at", Builder: "text", NotNull: true, Default: stamp}, {Key: "modifiedBy", Name: "modified_by", Builder: "text"},
	}},
	{"softDeleted", []storage.Column{{Key: "deletedAt", Name: "deleted_at", Builder: "text"}, {Key: "deletedBy", Name: "deleted_by", Builder: "text"}}},
}

// inCommon returns how many columns at the end of a table of the project are those of the library, in its order, and their constants.
func inCommon(t *storage.Table) (n int, names []string) {
	var tail []storage.Column
	for _, s := range audited {
		tail = append(tail, s.columns...)
	}
	for some := len(audited); some > 0; some-- {
		if from := len(t.Columns) - len(tail); t.Policed && from > 0 && !refers(t, tail) && reflect.DeepEqual(t.Columns[from:], tail) {
			for _, s := range audited[:some] {
				names = append(names, s.name)
			}
			return len(tail), names
		}
		tail = tail[:len(tail)-len(audited[some-1].columns)]
	}
	return 0, nil
}

// refers says whether a foreign key begins at one of the columns: the author has made it a column of their own.
func refers(t *storage.Table, columns []storage.Column) bool {
	for _, f := range t.ForeignKeys {
		for _, c := range columns {
			if len(f.Rest) == 0 && f.Key == c.Key {
				return true
			}
		}
	}
	return false
}

// common writes the columns of the library.
func (w *writer) common(names []string) string {
	if len(names) == 0 {
		return ""
	}
	for _, name := range names {
		w.other(naming.Relative(w.from, "src/lib/audit-columns.ts"), name)
	}
	return "  ..." + strings.Join(names, ", ...") + ",\n"
}
