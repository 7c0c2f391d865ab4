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
	"strings"
	"time"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/app"
	"github.com/qbls/qbls/compiler/emit/audit"
	"github.com/qbls/qbls/compiler/emit/authschema"
	"github.com/qbls/qbls/compiler/emit/link"
	"github.com/qbls/qbls/compiler/emit/naming"
	"github.com/qbls/qbls/compiler/emit/openapi"
	"github.com/qbls/qbls/compiler/emit/ordered"
	"github.com/qbls/qbls/compiler/emit/registry"
	"github.com/qbls/qbls/compiler/emit/schema"
	"github.com/qbls/qbls/compiler/emit/storage"
	"github.com/qbls/qbls/compiler/migrate"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/compiler/runtime"
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
}

// Result is what a compilation made.
type Result struct {
	Files       []output.File            // sorted by path; nil when Diagnostics has an error
	Diagnostics []diagnostics.Diagnostic // of compilation only: Snapshot.Diagnose has the rest
	Plans       []*migrate.Plan          // what the migrations do, one for each database
	Pending     []output.File            // with Options.Pending: files that a compilation without it would add below quickback/drizzle
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
	files, problems, err := b.files(ctx)
	if err != nil {
		return nil, err
	}
	r.Diagnostics = append(r.Diagnostics, problems...)
	if r.Failed() {
		return r, nil
	}
	report, violated, err := b.contracts(files, examined.Suppressed)
	if err != nil {
		return nil, fmt.Errorf("reporting on %s: %w", root, err)
	}
	r.Diagnostics = append(r.Diagnostics, violated...)
	if !r.Failed() {
		files = append(files, report...)
		sortFiles(files)
		r.Files, r.Plans, r.Pending = files, b.plan, b.pending
	}
	return r, nil
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
	s     *analysis.Snapshot
	p     *model.Project
	o     Options
	names *naming.Project
	auth  []*storage.Table
	db    *storage.Database

	prefixes map[model.ID]string
	plan     []*migrate.Plan
	pending  []output.File
}

func newBuild(s *analysis.Snapshot, p *model.Project, o Options) *build {
	names := naming.New(p)
	auth := authTables(authschema.Tables(app.AuthOptions(p)))
	given := auth
	if audit.Needed(p) {
		given = append(slices.Clone(auth), audit.Storage())
	}
	b := &build{s: s, p: p, o: o, names: names, auth: auth, db: storage.New(p, names, given)}
	b.prefixes = b.assignPrefixes()
	return b
}

func (b *build) files(ctx context.Context) ([]output.File, []diagnostics.Diagnostic, error) {
	var problems []diagnostics.Diagnostic
	library := map[string]bool{}
	var out []output.File
	for _, f := range runtime.Files() {
		library[strings.TrimSuffix(f.Name, ".ts")] = true
	}
	for _, r := range b.p.Resources {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		files, refused := b.resource(r)
		out, problems = append(out, files...), append(problems, refused...)
	}
	for _, f := range b.p.Features {
		out = append(out, schema.Feature(b.p, f, b.db)...)
	}
	linked, unresolved := link.Modules(b.linkInput(library), link.Entries(b.p))
	out, problems = append(out, linked...), append(problems, imports(unresolved)...)
	out = append(out, app.Files(app.Input{Project: b.p, Names: b.names, Database: b.db, Auth: b.auth})...)
	out = append(out, needed(out)...)
	migrations, pending, plans, refused := b.migrations()
	out, problems = append(out, migrations...), append(problems, refused...)
	b.plan, b.pending = plans, pending
	out = append(out, b.documents()...)
	sortFiles(out)
	return out, problems, nil
}

// needed returns the modules of the library that the emitted ones use.
func needed(emitted []output.File) []output.File {
	contents := make([][]byte, len(emitted))
	for i, f := range emitted {
		contents[i] = f.Content
	}
	var out []output.File
	for _, f := range runtime.Needed(contents) {
		out = append(out, output.File{Path: text.Path("src/lib/" + f.Name), Content: f.Content})
	}
	return out
}

func (b *build) documents() []output.File {
	var out []output.File
	if b.p.Config.OpenAPI {
		out = append(out, output.File{Path: openapi.Path, Content: ordered.JSON(openapi.Document(b.p, func(r *model.Resource) *openapi.Part { return openapi.Of(b.p, r, b.names) }))})
	}
	if b.p.Config.Registry {
		out = append(out, output.File{Path: registry.Path, Content: ordered.JSON(registry.Document(b.p, b.o.Version, b.o.GeneratedAt))})
	}
	return out
}

func (b *build) linkInput(library map[string]bool) link.Input {
	target := app.TargetOf(b.p)
	return link.Input{Project: b.p, Tree: b.s.Tree, Bun: target.Runtime == "bun",
		Library: func(module string) bool { return library[module] },
		Package: func(name string) bool { return app.Package(b.p, name) }, Batches: target.Database == "cloudflare-d1"}
}
