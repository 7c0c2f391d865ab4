package definition

import "github.com/qbls/qbls/diagnostics/text"

// Config is quickback.config.ts.
type Config struct {
	At             text.Anchor
	Name           Value[string]
	Template       Value[string]
	Organizations  Value[bool]
	Runtime        Value[string]
	Database       Value[string]
	Auth           Value[string]
	AuthPlugins    []Name
	RoleHierarchy  *Roles
	GenerateID     Value[string] // "false" for false
	Naming         Value[string]
	AuditFields    Value[bool]
	OutputDir      Value[string]
	PackageManager Value[string]
	Dependencies   []Pair
	TrustedOrigins []Name
	EmailPassword  Value[bool]
	OpenAPI        Value[bool]
	SchemaRegistry Value[bool]
	ETag           Value[bool]
	Context        []Name // auth.context: more $ctx paths
	Diagnostics    []Pair // compiler.diagnostics: code or family → level
	Later          []Name // keys that are read and not emitted by this version
}
