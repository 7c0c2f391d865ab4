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
