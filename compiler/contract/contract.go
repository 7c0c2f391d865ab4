// Package contract proves that the emitted files say what the definitions say, and writes the report that an auditor reads.
//
// The policy is rebuilt from the emitted modules by a small reader of its own (contract/literal), which shares no code with the reader
// of definitions, and compared with the declared one in the canonical form of analysis/policy: resource by resource, to the last role.
// Whatever the reader does not recognise exactly is a violation. The library is verified by its digest, the author's modules by
// comparison with their sources, byte by byte but for the specifiers that linking changes.
//
// Emitting again and comparing bytes would only prove that the emitter is deterministic. What is not proven here: that the definitions
// were read rightly, and that the library enforces what the data says. Those have tests of their own, and the report says so.
package contract

import "github.com/qbls/qbls/diagnostics"

// Destination is the half of the output that a contract is about, in the words of the report.
type Destination string

const (
	Hono Destination = "hono" // the backend
	RLS  Destination = "rls"  // policies of the database itself
)

// Contract is one promise about the emitted files. Its rule documents it.
type Contract struct {
	Name        string // as the report and the configuration call it
	Destination Destination
	Rule        *diagnostics.Rule
}

// All are the contracts in the order of the report.
func All() []Contract {
	return []Contract{
		{"requireAuthGate", Hono, AuthGate}, {"requireFirewallScope", Hono, FirewallScope}, {"requireGuardWiring", Hono, GuardWiring},
		{"requireMaskingUsage", Hono, MaskingUsage}, {"requireActionValidation", Hono, ActionValidation},
		{"requireUnsafeAuditTrail", Hono, UnsafeAuditTrail},
		{"requireDenyAnon", RLS, DenyAnon}, {"requireCrudPolicies", RLS, CrudPolicies}, {"requireTenantPredicate", RLS, TenantPredicate},
		{"requireAuditTriggers", RLS, AuditTriggers},
		{"roundTrip", Hono, RoundTrip}, {"closure", Hono, Closure}, {"maskCompleteness", Hono, MaskCompleteness},
		{"guardCompleteness", Hono, GuardCompleteness}, {"transitionSafety", Hono, TransitionSafety},
		{"documentAgreement", Hono, DocumentAgreement}, {"libraryIntegrity", Hono, LibraryIntegrity}, {"linkedSources", Hono, LinkedSources},
	}
}

// Rules returns the documentation of the contracts.
func Rules() []*diagnostics.Rule {
	var out []*diagnostics.Rule
	for _, c := range All() {
		out = append(out, c.Rule)
	}
	return append(out, KeyMissing)
}

func contractOf(rule *diagnostics.Rule) Contract {
	for _, c := range All() {
		if c.Rule == rule {
			return c
		}
	}
	panic("contract: a rule without a contract: " + string(rule.Code))
}
