package contract

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/contract/literal"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Input is what is verified, and what it is compared with.
type Input struct {
	Project     *model.Project
	Files       []output.File                     // all that was emitted, but the report and its signatures
	Library     map[text.Path][]byte              // the tested library, by path in the output
	Source      func(text.Path) (string, bool)    // the text of a file of the project
	SourceHash  func(text.Path) (text.Hash, bool) // of that text; nil: it is read each time
	Sources     []text.Path                       // the files of the project
	Prefixes    map[model.ID]string               // of prefixed ids, as the project has committed them
	Suppressed  []Suppression                     //
	Version     string                            // of qbls
	GeneratedAt time.Time                         //
	FailMode    string                            // error, warn

	Stopped  func() bool                     // says that nobody waits for the answer any more, which is then of no use; nil: never
	Memo     *Memo                           // of the verification before; nil: everything is read
	Declared func(*model.Resource) text.Hash // of all that the files of a resource are made of; needed with Memo
}

// Verify reads the emitted files back and reports what they say otherwise than the definitions. It never fails: what it cannot read is a
// violation.
func Verify(in Input) *Report {
	v := newVerifier(in)
	v.backend()
	v.openapi()
	v.registry()
	return v.report()
}

// Code reads back the emitted code alone, without the documents about it, and returns what is wrong.
func Code(in Input) []Violation {
	if now, ok := in.Memo.standing().holds(&verifier{Input: in, brief: true, resources: map[model.ID]*emitted{}, modules: map[text.Path]*literal.Module{}}); ok {
		in.Memo.stands(now)
		return nil
	}
	v := newVerifier(in)
	v.brief = true
	v.backend()
	in.Memo.stands(v.stand())
	return v.violations
}

type verifier struct {
	Input
	found
	files     map[text.Path]*output.File // nil: Files is sorted, and they are looked for there
	resources map[model.ID]*emitted
	checked   int    // policies
	brief     bool   // nobody asks for evidence
	once      string // what project returns
	trailed   *bool  // what audited returns
	modules   map[text.Path]*literal.Module
	shared    map[string]parts        // components of openapi.json, by kind
	parents   map[model.ID][]string   // the columns that foreign keys of the project refer to, joined by blanks
	named     map[string]string       // what names returns
	called    map[string]string       // by the SQL name of a table, the names of its policies
	byFile    map[text.Path]*emitted  // by the module of its policy
	origins   map[text.Path]text.Path // sourcesByLink returns them
	reading   reading
	lines     struct {
		file   text.Path
		starts []int
	}
}

func newVerifier(in Input) *verifier {
	v := &verifier{Input: in, files: make(map[text.Path]*output.File, len(in.Files)), resources: map[model.ID]*emitted{}, modules: map[text.Path]*literal.Module{}}
	for i := range in.Files {
		v.files[in.Files[i].Path] = &in.Files[i]
	}
	v.parents = referredTo(in.Project)
	return v
}

// file is an emitted file; nil when there is none of that path.
func (v *verifier) file(p text.Path) *output.File {
	if v.files != nil {
		return v.files[p]
	}
	if i, ok := slices.BinarySearchFunc(v.Files, output.File{Path: p}, byPath); ok {
		return &v.Files[i]
	}
	return nil
}

func (v *verifier) stopped() bool { return v.Stopped != nil && v.Stopped() }

func (v *verifier) backend() {
	v.library()
	v.app()
	v.policies()
	v.linked()
	v.closed()
}

// emitted is a resource as the output has it.
type emitted struct {
	declared *model.Resource
	file     text.Path // of its policy
	name     string    // constant of its policy
	module   *literal.Module
	policy   *rebuilt
	span     span // of the policy's literal

	canonical []byte // the policy in its canonical form; nil when it cannot be read
}

type span struct{ start, end int }

func spanOf(v *literal.Value) span {
	if v == nil {
		return span{}
	}
	return span{v.Start, v.End}
}

func (v *verifier) place(file text.Path, s span) Range {
	if v.lines.file != file || v.lines.starts == nil {
		v.lines.file, v.lines.starts = file, []int{0}
		src := v.text(file)
		for i := strings.IndexByte(src, '\n'); i >= 0; {
			v.lines.starts = append(v.lines.starts, i+1)
			next := strings.IndexByte(src[i+1:], '\n')
			if next < 0 {
				break
			}
			i += next + 1
		}
	}
	line := sort.SearchInts(v.lines.starts, s.start+1)
	return Range{Offset: s.start, End: s.end, Line: line, Column: s.start - v.lines.starts[line-1] + 1}
}

// broken is what a violation says.
type broken struct {
	rule              *diagnostics.Rule
	resource          *model.Resource
	subject           string
	file              text.Path
	at                span
	declared, emitted string
	message           string
}

