package runtime

import (
	"slices"
	"strings"
	"sync"
)

// Tailored returns the modules of the library that a project needs, sorted by name: those that are reached from uses, each with nothing but what
// everybody or one of the features needs and something names. What is left out is never something that refuses.
func Tailored(uses []Use, features Features) []File {
	t := &tailor{features: features, modules: map[string]*parts{}, kept: map[*statement]bool{}}
	for _, use := range uses {
		module, name, _ := strings.Cut(use, " ")
		t.need(reference{module, name})
	}
	var out []File
	for _, m := range sources() {
		if p := t.modules[m.name]; p != nil {
			out = append(out, File{Name: m.name + ".ts", Content: []byte(t.render(p))})
		}
	}
	return out
}

var sources = sync.OnceValue(func() []*module {
	var out []*module
	for _, f := range Files() {
		out = append(out, readModule(f))
	}
	return out
})

type tailor struct {
	features Features
	modules  map[string]*parts // those that are reached
	kept     map[*statement]bool
}

// module returns a module that is reached; nil when the library has none of that name.
func (t *tailor) module(name string) *parts {
	if p := t.modules[name]; p != nil {
		return p
	}
	i, ok := slices.BinarySearchFunc(sources(), name+".ts", func(m *module, file string) int { return strings.Compare(m.name+".ts", file) })
	if !ok {
		return nil
	}
	p := sources()[i].of(t.features)
	t.modules[name] = p
	for _, s := range p.statements {
		if len(s.names) == 0 && !libraryFile.MatchString(s.from) {
			t.keep(p, s) // all that a package exports, or an effect
		}
	}
	for _, i := range p.imports {
		if i.library != "" && len(i.bindings) == 0 {
			t.module(i.library)
		}
	}
	return p
}

// need keeps what a module declares, or exports, under a name.
func (t *tailor) need(r reference) {
	p := t.module(r.module)
	if p == nil {
		return
	}
	found := p.declared[r.name]
	for _, s := range found {
		t.keep(p, s)
	}
	if len(found) > 0 {
		return
	}
	for _, s := range p.statements {
		own, all := libraryFile.FindStringSubmatch(s.from), r.name == "*" && strings.HasPrefix(s.code, "export ")
		if own != nil && len(s.names) == 0 {
			t.kept[s] = true
			t.need(reference{own[1], r.name})
		} else if all {
			t.keep(p, s)
		}
	}
}

func (t *tailor) keep(p *parts, s *statement) {
	if t.kept[s] {
		return
	}
	t.kept[s] = true
	for _, r := range s.types {
		t.need(r)
	}
	if own := libraryFile.FindStringSubmatch(s.from); own != nil {
		for _, name := range s.names {
			t.need(reference{own[1], name})
		}
	}
	for _, word := range s.words {
		for _, d := range p.declared[word] {
			t.keep(p, d)
		}
		if r, ok := p.bound[word]; ok {
			t.need(r)
		}
	}
}

// render writes what is kept of a module.
func (t *tailor) render(p *parts) string {
	used := map[string]bool{}
	for _, s := range p.statements {
		if t.kept[s] {
			for _, word := range s.words {
				used[word] = true
			}
		}
	}
	out := slices.Clone(p.head)
	for _, i := range p.imports {
		out = append(out, i.render(used)...)
	}
	gap := false
	for _, s := range p.statements {
		gap = gap || s.gap
		if !t.kept[s] {
			continue
		}
		if gap && len(out) > 0 {
			out = append(out, "")
		}
		out, gap = append(out, s.lines...), false
	}
	return strings.Join(out, "\n") + "\n"
}

// width is that of an import on one line.
const width = 150

// render writes an import of what is used of it; nothing when that is nothing.
func (i imported) render(used map[string]bool) []string {
	var left []string
	for _, b := range i.bindings {
		if used[nameOf(b)] {
			left = append(left, b)
		}
	}
	switch {
	case len(left) == len(i.bindings):
		return i.text
	case len(left) == 0:
		return nil
	}
	types := ""
	if i.types {
		types = "type "
	}
	end := " } from '" + i.module + "';"
	out := []string{"import " + types + "{ " + left[0]}
	for _, b := range left[1:] {
		last := &out[len(out)-1]
		if len(*last)+2+len(b)+len(end) > width {
			*last += ","
			out = append(out, "  "+b)
		} else {
			*last += ", " + b
		}
	}
	out[len(out)-1] += end
	return out
}
