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
	frame      *frame
	joint      *joint
	migrations *migrations
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
	now := &assembly{frame: b.frame, joint: b.joint(), kept: b.kept}
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
		now.assemble(b.frame.schemas(b.p))
	}
	b.memory.assemble(now)
	return now.files, problems, nil
}

// resources emits the policies of all resources into b.kept, which is nil where that is refused.
func (b *build) resources(ctx context.Context, last *assembly) (problems []diagnostics.Diagnostic, err error) {
	b.kept = make([]*kept, len(b.p.Resources))
	for i, r := range b.p.Resources {
		if last != nil && i < len(last.kept) && last.kept[i].of == r && last.kept[i].frame == b.frame {
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

// exchanged are the files of an assembly in which nothing but files of resources is another one than in the last, and those lie where they
// lay; else nil.
func (last *assembly) exchanged(now *assembly) []output.File {
	if last == nil || last.frame != now.frame || last.joint != now.joint || last.migrations != now.migrations || len(last.kept) != len(now.kept) ||
		!slices.EqualFunc(last.linked, now.linked, func(a, b output.File) bool { return a.Path == b.Path && a.Hash() == b.Hash() }) {
		return nil
	}
	out := last.files
	for i, k := range now.kept {
		was := last.kept[i]
		if was == k {
			continue
		}
		if !slices.Equal(was.library, k.library) || len(was.files) != len(k.files) {
			return nil
		}
		for n, f := range k.files {
			at, ok := slices.BinarySearchFunc(out, f, byPath)
			if !ok || was.files[n].Path != f.Path {
				return nil
			}
			if out[at].Hash() == f.Hash() {
				continue
			}
			if &out[0] == &last.files[0] {
				out = slices.Clone(out)
			}
			out[at] = f
		}
	}
	return out
}

// assemble puts the files together, with the tables and the modules of the library that any of them imports.
func (a *assembly) assemble(tables []output.File, library []string) {
	out, names := append(make([]output.File, 0, 2*len(a.kept)+len(tables)), tables...), slices.Clone(library)
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
	out = append(out, a.migrations.files...)
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