func (v *verifier) violate(b broken) {
	id := ""
	if b.resource != nil {
		id = string(b.resource.ID)
	}
	v.violations = append(v.violations, Violation{Code: string(b.rule.Code), Contract: contractOf(b.rule).Name, Resource: id, Subject: b.subject, File: string(b.file),
		Range: v.place(b.file, b.at), Declared: b.declared, Emitted: b.emitted, Message: b.message})
}

func (v *verifier) prove(rule *diagnostics.Rule, file text.Path, at span, subject string) {
	v.evidence = append(v.evidence, proof{rule, Evidence{File: string(file), Range: v.place(file, at), Subject: subject}})
}

// read reads a module; one that is missing or has other forms than qbls emits is a violation, and nil.
func (v *verifier) read(file text.Path, rule *diagnostics.Rule, r *model.Resource) *literal.Module {
	src, ok := v.content(file)
	v.known = append(v.known, file)
	if !ok {
		v.violate(broken{rule: rule, resource: r, subject: string(file), file: file, declared: "a module", emitted: "none", message: "The module " + string(file) + " is not emitted."})
		return nil
	}
	if m := v.modules[file]; m != nil {
		return m
	}
	m, err := literalOf(file, src)
	if err != nil {
		v.unreadable(file, rule, r, err)
		return nil
	}
	v.modules[file] = m
	return m
}

func literalOf(file text.Path, src string) (*literal.Module, error) {
	if strings.HasSuffix(string(file), "/schema.ts") {
		return literal.ReadTables(src)
	}
	return literal.Read(src)
}

// other reads a module that another one refers to; nil when it cannot be read, which is reported where it is read for itself.
func (v *verifier) other(file text.Path) *literal.Module {
	if m := v.modules[file]; m != nil {
		return m
	}
	m, err := literalOf(file, v.text(file))
	if err != nil {
		return nil
	}
	v.modules[file] = m
	return m
}

func (v *verifier) unreadable(file text.Path, rule *diagnostics.Rule, r *model.Resource, err error) {
	at, message := 0, err.Error()
	if e, ok := err.(*literal.Error); ok {
		at, message = e.Offset, e.Message
	}
	v.violate(broken{rule: rule, resource: r, subject: string(file), file: file, at: span{at, at}, declared: "a form that qbls emits", emitted: message,
		message: "The module cannot be read with certainty: " + message + "."})
}

// library compares every module of the library with the tested one.
func (v *verifier) library() {
	for _, f := range v.Files {
		if !strings.HasPrefix(string(f.Path), "src/lib/") {
			continue
		}
		v.known = append(v.known, f.Path)
		want, ok := v.Library[f.Path]
		if !ok {
			v.violate(broken{rule: LibraryIntegrity, subject: string(f.Path), file: f.Path, declared: "no such module", emitted: digest(f.Content), message: "The library has no module of this name."})
			continue
		}
		if !bytes.Equal(want, f.Content) {
			at, _ := firstDifference(string(want), string(f.Content))
			v.violate(broken{rule: LibraryIntegrity, subject: string(f.Path), file: f.Path, at: span{at, at}, declared: digest(want), emitted: digest(f.Content), message: "The module of the library was changed."})
			continue
		}
		v.prove(LibraryIntegrity, f.Path, span{0, len(f.Content)}, hexOf(f.Hash()))
	}
}

// closed refuses modules that nothing here has read: whatever stands in src can run.
func (v *verifier) closed() {
	known := make(map[text.Path]bool, len(v.known))
	for _, p := range v.known {
		known[p] = true
	}
	for _, f := range v.Files {
		if known[f.Path] || !strings.HasPrefix(string(f.Path), "src/") || strings.HasSuffix(string(f.Path), ".d.ts") {
			continue
		}
		v.violate(broken{rule: Closure, subject: string(f.Path), file: f.Path, at: span{0, len(f.Content)}, declared: "no such module", emitted: "a module", message: "Nothing declares this module, and whatever stands in src can run."})
	}
}

func digest(content []byte) string { return hexOf(sha256.Sum256(content)) }

func hexOf(h text.Hash) string { return hex.EncodeToString(h[:]) }

// firstDifference is the offset in b of the first byte that differs.
func firstDifference(a, b string) (int, bool) {
	for i := 0; i < len(a) && i < len(b); i++ {
		if a[i] != b[i] {
			return i, false
		}
	}
	return min(len(a), len(b)), len(a) == len(b)
}

