package query

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/analysis/syntax/edit"
	"github.com/qbls/qbls/diagnostics/text"
)

// extractRoles gives the list of roles at the cursor a name that every equal list of the file then uses.
func (sc *scene) extractRoles() []CodeAction {
	list := sc.roleList()
	if !list.Valid() || list.NumChildren() == 0 {
		return nil
	}
	same := []syntax.Node{}
	for n := range sc.tree.Root().Descendants() {
		if n.Kind() == syntax.Array && isRoleList(n) && slices.Equal(strs(n), strs(list)) {
			same = append(same, n)
		}
	}
	name := sc.freeName(strings.Join(strs(list), "-"))
	title := fmt.Sprintf("Name this list of roles (%s)", name)
	if len(same) > 1 {
		title = fmt.Sprintf("Share this list of roles as %s (%d places)", name, len(same))
	}
	return []CodeAction{{Title: title, Kind: Extract, Edit: func() Edit {
		at := int32(0)
		for statement := range sc.tree.Root().Children() {
			if statement.Kind() == syntax.Import {
				at = statement.Span().End
			}
		}
		change := []text.Edit{{Span: text.Span{Start: at, End: at}, New: fmt.Sprintf("\n\nconst %s = %s as const;", name, list.Text())}}
		if at == 0 {
			change[0].New = strings.TrimLeft(change[0].New, "\n") + "\n\n"
		}
		for _, n := range same {
			change = append(change, text.Edit{Span: n.Span(), New: name})
		}
		return Edit{Change: Change{sc.path: change}}
	}}}
}

// roleList is the array of role names around the cursor, written out in place.
func (sc *scene) roleList() syntax.Node {
	for n := sc.cursor.Node; n.Valid(); n = n.Parent() {
		if n.Kind() == syntax.Array {
			if isRoleList(n) {
				return n
			}
			return syntax.Node{}
		}
	}
	return syntax.Node{}
}

func isRoleList(n syntax.Node) bool {
	p := n.Parent()
	return p.Kind() == syntax.Property && p.Name() == "roles" && !n.Has(syntax.Broken) && len(strs(n)) == n.NumChildren()
}

func strs(list syntax.Node) (out []string) {
	for e := range list.Children() {
		if v, ok := e.Str(); ok {
			out = append(out, v)
		}
	}
	return out
}

// freeName makes a name of a constant out of words that nothing in the file is called.
func (sc *scene) freeName(words string) string {
	name := ""
	for i, w := range strings.FieldsFunc(words, func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9') }) {
		if w = strings.ToLower(w); i > 0 {
			w = strings.ToUpper(w[:1]) + w[1:]
		}
		name += w
	}
	if name == "" || name[0] >= '0' && name[0] <= '9' || len(name) > 32 {
		name = "shared"
	}
	for n, base := 2, name+"Roles"; ; n++ {
		if name = base; n > 2 {
			name = fmt.Sprint(base, n-1)
		}
		if !strings.Contains(sc.file.Text, name) {
			return name
		}
	}
}

// maskSensitive writes out the masks of the columns that are masked only because of their names.
func (sc *scene) maskSensitive() []CodeAction {
	r := sc.resource
	if r == nil || r.Source == nil || r.Home.Path != sc.path {
		return nil
	}
	var columns []*model.Mask
	for _, m := range r.Masks {
		if m.Default {
			columns = append(columns, m)
		}
	}
	if len(columns) == 0 || !policyObject(sc.tree, r).Valid() {
		return nil
	}
	return []CodeAction{{Title: fmt.Sprintf("Write out the masks of all sensitive columns (%d)", len(columns)), Kind: Rewrite, Edit: sc.writeMasks(columns)}}
}

// writeMasks writes out masks as they are by default.
func (sc *scene) writeMasks(columns []*model.Mask) func() Edit {
	return func() Edit {
		body := policyObject(sc.tree, sc.resource)
		masking, has := body.Property("masking")
		object := masking.Value().Inner()
		if has && object.Kind() != syntax.Object {
			return Edit{}
		}
		var entries []string
		for _, m := range columns {
			show := ""
			if m.Owner != "" {
				show = ", show: { or: " + edit.Quote(sc.tree, "owner") + " }"
			}
			entries = append(entries, fmt.Sprintf("%s: { type: %s%s }", keyText(sc.tree, m.Column), edit.Quote(sc.tree, m.Type), show))
		}
		if !has || object.NumChildren() == 0 {
			value := "{\n  " + strings.Join(entries, ",\n  ") + ",\n}"
			return Edit{Change: Change{sc.path: edit.SetProperty(body, "masking", value)}}
		}
		first, rest, _ := strings.Cut(entries[0], ": ")
		if len(entries) > 1 {
			rest += ",\n" + strings.Join(entries[1:], ",\n")
		}
		return Edit{Change: Change{sc.path: edit.SetProperty(object, strings.Trim(first, `'"`), rest)}}
	}
}

