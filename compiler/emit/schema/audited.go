package schema

import (
	"reflect"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/compiler/emit/naming"
	"github.com/qbls/qbls/compiler/emit/storage"
)

// shared are columns that lib/audit-columns.ts has: the constant and the interface there, and the columns.
type shared struct {
	name, row string
	columns   []storage.Column
}

var stamp = &definition.Default{SQL: definition.NowSQL}

var audited = []shared{
	{"audited", "Audited", []storage.Column{
		{Key: "createdAt", Name: "created_at", Builder: "text", NotNull: true, Default: stamp}, {Key: "createdBy", Name: "created_by", Builder: "text"},
		{Key: "modifiedAt", Name: "modified_at", Builder: "text", NotNull: true, Default: stamp}, {Key: "modifiedBy", Name: "modified_by", Builder: "text"},
	}},
	{"softDeleted", "SoftDeleted", []storage.Column{{Key: "deletedAt", Name: "deleted_at", Builder: "text"}, {Key: "deletedBy", Name: "deleted_by", Builder: "text"}}},
}

// inCommon returns how many columns at the end of a table are those of the library, in its order, and whose they are.
func inCommon(t *storage.Table) (n int, names, rows []string) {
	var tail []storage.Column
	for _, s := range audited {
		tail = append(tail, s.columns...)
	}
	for some := len(audited); some > 0; some-- {
		if from := len(t.Columns) - len(tail); t.Row != "" && from > 0 && !refers(t, tail) && reflect.DeepEqual(t.Columns[from:], tail) {
			for _, s := range audited[:some] {
				names, rows = append(names, "..."+s.name), append(rows, s.row)
			}
			return len(tail), names, rows
		}
		tail = tail[:len(tail)-len(audited[some-1].columns)]
	}
	return 0, nil, nil
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

// common writes the columns of the library, and returns what the interface of rows extends.
func (w *writer) common(names, rows []string) (columns, extends string) {
	if len(names) == 0 {
		return "", ""
	}
	module := naming.Relative(w.from, "src/lib/audit-columns.ts")
	for i := range names {
		w.other(module, strings.TrimPrefix(names[i], "..."))
		w.other(module, "type "+rows[i])
	}
	return "  " + strings.Join(names, ", ") + ",\n", " extends " + strings.Join(rows, ", ")
}
