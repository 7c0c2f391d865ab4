package contract

import "github.com/qbls/qbls/diagnostics"

// rule documents a contract. What a contract finds is wrong in the output, not in the definitions: no definition is the bad example of
// one, so a sound definition stands there that the contract holds for.
func rule(code diagnostics.Code, title, why string) *diagnostics.Rule {
	return &diagnostics.Rule{
		Code: code, Title: title, Why: why, Since: "0.1.0", Severity: diagnostics.Error, Locked: true, CWE: []int{693},
		Fix: "Compile again: qbls compile --force replaces emitted files that were changed. If qbls itself emitted what it refuses here, nothing was written: report it with the definition.",
	}
}

// shown adds examples, where a definition can break a contract.
func shown(r *diagnostics.Rule, bad, good string) *diagnostics.Rule {
	r.Bad, r.Good = bad, good
	return r
}

// The contracts of the original for the backend (seeds: compiler__config, Security Contract Reports and Signing).
var (
	AuthGate         = rule("QB9101", "An operation is open to other callers than declared", "Whoever may call an operation is the first thing a policy says. An operation without its access rule, or one that says PUBLIC where the definition does not, is a door without a lock.")
	FirewallScope    = rule("QB9102", "The firewall of a table is not the declared one", "The firewall keeps tenants apart. A predicate that was lost, or that compares another column, shows every tenant's rows to every other.")
	GuardWiring      = rule("QB9103", "What a body may write is not what is declared", "Guards keep clients from writing columns that only the system or an action may write.")
	MaskingUsage     = rule("QB9104", "The mask of a column is not the declared one", "A mask that was lost, or that shows the value to more roles, gives away what the definition hides.")
	ActionValidation = rule("QB9105", "An action does not run the declared code behind the declared schema", "An action's input is checked by the schema that stands beside its code. One that runs other code, or none of its schema, takes whatever a client sends.")
	UnsafeAuditTrail = rule("QB9106", "An unsafe action does not leave its audit trail", "Whoever crosses tenants must leave a trace: on success, on denial and on error.")
)

// The contracts of the original for row level security. No target of this version emits any, so they are notApplicable.
var (
	DenyAnon        = rule("QB9107", "A table lets callers without a session in", "Row level security without a policy against anonymous callers leaves the table open to the public key.")
	CrudPolicies    = rule("QB9108", "A table has no policy for an operation", "An operation without a policy is closed to everybody, or open to everybody where row level security is off.")
	TenantPredicate = rule("QB9109", "A policy of the database does not compare the tenant", "A policy that does not name the tenant shows the rows of all of them.")
	AuditTriggers   = rule("QB9110", "A table has no audit trigger", "Without the trigger nobody can tell who changed a row.")
)

// The stronger contracts.
var (
	RoundTrip = rule("QB9111", "The emitted policy is not the declared one", "The policy is rebuilt from the emitted files and compared with the declared one. A difference means that the backend enforces something that nobody has declared.")
	Closure   = shown(rule("QB9112", "The backend has a route, a module or a door that the policy does not know", "A route that is in no policy answers without one. One that is missing breaks what the documents promise. A handler with a database of its own passes by every firewall."),
		handlerExample("import { Database } from 'bun:sqlite';\n", "new Database('data/app.db').query('select count(*) from things').get()"), handlerExample("", "db.$count(things)"))
	MaskCompleteness  = rule("QB9113", "A masked column leaves the backend without its mask", "A mask protects a column only when every answer that has the column applies it.")
	GuardCompleteness = rule("QB9114", "A protected column can be written without its action", "A protected column is changed by its actions alone. One that a body may write makes the actions and their conditions worthless.")
	TransitionSafety  = rule("QB9115", "A state machine allows other steps than declared", "Whoever reaches a state by a step that nobody declared skips the checks of the steps between.")
	DocumentAgreement = rule("QB9116", "A document says something else than the backend does", "Clients and auditors read openapi.json and schema-registry.json instead of the code. What they promise must be what is enforced.")
	LibraryIntegrity  = rule("QB9117", "The library of the backend is not the one that was tested", "The library enforces every policy. One changed line of it can switch all of them off.")
	LinkedSources     = rule("QB9118", "A linked module is not the author's", "Actions and handlers run as they are written. What was changed on the way to the output was reviewed by nobody.")
)

// KeyMissing is reported when the configuration requires a signature and there is no key.
var KeyMissing = &diagnostics.Rule{
	Code: "QB9119", Title: "The report must be signed, and there is no key", Since: "0.1.0", Severity: diagnostics.Error, Locked: true,
	Why:     "A report that anybody could have written proves nothing to those who did not see it being made. The configuration says that it must be signed.",
	Fix:     "Set the environment variable that signature.keyEnv names, or remove signature.required.",
	Bad:     signedExample("{ required: true }"),
	Good:    signedExample("{ keyId: 'prod-k1' }"),
	Related: []diagnostics.Code{"QB9111"},
}

// signedExample is a configuration with a signature.
func signedExample(signature string) string {
	return "-- quickback.config.ts --\nexport default { name: 'shop', providers: { runtime: { name: 'bun' }, database: { name: 'better-sqlite3' }, auth: { name: 'better-auth' } },\n" +
		"  compiler: { securityContracts: { report: { signature: " + signature + " } } } };\n" + tableExample
}

const tableExample = `-- features/things/things.ts --
import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const things = sqliteTable('things', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  kind: text('kind'),
});

export default defineTable(things, {
  firewall: { organization: {} },
  crud: { list: { access: { roles: ['owner'] } } },
});
`

// handlerExample is a project with an action whose module begins with an import.
func handlerExample(imports, execute string) string {
	return tableExample + "-- features/things/actions.ts --\n" + imports + `import { defineActions } from '@quickback/compiler';
import { things } from './things';

export default defineActions(things, {
  count: { description: 'How many', standalone: true, access: { roles: ['owner'] }, execute: async ({ db }) => ` + execute + ` },
});
`
}
