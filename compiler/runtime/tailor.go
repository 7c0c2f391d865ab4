package runtime

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Tailored returns the modules of the library that a project needs, sorted by name: those that are reached from uses, each with nothing but what
// everybody or one of the features needs and something names. What is left out is never something that refuses.
func Tailored(uses []Use, features Features) []File {
	t := &tailor{features: features, modules: map[string]*parts{}}
	for _, use := range uses {
		module, name, _ := strings.Cut(use, " ")
		t.need(module, name)
	}
	var out []File
	for _, m := range sources() {
		if p := t.modules[m.name]; p != nil {
			out = append(out, File{Name: m.name + ".ts", Content: []byte(p.render())})
		}
	}
	return out
}

var sources = sync.OnceValue(func() []module {
	var out []module
	for _, f := range Files() {
		out = append(out, readModule(f))
	}
	return out
})

type tailor struct {
	features Features
	modules  map[string]*parts // those that are reached
}

// module returns a module that is reached; nil when the library has none of that name.
func (t *tailor) module(name string) *parts {
	if p := t.modules[name]; p != nil {
		return p
	}
	i, ok := slices.BinarySearchFunc(sources(), name+".ts", func(m module, file string) int { return strings.Compare(m.name+".ts", file) })
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
func (t *tailor) need(module, name string) {
	p := t.module(module)
	if p == nil {
		return
	}
	found := p.declared[name]
	for _, s := range p.statements {
		all := name == "*" && strings.HasPrefix(s.code(), "export ")
		elsewhere := s.from != "" && len(s.names) == 0 && len(found) == 0
		if own := libraryFile.FindStringSubmatch(s.from); own != nil && (all || elsewhere) {
			s.kept = true
			t.need(own[1], name)
		} else if all {
			t.keep(p, s)
		}
	}
	for _, s := range found {
		t.keep(p, s)
	}
}

func (t *tailor) keep(p *parts, s *statement) {
	if s.kept {
		return
	}
	s.kept = true
	for _, m := range inlineImport.FindAllStringSubmatch(s.code(), -1) {
		t.need(m[1], m[2])
	}
	if own := libraryFile.FindStringSubmatch(s.from); own != nil {
		for _, name := range s.names {
			t.need(own[1], name)
		}
	}
	for name := range s.mentions() {
		for _, d := range p.declared[name] {
			t.keep(p, d)
		}
		for _, i := range p.imports {
			for _, b := range i.bindings {
				if i.library != "" && nameOf(b) == name {
					t.need(i.library, meant(b))
				}
			}
		}
	}
}

var (
	identifier   = regexp.MustCompile(`[A-Za-z_$][\w$]*`)
	inlineImport = regexp.MustCompile(`import\('\./([\w-]+)\.ts'\)\.(\w+)`)
)

// code is a statement without lines of comments.
func (s *statement) code() string {
	var out []string
	for _, l := range s.lines {
		if !isComment(l) {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

// mentions are the words of a statement's code. A word in a text, or the name of a property, may keep too much, never too little.
func (s *statement) mentions() map[string]bool {
	out := map[string]bool{}
	for _, word := range identifier.FindAllString(s.code(), -1) {
		out[word] = true
	}
	return out
}

// render writes what is kept of a module.
func (p *parts) render() string {
	used := map[string]bool{}
	for _, s := range p.statements {
		if s.kept {
			for word := range s.mentions() {
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
		if !s.kept {
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
