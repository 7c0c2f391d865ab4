package schema

import (
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/compiler/emit/link"
	"github.com/qbls/qbls/compiler/emit/naming"
	"github.com/qbls/qbls/compiler/emit/storage"
	"github.com/qbls/qbls/compiler/emit/ts"
)

// typeNames gives every type that columns name and a module exports a name in this module: its own, with a number where that is taken.
func (w *writer) typeNames(tables []*storage.Table) {
	w.types = map[definition.TypeName]string{}
	var taken []string
	for _, t := range tables {
		taken = append(taken, t.Const)
	}
	for _, t := range tables {
		for _, c := range t.Columns {
			for _, n := range c.TypeNames {
				if w.types[n] != "" {
					continue
				}
				local := n.Name
				for i := 2; slices.Contains(taken, local); i++ {
					local = n.Name + strconv.Itoa(i)
				}
				taken = append(taken, local)
				w.types[n] = local
			}
		}
	}
}

// typeText is a column's type as it is named here.
func (w *writer) typeText(c storage.Column) string {
	s := c.TypeText
	for _, n := range c.TypeNames {
		if local := w.types[n]; local != n.Name {
			s = regexp.MustCompile(`\b`+regexp.QuoteMeta(n.Name)+`\b`).ReplaceAllLiteralString(s, local)
		}
	}
	return s
}

// typeImports writes the imports of those types, sorted. They are types alone, so modules may import each other.
func (w *writer) typeImports() string {
	var lines []string
	for n, local := range w.types {
		module := n.Package
		if module == "" {
			module = naming.Relative(w.from, link.Path(w.project, n.Module))
		}
		what := "{ " + n.Exported + " as " + local + " }"
		switch n.Exported {
		case local:
			what = "{ " + local + " }"
		case "*":
			what = "* as " + local
		case "default":
			what = local
		}
		lines = append(lines, "import type "+what+" from "+ts.Quote(module)+";\n")
	}
	sort.Strings(lines)
	return strings.Join(lines, "")
}
