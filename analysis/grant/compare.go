package grant

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
)

// Class says in which direction a change goes.
type Class string

// The classes of changes. What is neither narrower for sure nor the same is Widened.
const (
	Widened  Class = "widened"
	Narrowed Class = "narrowed"
	Neutral  Class = "neutral"
)

// Change is one difference between two lists, for everybody and everything that it is the same for.
type Change struct {
	Class    Class    `json:"class"`
	Resource string   `json:"resource"`
	Who      []string `json:"who"`
	What     []string `json:"what"`
	Before   string   `json:"before"` // the rows or the mask; "" for not granted
	After    string   `json:"after"`
	Text     string   `json:"text"` // in words
	At       Place    `json:"at"`   // in the newer definitions, in the older ones for what is gone
}

type key struct{ resource, what, who string }

// Compare says what changed in what people can do, from one list to another. The result is sorted: widened first.
func Compare(before, after *List) []Change {
	was, is := index(before), index(after)
	var out []Change
	for _, k := range keys(was, is) {
		old, had := was.find(k, before)
		now, has := is.find(k, after)
		if c, ok := difference(k, old, had, now, has); ok && !explained(k, was, is) {
			out = append(out, c)
		}
	}
	out = group(append(out, changedSettings(before, after)...))
	for i := range out {
		out[i].Text = out[i].words()
	}
	slices.SortStableFunc(out, func(a, b Change) int {
		order := []Class{Widened, Narrowed, Neutral}
		if d := slices.Index(order, a.Class) - slices.Index(order, b.Class); d != 0 {
			return d
		}
		return strings.Compare(a.Resource+a.Text, b.Resource+b.Text)
	})
	return out
}

type grants map[key]Grant

func index(l *List) grants {
	out := grants{}
	for _, g := range l.Grants {
		out[key{g.Resource, g.What, g.Who}] = g
	}
	return out
}

// find looks for a grant. Whoever a list does not know has in it what everybody with a session has.
func (g grants) find(k key, l *List) (Grant, bool) {
	if !slices.Contains(l.Roles, k.who) {
		k.who = policy.Authenticated
	}
	found, ok := g[k]
	return found, ok
}

func keys(a, b grants) []key {
	var out []key
	for k := range a {
		out = append(out, k)
	}
	for k := range b {
		if _, ok := a[k]; !ok {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.resource, b.resource), rank(a.what)-rank(b.what), cmp.Compare(a.what, b.what), cmp.Compare(a.who, b.who))
	})
	return out
}

// rank puts operations first, in the order of the documentation, and columns last.
func rank(what string) int {
	if i := slices.Index(model.Ops, model.Op(what)); i >= 0 {
		return i
	}
	verb, _, _ := strings.Cut(what, " ")
	if strings.Contains(what, " writes ") {
		verb = "writes"
	}
	return len(model.Ops) + 1 + slices.Index([]string{"view", "action", "unsafe", "create", "update", "put", "writes", "read", "masked", "filter"}, verb)
}

// explained says whether a change of a masked column only follows from one of the clear column: it was masked and is clear, or the
// other way round.
func explained(k key, was, is grants) bool {
	column, masked := strings.CutPrefix(k.what, "masked ")
	if !masked {
		return false
	}
	clear := key{k.resource, "read " + column, k.who}
	_, before := was[k]
	_, after := is[k]
	_, clearBefore := was[clear]
	_, clearAfter := is[clear]
	return before && !after && clearAfter || !before && after && clearBefore
}

func difference(k key, old Grant, had bool, now Grant, has bool) (Change, bool) {
	c := Change{Resource: k.resource, Who: []string{k.who}, What: []string{k.what}, At: now.At}
	switch {
	case !had && !has:
		return c, false
	case !had:
		c.Class, c.After = Widened, now.shown()
	case !has:
		c.Class, c.Before, c.At = Narrowed, old.shown(), old.At
	default:
		c.Class = compare(old, now)
		if old.Mask == now.Mask {
			old.Mask, now.Mask = "", "" // the rows differ
		}
		c.Before, c.After = old.shown(), now.shown()
	}
	return c, c.Class != ""
}

// compare is the class of a change, "" when there is none.
func compare(old, now Grant) Class {
	if old.Mask != now.Mask {
		if now.Mask == "redact" {
			return Narrowed
		}
		return Widened
	}
	before, after := predicate(old.Rows), predicate(now.Rows)
	same := before.Equal(after) || encoded(old.Rows) == encoded(now.Rows)
	switch {
	case old.Code == now.Code && same:
		return ""
	case now.Code != "" && old.Code == "" && (same || after.Implies(before)):
		return Narrowed // a function can only take away
	case old.Code != now.Code:
		return Widened
	case after.Implies(before):
		return Narrowed
	}
	return Widened
}

func encoded(rows [][]policy.Atom) string {
	out, _ := json.Marshal(rows) // literals of definitions
	return string(out)
}

// predicate makes rows comparable again.
func predicate(rows [][]policy.Atom) policy.Predicate {
	out := policy.Never()
	for _, atoms := range rows {
		all := policy.Always()
		for _, a := range atoms {
			op, value := a.Op, a.Value
			if op == policy.OpNotNull {
				op, value = policy.OpIsNull, any(false)
			}
			all = all.And(policy.Compare(a.Column, op, a.Ctx, value))
		}
		out = out.Or(all)
	}
	return out
}

// shown is what a grant covers, for a person.
func (g Grant) shown() string {
	out := predicate(g.Rows).SQL()
	if predicate(g.Rows).IsAlways() {
		out = "every row"
	}
	if g.Mask != "" {
		return g.Mask
	}
	if g.Code != "" {
		out += ", if a function of the project (" + g.Code + ") says so"
	}
	return out
}

// changedSettings compares what grants nothing.
func changedSettings(before, after *List) (out []Change) {
	was := map[string]map[string]string{}
	for _, s := range before.Settings {
		was[s["resource"]] = s
	}
	for _, s := range after.Settings {
		old := was[s["resource"]]
		if old == nil {
			continue // a new resource: its grants say all
		}
		var names []string
		for name := range s {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			if a, b := old[name], s[name]; a != b && a != "" {
				out = append(out, Change{Class: Neutral, Resource: s["resource"], Who: []string{}, What: []string{name}, Before: a, After: b})
			}
		}
	}
	return out
}

// group joins changes that are the same for several callers, and then for several things.
func group(list []Change) []Change {
	list = joinBy(list, func(c Change) string { return strings.Join(c.What, ",") }, func(to *Change, c Change) { to.Who = append(to.Who, c.Who...) })
	return joinBy(list, func(c Change) string { return strings.Join(c.Who, ",") }, func(to *Change, c Change) { to.What = append(to.What, c.What...) })
}

func joinBy(list []Change, by func(Change) string, join func(to *Change, c Change)) (out []Change) {
	at := map[string]int{}
	for _, c := range list {
		k := strings.Join([]string{string(c.Class), c.Resource, c.Before, c.After, by(c)}, "\x00")
		if i, ok := at[k]; ok {
			join(&out[i], c)
			continue
		}
		at[k] = len(out)
		out = append(out, c)
	}
	return out
}
