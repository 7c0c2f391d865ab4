package query

// signatures are the calls of the definition API (language.md, Layouts and Configuration).
var signatures = map[string]call{
	"defineTable":    {"The policy of a table. The file's name is the URL of the resource.", []param{{"table", "The constant of the table, declared in this file."}, {"policy", "firewall, crud, guards, masking, views …"}}},
	"defineResource": {"The same as defineTable.", []param{{"table", "The constant of the table, declared in this file."}, {"policy", "firewall, crud, guards, masking, views …"}}},
	"defineActions":  {"Custom operations of a table.", []param{{"table", "The constant of the table, imported from its file; `null` for actions without a record."}, {"actions", "By name: input, access, and `execute` or `handler`."}}},
	"defineAction":   {"One action, called like its file.", []param{{"action", "input, access, and `execute` or `handler`."}}},
	"feature":        {"Table, policy and actions in one.", []param{{"name", "The name of the feature: that of the file."}, {"definition", "columns, firewall, crud, guards, actions …"}}},
	"defineConfig":   {"The configuration of the project.", []param{{"config", "name, providers, auth, features, build …"}}},
	"defineRuntime":  {"Where the backend runs.", []param{{"name", "`'bun'`, `'node'`, `'cloudflare'`"}, {"options?", "Options of that runtime."}}},
	"defineDatabase": {"Where the rows are.", []param{{"name", "`'better-sqlite3'`, `'libsql'`, `'cloudflare-d1'`, `'neon'`, `'supabase'`"}, {"options?", "generateId, namingConvention …"}}},
	"defineAuth":     {"Who the callers are.", []param{{"name", "`'better-auth'`, `'supabase-auth'`"}, {"options?", "emailAndPassword, plugins, trustedOrigins …"}}},

	"q.table":     {"A table by the column builders of q.", []param{{"name", "Its name in SQL."}, {"columns", "By property name."}}},
	"q.id":        {"The primary key; its values are made as the configuration's generateId says.", nil},
	"q.text":      {"A text column.", []param{{"options?", "minLength, maxLength, pattern"}}},
	"q.int":       {"A column of whole numbers.", []param{{"options?", "min, max"}}},
	"q.real":      {"A column of numbers.", []param{{"options?", "min, max"}}},
	"q.bool":      {"A column of true and false.", nil},
	"q.enum":      {"A text column that takes only these values; the database checks it.", []param{{"values", "The values, as a list."}}},
	"q.json":      {"A column of JSON.", nil},
	"q.datetime":  {"A moment, as ISO-8601 text in UTC.", nil},
	"q.timestamp": {"A moment, as ISO-8601 text in UTC.", nil},
	"q.date":      {"A day, as ISO-8601 text.", nil},
	"q.url":       {"A text column that holds a URL.", []param{{"options?", "minLength, maxLength, pattern"}}},
	"q.email":     {"A text column that holds an e-mail address.", []param{{"options?", "minLength, maxLength, pattern"}}},
	"q.uuid":      {"A text column that holds a UUID.", nil},
	"q.scope":     {"The column that isolates rows; clients never write it.", []param{{"kind", "`'organization'`, `'owner'` or `'team'`"}}},
}

// modifiers are the calls behind a column of q.
var modifiers = map[string]call{
	"required":   {"Must be given on create.", nil},
	"optional":   {"May be NULL.", nil},
	"unique":     {"No two rows of a scope have the same value.", nil},
	"index":      {"Gets an index.", nil},
	"default":    {"The value of rows that are created without one.", []param{{"value", "A literal, or sql`…`."}}},
	"defaultNow": {"The moment, or the day, of the insert.", nil},
	"references": {"A foreign key.", []param{{"target", "`() => table.column`"}, {"options?", "onDelete, onUpdate"}}},
	"filterable": {"Lists can be filtered by it; all others then cannot, unless they say so too.", []param{{"…operators", "eq, ne, gt, gte, lt, lte, like, in, isNull; all when none is named."}}},
	"searchable": {"`?search=` looks into it.", nil},
	"sortable":   {"Lists can be sorted by it.", nil},
	"protected":  {"Only actions write it.", nil},
	"immutable":  {"Set on create and never later.", nil},
	"masked":     {"Shown masked.", []param{{"type", "email, phone, ssn, creditCard, name or redact"}}},
}
