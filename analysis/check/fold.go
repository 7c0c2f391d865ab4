package check

import (
	"cmp"
	"reflect"
	"slices"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/parallel"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Folds is what the project rules found, kept so that only keys whose facts changed are folded again: an edit costs the keys of
// the resources that it changed. It is not safe for concurrent use.
type Folds struct {
	config *model.Config
	facts  map[model.ID]Facts
	last   []FactsOfOne
	rules  []foldsOfRule
	all    []*Folded
}

// Folded is what a project rule has found of one key. It is the same value for as long as it says the same.
type Folded struct {
	By    string // the rule and the key
	Found []diagnostics.Diagnostic
}

// foldsOfRule are the keys of one rule.
type foldsOfRule struct {
	rule  ProjectRule
	at    int // in Facts
	keys  map[string]*fold
	found map[*fold]bool // those that have found something
	other bool           // something else than in the last call
	slab  []fold         // room for further keys: a project has tens of thousands
}

// fold is one key of one rule.
type fold struct {
	key   string
	parts []part // by resource
	first [1]part
	dirty bool // its facts have changed
	found *Folded
}

// part is what one resource contributes to a key.
type part struct {
	from  model.ID
	facts []Fact
}

func (k *fold) find(id model.ID) (at int, found bool) {
	if n := len(k.parts); n == 0 || k.parts[n-1].from < id {
		return n, false
	}
	return slices.BinarySearchFunc(k.parts, id, func(p part, id model.ID) int { return cmp.Compare(p.from, id) })
}

// NewFolds returns the folds of no resources.
func (s Set) NewFolds() *Folds {
	f := &Folds{rules: make([]foldsOfRule, len(s.Project))}
	for i, rule := range s.Project {
		f.rules[i].rule, f.rules[i].at = rule, i
	}
	return f
}

// FactsOfOne are the facts of one resource.
type FactsOfOne struct {
	ID    model.ID
	Facts Facts
}

// Update takes the facts of all resources, by ID, and returns what the project rules report, in any order: the same list as last while
// nothing else is said. Facts that are the same value as in the last call (as a memo gives them) cost next to nothing.
func (f *Folds) Update(config *model.Config, all []FactsOfOne) []*Folded {
	if f.config != config || f.facts == nil {
		f.config, f.facts, f.last = config, make(map[model.ID]Facts, len(all)), nil
		for i := range f.rules {
			f.rules[i].keys, f.rules[i].found, f.rules[i].other = map[string]*fold{}, map[*fold]bool{}, true
		}
	}
	if changed := f.exchange(all); len(changed) > 0 {
		parallel.For(len(f.rules), func(i int) { f.rules[i].update(config, changed) })
	}
	if !slices.ContainsFunc(f.rules, func(r foldsOfRule) bool { return r.other }) {
		return f.all
	}
	f.all = nil
	for i := range f.rules {
		f.rules[i].other = false
		for k := range f.rules[i].found {
			f.all = append(f.all, k.found)
		}
	}
	return f.all
}

func same(a, b Facts) bool { return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) }

// exchanged is a resource whose facts are other ones now.
type exchanged struct {
	id       model.ID
	was, are Facts // nil: none
}

// exchange takes the facts of all resources and returns what differs from the last ones.
func (f *Folds) exchange(all []FactsOfOne) (changed []exchanged) {
	last := f.last
	f.last = all
	for i, one := range all { // in the order of the parts, so that they are appended
		if i < len(last) && last[i].ID == one.ID && same(last[i].Facts, one.Facts) {
			continue // nearly all
		}
		if old, known := f.facts[one.ID]; !known || !same(old, one.Facts) {
			changed = append(changed, exchanged{one.ID, old, one.Facts})
			f.facts[one.ID] = one.Facts
		}
	}
	if len(f.facts) > len(all) { // some are gone
		still := make(map[model.ID]bool, len(all))
		for _, one := range all {
			still[one.ID] = true
		}
		for id, old := range f.facts {
			if !still[id] {
				changed = append(changed, exchanged{id, old, nil})
				delete(f.facts, id)
			}
		}
	}
	return changed
}

