package check

import (
	"cmp"
	"maps"
	"slices"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
)

// Folds is what the project rules found, kept so that only keys whose facts changed are folded again. It is not safe for
// concurrent use.
type Folds struct {
	rules  []ProjectRule
	config *model.Config
	facts  map[model.ID]Facts
	keys   []map[string]*fold // by rule
}

// fold is one key of one rule.
type fold struct {
	parts []part // by resource
	found []diagnostics.Diagnostic
}

// part is what one resource contributes to a key.
type part struct {
	from  model.ID
	facts []Fact
}

func (k *fold) find(id model.ID) (at int, found bool) {
	return slices.BinarySearchFunc(k.parts, id, func(p part, id model.ID) int { return cmp.Compare(p.from, id) })
}

// NewFolds returns the folds of no resources.
func (s Set) NewFolds() *Folds { return &Folds{rules: s.Project} }

// Update takes the facts of all resources and returns what the project rules report. Facts that are the same value as in the
// last call (as a memo gives them) cost nothing.
func (f *Folds) Update(config *model.Config, all map[model.ID]Facts) []diagnostics.Diagnostic {
	if f.config != config || f.facts == nil {
		f.config, f.facts, f.keys = config, map[model.ID]Facts{}, make([]map[string]*fold, len(f.rules))
		for i := range f.keys {
			f.keys[i] = map[string]*fold{}
		}
	}
	touched := make([]map[string]bool, len(f.rules))
	for i := range touched {
		touched[i] = map[string]bool{}
	}
	for id := range f.facts {
		if _, still := all[id]; !still {
			f.exchange(id, nil, touched)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(all)) { // in the order of the parts, so that they are appended
		facts := all[id]
		if old, known := f.facts[id]; !known || !same(old, facts) {
			f.exchange(id, facts, touched)
		}
	}
	for i, keys := range touched {
		for key := range keys {
			f.again(i, key)
		}
	}
	c := collector{}
	for _, keys := range f.keys {
		for _, k := range keys {
			c.found = append(c.found, k.found...)
		}
	}
	return c.sorted()
}

func same(a, b Facts) bool { return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) }

// exchange replaces the facts of one resource and notes the keys that had or have some of it.
func (f *Folds) exchange(id model.ID, facts Facts, touched []map[string]bool) {
	for i, list := range f.facts[id] {
		for _, fact := range list {
			if k := f.keys[i][fact.Key]; k != nil {
				if at, found := k.find(id); found {
					k.parts = slices.Delete(k.parts, at, at+1)
				}
			}
			touched[i][fact.Key] = true
		}
	}
	delete(f.facts, id)
	if facts == nil {
		return
	}
	f.facts[id] = facts
	for i, list := range facts {
		for _, fact := range list {
			k := f.keys[i][fact.Key]
			if k == nil {
				k = &fold{}
				f.keys[i][fact.Key] = k
			}
			at, found := k.find(id)
			if !found {
				k.parts = slices.Insert(k.parts, at, part{from: id})
			}
			k.parts[at].facts = append(k.parts[at].facts, fact)
			touched[i][fact.Key] = true
		}
	}
}

func (f *Folds) again(rule int, key string) {
	k := f.keys[rule][key]
	if k == nil || len(k.parts) == 0 {
		delete(f.keys[rule], key)
		return
	}
	var facts []Fact
	for _, p := range k.parts {
		facts = append(facts, p.facts...)
	}
	c := collector{}
	if f.config != nil {
		c.at.Path = f.config.Path
	}
	c.run(f.rules[rule].Doc, func(report Report) { f.rules[rule].Fold(key, facts, f.config, report) })
	k.found = c.found
}
