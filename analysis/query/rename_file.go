package query

import (
	"path"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/names"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// action is the action that is renamed, nil when something else is.
func (r *renaming) action() *model.Action {
	if r.symbol.Kind != names.Action || r.resource == nil {
		return nil
	}
	return r.resource.Action(r.old)
}

// ownFile is the file of an action that is called after its file: actions/<name>.ts with defineAction.
func (r *renaming) ownFile() text.Path {
	if a := r.action(); a != nil && a.List != nil && a.List.Form == definition.ActionFile && a.File != nil {
		return a.File.Path
	}
	return ""
}

// files renames the files that are called after an action: its own, which gives it its name, and its handler's, with everything that
// leads to that. Where the client cannot rename files the handler keeps its name, which nothing depends on.
func (r *renaming) files(out Change) error {
	a := r.action()
	if a == nil {
		return nil
	}
	if own := r.ownFile(); own != "" {
		if !r.moves {
			return refuse("The action %s is called after its file, and this editor cannot rename files. Rename %s.", r.old, own)
		}
		return r.rename(out, own)
	}
	if a.Handler == nil || !r.moves || path.Base(a.Source.Handler.V) != r.old || fileName(a.Handler.Path) != r.old {
		return nil
	}
	if r.s.File(beside(a.Handler.Path, r.new)) != nil {
		return nil // another handler has the name
	}
	return r.rename(out, a.Handler.Path)
}

// rename renames a file in its folder, and the modules and handlers that other files call it by.
func (r *renaming) rename(out Change, file text.Path) error {
	to := beside(file, r.new)
	if r.s.File(to) != nil {
		return refuse("%s is there already.", to)
	}
	r.moved = append(r.moved, Moved{file, to})
	for _, p := range r.s.Texts(r.root) {
		content := r.s.File(p).Text
		if !strings.Contains(content, r.old) {
			continue
		}
		toks := syntax.Tokens(content)
		for i, t := range toks {
			if t.Kind != syntax.StringToken || t.Span.Len() < 2 || !named(content, toks, i) {
				continue
			}
			module := content[t.Span.Start+1 : t.Span.End-1]
			plain := strings.TrimSuffix(strings.TrimSuffix(module, ".ts"), ".js")
			if !strings.HasPrefix(module, ".") || path.Base(plain) != r.old || path.Join(path.Dir(string(p)), plain)+".ts" != string(file) {
				continue
			}
			start := t.Span.Start + 1 + int32(len(plain)-len(r.old))
			out[p] = append(out[p], text.Edit{Span: text.Span{Start: start, End: start + int32(len(r.old))}, New: r.new})
		}
	}
	return nil
}

// named says whether the string at i names a module: behind from and import, in import(…), and as a handler.
func named(content string, toks []syntax.Token, i int) bool {
	before := func(n int) string {
		if i < n {
			return ""
		}
		return content[toks[i-n].Span.Start:toks[i-n].Span.End]
	}
	switch before(1) {
	case "from", "import":
		return true
	case "(":
		return before(2) == "import"
	case ":":
		return before(2) == "handler"
	}
	return false
}

func fileName(p text.Path) string { return strings.TrimSuffix(path.Base(string(p)), ".ts") }

// beside is a file of another name in the same folder.
func beside(p text.Path, name string) text.Path {
	return text.Path(path.Join(path.Dir(string(p)), name+".ts"))
}