// update folds the keys again whose facts are other ones.
func (f *foldsOfRule) update(config *model.Config, changed []exchanged) {
	c := collector{}
	if config != nil {
		c.at.Path = config.Path
	}
	var touched []*fold
	for _, one := range changed {
		touched = f.exchange(one, touched)
	}
	for _, k := range touched {
		c.found = nil
		f.again(k, config, &c)
	}
}

// exchange replaces the facts of one resource and adds the keys whose facts are other ones now to those that were touched.
func (f *foldsOfRule) exchange(one exchanged, touched []*fold) []*fold {
	touch := func(k *fold) {
		if !k.dirty {
			k.dirty = true
			touched = append(touched, k)
		}
	}
	var old, now []Fact
	if one.was != nil {
		old = one.was[f.at]
	}
	if one.are != nil {
		now = one.are[f.at]
	}
	for len(old)+len(now) > 0 { // both are sorted by key
		key := ""
		if len(old) == 0 || len(now) > 0 && now[0].Key < old[0].Key {
			key = now[0].Key
		} else {
			key = old[0].Key
		}
		was, is := ofKey(old, key), ofKey(now, key)
		old, now = old[len(was):], now[len(is):]
		k := f.fold(key)
		at, found := k.find(one.id)
		switch {
		case len(is) == 0:
			k.parts = slices.Delete(k.parts, at, at+1)
		case found:
			k.parts[at].facts = is
		default:
			k.parts = slices.Insert(k.parts, at, part{one.id, is})
		}
		if !slices.Equal(was, is) {
			touch(k)
		}
	}
	return touched
}

// ofKey are the facts of a key at the start of a list.
func ofKey(list []Fact, key string) []Fact {
	n := 0
	for n < len(list) && list[n].Key == key {
		n++
	}
	return list[:n:n]
}

// fold is the fold of a key, made when it is new.
func (f *foldsOfRule) fold(key string) *fold {
	k := f.keys[key]
	if k == nil {
		if len(f.slab) == 0 {
			f.slab = make([]fold, 128)
		}
		k, f.slab = &f.slab[0], f.slab[1:]
		k.key, k.parts = key, k.first[:0]
		f.keys[key] = k
	}
	return k
}

// again folds a key with a collector that has found nothing yet.
func (f *foldsOfRule) again(k *fold, config *model.Config, c *collector) {
	k.dirty = false
	var facts []Fact
	switch len(k.parts) {
	case 0:
		delete(f.keys, k.key)
		f.tell(k, nil)
		return
	case 1:
		facts = k.parts[0].facts
	default:
		n := 0
		for _, p := range k.parts {
			n += len(p.facts)
		}
		facts = make([]Fact, 0, n)
		for _, p := range k.parts {
			facts = append(facts, p.facts...)
		}
	}
	c.run(f.rule.Doc, func(report Report) { f.rule.Fold(k.key, facts, config, report) })
	relateUses(c.found, facts)
	f.tell(k, c.found)
}

// tell notes what a key has been found to say.
func (f *foldsOfRule) tell(k *fold, found []diagnostics.Diagnostic) {
	switch {
	case k.found == nil && len(found) == 0 || k.found != nil && reflect.DeepEqual(k.found.Found, found):
		return
	case len(found) == 0:
		k.found = nil
		delete(f.found, k)
	default:
		k.found = &Folded{string(f.rule.Doc.Code) + " " + k.key, found}
		f.found[k] = true
	}
	f.other = true
}

// relateUses names, for findings in what several files share, who uses it.
func relateUses(found []diagnostics.Diagnostic, facts []Fact) {
	if len(found) == 0 || !slices.ContainsFunc(facts, func(f Fact) bool { return f.Used != nil }) {
		return
	}
	uses := map[text.Place][]text.Place{}
	for _, f := range facts {
		if f.Used != nil {
			uses[f.At] = append(uses[f.At], *f.Used)
		}
	}
	for i := range found {
		for _, used := range uses[found[i].At] {
			relate(&found[i], used)
		}
	}
}
