package definition

import (
	"slices"

	"github.com/qbls/qbls/analysis/syntax"
)

// The parts of a page (reference, CMS pages).
var (
	panelSettings = map[string]setting{
		"id": aText, "title": aText, "dataSource": aText, "position": aText,
		"features": {kinds: []syntax.Kind{syntax.Array}, expects: "a list of strings", names: true, words: []string{"drag-source", "drop-target"}},
	}
	layoutSettings = map[string]setting{
		"type":   oneWord("split-panel"),
		"panels": {kinds: []syntax.Kind{syntax.Array}, expects: "a list of panels", items: panelSettings},
	}
	matchSettings = map[string]setting{
		"name": aText, "weight": aNumber,
		"condition": section(map[string]setting{
			"left": aText, "right": aText, "operator": oneWord("abs-equals", "within-days", "fuzzy-match"),
			"value": {kinds: []syntax.Kind{syntax.Number, syntax.Unary, syntax.String, syntax.Bool}, expects: "a number, a string, true or false"},
		}),
	}
	matchingSettings = map[string]setting{
		"enabled": aSwitch, "confidenceThreshold": aNumber,
		"rules": {kinds: []syntax.Kind{syntax.Array}, expects: "a list of rules", items: matchSettings},
	}
)

// Page is what definePage(…) shows. This version emits no pages.
type Page struct {
	Sources []PageSource
}

// PageSource is one table that a page shows.
type PageSource struct {
	Name    Name
	Table   Value[string]
	Columns *Columns // nil: all
	Sort    Value[string]
}

// page reads what a page is made of: the tables it shows, its panels, which each show one of them, and its rules of matching.
func (r *reader) page(o *object) {
	r.file.Page = &Page{}
	var sources []string
	if o.has("dataSources") {
		r.object(o.value("dataSources"), "dataSources", nil).each(func(name Name, p syntax.Node) {
			sources = append(sources, name.Text)
			r.pageSource(name, p)
		})
	}
	if o.has("matching") {
		r.nested(o.value("matching"), "matching", matchingSettings)
	}
	if o.has("layout") {
		r.nested(o.value("layout"), "layout", layoutSettings)
	}
	if o.has("pageActions") {
		r.object(o.value("pageActions"), "pageActions", nil)
	}
	layout, _ := r.value(o.value("layout")).Property("panels")
	for _, panel := range r.elements(r.value(layout.Value())) {
		named, ok := panel.Property("dataSource")
		if !ok {
			continue
		}
		if name, ok := r.value(named.Value()).Str(); ok && !slices.Contains(sources, name) {
			r.suggest(WrongValue, inside(r.value(named.Value())), name, sources, "The page has no data source %q.", name)
		}
	}
}

func (r *reader) pageSource(name Name, p syntax.Node) {
	source := r.object(p.Value(), "dataSources."+name.Text, &keys{known: []string{"table", "defaultSort", "displayColumns"}})
	if source == nil {
		return
	}
	if !source.has("table") {
		r.report(WrongValue, r.file.Place(name.At), "Add table.", "The data source %s names no table.", name.Text)
	}
	out := PageSource{Name: name, Table: source.str("table"), Columns: source.columns("displayColumns")}
	if source.has("defaultSort") {
		n := r.value(source.value("defaultSort"))
		if n.Kind() == syntax.Object {
			r.nested(n, "defaultSort", map[string]setting{"field": aText, "order": oneWord("asc", "desc")})
			if field, ok := n.Property("field"); ok && field.Value().Kind() == syntax.String {
				out.Sort = r.str(field.Value(), "field")
			}
		} else {
			out.Sort = r.str(n, "defaultSort")
		}
	}
	r.file.Page.Sources = append(r.file.Page.Sources, out)
}
