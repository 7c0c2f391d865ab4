package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// fixed is what safe fixes make of a workspace. Nothing is written yet.
type fixed struct {
	folder string
	before *analysis.Snapshot
	after  *analysis.Snapshot
	files  []text.Path // that differ, sorted
	count  int         // fixes that were applied
}

// maxRounds ends fixes that undo each other. A fix that needs another one first comes in the next round.
const maxRounds = 25

// fix applies the safe fixes of chosen findings until there are none. The workspace then holds the fixed files, as if an editor
// had them open; the disk is as it was.
func (w *workspace) fix(ctx context.Context, chosen only) (*fixed, error) {
	out := &fixed{folder: w.folder, before: w.Current()}
	errors, found, err := w.fixable(ctx, chosen)
	if err != nil {
		return nil, err
	}
	for range maxRounds {
		changes, n := applyFixes(w.Current(), found)
		if n == 0 {
			break
		}
		round := w.Current()
		w.Apply(changes...)
		now, rest, err := w.fixable(ctx, chosen)
		if err != nil {
			return nil, err
		}
		if now > errors { // a fix was not as safe as it said
			w.Load(round.Files)
			break
		}
		errors, found, out.count = now, rest, out.count+n
	}
	out.after = w.Current()
	for p := range out.after.Files.Paths() {
		if a, b := out.before.File(p), out.after.File(p); a != nil && b != nil && a.Text != b.Text {
			out.files = append(out.files, p)
		}
	}
	slices.Sort(out.files)
	return out, nil
}

// fixable counts the errors of the workspace and lists the findings with a safe fix, in reading order.
func (w *workspace) fixable(ctx context.Context, chosen only) (errors int, list []diagnostics.Diagnostic, err error) {
	s := w.Current()
	for _, root := range s.Projects() {
		found, err := s.Diagnose(ctx, root)
		if err != nil {
			return 0, nil, failed(err)
		}
		for _, p := range slices.Sorted(maps.Keys(found)) {
			for _, d := range found[p] {
				if d.Rule.Severity == diagnostics.Error {
					errors++
				}
				if _, ok := safeFix(d); ok && chosen.has(d) {
					list = append(list, d)
				}
			}
		}
	}
	return errors, list, nil
}

func safeFix(d diagnostics.Diagnostic) (diagnostics.Fix, bool) {
	i := slices.IndexFunc(d.Fixes, func(f diagnostics.Fix) bool { return f.Safe })
	if i < 0 {
		return diagnostics.Fix{}, false
	}
	return d.Fixes[i], true
}

// applyFixes makes one round of changes: every fix whole or not at all, and none that meets one before it.
func applyFixes(s *analysis.Snapshot, found []diagnostics.Diagnostic) (changes []source.Change, n int) {
	edits := map[text.Path][]text.Edit{}
	for _, d := range found {
		f, _ := safeFix(d)
		if meets(edits, f.Edits) {
			continue
		}
		for p, list := range f.Edits {
			edits[p] = append(edits[p], list...)
		}
		n++
	}
	for _, p := range slices.Sorted(maps.Keys(edits)) {
		file := s.File(p)
		if file == nil {
			return nil, 0
		}
		content, err := text.Apply(file.Text, edits[p])
		if err != nil {
			return nil, 0
		}
		changes = append(changes, source.Change{Path: p, File: text.NewFile(p, content), Open: true})
	}
	return changes, n
}

// meets says whether edits overlap or touch: two insertions at one place have no order of their own.
func meets(taken, more map[text.Path][]text.Edit) bool {
	for p, list := range more {
		for _, e := range list {
			if slices.ContainsFunc(taken[p], func(t text.Edit) bool { return e.Span.Start <= t.Span.End && t.Span.Start <= e.Span.End }) {
				return true
			}
		}
	}
	return false
}

// diff prints what would change, as `git apply` and `patch -p1` understand it.
func (f *fixed) diff(out io.Writer) error {
	for _, p := range f.files {
		if _, err := io.WriteString(out, udiff.Unified("a/"+string(p), "b/"+string(p), f.before.File(p).Text, f.after.File(p).Text)); err != nil {
			return err
		}
	}
	return nil
}

const byteOrderMark = "\ufeff"

// write brings the fixed files to the disk, all or none. Before the first is exchanged, every one is looked at, as it may not be what
// was checked any more, and lies beside its original.
func (f *fixed) write() error {
	ready := make([]*replacement, 0, len(f.files))
	defer func() {
		for _, r := range ready {
			r.discard()
		}
	}()
	for _, p := range f.files {
		now, err := os.ReadFile(f.path(p))
		if err != nil {
			return unreadable("nothing was fixed: %w", err)
		}
		plain := strings.TrimPrefix(string(now), byteOrderMark)
		if plain != f.before.File(p).Text {
			return unreadable("nothing was fixed: %s has changed since it was checked. Run again", f.path(p))
		}
		r, err := replace(f.path(p), string(now[:len(now)-len(plain)])+f.after.File(p).Text)
		if err != nil {
			return unreadable("nothing was fixed: %s cannot be written: %w. Make it writable, or see with --fix --dry-run what would change", f.path(p), err)
		}
		ready = append(ready, r)
	}
	for i, r := range ready {
		if err := r.commit(); err != nil {
			return failed(fmt.Errorf("%d of %d files are fixed: %w", i, len(f.files), err))
		}
	}
	return nil
}

func (f *fixed) path(p text.Path) string {
	return filepath.Join(f.folder, filepath.FromSlash(string(p)))
}

// replacement is a file that lies beside the one whose place it takes.
type replacement struct{ temp, name string }

func (r *replacement) commit() error { return os.Rename(r.temp, r.name) }

// discard removes what was not committed.
func (r *replacement) discard() { _ = os.Remove(r.temp) }

// replace prepares a file so that a reader sees the old content or the new, with the old one's permissions. What a link leads
// to is replaced, not the link. A file that nobody may write is not.
func replace(name, content string) (_ *replacement, err error) {
	if name, err = filepath.EvalSymlinks(name); err != nil {
		return nil, err
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o222 == 0 {
		return nil, errors.New("the file is read-only")
	}
	temp, err := os.CreateTemp(filepath.Dir(name), ".qbls-fix-*")
	if err != nil {
		return nil, cause(err)
	}
	r := &replacement{temp.Name(), name}
	_, err = temp.WriteString(content)
	err = errors.Join(err, temp.Chmod(info.Mode().Perm()), temp.Sync(), temp.Close())
	if err != nil {
		r.discard()
		return nil, cause(err)
	}
	return r, nil
}

// cause leaves out the name of a file that nobody has heard of.
func cause(err error) error {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("%w in its folder", at.Err)
	}
	return err
}
