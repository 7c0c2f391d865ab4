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
// What comments suppress is left out, and severities are those that the configuration asks for. The map and its lists are shared: the
// caller leaves them as they are. A list that is the one of an earlier call is of the same texts, and says the same.
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
	if known := p.outcome.Load(); known != nil {
		return *known, ctx.Err()
	}
	d := diagnosis{s: s, p: p, linked: p.linked()}
	last := p.memo.examined()
	if last.config != p.configFile() {
		last = &examination{} // the levels may be other ones
	}
	moved := p.moved(last.files)
	d.files(moved)
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
	now := &examination{config: p.input.Config, files: p.files, results: results, folded: p.memo.fold(s.rules, d.linked.Config, facts)}
	out := d.outcome(last, now, moved)
	p.outcome.Store(&out)
	return out, ctx.Err()
}

// moved are the files that are other ones than they were.
func (p *project) moved(last map[text.Path]*readFile) (out []text.Path) {
	for path, f := range p.files {
		if last[path] != f {
			out = append(out, path)
		}
	}
	for path := range last {
		if p.files[path] == nil {
			out = append(out, path)
		}
	}
	return out
}

// files looks at the files that were not looked at, each by itself.
func (d *diagnosis) files(moved []text.Path) {
	var due []*readFile
	for _, path := range moved {
		if f := d.p.files[path]; f != nil && !f.done.Load() {
			due = append(due, f)
		}
	}
	parallel.For(len(due), func(i int) {
		f := due[i]
		f.check.Do(func() {
			found := d.s.rules.CheckFile(&check.FilePass{Root: d.p.root.Dir, File: f.definition, Tree: func() *syntax.Tree { return d.s.Tree(f.text.Path) }})
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

// Checks says whether a code is reported by reading the definitions. Only then do comments and the configuration reach it: what evaluating
// and compiling report is shown as it is.
func (s *Snapshot) Checks(code diagnostics.Code) bool { return s.codes[code] != nil }

type diagnosis struct {
	s      *Snapshot
	p      *project
	linked *model.Project
	rest   []diagnostics.Diagnostic // what no file, no resource and no key of a project rule says
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
