package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/contract"
	"github.com/qbls/qbls/compiler/migrate"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
	"github.com/qbls/qbls/lsp"
)

// saver writes what a server compiles on save: the code at once, and when nothing more is saved, the documents about it. It remembers what
// it made and wrote, so that a save makes and writes what has changed.
type saver struct {
	cache *compiler.Cache

	mu   sync.Mutex
	outs map[string]*saved // by folder of output
	rest *time.Timer       // until the memory that documents took is given back
}

// giveBack gives the memory that documents took back to the system when nothing is compiled for a while, and again waits with that.
func (s *saver) giveBack(after time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rest != nil {
		s.rest.Stop()
	}
	s.rest = time.AfterFunc(after, func() {
		runtime.GC() // what is pooled survives one collection
		debug.FreeOSMemory()
	})
}

// wait keeps memory from being given back while something is compiled.
func (s *saver) wait() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rest != nil {
		s.rest.Stop()
	}
}

func newSaver() *saver { return &saver{cache: compiler.NewCache(), outs: map[string]*saved{}} }

// saved is what is known of one folder of output.
type saved struct {
	folder     string
	files      *output.Known
	migrations migrate.Known

	mu         sync.Mutex
	pending    []output.File // that lie in .qbls/pending
	documented text.Hash     // what the documents on the disk were made of
}

func (s *saver) out(job lsp.Job) *saved {
	folder := outputFolder(job.Folder, job.Snapshot, job.Root)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.outs[folder] == nil {
		s.outs[folder] = &saved{folder: folder, files: output.NewKnown(output.Dir(folder))}
	}
	return s.outs[folder]
}

// compile compiles a project in memory. What is wrong with its definitions is an lsp.ErrRefused.
func (s *saver) compile(ctx context.Context, job lsp.Job, o compiler.Options) (*compiler.Result, error) {
	s.wait()
	if slices.ContainsFunc(job.Found, func(d diagnostics.Diagnostic) bool { return d.Rule.Severity == diagnostics.Error }) {
		return nil, lsp.ErrRefused
	}
	committed, err := s.out(job).migrations.Read(s.out(job).folder)
	if err != nil {
		return nil, err
	}
	o.Version, o.Cache, o.Committed, o.Getenv = versionString(), s.cache, committed, os.Getenv
	result, err := compiler.Compile(ctx, job.Snapshot, job.Root, o)
	if errors.Is(err, compiler.ErrRefused) {
		return nil, lsp.ErrRefused
	}
	if err != nil {
		return nil, err
	}
	job.Report(result.Diagnostics)
	if result.Failed() {
		return nil, fmt.Errorf("%w: %s", lsp.ErrRefused, result.Diagnostics[0].Message)
	}
	return result, nil
}

// whole compiles code and documents, and keeps a signed report where there is no key. The note is what to say about that.
func (s *saver) whole(ctx context.Context, job lsp.Job, o compiler.Options) (result *compiler.Result, note string, err error) {
	o.Unsigned = true // a missing key keeps nobody from working: the report is what waits for it
	if result, err = s.compile(ctx, job, o); err != nil {
		return nil, "", err
	}
	settings := contract.SettingsOf(job.Snapshot.Project(job.Root).Config.Source)
	note, err = keepSigned(output.Dir(s.out(job).folder), settings, result)
	return result, note, err
}

// preview compiles as the command does, with the time of the output that is there.
func (s *saver) preview(ctx context.Context, job lsp.Job) (*compiler.Result, error) {
	return s.compile(ctx, job, compiler.Options{GeneratedAt: writtenAt(output.Dir(s.out(job).folder))})
}

// code compiles a project and writes its code, verified. The pending migration follows with the documents.
func (s *saver) code(ctx context.Context, job lsp.Job) (string, error) {
	result, err := s.compile(ctx, job, compiler.Options{Draft: true, Pending: true})
	if err != nil {
		return "", err
	}
	out := s.out(job)
	plan, err := out.files.Update(ctx, result.Files, output.Later(compiler.Documents(job.Snapshot, job.Root)))
	if err != nil {
		return "", err
	}
	return "compiled: " + summary(plan), nil
}

// keep writes the pending migration, unless it is the one that is there.
func (o *saved) keep(pending []output.File) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.pending != nil && slices.EqualFunc(o.pending, pending, func(a, b output.File) bool { return a.Path == b.Path && bytes.Equal(a.Content, b.Content) }) {
		return nil
	}
	o.pending = nil // what is there is not known when this fails
	if err := migrate.WritePending(o.folder, pending); err != nil {
		return err
	}
	o.pending = slices.Concat([]output.File{}, pending)
	return nil
}

// documents writes everything, the pending migration, too, after a look at every file of the output. The time in it changes when anything else does. It returns what the
// user has to know about the report.
func (s *saver) documents(ctx context.Context, job lsp.Job) (string, error) {
	defer s.giveBack(time.Second)
	out := s.out(job)
	out.mu.Lock()
	before := out.documented
	out.mu.Unlock()
	made := madeOf(job)
	at := generatedAt()
	if before == made || before == (text.Hash{}) {
		at = writtenAt(output.Dir(out.folder))
	}
	result, note, err := s.whole(ctx, job, compiler.Options{GeneratedAt: at, Pending: true})
	if err == nil && before == (text.Hash{}) && !fixedTime() && !out.files.Holds(result.Files) {
		result, note, err = s.whole(ctx, job, compiler.Options{GeneratedAt: generatedAt(), Pending: true})
	}
	if err != nil {
		return "", err
	}
	if _, err := out.files.Sync(ctx, result.Files); err != nil {
		return "", err
	}
	out.mu.Lock()
	out.documented = made
	out.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return "", err // another save has been made meanwhile
	}
	if err := out.keep(result.Pending); err != nil {
		return "", err
	}
	return note, nil
}

// madeOf hashes what an output is made of: the texts of the project, and what evaluating them gave.
func madeOf(job lsp.Job) text.Hash {
	h := sha256.New()
	for p := range job.Snapshot.Files.Under(job.Root) {
		fmt.Fprintf(h, "%s %x\n", p, job.Snapshot.File(p).Hash)
	}
	for _, r := range job.Snapshot.Project(job.Root).Resources {
		h.Write(r.Hash[:])
	}
	return text.Hash(h.Sum(nil))
}

// writtenAt is the time that the registry of an output has, else now. A compilation on save keeps it as long as the output says the same: a
// file that only its clock changes would be written on every save.
func writtenAt(t output.Tree) time.Time {
	if fixedTime() {
		return generatedAt()
	}
	if at := stampOf(t); !at.IsZero() {
		return at
	}
	return generatedAt()
}
