package output

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/qbls/qbls/diagnostics/text"
)

// Action is what happens to a path.
type Action uint8

const (
	Create   Action = iota // is not there yet
	Replace                // ours, with another content
	Remove                 // ours, and no longer emitted
	Keep                   // is what is emitted
	Conflict               // somebody else's, or edited by hand: nothing is written while there is one
)

func (a Action) String() string {
	return [...]string{"create", "replace", "remove", "keep", "conflict"}[a]
}

// Step is what happens to one path, and why when it cannot.
type Step struct {
	Action  Action
	Path    text.Path
	Content []byte // what is written by Create and Replace
	Reason  string // of a Conflict, to a person

	hash    text.Hash // of Content
	was     text.Hash // what the plan saw on disk
	existed bool
	forced  bool
}

// Plan is everything that a write will do, in the order of paths.
type Plan struct {
	Steps []Step

	old, next Manifest
	kept      int // files that no step is about: they are as they were left
	err       error
}

type options struct {
	force bool
	later func(text.Path) bool
}

// Option changes how a plan is made.
type Option func(*options)

// Force turns conflicts into replacements and removals: what was edited by hand is lost.
func Force() Option { return func(o *options) { o.force = true } }

// Later leaves the files alone that are not emitted this time, but will be: those stay owned, whatever they hold.
func Later(is func(text.Path) bool) Option { return func(o *options) { o.later = is } }

// NewPlan compares what is emitted with what is owned and with what is on disk. disk answers for any path with the hash of
// its content and whether it is there; something that is there and cannot be read has a hash that nothing has.
//
// Files that cannot be written together or whose paths leave the folder make a plan that refuses to be written; Err says
// so before.
func NewPlan(old Manifest, disk func(text.Path) (text.Hash, bool), files []File, opts ...Option) *Plan {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	p := &Plan{old: old, next: Manifest{Version: manifestVersion, Owned: map[text.Path]text.Hash{}, Pending: map[text.Path]text.Hash{}}}
	if p.err = checkFiles(files); p.err != nil {
		return p
	}
	emitted := make(map[text.Path]bool, len(files))
	for _, f := range files {
		emitted[f.Path] = true
		s := Step{Path: f.Path, Content: f.Content, hash: f.Hash()}
		s.was, s.existed = disk(f.Path)
		s.write(old, f.From, o.force)
		p.next.Owned[f.Path] = s.hash
		p.Steps = append(p.Steps, s)
	}
	for _, path := range slices.Sorted(maps.Keys(union(old.Owned, old.Pending))) {
		if emitted[path] {
			continue
		}
		if o.later != nil && o.later(path) {
			p.next.leave(old, path)
			continue
		}
		s := Step{Path: path}
		if s.was, s.existed = disk(path); s.existed {
			s.remove(old, o.force)
			p.Steps = append(p.Steps, s)
		}
	}
	slices.SortFunc(p.Steps, func(a, b Step) int { return strings.Compare(string(a.Path), string(b.Path)) })
	return p
}

// write decides about a file that is emitted.
func (s *Step) write(old Manifest, from *text.Hash, force bool) {
	switch {
	case !s.existed:
		s.Action = Create
	case s.was == s.hash: // whoever wrote it, it is what we would write
		s.Action = Keep
	case old.ours(s.Path, s.was), from != nil && *from == s.was:
		s.Action = Replace
	case force:
		s.Action, s.forced = Replace, true
	default:
		s.Action, s.Reason = Conflict, "was not written by qbls"
		if _, owned := old.Owned[s.Path]; owned {
			s.Reason = "was edited by hand"
		}
	}
}

// remove decides about a file that is owned and no longer emitted.
func (s *Step) remove(old Manifest, force bool) {
	switch {
	case old.ours(s.Path, s.was):
		s.Action = Remove
	case force:
		s.Action, s.forced = Remove, true
	default:
		s.Action, s.Reason = Conflict, "is no longer emitted, and was edited by hand"
	}
}

func union(a, b map[text.Path]text.Hash) map[text.Path]text.Hash {
	out := maps.Clone(a)
	if out == nil {
		out = map[text.Path]text.Hash{}
	}
	maps.Copy(out, b)
	return out
}

// Err says why the plan can never be written, whatever is on disk: a path that leaves the folder, or two files in one place.
func (p *Plan) Err() error { return p.err }

// Conflicts returns the steps that keep the plan from being written, in the order of paths.
func (p *Plan) Conflicts() []Step { return p.only(Conflict) }

// Changes returns the steps that write or remove something, in the order of paths.
func (p *Plan) Changes() []Step { return p.only(Create, Replace, Remove) }

// Kept is how many files are what is emitted already.
func (p *Plan) Kept() int { return p.kept + len(p.only(Keep)) }

func (p *Plan) only(actions ...Action) []Step {
	var out []Step
	for _, s := range p.Steps {
		if slices.Contains(actions, s.Action) {
			out = append(out, s)
		}
	}
	return out
}

// ConflictError says that files of somebody else are in the way. Nothing was written.
type ConflictError struct{ Conflicts []Step }

func (e *ConflictError) Error() string {
	var b strings.Builder
	b.WriteString("output: nothing was written, since these files are not as qbls left them:")
	for _, s := range e.Conflicts {
		fmt.Fprintf(&b, "\n  %s %s", s.Path, s.Reason)
	}
	return b.String()
}
