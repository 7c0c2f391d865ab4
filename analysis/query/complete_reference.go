package query

import (
	"regexp"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/analysis/syntax/edit"
	"github.com/qbls/qbls/diagnostics/text"
)

// behindReference matches the text before the target of .references(() => …), up to the word that is being typed.
var behindReference = regexp.MustCompile(`\.references\(\s*\(\)\s*=>\s*([\w$]*)$`)

// referenced are the keys of the project's tables that a column may refer to, with the import of a table that is not there yet. ok is
// false in any other place. Behind the dot of a table TypeScript knows the columns.
func (sc *scene) referenced() (out []Item, ok bool) {
	from := max(0, sc.offset-200)
	typed := behindReference.FindStringSubmatch(sc.file.Text[from:sc.offset])
	if typed == nil || sc.project == nil || sc.cursor.Quote != 0 || sc.cursor.Slot == syntax.SlotNothing && !sc.cursor.Node.Valid() {
		return nil, false
	}
	replace := text.Span{Start: int32(sc.offset - len(typed[1])), End: int32(sc.offset)}
	for int(replace.End) < len(sc.file.Text) && isWordRune(rune(sc.file.Text[replace.End])) {
		replace.End++
	}
	d := sc.definition()
	for i, r := range sc.project.Resources {
		if r.Table == nil || r.Binding == "" {
			continue
		}
		key := slices.IndexFunc(r.Table.Columns, func(c *model.Column) bool { return c.PrimaryKey })
		if key < 0 {
			continue
		}
		it := Item{Label: r.Binding + "." + r.Table.Columns[key].Key, Kind: Table, Detail: string(r.ID), Bare: true, Replace: replace, Sort: order(2, i)}
		it.Insert = it.Label
		imported := d != nil && slices.ContainsFunc(d.Imports, func(im definition.Import) bool { return im.Local == r.Binding })
		switch {
		case r.TableFile == sc.path || imported:
			it.Sort = order(1, i)
		case r.TableFile == "":
			continue
		default:
			it.More = edit.AddImport(sc.tree, edit.Specifier(sc.path, r.TableFile), r.Binding)
		}
		out = append(out, it)
	}
	slices.SortStableFunc(out, func(a, b Item) int { return strings.Compare(a.Sort, b.Sort) })
	return out, true
}
