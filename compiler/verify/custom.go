package verify

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/link"
	"github.com/qbls/qbls/compiler/emit/ts"
	"github.com/qbls/qbls/compiler/launch"
)

// own is the values of one column whose mask is a function of the project.
type own struct {
	resource *model.Resource
	column   *model.Column
	rows     []*Row
}

// learnMasks asks the project's own mask functions which values of the world they leave as they are: rounding keeps round numbers, and those
// are no leak. They are taken from the author's module, not from the emitted policy, which is what is being proven.
func (w *World) learnMasks(ctx context.Context, o launch.Options) error {
	w.learning.Lock() // one suite may be asked of several backends at once
	defer w.learning.Unlock()
	masks := w.ownMasks()
	if w.open != nil || len(masks) == 0 {
		return nil
	}
	imports := link.NewImports(w.project, "script.ts")
	var cases []string
	for _, m := range masks {
		values := []any{}
		for _, row := range m.rows {
			values = append(values, row.Values[m.column.Key])
		}
		text, err := json.Marshal(values)
		if err != nil {
			return fmt.Errorf("write the values of %s: %w", m.column.Key, err)
		}
		function := imports.Definition(m.resource.File) + ".policy.masking" + ts.Member(m.column.Key) + ".mask"
		cases = append(cases, fmt.Sprintf("keeps(%s, %s, %t)", function, text, m.column.Type() == "date"))
	}
	code := imports.String() + `
const written = (value) => JSON.stringify(value);
function keeps(mask, values, dates) {
  return values.map((value) => {
    const given = dates ? new Date(value) : value;
    try { return written(mask(given)) === written(given); } catch { return false; }
  });
}
globalThis.answer = [` + strings.Join(cases, ", ") + "];"
	var kept [][]bool
	if err := launch.Script(ctx, o, code, &kept); err != nil {
		return fmt.Errorf("ask the project's own masks what they keep: %w", err)
	}
	w.open = map[cell]bool{}
	for i, m := range masks {
		for j, row := range m.rows {
			w.open[cell{m.resource, m.column.Key, row}] = kept[i][j]
		}
	}
	return nil
}

// ownMasks are the columns with masks of the project's own, and their rows that have a value.
func (w *World) ownMasks() (out []own) {
	for _, r := range w.project.Resources {
		t := w.tables[r.ID]
		for _, m := range r.Masks {
			if m.Type != "custom" || t == nil {
				continue
			}
			column := r.Table.Column(m.Column)
			list := slices.DeleteFunc(append(slices.Clone(t.list), t.extra...), func(row *Row) bool { return row.Values[m.Column] == nil })
			if column != nil && len(list) > 0 {
				out = append(out, own{r, column, list})
			}
		}
	}
	return out
}
