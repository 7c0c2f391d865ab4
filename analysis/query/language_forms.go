package query

// featureShape is a resource with its columns and its actions.
func featureShape(resource, actions *shape) *shape {
	return &shape{props: append([]prop{
		{"columns", "The columns of the table, made with `q`.", nil},
		{"actions", "Custom operations. What `execute` returns is written to the record.", actions},
	}, resource.props...)}
}

func readShape(access *shape) *shape {
	return &shape{props: []prop{
		{"access", "Who may list and get.", access},
		{"views", "Named projections: `GET /<resource>?view=<name>`.", &shape{each: viewShape(access)}},
		{"defaultView", "The view that a list answers with when the request names none.", leaf(viewNames)},
		{"pageSize", "Rows per page when the request names none (50).", nil},
		{"maxPageSize", "The most rows a request may ask for (100).", nil},
		{"fields", "The columns that are returned; all when absent.", list(columns(every))},
	}}
}

// unemittedProps are read and checked; a diagnostic says what this version does not emit.
func unemittedProps() []prop {
	return []prop{
		{"layouts", "How forms arrange the fields.", &shape{each: &shape{props: []prop{{"sections", "Groups of fields.", &shape{items: &shape{props: []prop{
			{"label", "Heading of the group.", nil},
			{"fields", "The columns of the group.", list(columns(every))},
			{"columns", "1 or 2.", nil},
			{"collapsed", "`true`: closed at first.", leaf(booleans)},
		}}}}}}}},
		{"realtime", "Events about rows over WebSocket. Not emitted by this version.", &shape{props: []prop{
			{"enabled", "`true` sends events.", leaf(booleans)},
			{"onInsert", "Events about new rows (true).", leaf(booleans)},
			{"onUpdate", "Events about changes (true).", leaf(booleans)},
			{"onDelete", "Events about removals (true).", leaf(booleans)},
			{"requiredRoles", "Who gets the events.", list(roleNames(false))},
			{"fields", "What the events hold.", list(columns(every))},
		}}},
		{"embeddings", "Vectors of texts. Not emitted by this version.", &shape{props: []prop{
			{"fields", "The columns whose text is embedded.", list(columns(texts))},
			{"model", "The model that makes the vectors.", nil},
			{"onInsert", "For new rows (true).", leaf(booleans)},
			{"onUpdate", "Columns whose change makes a new vector.", list(columns(every))},
			{"embeddingColumn", "The column that keeps the vector.", leaf(columns(every))},
			{"metadata", "Columns stored with the vector.", list(columns(every))},
			{"separator", "What stands between the texts.", nil},
		}}},
	}
}
