package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/policy"
)

// Want is what must come of a probe.
type Want struct {
	Status []int    // one of these
	Codes  []string // with an error, one of these; nil: any
	Not    []string // error codes that must not come
	Pages  bool     // a list: all of its pages are asked for and joined
	// Open says that a function of the project decides, so that both answers are right.
	Open  bool
	Past  bool                // the caller is let past the firewall: rows of every tenant may be in the answer
	Check func(Answer) string // what is wrong with an answer that is no error, "" for nothing; nil: nothing more
}

// Answer is what a backend answered.
type Answer struct {
	Status int
	Body   any  // decoded JSON, nil when it is none
	Broken bool // the connection ended before the answer did, as it does when an action's stream fails
}

// Code is the error code, "" without one.
func (a Answer) Code() string { return fmt.Sprint(or(field(a.Body, "code"), "")) }

// fault says what is wrong with an answer, "" for nothing.
func (w Want) fault(a Answer) string {
	if a.Broken {
		return "the connection ended before the answer did"
	}
	if w.Open && a.Status < 500 {
		return ""
	}
	if len(w.Status) > 0 && !slices.Contains(w.Status, a.Status) {
		return fmt.Sprintf("status %d %s, expected %s", a.Status, a.Code(), strings.Trim(strings.ReplaceAll(fmt.Sprint(w.Status), " ", " or "), "[]")+named(w.Codes))
	}
	if a.Status >= 400 && len(w.Codes) > 0 && !slices.Contains(w.Codes, a.Code()) {
		return fmt.Sprintf("code %s, expected %s", a.Code(), strings.Join(w.Codes, " or "))
	}
	if slices.Contains(w.Not, a.Code()) || a.Status >= 500 {
		return fmt.Sprintf("refused with %d %s", a.Status, a.Code())
	}
	if w.Check != nil && a.Status < 400 {
		return w.Check(a)
	}
	return ""
}

func named(codes []string) string {
	if len(codes) == 0 {
		return ""
	}
	return " " + strings.Join(codes, " or ")
}

func refused(status int, codes ...string) Want { return Want{Status: []int{status}, Codes: codes} }

// field walks into decoded JSON: a string is a key, a number an index.
func field(v any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[step]
		case int:
			l, _ := v.([]any)
			if step >= len(l) {
				return nil
			}
			v = l[step]
		}
	}
	return v
}

func or(v, otherwise any) any {
	if v == nil {
		return otherwise
	}
	return v
}

// Codes with which policies refuse; an action that is granted may fail for its own reasons, but not with these.
var refusals = []string{
	"AUTH_MISSING", "AUTH_INVALID_TOKEN", "ACCESS_ROLE_REQUIRED", "ACCESS_ADMIN_REQUIRED", "ACCESS_NO_ORG", "ACCESS_CONDITION_FAILED",
	"FIREWALL_NOT_FOUND", "METHOD_NOT_ALLOWED",
}

// entry is what becomes of a caller before any row is looked at; granted says that they are let in.
func (p *planner) entry(c *Caller, d policy.Decision) (Want, bool) {
	if _, active := c.ctx[activeOrg]; c.Token != "" && !active && p.scoped() {
		return refused(403, "ACCESS_NO_ORG"), false
	}
	switch {
	case d.Verdict != policy.No:
		return Want{}, true
	case c.Token == "":
		return refused(401, "AUTH_MISSING"), false
	}
	return refused(403, "ACCESS_ROLE_REQUIRED", "ACCESS_ADMIN_REQUIRED", "ACCESS_CONDITION_FAILED"), false
}

// outcome of an operation on one row: let through, refused by its state, or out of reach. The second value is what to expect then.
func (p *planner) outcome(c *Caller, d policy.Decision, row *Row, action bool) (string, Want) {
	if want, in := p.entry(c, d); !in {
		return "role", want
	}
	roles := c.roles()
	if !p.policy.Rows(roles).Holds(row.Values, c.context) {
		if p.resource.Firewall.Hide {
			return "firewall", refused(404, "NOT_FOUND")
		}
		return "firewall", refused(403, "FIREWALL_NOT_FOUND")
	}
	if d.Rows.Holds(row.Values, c.context) {
		return "granted", Want{Open: d.Verdict == policy.Undecided}
	}
	if action {
		return "state", refused(409, "ACCESS_ACTION_NOT_ALLOWED_FOR_STATE")
	}
	return "state", refused(403, "ACCESS_CONDITION_FAILED")
}

// few takes at most n rows of each kind of outcome.
type few struct {
	n    int
	seen map[string]int
}

func (f *few) another(kind string) bool {
	if f.seen == nil {
		f.seen = map[string]int{}
	}
	f.seen[kind]++
	return f.seen[kind] <= f.n
}
