package analysis

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"unsafe"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/parallel"
	"github.com/qbls/qbls/analysis/triage"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// examination is what was found last in a project, and of what, so that after an edit only the files are triaged again that it
// concerns. It is immutable.
type examination struct {
	config     *definition.File
	files      map[text.Path]*readFile
	results    []*checked // by resource
	folded     []*check.Folded
	told       map[*check.Folded]*saying
	rest       map[text.Path][]diagnostics.Diagnostic // what nothing of this says
	about      map[text.Path]*about
	shown      map[text.Path][]diagnostics.Diagnostic
	suppressed []diagnostics.Suppressed
}

// saying is what one file, one resource or one key of a project rule says, of whatever files.
type saying struct {
	by    string
	found []diagnostics.Diagnostic
	paths []text.Path // of the files
	first [1]text.Path
	at    map[text.Path][]int // places in found by file, when there are many; else nil
}

func newSaying(by string, found []diagnostics.Diagnostic) *saying {
	if len(found) == 0 {
		return nil
	}
	s := &saying{by: by, found: found}
	if len(found) > many {
		s.at = make(map[text.Path][]int)
		for i := range found {
			path := found[i].At.Path
			if s.at[path] == nil {
				s.paths = append(s.paths, path)
			}
			s.at[path] = append(s.at[path], i)
		}
		return s
	}
	s.paths = append(s.first[:0], found[0].At.Path)
	for _, d := range found[1:] {
		if !slices.Contains(s.paths, d.At.Path) {
			s.paths = append(s.paths, d.At.Path)
		}
	}
	return s
}

// many is how many findings are looked through for those in one file. A project rule may say something of every file.
const many = 16

// about adds what is said of a file, in the order in which it was found.
func (s *saying) about(path text.Path, out []diagnostics.Diagnostic) []diagnostics.Diagnostic {
	if s.at != nil {
		for _, i := range s.at[path] {
			out = append(out, s.found[i])
		}
		return out
	}
	for i := range s.found {
		if s.found[i].At.Path == path {
			out = append(out, s.found[i])
		}
	}
	return out
}

// about is what is said about one file.
type about struct {
	sayings    []*saying   // sorted
	pointed    []text.Path // other files that the findings point into
	suppressed []diagnostics.Suppressed
	stops      bool // see triage.OfFile
}

// outcome decides what of the findings is shown, after the last examination, of which at most some files have moved.
func (d *diagnosis) outcome(last, now *examination, moved []text.Path) triage.Outcome {
	known := func(code diagnostics.Code) *diagnostics.Rule { return d.s.codes[code] }
	levels, wrong := triage.ReadLevels(now.config, known, d.s.sortedCodes)
	d.add(wrong...)
	now.rest = byPath(d.rest)
	now.about, now.shown, now.suppressed = maps.Clone(last.about), maps.Clone(last.shown), last.suppressed
	if last.about == nil {
		now.about, now.shown = make(map[text.Path]*about, len(now.files)), make(map[text.Path][]diagnostics.Diagnostic, len(now.files))
	}
	in := triage.Input{Levels: levels, Known: known, File: d.s.File, Complete: d.linked.Complete}
	if now.retriage(slices.Collect(maps.Keys(now.stale(last, moved))), in) {
		now.suppressed = nil
		for _, path := range slices.Sorted(maps.Keys(now.about)) {
			now.suppressed = append(now.suppressed, now.about[path].suppressed...)
		}
	}
	d.p.memo.remember(now)
	if !in.Complete && !now.stops() {
		return now.whole(in)
	}
	return triage.Outcome{Found: now.shown, Suppressed: now.suppressed}
}

// stale updates what is said about which file, and returns the files of which something may be shown otherwise than last.
func (e *examination) stale(last *examination, moved []text.Path) map[text.Path]bool {
	stale, other := make(map[text.Path]bool, len(moved)), make(map[text.Path]bool, len(moved))
	for _, path := range moved {
		stale[path], other[path] = true, true
		if f := last.files[path]; f != nil {
			e.unsay(f.says, stale)
		}
		if f := e.files[path]; f != nil {
			e.say(f.says, stale)
		}
	}
	e.exchange(last.results, stale)
	e.refold(last, stale)
	for _, rest := range [2]map[text.Path][]diagnostics.Diagnostic{last.rest, e.rest} {
		for path := range rest {
			if !reflect.DeepEqual(last.rest[path], e.rest[path]) {
				stale[path] = true
			}
		}
	}
	for path, a := range e.about {
		if slices.ContainsFunc(a.pointed, func(p text.Path) bool { return other[p] }) {
			stale[path] = true
		}
	}
	return stale
}

