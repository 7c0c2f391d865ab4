package query

import "sync"

// language is the grammar of the definition language: what completion offers and what hover says of a key. It holds the keys
// that this version reads; a test compares it with the reader.
var language = sync.OnceValue(func() roots {
	access := accessShape()
	resource := resourceShape(access)
	actions := &shape{blocks: actionBlocks, each: actionShape(access)}
	return roots{
		"defineTable":    {0: leaf(tableConstants), 1: resource},
		"defineResource": {0: leaf(tableConstants), 1: resource},
		"feature":        {1: featureShape(resource, actions)},
		"defineActions":  {0: leaf(tableConstants), 1: actions},
		"defineAction":   {0: actions.each},
		"q.scope":        {0: leaf(words(Value, "organization", "Rows of the active organization", "owner", "Rows of the signed-in user", "team", "Rows of the active team"))},
		"defineConfig":   {0: configShape()},
		"defineRuntime":  {0: leaf(words(Value, "bun", "Run on Bun", "cloudflare", "Run on Cloudflare Workers", "node", "Run on Node.js")), 1: runtimeShape()},
		"defineDatabase": {
			0: leaf(words(Value, "better-sqlite3", "SQLite in a file", "libsql", "libSQL or Turso", "cloudflare-d1", "Cloudflare D1", "neon", "PostgreSQL on Neon")),
			1: databaseShape(),
		},
		"defineAuth": {
			0: leaf(words(Value, "better-auth", "Better Auth, in the backend itself")),
			1: authShape(),
		},
	}
})

func accessShape() *shape {
	access := &shape{}
	condition := &shape{values: operands, props: operatorProps(&shape{values: operands}, &shape{items: &shape{values: operands}})}
	access.props = []prop{
		{"roles", "Organization roles; any of them suffices. `'x+'` means x and every role above it.", list(roleNames(false))},
		{"userRole", "Platform roles of the user, apart from any organization.", list(words(Role, "admin", "Platform administrator", "user", "Any user"))},
		{"record", "Conditions on the row. On lists they become part of the WHERE clause.", &shape{names: columns(every), each: condition}},
		{"or", "At least one of these rules must hold.", &shape{items: access}},
		{"and", "All of these rules must hold.", &shape{items: access}},
	}
	return access
}

func operatorProps(one, many *shape) []prop {
	return []prop{
		{"equals", "The column has this value.", one},
		{"notEquals", "The column has another value, or none.", one},
		{"in", "The column has one of these values.", many},
		{"notIn", "The column has none of these values.", many},
		{"lessThan", "The column is less than this value.", one},
		{"lessThanOrEqual", "The column is at most this value.", one},
		{"greaterThan", "The column is greater than this value.", one},
		{"greaterThanOrEqual", "The column is at least this value.", one},
		{"isNull", "`true`: the column is empty; `false`: it has a value.", leaf(booleans)},
	}
}

func resourceShape(access *shape) *shape {
	return &shape{props: append(append([]prop{
		{"firewall", "Which rows a request can reach at all: every query gets these conditions. Without it, it is derived from the columns.", firewallShape()},
		{"crud", "The operations that have a route. What is absent has none; what has no access is denied.", crudShape(access)},
		{"guards", "Which fields a client may write. `false` opens all but system fields.", guardsShape()},
		{"masking", "Fields that are shown only to some; everybody else gets a masked value.", maskingShape()},
		{"views", "Named projections: `GET /<resource>/views/<name>`.", &shape{each: viewShape(access)}},
		{"references", "Foreign keys that a name does not tell: column → table.", &shape{names: columns(every), each: leaf(tables)}},
		{"displayColumn", "The column that stands for a row in labels.", leaf(columns(texts))},
		{"defaultSort", "The order of lists that ask for none.", &shape{props: []prop{
			{"field", "The column to sort by.", leaf(columns(every))},
			{"order", "`'asc'` or `'desc'`.", leaf(words(Value, "asc", "Smallest first", "desc", "Largest first"))},
		}}},
		{"inputHints", "How a form should show a field.", &shape{names: columns(every), each: leaf(inputHints)}},
		{"validation", "Rules for values, enforced on create and update.", &shape{names: columns(every), each: validationShape()}},
		{"unique", "Columns whose values together occur once per scope.", &shape{items: &shape{props: []prop{
			{"columns", "The columns of the constraint.", list(columns(every))},
		}}}},
		{"firewallErrorMode", "Beside a firewall written as a list: `'reveal'` or `'hide'`.", leaf(errorModes)},
		{"read", "list and get in one: who may read, and through which views.", readShape(access)},
	}, crudShape(access).props...), unemittedProps()...)}
}

func firewallShape() *shape {
	column := prop{"column", "The column of this scope, when its name does not tell.", leaf(columns(every))}
	from := prop{"source", "Where the value comes from, when it is not the usual context value.", leaf(contextPaths("ctx."))}
	predicate := operatorProps(leaf(contextPaths("ctx.")), &shape{items: leaf(contextPaths("ctx."))})
	predicate = append([]prop{{"field", "The column this condition is about.", leaf(columns(every))}}, predicate...)
	return &shape{
		items: &shape{props: predicate},
		props: []prop{
			{"organization", "Rows of the active organization only.", &shape{props: []prop{column, from}}},
			{"owner", "Rows of the signed-in user only.", &shape{props: []prop{column, from,
				{"mode", "`'required'`, or `'optional'` to waive the condition for some roles.", leaf(words(Value, "required", "Everybody sees only their own rows", "optional", "The roles named beside it see every row"))},
				{"roles", "The roles that an optional owner scope is waived for.", list(roleNames(false))},
			}}},
			{"team", "Rows of the active team only.", &shape{props: []prop{column, from}}},
			{"softDelete", "Deleted rows stay hidden.", &shape{props: []prop{column}}},
			{"exception", "`true`: rows of everybody, on purpose. Cannot stand beside a scope.", leaf(booleans)},
			{"errorMode", "What a row behind the firewall answers: `'reveal'` 403, `'hide'` 404.", leaf(errorModes)},
		},
	}
}

