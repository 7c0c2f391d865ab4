// Package evaluate settles what static reading cannot know, by running the project's definitions in a sandbox: bundled whole, in a
// child process with limits of processor time and memory, after a save and never on a keystroke, and only in workspaces that are trusted.
//
// Every expression that static reading left as a gap is marked before bundling (`e` becomes `__at(17, (e))`), so that its value keeps
// the site it came from. The definition API, Drizzle and Zod are recorders: what they are asked for comes back as data. Other packages
// can be imported and not used. The child gets texts and gives data; it has no environment, no files, no clock and no chance.
//
// JavaScript engines are no sandboxes by themselves: goja's Interrupt does not stop 'x'.repeat(2**29) or a backtracking look-ahead,
// and it has no limit of memory. So the whole process is the unit that is limited and killed, bundling included; a killed evaluation
// is a diagnostic where it happened. Facts hold as long as every text that was read stays the same (Facts.Key).
package evaluate

import (
	"context"
	"errors"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Limits bound one evaluation. What exceeds them is killed and reported. The limit of memory is fixed: 384 MiB of data.
type Limits struct {
	Time time.Duration // processor time of running the definitions, and of joining them before; both have perFile more for each file beyond the first hundred
}

// perFile is what honest definitions need beyond the limit when there are many: a large project is not a hostile one.
const perFile = 5 * time.Millisecond

func (l Limits) of(files int) time.Duration {
	return l.Time + perFile*time.Duration(max(files-100, 0))
}

// DefaultLimits fit definitions, and let a command answer within five seconds where nothing else keeps the processors busy.
func DefaultLimits() Limits { return Limits{Time: 3 * time.Second} }

// Options say what to evaluate.
type Options struct {
	Limits Limits            // zero: DefaultLimits
	All    bool              // every file that declares something, not only those with gaps; Facts.Modules is filled
	Env    map[string]string // the declared environment: all that process.env has
	Unset  []string          // declared variables without a value: undefined, where any other name is an error
	// LookupEnv finds the variables that the configuration declares, for compiler.Settle; nil for none.
	LookupEnv func(name string) (value string, ok bool)
	CacheDir  string // folder of the cache on disk, "" for none; only for trusted workspaces, and never used with All
}

// Facts are what an evaluation found. The zero Facts know nothing.
type Facts struct {
	Key     text.Hash               // of everything that was read: equal keys, equal facts
	Values  map[text.Place]Fact     // by the place of the gap; of what is spread, also by the place without the dots
	Modules map[text.Path]Value     // with Options.All: the default export and the tables of each module, by name
	Texts   map[text.Path]text.Hash // what was read
}

// Fact is what became of one unknown expression.
type Fact struct {
	Value  Value
	Source string // the value as TypeScript that static reading takes, "" when there is none
	Err    string // why there is none
}

// Settled returns the value at a place as TypeScript, for static reading to take instead of the expression.
func (f *Facts) Settled(at text.Place) (source string, ok bool) {
	if f == nil {
		return "", false
	}
	v := f.Values[at]
	return v.Source, v.Source != ""
}

// Fits says whether the facts still hold: hash gives the hash of a file's text now, and false when there is no such file.
func (f *Facts) Fits(hash func(text.Path) (text.Hash, bool)) bool {
	if f == nil {
		return false
	}
	for p, was := range f.Texts {
		if now, ok := hash(p); !ok || now != was {
			return false
		}
	}
	return true
}

// Evaluator runs evaluations in one child process, which is kept warm and replaced when it is lost. It is safe for concurrent
// use; evaluations wait for each other. Close ends the child.
type Evaluator struct {
	command []string
	turn    chan struct{} // holds the right to use child and cache

	child  *process
	cache  cache
	closed bool
}

// ErrClosed is returned by an Evaluator that was closed.
var ErrClosed = errors.New("the evaluator is closed")

// New returns an evaluator whose child is this program, run as `<program> __evaluate` (see Child). command replaces that, when given.
func New(command ...string) *Evaluator {
	e := &Evaluator{command: command, turn: make(chan struct{}, 1)}
	e.turn <- struct{}{}
	return e
}

// Close ends the child and returns when it is gone.
func (e *Evaluator) Close() {
	<-e.turn
	defer func() { e.turn <- struct{}{} }()
	e.closed = true
	e.drop()
}

func (e *Evaluator) drop() {
	if e.child != nil {
		e.child.kill()
		e.child = nil
	}
}

// Run evaluates what static reading could not settle in a project. What is wrong with the definitions is in the diagnostics, sorted.
// The error is the context's, ErrClosed, or that the sandbox cannot be started. A project without gaps starts nothing.
func (e *Evaluator) Run(ctx context.Context, s *analysis.Snapshot, root text.Path, o Options) (Facts, []diagnostics.Diagnostic, error) {
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits()
	}
	p := newPlan(s, root, o.All)
	if len(p.files) == 0 || len(p.sites) == 0 && !o.All {
		return Facts{}, nil, nil
	}
	key := p.key(o)
	select {
	case <-e.turn:
		defer func() { e.turn <- struct{}{} }()
	case <-ctx.Done():
		return Facts{}, nil, ctx.Err()
	}
	if e.closed {
		return Facts{}, nil, ErrClosed
	}
	if out, ok := e.cache.get(key, p, o); ok {
		facts, found := p.report(out, nil)
		facts.Key = key
		return facts, found, nil
	}
	out, lost, err := e.ask(ctx, p.job(o), o.Limits.of(len(p.files)))
	if err != nil {
		return Facts{}, nil, err
	}
	if out != nil {
		e.cache.put(key, out, o)
	}
	facts, found := p.report(out, lost)
	facts.Key = key
	return facts, found, nil
}

// ask gives a job to the child. A warm child that is lost before anything ran is replaced once.
func (e *Evaluator) ask(ctx context.Context, j *job, limit time.Duration) (*outcome, *crash, error) {
	if e.child != nil {
		select {
		case <-e.child.ended:
			e.drop()
		default:
		}
	}
	warm := e.child != nil
	if !warm {
		child, err := start(ctx, e.program())
		if err != nil {
			return nil, nil, err
		}
		e.child = child
	}
	out, lost, err := e.child.run(ctx, j, limit)
	if out == nil {
		e.drop()
	}
	if warm && lost != nil && lost.kind == "ended" && lost.running < 0 {
		return e.ask(ctx, j, limit) // it ended while it was idle: not these definitions' doing
	}
	return out, lost, err
}

// program is the command line of the child.
func (e *Evaluator) program() []string {
	if len(e.command) > 0 {
		return e.command
	}
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	return []string{self, ChildCommand}
}

// texts are the hashes of what a plan reads.
func (p *plan) texts() map[text.Path]text.Hash {
	out := make(map[text.Path]text.Hash, len(p.files))
	for _, f := range p.files {
		out[f.tree.File().Path] = f.tree.File().Hash
	}
	return out
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
