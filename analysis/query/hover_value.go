package query

import (
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/analysis/syntax"
)

// explainOperation says where the operation whose key is at the cursor lies, and who may call it.
func (sc *scene) explainOperation(key syntax.Node, above []syntax.Step) string {
	e := sc.effective(sc.resource)
	if !key.Valid() || e == nil {
		return ""
	}
	if n := len(above); n > 1 && above[n-1].Key == "crud" {
		above = above[:n-1]
	}
	op := model.Op(key.Name())
	route, known := routesOf[op]
	if !known || !insideResource(above) || sc.resource.Operation(op) == nil {
		return ""
	}
	return lines("**"+key.Name()+"**: "+code(route[0]+" /api/v1/"+sc.resource.Segment+route[1]),
		"Called by "+sc.whoDoes(sc.resource, func(roles []string) policy.Decision { return e.Can(roles, op) }))
}

// hoverValue explains a word of the language in quotes: the mask that a type makes, what a runtime is.
func (sc *scene) hoverValue() (*Hover, bool) {
	if sc.cursor.Quote == 0 {
		return nil, false
	}
	sh, where := sc.shapeHere()
	if sh == nil || sh.values == nil || sc.cursor.Slot == syntax.SlotKey {
		return nil, false
	}
	word := sc.file.Slice(sc.cursor.Replace)
	for _, it := range sh.values(sc, where) {
		if it.Label != word || it.Detail == "" {
			continue
		}
		said := it.Detail
		if strings.ContainsAny(said, "*[") { // a sample of a mask, which Markdown would read
			said = code(said)
		}
		return &Hover{"**" + word + "**: " + said, sc.cursor.Replace}, true
	}
	return nil, false
}
