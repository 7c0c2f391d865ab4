// Package compiler turns a snapshot of a project into the files of its backend. There is one pipeline for the editor's save, the shell
// and CI: the same snapshot and options give the same bytes.
//
// It fails closed: a project with an error, an incomplete one, or one that asks for what this version does not emit gives no files at
// all, and whatever was emitted before stays as it is.
package compiler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/contract"
	"github.com/qbls/qbls/compiler/emit/app"
	"github.com/qbls/qbls/compiler/emit/link"
	"github.com/qbls/qbls/compiler/emit/openapi"
	"github.com/qbls/qbls/compiler/emit/registry"
	"github.com/qbls/qbls/compiler/migrate"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// ErrRefused is returned when the snapshot's own diagnostics have an error: they say why, and nothing is emitted.
var ErrRefused = errors.New("the project has errors")

// ErrNoProject is returned for a root that is no project of the snapshot.
var ErrNoProject = errors.New("there is no project")

// Options are the inputs that are not in the project.
type Options struct {
	Version     string    // of qbls; written to the schema registry
	GeneratedAt time.Time // the only clock, written to the schema registry
	Cache       *Cache    // nil: nothing is kept

	Unsigned bool                // a key that the configuration requires may be missing: nothing is published
	Getenv   func(string) string // holds the key that signs the report; nil: nothing is set

	Committed *migrate.Committed // the migrations that the project has; nil: none
	Pending   bool               // a new migration is not added to them, but returned apart (Result.Pending)

	Draft bool // code alone: the documents about it come later (Documents)
}

// Result is what a compilation made.
type Result struct {
	Files       []output.File            // sorted by path, not to be changed; nil when Diagnostics has an error
	Diagnostics []diagnostics.Diagnostic // of compilation only: Snapshot.Diagnose has the rest
	Plans       []*migrate.Plan          // what the migrations do, one for each database
	Pending     []output.File            // with Options.Pending, but without Options.Draft: files that a compilation without it would add below quickback/drizzle
}

// Failed says whether an error kept the files from being made.
func (r *Result) Failed() bool {
	for _, d := range r.Diagnostics {
		if d.Rule.Severity == diagnostics.Error {
			return true
		}
	}
	return false
}

// Compile makes the files of a project. It returns ErrNoProject, ErrRefused, or the context's error; what this version cannot emit is
// in Result.Diagnostics.
func Compile(ctx context.Context, s *analysis.Snapshot, root text.Path, o Options) (*Result, error) {
	p := s.Project(root)
	if p == nil {
		return nil, fmt.Errorf("%s: %w", root, ErrNoProject)
	}
	examined, err := s.Examine(ctx, root)
	if err != nil {
		return nil, fmt.Errorf("diagnosing %s: %w", root, err)
	}
	if hasError(examined.Found) || !p.Complete {
		return nil, ErrRefused
	}
	config := s.Definition(p.Config.Path)
	r := &Result{Diagnostics: targets(p, func(a text.Anchor) text.Place { return config.Place(a) })}
	if r.Failed() {
		return r, nil
	}
	b := newBuild(s, p, o)
	files, problems, err := b.code(ctx)
	if err != nil {
		return nil, err
	}
	if r.Diagnostics = append(r.Diagnostics, problems...); r.Failed() {
		return r, nil
	}
	if o.Draft {
		err = b.draft(r, files)
	} else {
		err = b.whole(ctx, r, files, examined.Suppressed)
	}
	if err != nil {
		return nil, fmt.Errorf("compiling %s: %w", root, err)
	}
	return r, nil
}

// draft completes a result with code alone, which is verified.
func (b *build) draft(r *Result, files []output.File) error {
	settings := contract.SettingsOf(b.p.Config.Source)
	r.Diagnostics = append(r.Diagnostics, b.violated(contract.Code(b.verification(files, nil, settings)), settings)...)
	r.complete(b, files)
	return nil
}

// whole completes a result with code, documents and the report about both.
func (b *build) whole(ctx context.Context, r *Result, files []output.File, suppressed []diagnostics.Suppressed) error {
	documents, err := b.documents(ctx)
	if err != nil {
		return err
	}
	files = slices.Concat(files, documents)
	sortFiles(files)
	report, violated, err := b.contracts(ctx, files, suppressed)
	if err != nil {
		return err
	}
	r.Diagnostics = append(r.Diagnostics, violated...)
	r.complete(b, append(slices.Clip(files), report...))
	return ctx.Err()
}

// complete takes files over, unless something forbids them.
func (r *Result) complete(b *build, files []output.File) {
	if r.Failed() {
		return
	}
	if !slices.IsSortedFunc(files, byPath) {
		sortFiles(files)
	}
	r.Files, r.Plans, r.Pending = files, b.plans, b.pending
}

// Documents returns what tells the files of an output that describe it, which a draft leaves for later: openapi.json, the registry, the
// report with its signatures.
func Documents(s *analysis.Snapshot, root text.Path) func(text.Path) bool {
	list := []text.Path{openapi.Path, registry.Path}
	if p := s.Project(root); p != nil {
		list = append(list, reportFiles(contract.SettingsOf(p.Config.Source))...)
	}
	return func(p text.Path) bool { return slices.Contains(list, p) }
}

// Write brings a folder of output to the state of a result: only owned files are replaced or removed.
func Write(ctx context.Context, t output.Tree, r *Result, opts ...output.Option) (*output.Plan, error) {
	if r.Failed() {
		return nil, ErrRefused
	}
	return output.Sync(ctx, t, r.Files, opts...)
}

func hasError(found map[text.Path][]diagnostics.Diagnostic) bool {
	for _, list := range found {
		for _, d := range list {
			if d.Rule.Severity == diagnostics.Error {
				return true
			}
		}
	}
	return false
}

// build is one compilation.
type build struct {
	s      *analysis.Snapshot
	p      *model.Project
	o      Options
	memory *memory
	facts  []facts // of the project's resources
	*frame
	kept    []*kept       // what was emitted of each resource
	library []output.File // as the project needs it
	plans   []*migrate.Plan
	pending []output.File
}

func newBuild(s *analysis.Snapshot, p *model.Project, o Options) *build {
	b := &build{s: s, p: p, o: o, memory: o.Cache.of(p.Root)}
	b.facts = b.memory.factsOf(p)
	b.frame = b.frameOf(b.memory)
	return b
}

func (b *build) linkInput(library map[string]bool) link.Input {
	target := app.TargetOf(b.p)
	return link.Input{Project: b.p, Tree: b.s.Tree, Bun: target.Runtime == "bun",
		Library: func(module string) bool { return library[module] },
		Package: func(name string) bool { return app.Package(b.p, name) }, Batches: target.Database == "cloudflare-d1"}
}
