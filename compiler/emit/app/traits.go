package app

import (
	"crypto/sha256"
	"fmt"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/audit"
	"github.com/qbls/qbls/compiler/emit/link"
	"github.com/qbls/qbls/compiler/emit/routes"
	"github.com/qbls/qbls/diagnostics/text"
)

// Traits are what policies ask of the backend as a whole: parts of it are emitted when one resource asks for them. What Files and AuthOptions
// take from policies is in Traits and in Listed, and nowhere else.
type Traits struct {
	Unsafe   bool // an action gets the database without a firewall
	Public   bool // callers without a session write or act
	UserRole bool // a rule names roles of users themselves
	Team     bool // a rule compares with the caller's team
	Q        bool // a table is declared with q, which definitions then import from the output
}

// TraitsOf are those that one resource asks for.
func TraitsOf(r *model.Resource) Traits {
	return Traits{Unsafe: audit.UnsafeIn(r), Public: audit.PublicIn(r), UserRole: asksUserRole(r), Team: r.AsksForTeam(), Q: link.DeclaredWithQ(r)}
}

// Or are the traits of either.
func (t Traits) Or(o Traits) Traits {
	return Traits{t.Unsafe || o.Unsafe, t.Public || o.Public, t.UserRole || o.UserRole, t.Team || o.Team, t.Q || o.Q}
}

// Listed hashes what the emitted files say of a resource's policy where they list all of them: where its routes are mounted, to whom its rows
// belong, and by which name q has its table.
func Listed(r *model.Resource) text.Hash {
	h := sha256.New()
	fmt.Fprintf(h, "%q ", routes.Grants(r))
	fmt.Fprintf(h, "%q %v", r.Firewall.Owner, r.Table != nil)
	if link.DeclaredWithQ(r) {
		fmt.Fprintf(h, " %q", nameOfQ(r))
	}
	return text.Hash(h.Sum(nil))
}

// nameOfQ is the name by which q has the table of a resource.
func nameOfQ(r *model.Resource) string { return r.Table.Source.Name.Or(r.Table.Binding) }
