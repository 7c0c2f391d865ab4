package query

func actionShape(access *shape) *shape {
	return &shape{props: []prop{
		{"description", "What the action does, for people and the API description.", nil},
		{"input", "The Zod schema of the input; none means an empty object.", nil},
		{"access", "Who may call it.", access},
		{"execute", "The function, written here.", nil},
		{"handler", "The module that exports `execute`, without extension.", leaf(handlers)},
		{"standalone", "`true`: not about one row.", leaf(booleans)},
		{"type", "`'record'` or `'standalone'`, another way to say standalone.", leaf(words(Value, "record", "About one row", "standalone", "Not about one row"))},
		{"path", "Path below `/api/v1` of a standalone action.", nil},
		{"method", "HTTP method (POST).", leaf(words(Value, "GET", "Input is the query string", "POST", "The default", "PUT", "", "PATCH", "", "DELETE", ""))},
		{"responseType", "`'json'`, `'stream'` or `'file'`.", leaf(words(Value, "json", "The default", "stream", "The handler returns a Response", "file", "The handler returns { file, filename, contentType }"))},
		{"sideEffects", "When effects outside the database happen.", leaf(words(Value, "sync", "Before the answer", "async", "After it", "fire-and-forget", "Nobody waits"))},
		{"allowRawSql", "`true`: the body may use raw SQL.", leaf(booleans)},
		{"unsafe", "Access to the unscoped database, with a reason.", &shape{props: []prop{
			{"reason", "Why it is needed; goes into the audit log.", nil},
			{"adminOnly", "Only platform administrators (true).", leaf(booleans)},
			{"crossTenant", "May touch rows of other organizations (true).", leaf(booleans)},
			{"targetScope", "`'all'` or `'organization'`.", leaf(words(Value, "all", "Every organization", "organization", "One organization per call"))},
		}}},
		{"cms", "How an administration interface shows the action.", nil},
		{"transition", "The state machine on an enum column that this action drives.", &shape{props: []prop{
			{"field", "The enum column.", leaf(columns(enums))},
			{"fromTo", "Which states lead to which.", &shape{names: states, each: list(states)}},
			{"to", "The state this action ends in.", leaf(states)},
			{"via", "The input field that holds the next state.", leaf(inputFields)},
		}}},
	}}
}

func configShape() *shape {
	return &shape{props: []prop{
		{"name", "The project's name.", nil},
		{"template", "What is emitted.", leaf(words(Value, "hono", "A Hono backend"))},
		{"features", "Parts of the whole.", &shape{
			props: []prop{{"organizations", "Rows belong to organizations.", leaf(booleans)}},
			items: leaf(words(Value, "organizations", "Rows belong to organizations")),
		}},
		{"auth", "Roles and context.", &shape{props: []prop{
			{"roleHierarchy", "Roles from the lowest to the highest, for `'x+'`.", list(roleNames(false))},
			{"context", "Further `$ctx` paths that conditions may use.", nil},
		}}},
		{"providers", "Where the backend runs and keeps its data.", &shape{props: []prop{
			{"runtime", "`defineRuntime('bun')`", nil}, {"database", "`defineDatabase('better-sqlite3')`", nil}, {"auth", "`defineAuth('better-auth')`", nil},
		}}},
		{"build", "Where the output goes.", &shape{props: []prop{
			{"outputDir", "Folder of the backend, relative to the project.", nil},
			{"packageManager", "Package manager of the scripts.", leaf(words(Value, "npm", "", "bun", "", "pnpm", "", "yarn", ""))},
			{"dependencies", "Packages that your own code needs.", nil},
		}}},
		{"compiler", "How definitions are compiled.", &shape{props: []prop{
			{"diagnostics", "How bad findings are: a code or a family → `'error'`, `'warning'`, `'info'` or `'off'`.", &shape{each: leaf(words(Value, "error", "Stops compilation", "warning", "", "info", "", "off", "Not shown"))}},
			{"migrations", "What two schemas alone cannot tell.", &shape{props: []prop{{"renames", "New names → old names, so that a migration renames instead of dropping and adding.", &shape{props: []prop{
				{"tables", "New name of a table → its old name.", &shape{names: tables}},
				{"columns", "Table → new name of a column → its old name.", &shape{names: tables}},
			}}}}}},
			{"features", "Switches of the compiler.", &shape{props: []prop{{"auditFields", "`false`: no audit columns and no soft delete.", leaf(booleans)}}}},
		}}},
		{"trustedOrigins", "Origins that browsers may call from.", nil},
		{"openapi", "The OpenAPI document.", &shape{props: []prop{{"generate", "`false` leaves it out.", leaf(booleans)}, {"publish", "`false`: the backend does not serve it.", leaf(booleans)}}}},
		{"schemaRegistry", "The schema registry.", &shape{props: []prop{{"generate", "`false` leaves it out.", leaf(booleans)}}}},
		{"etag", "ETags on answers.", &shape{props: []prop{{"enabled", "`false` leaves them out.", leaf(booleans)}}}},
	}}
}

func databaseProps() []prop {
	return []prop{
		{"generateId", "How ids are made.", leaf(words(Value, "prefixed", "cnd_… (the default)", "uuid", "", "cuid", "", "nanoid", "", "serial", "Counted by the database"))},
		{"namingConvention", "Names of columns in SQL.", leaf(words(Value, "snake_case", "The default", "camelCase", ""))},
	}
}

func authProps() []prop {
	return []prop{
		{"emailAndPassword", "Sign-in by e-mail and password.", &shape{props: []prop{{"enabled", "`true` allows it.", leaf(booleans)}}}},
		{"plugins", "Better Auth plugins.", list(words(Value, "organization", "Organizations and members", "admin", "Platform administrators", "bearer", "Bearer tokens", "apiKey", "API keys", "passkey", "Passkeys"))},
		{"trustedOrigins", "Origins that may sign in.", nil},
	}
}
