package check

import (
	"fmt"
	"slices"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Internal is reported when a rule fails. The project is then not known to be right, so it is an error.
var Internal = &diagnostics.Rule{
	Code: "QB9000", Title: "A check failed", Since: "0.1.0", Locked: true,
	Why: "A check that stops half-way has not looked at the rest: nothing it should have found is known to be absent.",
	Fix: "This is a defect of qbls. Please report it with the file that shows it.",
}

// CheckFile runs the file rules.
func (s Set) CheckFile(p *FilePass) []diagnostics.Diagnostic {
	c := collector{at: text.Place{Path: p.File.Path}}
	for _, rule := range s.File {
		c.run(rule.Doc, func(report Report) { rule.Run(p, report) })
	}
	return c.sorted()
}

// CheckResource runs the resource rules.
func (s Set) CheckResource(p *ResourcePass) []diagnostics.Diagnostic {
	c := collector{at: text.Place{Path: p.Resource.File}}
	for _, rule := range s.Resource {
		c.run(rule.Doc, func(report Report) { rule.Run(p, report) })
	}
	for i := range c.found {
		if used, ok := p.Resource.Via(c.found[i].At); ok {
			relate(&c.found[i], used)
		}
	}
	return c.sorted()
}

// CheckConfig runs the rules about the configuration.
func (s Set) CheckConfig(p *ConfigPass) []diagnostics.Diagnostic {
	c := collector{at: text.Place{Path: p.File.Path}}
	for _, rule := range s.Config {
		c.run(rule.Doc, func(report Report) { rule.Run(p, report) })
	}
	return c.sorted()
}

// CheckLinked runs the rules about the files of a project that belong to no resource.
func (s Set) CheckLinked(p *LinkedPass) []diagnostics.Diagnostic {
	c := collector{at: text.Place{Path: p.Project.Config.Path}}
	for _, rule := range s.Linked {
		c.run(rule.Doc, func(report Report) { rule.Run(p, report) })
	}
	return c.sorted()
}

// Facts are what the project rules know of one resource, in the order of Set.Project. They stay valid for as long as the
// resource is the same.
type Facts [][]Fact

// FactsOf maps one resource to facts. A rule that fails has none; its folds then report nothing wrong for it, so the
// failure itself is returned.
func (s Set) FactsOf(r *model.Resource, e *policy.Effective) (Facts, []diagnostics.Diagnostic) {
	out := make(Facts, len(s.Project))
	c := collector{at: text.Place{Path: r.File}}
	for i, rule := range s.Project {
		c.run(rule.Doc, func(Report) {
			out[i] = rule.Facts(r, e)
			for k := range out[i] {
				if used, ok := r.Via(out[i][k].At); ok {
					out[i][k].Used = &used
				}
			}
			if !slices.IsSortedFunc(out[i], compareFacts) {
				slices.SortStableFunc(out[i], compareFacts)
			}
		})
	}
	return out, c.sorted()
}

// maxRelated bounds how many uses of one shared list a finding names.
const maxRelated = 5

// relate adds the place where something is used that is written elsewhere.
func relate(d *diagnostics.Diagnostic, used text.Place) {
	if len(d.Related) < maxRelated && !slices.ContainsFunc(d.Related, func(r diagnostics.Related) bool { return r.At == used }) {
		d.Related = append(d.Related, diagnostics.Related{At: used, Message: "used here"})
	}
}

type collector struct {
	at     text.Place        // where a failure is reported
	doc    *diagnostics.Rule // of the rule that runs
	found  []diagnostics.Diagnostic
	report Report // one for all rules: a project runs tens of thousands
}

// run calls a rule. What a rule that fails has reported until then is kept.
func (c *collector) run(doc *diagnostics.Rule, rule func(Report)) {
	if c.doc = doc; c.report == nil {
		c.report = func(d diagnostics.Diagnostic) {
			d.Rule = c.doc
			c.found = append(c.found, d)
		}
	}
	defer func() {
		if r := recover(); r != nil {
			c.found = append(c.found, diagnostics.Diagnostic{Rule: Internal, At: c.at, Message: fmt.Sprintf("The check %s (%s) failed: %v", doc.Code, doc.Title, r), Help: Internal.Fix, Key: string(doc.Code)})
		}
	}()
	rule(c.report)
}

func (c *collector) sorted() []diagnostics.Diagnostic {
	diagnostics.Sort(c.found)
	return c.found
}
