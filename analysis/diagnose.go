package analysis

import (
	"context"
	"crypto/sha256"
	"slices"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Diagnose returns the diagnostics of a project by file, each list sorted; files without diagnostics are left out. It returns
// ctx's error when it is cancelled. The same files always give the same diagnostics, whatever snapshots came before.
func (s *Snapshot) Diagnose(ctx context.Context, root text.Path) (map[text.Path][]diagnostics.Diagnostic, error) {
	p := s.projects[root]
	if p == nil {
		return nil, nil
	}
	d := diagnosis{s: s, p: p, linked: p.linked(), found: map[text.Path][]diagnostics.Diagnostic{}}
	for name, f := range p.files {
		d.add(f.reported...)
		d.add(s.rules.CheckFile(&check.FilePass{File: f.definition, Tree: func() *syntax.Tree { return s.Tree(name) }})...)
	}
	d.add(model.Loose(p.input, d.linked)...)
	if p.input.Config != nil && d.linked.Config.Source != nil {
		d.add(s.rules.CheckConfig(&check.ConfigPass{File: p.input.Config, Config: d.linked.Config})...)
	}
	facts := make([]check.Facts, 0, len(d.linked.Resources))
	for _, r := range d.linked.Resources {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		checked := d.resource(r)
		d.add(checked.found...)
		facts = append(facts, checked.facts)
	}
	d.add(s.rules.CheckProject(d.linked.Config, facts)...)
	for name, list := range d.found {
		diagnostics.Sort(list)
		d.found[name] = list
	}
	return d.found, ctx.Err()
}

type diagnosis struct {
	s      *Snapshot
	p      *project
	linked *model.Project
	found  map[text.Path][]diagnostics.Diagnostic
}

func (d *diagnosis) add(list ...diagnostics.Diagnostic) {
	for _, x := range list {
		d.found[x.At.Path] = append(d.found[x.At.Path], x)
	}
}

// memoSize bounds each memo table; a table that is full is emptied, which costs one check of everything.
const memoSize = 20000

// resourceKey is what a resource's diagnostics depend on: its meaning with everything it uses, and where its own files say it.
type resourceKey struct {
	id         model.ID
	meaning    text.Hash
	home, away text.Hash
	uses       text.Hash // of the files it uses: a finding may point into them
}

type checkedResource struct {
	found []diagnostics.Diagnostic
	facts check.Facts
}

func (d *diagnosis) resource(r *model.Resource) checkedResource {
	key := resourceKey{id: r.ID, meaning: r.Hash, home: r.Home.Text}
	if r.Away != nil {
		key.away = r.Away.Text
	}
	uses := sha256.New()
	for _, id := range r.Uses {
		uses.Write(d.linked.Resource(id).Home.Text[:])
	}
	key.uses = text.Hash(uses.Sum(nil))
	if known, ok := d.p.memo.checked(key); ok {
		return known
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
	out := checkedResource{found: d.s.rules.CheckResource(pass)}
	facts, failed := d.s.rules.FactsOf(r, effective)
	out.facts, out.found = facts, append(out.found, failed...)
	d.p.memo.remember(key, out)
	return out
}
