package edit

import (
	"path"
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// AddImport makes a file import names ("a", or "a as b") from a module. Names that are imported already are left out; the
// others go into an import of that module that has names, or else into a new one behind the last import.
func AddImport(t *syntax.Tree, from string, names ...string) []text.Edit {
	var last, merge syntax.Node
	have := map[string]bool{}
	for statement := range t.Root().Children() {
		if statement.Kind() != syntax.Import {
			continue
		}
		last = statement
		if statement.Module() != from || statement.Has(syntax.TypeOnly) {
			continue
		}
		mergeable := true
		for name := range statement.Children() {
			if name.Imported() == "*" {
				mergeable = false
			}
			if !name.Has(syntax.TypeOnly) {
				have[specifier(name)] = true
			}
		}
		if mergeable && statement.NumChildren() > 0 && !merge.Valid() {
			merge = statement
		}
	}
	var missing []string
	for _, name := range names {
		name = strings.Join(strings.Fields(name), " ")
		if !have[name] {
			have[name] = true
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if merge.Valid() {
		return mergeImport(merge, missing)
	}
	return newImport(t, last, from, missing)
}

// specifier returns an imported name as AddImport takes it.
func specifier(name syntax.Node) string {
	if name.Imported() == name.Name() {
		return name.Name()
	}
	return name.Imported() + " as " + name.Name()
}

// mergeImport adds names to an import that has some.
func mergeImport(statement syntax.Node, names []string) []text.Edit {
	src := statement.Tree().File().Text
	var named []text.Span
	end := statement.Span().Start
	for name := range statement.Children() {
		if name.Imported() == "default" && name.Text() == name.Name() {
			end = name.Span().End // the default import
			continue
		}
		named = append(named, name.Span())
	}
	if len(named) == 0 {
		braces := strings.IndexByte(src[end:statement.ModuleNode().Span().Start], '{')
		if braces < 0 {
			return []text.Edit{withBraces(src, int(end), int(statement.ModuleNode().Span().Start), names)}
		}
		open := int(end) + braces
		l := newList(src, open, open+strings.IndexByte(src[open:], '}'))
		l.padded = true
		return l.append(names...)
	}
	open := strings.LastIndexByte(src[:named[0].Start], '{')
	behind := int(named[len(named)-1].End)
	l := newList(src, open, behind+strings.IndexByte(src[behind:], '}'))
	l.items = named
	return l.append(names...)
}

// withBraces adds the first names behind a default import, also behind one whose comma is typed already.
func withBraces(src string, end, module int, names []string) text.Edit {
	list := "{ " + strings.Join(names, ", ") + " }"
	if comma := newList(src, end, module).gap(end, module); comma < module && src[comma] == ',' {
		after := " "
		if comma+1 < module && strings.ContainsRune(" \t\r\n", rune(src[comma+1])) {
			after = ""
		}
		return insertion(comma+1, " "+list+after)
	}
	return insertion(end, ", "+list)
}

// newImport adds an import statement behind the last one, or at the top of the file.
func newImport(t *syntax.Tree, last syntax.Node, from string, names []string) []text.Edit {
	src := t.File().Text
	l := newList(src, 0, 0)
	statement := "import { " + strings.Join(names, ", ") + " } from " + Quote(t, from)
	if semicolons(t) || !last.Valid() && strings.ContainsAny(firstByte(l, src), "([`/+-") {
		statement += ";" // without one, a statement that starts like this would go on with the import
	}
	if last.Valid() {
		end := int(last.Span().End)
		if strings.HasPrefix(src[end:], ";") {
			end++
		}
		return []text.Edit{insertion(l.afterLine(end), l.eol+statement)}
	}
	at := len(src) - len(strings.TrimPrefix(src, "\ufeff"))
	if strings.HasPrefix(src[at:], "#!") {
		at = l.lineEnd(at)
		return []text.Edit{insertion(at, l.eol+statement)}
	}
	if strings.TrimSpace(src[at:]) == "" {
		return []text.Edit{insertion(at, statement+l.eol)}
	}
	return []text.Edit{insertion(at, statement+l.eol+l.eol)}
}

// firstByte returns the first character of a source behind white space and comments.
func firstByte(l *list, src string) string {
	at := l.gap(0, len(src))
	return src[at:min(at+1, len(src))]
}

// afterLine returns the end of the line when only a comment is left on it.
func (l *list) afterLine(at int) int {
	if end := l.lineEnd(at); l.gap(at, end) == end {
		return end
	}
	return at
}

// semicolons says whether the statements of a file end with semicolons; a file without statements gets them.
func semicolons(t *syntax.Tree) bool {
	src, statements := t.File().Text, 0
	for statement := range t.Root().Children() {
		statements++
		end := int(statement.Span().End)
		if strings.HasSuffix(statement.Text(), ";") || strings.HasPrefix(strings.TrimLeft(src[end:], " \t"), ";") {
			return true
		}
	}
	return statements == 0
}

// Specifier is what one file of a project calls another in an import.
func Specifier(from, to text.Path) string {
	dir, up := path.Dir(string(from)), ""
	module := strings.TrimSuffix(string(to), ".ts")
	for dir != "." && !strings.HasPrefix(module, dir+"/") {
		dir, up = path.Dir(dir), up+"../"
	}
	if up == "" {
		up = "./"
	}
	if dir == "." {
		return up + module
	}
	return up + strings.TrimPrefix(module, dir+"/")
}
