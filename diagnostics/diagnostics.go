// Package diagnostics is what qbls says about text. It knows the shape of rules and of what they report, but not one concrete
// rule: a rule's value sits in the file of the package that reports it (syntax, definition, check, compiler).
package diagnostics

import "github.com/qbls/qbls/diagnostics/text"

// Code is "QB" and four digits. A code is never reused.
//
// 1xxx syntax and shape, 2xxx references, 3xxx firewall, 4xxx access, 5xxx guards, 6xxx masking and views,
// 7xxx actions and workflows, 8xxx configuration and storage, 9xxx contracts and internal.
type Code string

// Severity orders diagnostics by what they stop: an Error stops compilation.
type Severity uint8

const (
	Error Severity = iota
	Warning
	Info
)

func (s Severity) String() string { return [...]string{"error", "warning", "info"}[s] }

// Rule is the documentation of one code: data, without behaviour. Everything a user reads about a rule is made from it.
type Rule struct {
	Code     Code
	Title    string // a sentence without a full stop
	Why      string // the harm, not the style
	Fix      string // what to do about it, in a sentence
	Since    string // version that introduced it
	Severity Severity
	Locked   bool   // a security rule: the configuration cannot lower it
	Waivable bool   // an error that can be suppressed in place, because what is compiled despite it is exactly what is declared
	Bad      string // body of features/things/things.ts (or the config, for 8xxx) that gives exactly this code; a test compiles it
	Good     string // the same, mended: gives none
	Related  []Code
	CWE      []int
}

// Suppressible says whether a comment in place, with a reason, may keep a finding from being shown. An error is only when
// the rule says so: most errors are about what could not be understood, and no reason makes that understood.
func (r *Rule) Suppressible() bool { return r.Severity != Error || r.Waivable }

// Lowers says whether the configuration may give the rule a severity below its own. It may neither lower what protects nor
// what could not be understood.
func (r *Rule) Lowers() bool { return r.Suppressible() && !r.Locked }

// With returns the rule as a project configures it: the same documentation with another severity.
func (r *Rule) With(s Severity) *Rule {
	if r.Severity == s {
		return r
	}
	out := *r
	out.Severity = s
	return &out
}

// Suppressed is a finding that a comment keeps from being shown.
type Suppressed struct {
	Diagnostic
	Reason string
	By     text.Place // of the code in the comment
}

// Diagnostic is one finding.
type Diagnostic struct {
	Rule    *Rule
	At      text.Place
	Message string // what is wrong and why, to a person, in one sentence or two
	Help    string // how to fix it; may be empty
	Related []Related
	Fixes   []Fix
	Key     string // stable subject ("candidates.email"), for fingerprints and baselines
}

// Related points at another place that explains the finding.
type Related struct {
	At      text.Place
	Message string
}

// Fix is a change that removes the finding. Safe fixes keep the meaning of everything else and may be applied unseen.
type Fix struct {
	Title string
	Safe  bool
	Edits map[text.Path][]text.Edit
}
