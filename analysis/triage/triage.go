// Package triage decides what is shown of what was found, and how bad it is: suppressions in comments, and the levels of the
// configuration. The editor and the commands get their findings from here, so that they agree.
//
// In order: a comment in place suppresses; then the level of a code counts, then that of its family, then the rule's own.
// It fails closed. Errors about what could not be understood can be neither suppressed nor lowered, security rules can only
// be suppressed, and a project that is incomplete always shows an error.
package triage

import (
	"slices"

	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Input is everything that was found in a project, and what it says about findings.
type Input struct {
	Found      []diagnostics.Diagnostic
	Directives []Directive
	Levels     Levels
	Known      func(diagnostics.Code) *diagnostics.Rule // nil for a code that no check reports
	File       func(text.Path) *text.File
	Complete   bool // nothing of the project was left out
}

// Outcome is what is shown and what is not.
type Outcome struct {
	Found      map[text.Path][]diagnostics.Diagnostic // each list sorted; files without findings are left out
	Suppressed []diagnostics.Suppressed               // sorted
}

// Apply triages findings. The input is left alone.
func Apply(in Input) Outcome {
	t := apply(in)
	t.keepAnError()
	t.reportDirectives()
	return t.outcome()
}

// OfFile triages what was found in one file, whatever was found in others: what Apply shows of it and suppresses in it, in projects
// that are complete, and in others when an error is shown of any of their files. That stops tells; what is wrong with a suppression
// is not meant.
func OfFile(in Input) (shown []diagnostics.Diagnostic, suppressed []diagnostics.Suppressed, stops bool) {
	t := apply(in)
	stops = t.stops()
	t.reportDirectives()
	diagnostics.Sort(t.shown)
	sortSuppressed(t.suppressed)
	return t.shown, t.suppressed, stops
}

func apply(in Input) triage {
	t := triage{in: in, shown: make([]diagnostics.Diagnostic, 0, len(in.Found)), used: make([]bool, len(in.Directives))}
	for i, d := range in.Directives {
		if t.byLine == nil {
			t.byLine = map[line][]int{}
		}
		if d.effective(in.Known) {
			t.byLine[line{d.At.Path, d.Line, d.Code}] = append(t.byLine[line{d.At.Path, d.Line, d.Code}], i)
		}
	}
	for _, d := range in.Found {
		if !t.suppress(d) {
			t.show(d)
		}
	}
	return t
}

type line struct {
	path text.Path
	line uint32
	code diagnostics.Code
}

type triage struct {
	in         Input
	byLine     map[line][]int // directives
	used       []bool
	shown      []diagnostics.Diagnostic
	off        []diagnostics.Diagnostic // errors that a level has lowered
	suppressed []diagnostics.Suppressed
}

func (t *triage) suppress(d diagnostics.Diagnostic) bool {
	if len(t.byLine) == 0 || d.Rule == nil || !d.Rule.Suppressible() {
		return false
	}
	file := t.in.File(d.At.Path)
	if file == nil {
		return false
	}
	at := file.Position(int(d.At.Span.Start), text.UTF8).Line
	by := t.byLine[line{d.At.Path, at, d.Rule.Code}]
	for _, i := range by {
		t.used[i] = true
	}
	if len(by) == 0 {
		return false
	}
	first := t.in.Directives[by[0]]
	t.suppressed = append(t.suppressed, diagnostics.Suppressed{Diagnostic: d, Reason: first.Reason, By: first.At})
	return true
}

// show adds a finding at the level of the configuration.
func (t *triage) show(d diagnostics.Diagnostic) {
	level := t.in.Levels.of(d.Rule)
	if level == own {
		t.shown = append(t.shown, d)
		return
	}
	if d.Rule.Severity == diagnostics.Error && level != asError {
		t.off = append(t.off, d)
	}
	if level != off {
		d.Rule = d.Rule.With(level.severity())
		t.shown = append(t.shown, d)
	}
}

// keepAnError shows what was suppressed or lowered when nothing else says why an incomplete project is not compiled.
func (t *triage) keepAnError() {
	if t.in.Complete || t.stops() {
		return
	}
	var rest []diagnostics.Suppressed
	for _, s := range t.suppressed {
		if s.Rule.Severity == diagnostics.Error {
			t.shown = append(t.shown, s.Diagnostic)
		} else {
			rest = append(rest, s)
		}
	}
	t.suppressed = rest
	t.shown = append(t.shown, t.off...)
}

// stops says whether an error is shown.
func (t *triage) stops() bool {
	return slices.ContainsFunc(t.shown, func(d diagnostics.Diagnostic) bool { return d.Rule == nil || d.Rule.Severity == diagnostics.Error })
}

func (t *triage) outcome() Outcome {
	out := Outcome{Found: make(map[text.Path][]diagnostics.Diagnostic, len(t.shown)), Suppressed: t.suppressed}
	for rest := t.shown; len(rest) > 0; { // most findings of a file come together
		n := 1
		for n < len(rest) && rest[n].At.Path == rest[0].At.Path {
			n++
		}
		if list, more := out.Found[rest[0].At.Path]; more {
			out.Found[rest[0].At.Path] = append(list, rest[:n]...)
		} else {
			out.Found[rest[0].At.Path] = rest[:n:n]
		}
		rest = rest[n:]
	}
	for _, list := range out.Found {
		diagnostics.Sort(list)
	}
	sortSuppressed(out.Suppressed)
	return out
}