// scaffold adds an action with a handler of its own to the actions of the table: to its file of actions, or to a new one.
func (sc *scene) scaffold() []CodeAction {
	r := sc.resource
	if r == nil || r.Internal || r.Table == nil || r.Binding == "" {
		return nil
	}
	name := sc.freeAction(r)
	folder := path.Dir(string(r.File))
	handler := text.Path(path.Join(folder, "handlers", name+".ts"))
	if sc.s.File(handler) != nil {
		return nil
	}
	title := fmt.Sprintf("Add an action with a handler (%s)", name)
	file := r.ActionsFile
	if file == "" {
		file = text.Path(path.Join(folder, "actions.ts"))
		if sc.s.File(file) != nil {
			return nil
		}
		source := fmt.Sprintf("import { defineActions } from '@quickback/compiler';\nimport { z } from 'zod';\nimport { %s } from './%s';\n\nexport default defineActions(%s, {\n  %s,\n});\n",
			r.Binding, strings.TrimSuffix(path.Base(string(r.TableFile)), ".ts"), r.Binding, strings.ReplaceAll(keyed(name, sc.actionSource(name)), "\n", "\n  "))
		if path.Dir(string(r.TableFile)) != folder {
			return nil
		}
		return []CodeAction{{Title: title, Kind: Rewrite, Edit: func() Edit {
			return Edit{Created: map[text.Path]string{file: source, handler: handlerSource}}
		}}}
	}
	if sc.path != file && sc.path != r.File || path.Dir(string(file)) != folder {
		return nil
	}
	return []CodeAction{{Title: title, Kind: Rewrite, Heavy: true, Edit: func() Edit {
		tree := sc.s.Tree(file)
		object := actionsObject(tree)
		if !object.Valid() {
			return Edit{}
		}
		change := edit.SetProperty(object, name, sc.actionSource(name))
		if d := sc.s.Definition(file); d != nil && !slices.ContainsFunc(d.Imports, func(i definition.Import) bool { return i.Local == "z" }) {
			change = append(change, edit.AddImport(tree, "zod", "z")...)
		}
		return Edit{Change: Change{file: change}, Created: map[text.Path]string{handler: handlerSource}}
	}}}
}

func keyed(name, value string) string {
	if !isWord(name) {
		name = "'" + name + "'"
	}
	return name + ": " + value
}

// freeAction is a name that the resource has no action of.
func (sc *scene) freeAction(r *model.Resource) string {
	for n := 1; ; n++ {
		name := "new-action"
		if n > 1 {
			name = fmt.Sprintf("new-action-%d", n)
		}
		if r.Action(name) == nil {
			return name
		}
	}
}

// actionSource is an action that checks, and that the highest role alone may call until somebody decides.
func (sc *scene) actionSource(name string) string {
	ranks := sc.hierarchy()
	return fmt.Sprintf("{\n  description: 'What %s does',\n  input: z.object({}),\n  access: { roles: ['%s'] },\n  handler: './handlers/%s',\n}", name, ranks[len(ranks)-1], name)
}

const handlerSource = `import type { ActionExecutor } from '@quickback/compiler';

export const execute: ActionExecutor = async ({ db, record, input }) => {
  return {};
};
`

// actionsObject is the object of defineActions(table, { … }) or of the key actions.
func actionsObject(t *syntax.Tree) syntax.Node {
	if t == nil {
		return syntax.Node{}
	}
	for statement := range t.Root().Children() {
		if statement.Kind() != syntax.ExportValue {
			continue
		}
		v := statement.Value().Inner()
		if v.Kind() == syntax.Call && syntax.CallName(v) == "defineActions" {
			return v.Child(1).Inner()
		}
		if v.Kind() == syntax.Call {
			v = v.Child(1).Inner()
		}
		if p, ok := v.Property("actions"); ok {
			return p.Value().Inner()
		}
	}
	return syntax.Node{}
}

// missingHandler creates the module that the handler at the cursor names.
func (sc *scene) missingHandler() []CodeAction {
	for n := sc.cursor.Node; n.Valid(); n = n.Parent() {
		if n.Kind() != syntax.Property || n.Name() != "handler" {
			continue
		}
		module, ok := n.Value().Inner().Str()
		file := text.Path(path.Join(path.Dir(string(sc.path)), strings.TrimSuffix(module, ".ts")+".ts"))
		if !ok || !strings.HasPrefix(module, "./") || strings.Contains(module, "..") || sc.s.File(file) != nil {
			return nil
		}
		return []CodeAction{{Title: "Create " + strings.TrimPrefix(module, "./") + ".ts", Kind: QuickFix, Preferred: true, Edit: func() Edit {
			return Edit{Created: map[text.Path]string{file: handlerSource}}
		}}}
	}
	return nil
}
