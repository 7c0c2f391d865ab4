package runtime

import (
	"maps"
	"slices"
)

// Features are what a project asks of the library beyond what every backend does. The library marks with them what only some projects need
// (README.md, Tailoring).
type Features uint64

const (
	// Put is replacing, or creating, a row under an id that the client names.
	Put Features = 1 << iota

	Public  // callers without a session are let in somewhere
	Audit   // something leaves a trace
	Unsafe  // an action gets the database without a firewall
	Workers // the backend runs on Cloudflare Workers

	Organizations // rows belong to organizations, and roles are those of their members
	Teams         // rows belong to teams of them
	Parts         // users sign in by other means than a password, or get mail
	Anonymous     // there are users without an account
	Admin         // users have roles of their own, and may be banned
	RateLimit     // the project says how often requests may come
	Env           // a rule compares with a variable of the environment

	Raw        // an action sends its own SQL
	Transition // an action is a step of a state machine
	Patch      // what an action answers is written to its record
	Coded      // a policy holds code

	// What the author's code may call or make.
	Relational   // relational queries
	With         // common table expressions
	Upsert       // inserts that change the row which is there
	InsertSelect // inserts of what a query selects
	Delete       // deletes, and what they go on to
	Units        // several statements that hold or fall together
	Transaction  // those in which code of the author's runs
	Count        // counts of rows
	Filled       // columns that functions fill
	Conditions   // the conditions that pick an action's record
	Passed       // answers that are no data: responses, streams and files

	// How ids of new rows are made.
	UUID
	CUID
	Nanoid
	Prefixed

	Serial     // the database counts ids
	Code       // a function of the project decides over access
	Trees      // deleting a row takes along the rows below it in its own table
	Formats    // texts are URLs, UUIDs or days
	BigInts    // columns hold large integers
	JSON       // columns hold JSON
	Bytes      // columns hold bytes
	Numerics   // columns hold decimal numbers as text
	CardMask   // numbers of cards are masked
	NameMask   // names are masked
	CustomMask // a function of the project masks

	end
)

// All are all features.
const All = end - 1

// named are the features by what the marks of the library call them.
var named = map[string]Features{
	"put":    Put,
	"public": Public, "audit": Audit, "unsafe": Unsafe, "workers": Workers,
	"organizations": Organizations, "teams": Teams, "parts": Parts, "anonymous": Anonymous, "admin": Admin, "ratelimit": RateLimit, "env": Env,
	"uuid": UUID, "cuid": CUID, "nanoid": Nanoid, "prefixed": Prefixed,
	"raw": Raw, "transition": Transition, "patch": Patch, "coded": Coded,
	"relational": Relational, "with": With, "upsert": Upsert, "insertSelect": InsertSelect, "delete": Delete, "units": Units, "transaction": Transaction,
	"count": Count, "filled": Filled, "conditions": Conditions, "passed": Passed,
	"serial": Serial, "check": Code, "trees": Trees, "formats": Formats, "bigint": BigInts, "json": JSON, "bytes": Bytes, "numeric": Numerics,
	"cardMask": CardMask, "nameMask": NameMask, "customMask": CustomMask,
}

// Has says whether one of the features is among these.
func (f Features) Has(one Features) bool { return f&one != 0 }

// Names are what the marks of the library call the features, sorted.
func Names() []string { return slices.Sorted(maps.Keys(named)) }

// Named returns a feature by its name; 0 when there is none.
func Named(name string) Features { return named[name] }
