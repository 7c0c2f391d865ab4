package query

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// Complete lists what may stand at a byte offset of a file, best first. What is already present beside it is left out; what
// was typed so far is not filtered by, editors do that. It answers in files that are not finished: the property path comes
// from the tolerant parser, columns from the last place that knows them. Where nothing of the definition language can stand
// the list is empty and TypeScript's own server is asked alone.
func Complete(s *analysis.Snapshot, path text.Path, offset int) []Item {
	sc := newScene(s, path, offset)
	if sc == nil {
		return nil
	}
	if items, ok := sc.referenced(); ok {
		return items
	}
	sh, where := sc.shapeHere()
	if sh == nil {
		return nil
	}
	var items []Item
	switch {
	case sc.cursor.Slot == syntax.SlotKey:
		items = sc.keys(sh, where)
	case sh.values != nil && slices.Contains([]syntax.Slot{syntax.SlotValue, syntax.SlotArgument, syntax.SlotElement}, sc.cursor.Slot):
		items = sc.values(sh.values(sc, where))
	}
	items = slices.DeleteFunc(items, func(i Item) bool { return slices.Contains(sc.cursor.Present, i.Label) })
	slices.SortStableFunc(items, func(a, b Item) int { return strings.Compare(a.Sort, b.Sort) })
	return items
}

// shapeHere is what may stand at the cursor, as a key, a value or an element; nil outside of the definition language.
func (sc *scene) shapeHere() (*shape, place) {
	steps := sc.cursor.Path
	if sc.cursor.Slot == syntax.SlotKey {
		steps = withoutOwnKey(steps, sc.cursor)
	}
	sh, where := chained(steps)
	if sh == nil {
		sh, where = language().walk(steps)
	}
	if sh != nil && sc.cursor.Slot == syntax.SlotElement && len(steps) > 0 && (steps[len(steps)-1].Index < 0 || steps[len(steps)-1].Key != "") {
		sh = orNothing(sh.items)
	}
	return sh, where
}

// withoutOwnKey drops the step into the property whose key is being typed: its siblings are asked for.
func withoutOwnKey(steps []syntax.Step, c syntax.Cursor) []syntax.Step {
	if len(steps) == 0 {
		return steps
	}
	last := steps[len(steps)-1]
	if last.Key != "" && last.Node.Kind() == syntax.Property && last.Node.NameSpan().Start <= c.Replace.Start && c.Replace.End <= last.Node.NameSpan().End {
		return steps[:len(steps)-1]
	}
	return steps
}

// keys offers the properties of an object, and the names that may be keys of it.
func (sc *scene) keys(sh *shape, where place) []Item {
	var out []Item
	for i, p := range sh.props {
		if sh.fits != nil && !sh.fits(sc, p.key) {
			continue
		}
		out = append(out, Item{Label: p.key, Kind: Property, Detail: "", Doc: p.doc, Sort: order(1, i)})
	}
	if sh.names != nil {
		out = append(out, sh.names(sc, where)...)
	}
	if f, ok := sc.field(where.column); ok {
		out = comparable(out, f)
	}
	colon := ": "
	if rest := strings.TrimLeft(sc.file.Text[sc.after():], " \t"); strings.HasPrefix(rest, ":") {
		colon = ""
	}
	for i := range out {
		key := out[i].Label
		if sc.cursor.Quote != 0 {
			colon = ""
		} else if !isWord(key) {
			key = sc.quote() + key + sc.quote()
		}
		out[i].Insert, out[i].Replace = key+colon, sc.cursor.Replace
		if block := sc.snippet(out[i].Label); block != "" && colon != "" && out[i].Kind == Property {
			out[i].Snippet = key + colon + block + ","
		}
	}
	if sh.blocks != nil && sc.cursor.Quote == 0 && colon != "" {
		for _, it := range sh.blocks(sc, where) {
			it.Insert, it.Replace = plain(it.Snippet), sc.cursor.Replace
			out = append(out, it)
		}
	}
	return out
}

// after is the offset behind what a completion replaces.
func (sc *scene) after() int {
	return min(max(int(sc.cursor.Replace.End), sc.offset), len(sc.file.Text))
}

// values puts quotes around what needs them; words without quotes are not offered inside quotes.
func (sc *scene) values(items []Item) []Item {
	var out []Item
	for _, it := range items {
		it.Insert, it.Replace = it.Label, sc.cursor.Replace
		switch {
		case (it.Kind == Operator || it.Bare) && sc.cursor.Quote != 0:
			continue
		case it.Kind != Operator && !it.Bare && sc.cursor.Quote == 0:
			it.Insert = sc.quote() + it.Label + sc.quote()
		}
		out = append(out, it)
	}
	return out
}

func isWord(s string) bool {
	for i, r := range s {
		if r != '_' && r != '$' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}