func crudShape(access *shape) *shape {
	acc := prop{"access", "Who may do this.", access}
	batch := []prop{acc, {"maxBatchSize", "How many rows one request may hold (100).", nil},
		{"allowFailFast", "Whether a request may ask to stop at the first row that fails.", leaf(booleans)}}
	fields := prop{"fields", "The columns that are returned; all when absent.", list(columns(every))}
	mode := prop{"mode", "`'soft'` marks rows as deleted, `'hard'` removes them.", leaf(words(Value, "soft", "Mark as deleted", "hard", "Remove the row"))}
	return &shape{props: []prop{
		{"list", "`GET /<resource>`", &shape{props: []prop{acc, fields, {"pageSize", "Rows per page when the request names none (50).", nil}, {"maxPageSize", "The most rows a request may ask for (100).", nil}}}},
		{"get", "`GET /<resource>/:id`", &shape{props: []prop{acc, fields}}},
		{"create", "`POST /<resource>`", &shape{props: []prop{acc, {"defaults", "Values for fields that the body omits.", &shape{names: columns(writable), each: leaf(operandsOfColumn)}}}}},
		{"update", "`PATCH /<resource>/:id`", &shape{props: []prop{acc}}},
		{"delete", "`DELETE /<resource>/:id`", &shape{props: []prop{acc, mode}}},
		{"put", "`PUT /<resource>/:id`, for ids that the client makes: needs `generateId: false` and `guards: false`.", &shape{props: []prop{acc}}},
		{"batchCreate", "`POST /<resource>/batch`; comes with create unless it is `false`.", &shape{props: batch}},
		{"batchUpdate", "`PATCH /<resource>/batch`; comes with update unless it is `false`.", &shape{props: batch}},
		{"batchDelete", "`DELETE /<resource>/batch`; comes with delete unless it is `false`.", &shape{props: append(batch[:len(batch):len(batch)], mode)}},
		{"batchUpsert", "`PUT /<resource>/batch`; comes with put unless it is `false`.", &shape{props: batch}},
	}}
}

func guardsShape() *shape {
	return &shape{props: []prop{
		{"createable", "Fields that a client may set on create.", list(guardable("protected"))},
		{"updatable", "Fields that a client may change later.", list(guardable("immutable", "protected"))},
		{"immutable", "Fields that may be set on create and never change.", list(guardable("updatable"))},
		{"protected", "Fields that only the named actions may change.", &shape{names: guardable("createable", "updatable"), each: list(actionNames), items: leaf(guardable("createable", "updatable"))}},
	}}
}

func maskingShape() *shape {
	return &shape{names: columns(sensitive), each: &shape{props: []prop{
		{"type", "How the value is masked.", leaf(maskTypes)},
		{"show", "Who sees the value unmasked. Without it, nobody.", &shape{props: []prop{
			{"roles", "Roles that see it unmasked.", list(roleNames(true))},
			{"or", "`'owner'`: whoever owns the row, too.", leaf(words(Value, "owner", "The row's owner sees it"))},
		}}},
		{"mask", "The function of a custom mask.", nil},
		{"query", "Who may filter, sort and search by the field although it is masked.", &shape{props: []prop{
			{"roles", "Roles that may query by it.", list(roleNames(false))},
		}}},
	}}}
}

func viewShape(access *shape) *shape {
	return &shape{props: []prop{
		{"fields", "The columns of the view.", list(columns(every))},
		{"access", "Who may read the view.", access},
		{"query", "What clients may filter, search and sort by.", &shape{props: []prop{
			{"filterable", "Columns that `?column=value` may name.", list(columns(every))},
			{"searchable", "Columns that `?search=` looks into.", list(columns(texts))},
			{"sortable", "Columns that `?sort=` may name.", list(columns(every))},
			{"defaultSort", "Order without `?sort=`; a leading `-` means descending.", leaf(sortKeys)},
		}}},
	}}
}

// validates says whether a rule for values is one for the type of the column around it.
func validates(sc *scene, key string) bool {
	var column string
	for _, step := range sc.cursor.Path {
		if step.Key != "" && step.Key != key {
			column = step.Key
		}
	}
	f, ok := sc.field(column)
	switch {
	case !ok:
		return true
	case key == "min", key == "max":
		return f.Type == "number"
	case key == "minLength", key == "maxLength", key == "pattern", key == "email":
		return f.Type == "string"
	}
	return true
}

func validationShape() *shape {
	return &shape{fits: validates, props: []prop{
		{"minLength", "The fewest characters.", nil}, {"maxLength", "The most characters.", nil},
		{"min", "The smallest number.", nil}, {"max", "The largest number.", nil},
		{"pattern", "A regular expression that the text must match.", nil},
		{"enum", "The only values allowed.", list(operandsOfColumn)},
		{"email", "`true`: an e-mail address.", leaf(booleans)},
	}}
}
