package compiler

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/compiler/runtime"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// assembly is the code of a project: all emitted files but the documents about them, and what they were put together from. It is immutable.
type assembly struct {
	schemas    []*joint // by feature
	joint      *joint
	migrations []output.File
	linked     []output.File
	kept       []*kept       // by resource
	files      []output.File // sorted
}

// code are all emitted files but the documents about them, sorted. Whoever adds to them takes a copy.
func (b *build) code(ctx context.Context) ([]output.File, []diagnostics.Diagnostic, error) {
	last := b.memory.assembled()
	problems, err := b.resources(ctx, last)
	if err != nil {
		return nil, nil, err
	}
	now := &assembly{schemas: b.schemas(), joint: b.joint(), kept: b.kept}
	linked, unresolved := b.linked()
	now.linked = linked
	problems = append(problems, imports(unresolved)...)
	migrations, refused := b.migrations()
	now.migrations = migrations
	problems = append(problems, refused...)
	b.memory.forget(b.p)
	if slices.Contains(now.kept, nil) {
		return nil, problems, nil // the result has failed
	}
	if now.files = last.exchanged(now); now.files == nil {
		now.assemble()
	}
	b.memory.assemble(now)
	return now.files, problems, nil
}

// resources emits the policies of all resources into b.kept, which is nil where that is refused.
func (b *build) resources(ctx context.Context, last *assembly) (problems []diagnostics.Diagnostic, err error) {
	b.kept = make([]*kept, len(b.p.Resources))
	for i, r := range b.p.Resources {
		if last != nil && i < len(last.kept) && last.kept[i].holds(r, b.frame) {
			b.kept[i] = last.kept[i]
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		k, refused := b.resource(r)
		if refused != nil {
			problems = append(problems, *refused)
		}
		b.kept[i] = k
	}
	return problems, nil
}

// of returns what was emitted of a resource of the project, nil where that was refused or has not been done.
func (b *build) of(r *model.Resource) *kept {
	i, ok := slices.BinarySearchFunc(b.p.Resources, r.ID, func(r *model.Resource, id model.ID) int { return strings.Compare(string(r.ID), string(id)) })
	if !ok || i >= len(b.kept) {
		return nil
	}
	return b.kept[i]
}

// exchanged are the files of an assembly in which nothing but files of resources and tables of features are other ones than in the last, and
// those lie where they lay; else nil.
func (last *assembly) exchanged(now *assembly) []output.File {
	if last == nil || last.joint != now.joint || len(last.schemas) != len(now.schemas) || len(last.kept) != len(now.kept) ||
		!alike(last.linked, now.linked) || !alike(last.migrations, now.migrations) {
		return nil
	}
	x := &exchange{of: last.files, files: last.files}
	for i, j := range now.schemas {
		if was := last.schemas[i]; was != j && !x.put(was.files, j.files, was.library, j.library) {
			return nil
		}
	}
	for i, k := range now.kept {
		if was := last.kept[i]; was != k && !x.put(was.files, k.files, was.library, k.library) {
			return nil
		}
	}
	return x.files
}

// alike says whether two lists have the same files.
func alike(a, b []output.File) bool {
	return slices.EqualFunc(a, b, func(a, b output.File) bool { return a.Path == b.Path && a.Hash() == b.Hash() })
}

// exchange are sorted files of which some are exchanged for others of the same paths.
type exchange struct{ of, files []output.File }

// put exchanges files; false when paths or what is imported of the library are other ones.
func (x *exchange) put(was, now []output.File, wasLibrary, library []string) bool {
	if !slices.Equal(wasLibrary, library) || len(was) != len(now) {
		return false
	}
	for n, f := range now {
		at, ok := slices.BinarySearchFunc(x.files, f, byPath)
		if !ok || was[n].Path != f.Path {
			return false
		}
		if x.files[at].Hash() == f.Hash() {
			continue
		}
		if &x.files[0] == &x.of[0] {
			x.files = slices.Clone(x.files)
		}
		x.files[at] = f
	}
	return true
}

// assemble puts the files together, with the modules of the library that any of them imports.
func (a *assembly) assemble() {
	out, names := make([]output.File, 0, 2*len(a.kept)+len(a.schemas)), []string{}
	for _, j := range a.schemas {
		out, names = append(out, j.files...), append(names, j.library...)
	}
	for _, k := range a.kept {
		out, names = append(out, k.files...), append(names, k.library...)
	}
	out, names = append(out, a.joint.files...), append(names, a.joint.library...)
	for _, f := range a.linked {
		out, names = append(out, f), append(names, runtime.Imports(f.Content)...)
	}
	for _, f := range runtime.Closure(names) {
		out = append(out, libraryFiles()[f.Name])
	}
	out = append(out, a.migrations...)
	sortFiles(out)
	a.files = slices.Clip(out)
}

// libraryFiles are the modules of the library in the output, by name.
var libraryFiles = sync.OnceValue(func() map[string]output.File {
	out := map[string]output.File{}
	for _, f := range runtime.Files() {
		out[f.Name] = output.File{Path: text.Path("src/lib/" + f.Name), Content: f.Content}.Summed()
	}
	return out
})

// libraryContents are their contents, by path in the output.
var libraryContents = sync.OnceValue(func() map[text.Path][]byte {
	out := map[text.Path][]byte{}
	for _, f := range libraryFiles() {
		out[f.Path] = f.Content
	}
	return out
})

func (m *memory) assembled() *assembly {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.code
}

func (m *memory) assemble(a *assembly) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.code = a
}