// refold takes what was folded for what was folded last.
func (e *examination) refold(last *examination, stale map[text.Path]bool) {
	if e.told = last.told; len(e.folded) == len(last.folded) && unsafe.SliceData(e.folded) == unsafe.SliceData(last.folded) {
		return
	}
	e.told = make(map[*check.Folded]*saying, len(e.folded))
	for _, f := range e.folded {
		if e.told[f] = last.told[f]; e.told[f] == nil {
			e.told[f] = newSaying(f.By, f.Found)
			e.say(e.told[f], stale)
		}
	}
	for f, s := range last.told {
		if e.told[f] == nil {
			e.unsay(s, stale)
		}
	}
}

// exchange takes the results of the resources for the last ones; both are sorted by ID.
func (e *examination) exchange(old []*checked, stale map[text.Path]bool) {
	results := e.results
	for len(old) > 0 || len(results) > 0 {
		switch {
		case len(old) > 0 && len(results) > 0 && old[0] == results[0]:
			old, results = old[1:], results[1:]
		case len(results) == 0 || len(old) > 0 && old[0].of.ID <= results[0].of.ID:
			e.unsay(old[0].says, stale)
			old = old[1:]
		default:
			e.say(results[0].says, stale)
			results = results[1:]
		}
	}
}

// change calls f for what is said about each file that a saying has findings in.
func (e *examination) change(s *saying, stale map[text.Path]bool, f func(*about)) {
	if s == nil {
		return
	}
	for _, path := range s.paths {
		next := &about{}
		if last := e.about[path]; last != nil {
			*next = *last // which others have
		}
		f(next)
		e.about[path], stale[path] = next, true
	}
}

func (e *examination) say(s *saying, stale map[text.Path]bool) {
	e.change(s, stale, func(a *about) {
		at, _ := slices.BinarySearchFunc(a.sayings, s.by, func(s *saying, by string) int { return cmp.Compare(s.by, by) })
		a.sayings = slices.Concat(a.sayings[:at], []*saying{s}, a.sayings[at:])
	})
}

func (e *examination) unsay(s *saying, stale map[text.Path]bool) {
	e.change(s, stale, func(a *about) {
		a.sayings = slices.DeleteFunc(slices.Clone(a.sayings), func(other *saying) bool { return other == s })
	})
}

// retriage decides again what is shown of some files, and says whether a finding of them is or was suppressed. What is shown is a new
// list, also when it says the same.
func (e *examination) retriage(paths []text.Path, in triage.Input) (suppressions bool) {
	next, shown := make([]*about, len(paths)), make([][]diagnostics.Diagnostic, len(paths))
	parallel.For(len(paths), func(i int) { next[i], shown[i] = e.triage(paths[i], in) })
	for i, path := range paths {
		if last := e.about[path]; last != nil && len(last.suppressed) > 0 || next[i] != nil && len(next[i].suppressed) > 0 {
			suppressions = true
		}
		if e.about[path] = next[i]; next[i] == nil {
			delete(e.about, path)
		}
		if e.shown[path] = shown[i]; len(shown[i]) == 0 {
			delete(e.shown, path)
		}
	}
	return suppressions
}

// triage decides what is shown of one file; nil where nothing is said about it.
func (e *examination) triage(path text.Path, in triage.Input) (*about, []diagnostics.Diagnostic) {
	in.Found = e.said(path)
	if f := e.files[path]; f != nil {
		in.Directives = f.directives
	}
	if len(in.Found)+len(in.Directives) == 0 {
		return nil, nil
	}
	next := &about{}
	if last := e.about[path]; last != nil {
		next.sayings = last.sayings
	}
	var shown []diagnostics.Diagnostic
	shown, next.suppressed, next.stops = triage.OfFile(in)
	for _, d := range shown {
		for _, r := range d.Related {
			if r.At.Path != path {
				next.pointed = append(next.pointed, r.At.Path)
			}
		}
	}
	return next, slices.Clip(shown)
}

// said is everything that was found in a file.
func (e *examination) said(path text.Path) (out []diagnostics.Diagnostic) {
	if a := e.about[path]; a != nil {
		for _, s := range a.sayings {
			out = s.about(path, out)
		}
	}
	return append(out, e.rest[path]...)
}

// stops says whether an error is shown that was found in some file.
func (e *examination) stops() bool {
	for _, a := range e.about {
		if a.stops {
			return true
		}
	}
	return false
}

// whole triages everything together: of a project that is incomplete, an error is shown whatever its files say about it.
func (e *examination) whole(in triage.Input) triage.Outcome {
	paths := slices.Sorted(maps.Keys(e.about))
	for _, path := range paths {
		in.Found = append(in.Found, e.said(path)...)
		if f := e.files[path]; f != nil {
			in.Directives = append(in.Directives, f.directives...)
		}
	}
	return triage.Apply(in)
}

func byPath(list []diagnostics.Diagnostic) map[text.Path][]diagnostics.Diagnostic {
	out := map[text.Path][]diagnostics.Diagnostic{}
	for _, d := range list {
		out[d.At.Path] = append(out[d.At.Path], d)
	}
	return out
}