// report gathers what was found. Everything in it is sorted.
func (v *verifier) report() *Report {
	slices.SortStableFunc(v.violations, func(a, b Violation) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Range.Offset-b.Range.Offset, strings.Compare(a.Code, b.Code), strings.Compare(a.Subject, b.Subject), strings.Compare(a.Message, b.Message))
	})
	c := v.Project.Config
	r := &Report{SchemaVersion: SchemaVersion, Kind: ReportKind, CompilerVersion: v.Version, GeneratedAt: v.GeneratedAt.UTC().Format(time.RFC3339), FailMode: v.FailMode, ContractsEnabled: true,
		DestinationConfig: map[string]map[string]bool{string(Hono): {}, string(RLS): {}},
		Summary: Summary{Status: Pass, TotalViolations: len(v.violations), ViolationsByDestination: map[string]int{string(Hono): 0, string(RLS): 0},
			FilesChecked: map[string]int{string(Hono): v.checked, string(RLS): 0}},
		Violations: append([]Violation{}, v.violations...), Project: c.Name, Target: Target{c.Runtime, c.Database, c.Auth}, Proves: Proves,
		Inputs: []Digest{}, Outputs: []Digest{}, Resources: []Resource{}, Suppressions: append([]Suppression{}, v.Suppressed...)}
	if len(v.violations) > 0 {
		r.Summary.Status = Fail
	}
	evidence := map[*diagnostics.Rule][]Evidence{}
	for _, p := range v.evidence {
		evidence[p.rule] = append(evidence[p.rule], p.Evidence)
	}
	for _, c := range All() {
		r.DestinationConfig[string(c.Destination)][c.Name] = true
		o := v.outcome(c, evidence[c.Rule])
		r.Summary.ViolationsByDestination[string(c.Destination)] += o.Violations
		r.Contracts = append(r.Contracts, o)
	}
	for _, p := range v.Sources {
		if content, ok := v.Source(p); ok {
			r.Inputs = append(r.Inputs, Digest{v.relative(p), digest([]byte(content))})
		}
	}
	for _, f := range v.Files {
		r.Outputs = append(r.Outputs, Digest{string(f.Path), hexOf(f.Hash())})
	}
	byPath := func(a, b Digest) int { return strings.Compare(a.Path, b.Path) }
	slices.SortFunc(r.Inputs, byPath)
	slices.SortFunc(r.Outputs, byPath)
	for _, d := range v.Project.Resources {
		r.Resources = append(r.Resources, v.resource(d))
	}
	return r
}

func (v *verifier) relative(p text.Path) string {
	return strings.TrimPrefix(string(p), strings.TrimSuffix(string(v.Project.Root), "/")+"/")
}

// reasons say why a contract does not apply.
var reasons = map[*diagnostics.Rule]string{
	UnsafeAuditTrail: "No action is unsafe.", MaskingUsage: "No column is masked.", MaskCompleteness: "No column is masked.", ActionValidation: "There is no action.",
	GuardWiring: "No operation writes.", GuardCompleteness: "No column is protected.", TransitionSafety: "No action declares a transition.", LinkedSources: "No module is linked.",
	DocumentAgreement: "Neither openapi.json nor schema-registry.json is emitted.",
}

func (v *verifier) outcome(c Contract, evidence []Evidence) Outcome {
	o := Outcome{Name: c.Name, Code: string(c.Rule.Code), Destination: string(c.Destination), Title: c.Rule.Title, Status: Pass, Evidence: append([]Evidence{}, evidence...)}
	slices.SortStableFunc(o.Evidence, func(a, b Evidence) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Range.Offset-b.Range.Offset, strings.Compare(a.Subject, b.Subject))
	})
	for _, x := range v.violations {
		if x.Code == o.Code {
			o.Violations++
		}
	}
	switch {
	case o.Violations > 0:
		o.Status = Fail
	case len(o.Evidence) == 0:
		o.Status, o.Reason = NotApplicable, reasons[c.Rule]
		if c.Destination == RLS {
			o.Reason = "No policies of the database are emitted."
		} else if o.Reason == "" {
			o.Reason = "Nothing that it is about is emitted."
		}
	}
	return o
}

func (v *verifier) resource(d *model.Resource) Resource {
	out := Resource{ID: string(d.ID), Feature: d.Feature, Name: d.Segment, Internal: d.Internal, Source: v.relative(d.File), Columns: []Column{}, Policy: []byte("null")}
	if d.Table != nil {
		out.Table = d.Table.Name
		for _, c := range d.Table.Columns {
			role := [...]string{"plain", "key", "scope", "audit", "delete", "generated"}[c.Role]
			out.Columns = append(out.Columns, Column{c.Key, c.Type(), role})
		}
	}
	if e := v.resources[d.ID]; e != nil && e.canonical != nil {
		out.Policy = e.canonical
	}
	out.Fingerprint = digest(out.Policy)
	return out
}
