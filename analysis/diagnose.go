package analysis

import (
	"context"
	"slices"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/parallel"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/analysis/triage"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Diagnose returns the diagnostics of a project by file, each list sorted; files without diagnostics are left out. It returns
// ctx's error when it is cancelled. The same files always give the same diagnostics, whatever snapshots came before.
//
// What comments suppress is left out, and severities are those that the configuration asks for.
func (s *Snapshot) Diagnose(ctx context.Context, root text.Path) (map[text.Path][]diagnostics.Diagnostic, error) {
	out, err := s.Examine(ctx, root)
	return out.Found, err
}

// Examine is Diagnose with what comments have suppressed.
func (s *Snapshot) Examine(ctx context.Context, root text.Path) (triage.Outcome, error) {
	p := s.projects[root]
	if p == nil {
		return triage.Outcome{}, nil
	}
	d := diagnosis{s: s, p: p, linked: p.linked()}
	d.files()
	d.add(model.Loose(p.input, d.linked)...)
	if p.input.Config != nil && d.linked.Config.Source != nil {
		d.add(s.rules.CheckConfig(&check.ConfigPass{File: p.input.Config, Config: d.linked.Config})...)
	}
	d.add(s.rules.CheckLinked(&check.LinkedPass{Project: d.linked, Files: p.input.Files, Config: p.input.Config})...)
	results := p.memo.known(d.linked)
	var due []int // what has to be checked: all at first, and after an edit next to nothing
	for i := range results {
		if results[i] == nil {
			due = append(due, i)
		}
	}
	parallel.For(len(due), func(i int) {
		if ctx.Err() == nil {
			results[due[i]] = d.resource(d.linked.Resources[due[i]])
		}
	})
	if err := ctx.Err(); err != nil {
		return triage.Outcome{}, err
	}
	p.memo.checked(d.linked, results)
	facts := make([]check.FactsOfOne, len(results))
	for i, r := range results {
		facts[i] = check.FactsOfOne{ID: r.of.ID, Facts: r.facts}
	}
	d.add(p.memo.fold(s.rules, d.linked.Config, facts)...)
	return d.outcome(results), ctx.Err()
}

// files adds what was found in each file by itself.
func (d *diagnosis) files() {
	var due []*readFile
	for _, f := range d.p.files {
		if !f.done.Load() {
			due = append(due, f)
		}
	}
	parallel.For(len(due), func(i int) {
		f := due[i]
		f.check.Do(func() {
			found := d.s.rules.CheckFile(&check.FilePass{File: f.definition, Tree: func() *syntax.Tree { return d.s.Tree(f.text.Path) }})
			f.says = newSaying(string(f.text.Path), slices.Concat(f.reported, found))
			f.done.Store(true)
		})
	})
}

// codes is every rule whose findings can be configured or suppressed.
func codes(set check.Set) map[diagnostics.Code]*diagnostics.Rule {
	out := map[diagnostics.Code]*diagnostics.Rule{check.Internal.Code: check.Internal}
	for _, group := range [][]*diagnostics.Rule{syntax.Rules(), definition.Rules(), model.Rules(), triage.Rules(), set.Rules()} {
		for _, r := range group {
			out[r.Code] = r
		}
	}
	return out
}

type diagnosis struct {
	s      *Snapshot
	p      *project
	linked *model.Project
	rest   []diagnostics.Diagnostic // what neither a file nor a resource says by itself
}

func (d *diagnosis) add(list ...diagnostics.Diagnostic) { d.rest = append(d.rest, list...) }

func (d *diagnosis) resource(r *model.Resource) *checked {
	uses := make([]*definition.File, 0, len(r.Uses))
	for _, id := range r.Uses {
		other := d.linked.Resource(id)
		uses = append(append(uses, other.Home), other.Others...)
	}
	effective := d.p.memo.effective(d.linked.Config, r)
	pass := &check.ResourcePass{
		Resource: r, Effective: effective, Config: d.linked.Config, Globals: d.linked.Globals, Tree: d.s.Tree,
		Other: func(id model.ID) *model.Resource {
			if !slices.Contains(r.Uses, id) {
				return nil // not declared, so its changes would not be noticed
			}
			return d.linked.Resource(id)
		},
	}
	found := d.s.rules.CheckResource(pass)
	facts, failed := d.s.rules.FactsOf(r, effective)
	return &checked{of: r, uses: uses, facts: facts, says: newSaying(string(r.ID), append(found, failed...))}
}
