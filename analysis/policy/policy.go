// Package policy is the effective policy of a resource: who may do what, to which rows and fields, and which line says so.
// Rules, hover, emitters and reports all ask here; there is no second implementation.
//
// A question is asked for a set of roles. Roles are the exact names of the model, in which "recruiter+" is already expanded.
// PUBLIC holds for everybody, also when nobody is signed in (the empty set); AUTHENTICATED holds for every other non-empty set. The
// role a user has outside of any organisation is written UserRole("admin").
//
// The trick is to settle roles first: what is left of an access rule for one set of roles is a Predicate on the row.
package policy

import (
	"slices"
	"strings"
	"sync"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics/text"
)

// Built-in roles.
const (
	Public        = "PUBLIC"        // everybody, signed in or not
	Authenticated = "AUTHENTICATED" // every session
)

const userRolePrefix = "userRole:"

// UserRole names a role of the user itself, as access.userRole asks for it, in a set of roles.
func UserRole(role string) string { return userRolePrefix + role }

// Verdict is the answer to "may they".
type Verdict uint8

const (
	No Verdict = iota
	Yes
	IfRow     // Rows says which rows
	Undecided // a function decides at run time; Rows is the most it can allow
)

func (v Verdict) String() string {
	return [...]string{"no", "yes", "if the row allows", "decided at run time"}[v]
}

// Because is one line of the explanation of a decision.
type Because struct {
	Text string
	At   text.Anchor
}

// Decision is the answer for one set of roles.
type Decision struct {
	Verdict Verdict
	Rows    Predicate // firewall AND what is left of the access rule
	Because []Because
}

// FieldDecision is the answer for one column.
type FieldDecision struct {
	Verdict Verdict // Yes: clear, IfRow: clear on own rows, No: hidden or masked
	Masked  string  // mask type that others see, "" when the column is not returned at all
	Because []Because
}

// Effective is the policy of one resource. It is immutable.
type Effective struct {
	Resource *model.Resource

	clientIDs bool // generateId: false

	once   sync.Once
	forAll Predicate // the firewall for everybody who is signed in, where it is one
	told   sync.Once
	said   string // what forAll says

	everybodyOnce sync.Once
	everybody     []string
}

// FromModel returns the policy of a resource. config may be nil: ids are then generated.
func FromModel(config *model.Config, r *model.Resource) *Effective {
	return &Effective{Resource: r, clientIDs: config != nil && config.GenerateID == "false"}
}

// Who is a set of roles with what follows from it.
type who struct {
	roles []string
	brief bool // only the verdict is asked for, and why it is so is not put into words
}

func (w who) signedIn() bool {
	return slices.ContainsFunc(w.roles, func(role string) bool { return role != Public })
}

// says is one line of an explanation, for those who asked for it.
func (w who) says(why string, at text.Anchor) []Because {
	if w.brief {
		return nil
	}
	return []Because{{Text: why, At: at}}
}

func (w who) has(role string) bool {
	switch role {
	case Public:
		return true
	case Authenticated:
		return w.signedIn()
	}
	return !strings.HasPrefix(role, userRolePrefix) && slices.Contains(w.roles, role)
}

func (w who) hasAny(roles []string) bool { return slices.ContainsFunc(roles, w.has) }

func (w who) hasUserRole(roles []string) bool {
	return slices.ContainsFunc(roles, func(role string) bool { return slices.Contains(w.roles, UserRole(role)) })
}

// lacks says whether a caller of these roles cannot have a value at a context path. Without a session there is no user and no
// team; the organisation can still be named by the request.
func (w who) lacks(path string) bool {
	if w.signedIn() {
		return false
	}
	switch path {
	case "userId", "userRole", "activeTeamId", "session.id":
		return true
	}
	return strings.HasPrefix(path, "user.")
}
