package analysis

import (
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/names"
	"github.com/qbls/qbls/analysis/parallel"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/analysis/triage"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// project is one project of a snapshot. Files are read when the snapshot is made; linking waits until somebody asks.
type project struct {
	root      source.Root
	files     map[text.Path]*readFile
	declared  map[text.Path]*definition.File // by them
	followers map[text.Path][]text.Path      // file → files whose values it holds
	facts     Facts                          // what evaluation found; nil: nothing that still holds
	old       *model.Project                 // previous version, for linking; dropped afterwards
	memo      *memo

	mu    sync.Mutex // guards old, model and input
	model *model.Project
	input model.Input

	collect sync.Once
	index   *names.Index

	outcome atomic.Pointer[triage.Outcome] // of its examination; nil: nobody has asked
}

// readFile is one file as it was read.
type readFile struct {
	text       *text.File
	tree       *syntax.Tree // of open files only
	definition *definition.File
	reported   []diagnostics.Diagnostic // by the parser and the reader
	directives []triage.Directive       // suppressions in its comments

	coding sync.Once
	code   *names.Code // what its code names, read when somebody asks

	check sync.Once
	done  atomic.Bool
	says  *saying // what was reported, and what the file rules say; nil: nothing
}

// nextProject is the project after other texts for the paths, or after any change when paths is nil.
func nextProject(files *source.Set, root source.Root, old *project, paths []text.Path) *project {
	if old == nil || paths == nil {
		return newProject(files, root, old)
	}
	again := map[text.Path]bool{}
	for _, changed := range paths {
		if old.files[changed] != nil {
			again[changed] = true
		}
		for _, follower := range old.followers[changed] {
			again[follower] = true
		}
	}
	p := old.next(old.facts)
	p.read(files, slices.Collect(maps.Keys(again)))
	for name := range again {
		if !slices.EqualFunc(p.files[name].definition.Follows, old.files[name].definition.Follows, func(a, b definition.Follow) bool { return a.Path == b.Path }) {
			p.follow()
			break
		}
	}
	return p
}

// next is a project with the same files, for some of them to be read anew.
func (p *project) next(facts Facts) *project {
	return &project{root: p.root, files: maps.Clone(p.files), declared: maps.Clone(p.declared), followers: p.followers, memo: p.memo, old: p.last(), facts: facts}
}

// read reads files anew.
func (p *project) read(files *source.Set, names []text.Path) {
	out := make([]*readFile, len(names))
	parallel.For(len(names), func(i int) { out[i] = read(files, files.File(names[i]), p.facts) })
	for i, name := range names {
		p.set(name, out[i])
	}
}

func (p *project) set(name text.Path, f *readFile) {
	p.files[name], p.declared[name] = f, f.definition
}

// follow notes which files take constants from which, so that an edit reaches them.
func (p *project) follow() {
	p.followers = map[text.Path][]text.Path{}
	for name, f := range p.files {
		for _, followed := range f.definition.Follows {
			p.followers[followed.Path] = append(p.followers[followed.Path], name)
		}
	}
}

// newProject reads the files of a project; what has neither changed nor imports that mean other files now is kept.
func newProject(files *source.Set, root source.Root, old *project) *project {
	p := &project{root: root, files: map[text.Path]*readFile{}, declared: map[text.Path]*definition.File{}, memo: newMemo()}
	if old != nil {
		p.memo, p.old, p.facts = old.memo, old.last(), old.facts
	}
	var anew []text.Path
	for name := range files.Under(root.Dir) {
		owner, ok := files.Owner(name)
		if !ok || owner.Dir != root.Dir {
			continue
		}
		file := files.File(name)
		if old != nil {
			if f := old.files[name]; f != nil && f.text.Hash == file.Hash && (f.tree != nil) == files.Open(name) && sameImports(files, f.definition) {
				p.set(name, f)
				continue
			}
		}
		anew = append(anew, name)
	}
	p.read(files, anew)
	p.follow()
	return p
}

func read(files *source.Set, file *text.File, facts Facts) *readFile {
	tree := syntax.Parse(file)
	d, reported := definition.Read(tree, modules{files, facts})
	f := &readFile{text: file, definition: d, reported: append(tree.Diagnostics(), reported...), directives: triage.Directives(file)}
	if files.Open(file.Path) {
		f.tree = tree
	} else {
		tree.Free()
	}
	return f
}

// resolve says which file a relative specifier means: the file itself, with .ts, or the index of a folder.
func resolve(files *source.Set, from text.Path, module string) text.Path {
	if !strings.HasPrefix(module, ".") {
		return ""
	}
	target := path.Join(path.Dir(string(from)), module)
	for _, candidate := range []string{target, target + ".ts", strings.TrimSuffix(target, ".js") + ".ts", target + "/index.ts"} {
		if files.File(text.Path(candidate)) != nil {
			return text.Path(candidate)
		}
	}
	return ""
}

// modules lets reading follow imports, and take what was evaluated.
type modules struct {
	files *source.Set
	facts Facts
}

func (m modules) Settled(at text.Place) (string, bool) {
	if m.facts == nil {
		return "", false
	}
	return m.facts.Settled(at)
}

func (m modules) Resolve(from text.Path, module string) text.Path {
	return resolve(m.files, from, module)
}

func (m modules) Tree(p text.Path) *syntax.Tree {
	if file := m.files.File(p); file != nil {
		return syntax.Parse(file)
	}
	return nil
}

// sameImports says whether what a file imports is what it was: the same files, and the same texts of those it took constants from.
func sameImports(files *source.Set, d *definition.File) bool {
	for _, f := range d.Follows {
		if file := files.File(f.Path); file == nil || file.Hash != f.Hash {
			return false
		}
	}
	for _, e := range d.ReExports {
		if e.Module != "" && resolve(files, d.Path, e.Module) != e.Target {
			return false
		}
	}
	for _, i := range d.Imports {
		if resolve(files, d.Path, i.Module) != i.Target {
			return false
		}
	}
	return true
}

// last is the newest linked version: this one's when somebody has asked for it, else the one it would have built on.
func (p *project) last() *model.Project {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.model != nil {
		return p.model
	}
	return p.old
}

// linked returns the linked project.
func (p *project) linked() *model.Project {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.model != nil {
		return p.model
	}
	p.input = model.Input{Root: p.root.Dir, Source: p.root.Source, Files: p.declared}
	p.input.Config = p.configFile()
	p.model = model.Link(p.input, p.old)
	p.old = nil
	return p.model
}

// configFile is what the configuration declares, or nil.
func (p *project) configFile() *definition.File {
	if f := p.files[p.root.Config]; f != nil {
		return f.definition
	}
	return nil
}

// configuration is the file whose anchors no resource resolves.
func (p *project) configuration() []*definition.File {
	if f := p.configFile(); f != nil {
		return []*definition.File{f}
	}
	return nil
}

func (p *project) names() *names.Index {
	p.collect.Do(func() { p.index = p.memo.names(p.linked(), p.configuration()) })
	return p.index
}
