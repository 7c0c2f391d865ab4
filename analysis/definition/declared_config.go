package definition

import "github.com/qbls/qbls/diagnostics/text"

// Config is quickback.config.ts.
type Config struct {
	At                text.Anchor
	Name              Value[string]
	Template          Value[string]
	Organizations     Value[bool]
	Runtime           Value[string]
	Database          Value[string]
	Auth              Value[string]
	AuthPlugins       []AuthPlugin
	Social            []SocialProvider
	Mail              *Mail          // nil: not written
	RateLimit         *RateLimit     // nil: not written
	SessionDays       Value[float64] // providers.auth.session.expiresInDays
	SessionUpdateDays Value[float64] // updateAgeInDays
	Workers           Workers
	RoleHierarchy     *Roles
	GenerateID        Value[string] // "false" for false
	Naming            Value[string]
	AuditFields       Value[bool]
	OutputDir         Value[string]
	PackageManager    Value[string]
	Dependencies      []Pair
	TrustedOrigins    []Name
	EmailPassword     Value[bool]
	OpenAPI           Value[bool]
	OpenAPIPublish    Value[bool]
	SchemaRegistry    Value[bool]
	ETag              Value[bool]
	Context           []Name // auth.context: more $ctx paths
	Diagnostics       []Pair // compiler.diagnostics: code or family → level
	Env               []Name // compiler.env: variables of the environment that definitions may read while they are evaluated
	Migrations        *Migrations
	Contracts         *Contracts // nil: not written
	Later             []Name     // keys that are read and not emitted by this version
}

// AuthPlugin is a plugin of Better Auth, with the options that it is given.
type AuthPlugin struct {
	Name    Name
	Options []Option
}

// RateLimit is how often one may ask Better Auth: Max requests in Window seconds.
type RateLimit struct {
	Enabled     Value[bool] // absent: outside development
	Window, Max Value[float64]
}

// Option is one option of a plugin: rateLimit.max for { rateLimit: { max } }. Its value is a string, a float64 or a bool.
type Option struct {
	Key   string
	Value any
}

// SocialProvider is somebody else's accounts that users may sign in with. ID and Secret name variables of the environment.
type SocialProvider struct {
	Name       Name
	ID, Secret string
	Scopes     []Name
}

// Mail is the project's email section: who sends, and in whose name.
type Mail struct {
	At                               text.Anchor
	Provider, Region, From, FromName Value[string] // Provider: cloudflare, aws-ses
}

// Migrations is compiler.migrations: what the author says about changes of the tables that the tables alone cannot tell. Tables and
// columns are named as in the database.
type Migrations struct {
	Tables      []Pair // renames.tables: new name → old name, "" for false: the table is new
	Columns     []TablePairs
	Backfills   []TablePairs // column → SQL expression
	DropTables  []Name
	DropColumns []TableNames
	At          text.Anchor
}

// TablePairs are pairs of names about the columns of a table.
type TablePairs struct {
	Table Name
	Pairs []Pair
}

// TableNames are columns of a table.
type TableNames struct {
	Table Name
	Names []Name
}

// Workers are the options of the Workers runtime and of its D1 databases (seeds: compiler__config__variables, bindings).
type Workers struct {
	CompatibilityDate Value[string]
	Split             Value[bool] // Better Auth's tables in a database of their own

	Binding, AuthBinding, FeaturesBinding, AuditBinding             Value[string]
	DatabaseID, AuthDatabaseID, FeaturesDatabaseID, AuditDatabaseID Value[string]
	KVNamespaceID                                                   Value[string]
}
