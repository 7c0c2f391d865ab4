package definition

// What drizzle-orm 0.45 has for columns, as data; builders_test.go compares it with the installed package.

// tableFuncs are the table functions of drizzle-orm and their dialects.
var tableFuncs = map[string]Dialect{"sqliteTable": SQLite, "pgTable": Postgres, "mysqlTable": MySQL}

// coreModules are the modules that column builders come from.
var coreModules = map[string]Dialect{"drizzle-orm/sqlite-core": SQLite, "drizzle-orm/pg-core": Postgres, "drizzle-orm/mysql-core": MySQL}

// builder is a column builder. Of several modes, the first is the default.
type builder struct {
	kind     string // of its values, unless the mode says otherwise
	modes    []mode
	options  []string
	required []string // options without which the builder throws
	groups   []string // of modifiers that not every builder has
	filled   bool     // the database fills it: serial
	notNull  bool
}

type mode struct{ name, kind string }

// Groups of modifiers.
const (
	rowID     = "rowid"     // primaryKey({ autoIncrement })
	epoch     = "epoch"     // defaultNow() of an integer date
	identity  = "identity"  // generatedAlwaysAsIdentity, generatedByDefaultAsIdentity
	now       = "now"       // defaultNow()
	random    = "random"    // defaultRandom()
	increment = "increment" // autoincrement()
	touch     = "touch"     // onUpdateNow()
)

var (
	bigModes     = []mode{{"bigint", "bigint"}, {"number", "number"}}
	decimalModes = []mode{{"string", "string"}, {"number", "number"}, {"bigint", "bigint"}}
	timeModes    = []mode{{"date", "date"}, {"string", "string"}}
	dayModes     = []mode{{"string", "string"}, {"date", "date"}}
)

// sqliteBuilders are those of drizzle-orm/sqlite-core. All of them are emitted.
var sqliteBuilders = map[string]builder{
	"text":    {kind: "string", modes: []mode{{"text", "string"}, {"json", "json"}}, options: []string{"enum", "length"}},
	"integer": sqliteInteger,
	"int":     sqliteInteger,
	"real":    {kind: "number"},
	"numeric": {kind: "string", modes: decimalModes},
	"blob":    {kind: "blob", modes: []mode{{"buffer", "blob"}, {"json", "json"}, {"bigint", "bigint"}}},
}

var sqliteInteger = builder{
	kind: "number", modes: []mode{{"number", "number"}, {"boolean", "boolean"}, {"timestamp", "date"}, {"timestamp_ms", "date"}}, groups: []string{rowID, epoch},
}

var postgresBuilders = map[string]builder{
	"bigint":          {kind: "bigint", modes: bigModes, required: []string{"mode"}, groups: []string{identity}},
	"bigserial":       {kind: "bigint", modes: bigModes, required: []string{"mode"}, filled: true, notNull: true},
	"bit":             {kind: "string", options: []string{"dimensions"}, required: []string{"dimensions"}},
	"boolean":         {kind: "boolean"},
	"char":            {kind: "string", options: []string{"enum", "length"}},
	"cidr":            {kind: "string"},
	"date":            {kind: "string", modes: dayModes, groups: []string{now}},
	"decimal":         {kind: "string", modes: decimalModes, options: []string{"precision", "scale"}},
	"doublePrecision": {kind: "number"},
	"geometry":        {kind: "array", modes: []mode{{"tuple", "array"}, {"xy", "json"}}, options: []string{"type", "srid"}},
	"halfvec":         {kind: "array", options: []string{"dimensions"}, required: []string{"dimensions"}},
	"inet":            {kind: "string"},
	"integer":         {kind: "number", groups: []string{identity}},
	"interval":        {kind: "string", options: []string{"fields", "precision"}},
	"json":            {kind: "json"},
	"jsonb":           {kind: "json"},
	"line":            {kind: "array", modes: []mode{{"tuple", "array"}, {"abc", "json"}}},
	"macaddr":         {kind: "string"},
	"macaddr8":        {kind: "string"},
	"numeric":         {kind: "string", modes: decimalModes, options: []string{"precision", "scale"}},
	"point":           {kind: "array", modes: []mode{{"tuple", "array"}, {"xy", "json"}}},
	"real":            {kind: "number"},
	"serial":          {kind: "number", filled: true, notNull: true},
	"smallint":        {kind: "number", groups: []string{identity}},
	"smallserial":     {kind: "number", filled: true, notNull: true},
	"sparsevec":       {kind: "string", options: []string{"dimensions"}, required: []string{"dimensions"}},
	"text":            {kind: "string", options: []string{"enum"}},
	"time":            {kind: "string", options: []string{"precision", "withTimezone"}, groups: []string{now}},
	"timestamp":       {kind: "date", modes: timeModes, options: []string{"precision", "withTimezone"}, groups: []string{now}},
	"uuid":            {kind: "string", groups: []string{random}},
	"varchar":         {kind: "string", options: []string{"enum", "length"}},
	"vector":          {kind: "array", options: []string{"dimensions"}, required: []string{"dimensions"}},
}

var mysqlBuilders = map[string]builder{
	"bigint":     {kind: "bigint", modes: bigModes, options: []string{"unsigned"}, required: []string{"mode"}, groups: []string{increment}},
	"binary":     {kind: "string", options: []string{"length"}},
	"boolean":    {kind: "boolean"},
	"char":       {kind: "string", options: []string{"enum", "length"}},
	"date":       {kind: "date", modes: timeModes},
	"datetime":   {kind: "date", modes: timeModes, options: []string{"fsp"}},
	"decimal":    {kind: "string", modes: decimalModes, options: []string{"precision", "scale", "unsigned"}, groups: []string{increment}},
	"double":     {kind: "number", options: []string{"precision", "scale", "unsigned"}, groups: []string{increment}},
	"float":      {kind: "number", options: []string{"precision", "scale", "unsigned"}, groups: []string{increment}},
	"int":        {kind: "number", options: []string{"unsigned"}, groups: []string{increment}},
	"json":       {kind: "json"},
	"longtext":   {kind: "string", options: []string{"enum"}},
	"mediumint":  {kind: "number", options: []string{"unsigned"}, groups: []string{increment}},
	"mediumtext": {kind: "string", options: []string{"enum"}},
	"mysqlEnum":  {kind: "string"},
	"real":       {kind: "number", options: []string{"precision", "scale"}, groups: []string{increment}},
	"serial":     {kind: "number", filled: true, notNull: true, groups: []string{increment}},
	"smallint":   {kind: "number", options: []string{"unsigned"}, groups: []string{increment}},
	"text":       {kind: "string", options: []string{"enum"}},
	"time":       {kind: "string", options: []string{"fsp"}},
	"timestamp":  {kind: "date", modes: timeModes, options: []string{"fsp"}, groups: []string{now, touch}},
	"tinyint":    {kind: "number", options: []string{"unsigned"}, groups: []string{increment}},
	"tinytext":   {kind: "string", options: []string{"enum"}},
	"varbinary":  {kind: "string", options: []string{"length"}, required: []string{"length"}},
	"varchar":    {kind: "string", options: []string{"enum", "length"}, required: []string{"length"}},
	"year":       {kind: "number"},
}

var dialectBuilders = map[Dialect]map[string]builder{SQLite: sqliteBuilders, Postgres: postgresBuilders, MySQL: mysqlBuilders}

// optionKinds are the kinds of the options' values; "enum" is a list of strings.
var optionKinds = map[string]string{
	"length": "number", "precision": "number", "scale": "number", "fsp": "number", "srid": "number", "dimensions": "number",
	"unsigned": "boolean", "withTimezone": "boolean", "fields": "string", "type": "string", "mode": "string", "enum": "enum",
}

// intervalFields are the values of interval's option.
var intervalFields = []string{
	"year", "month", "day", "hour", "minute", "second", "year to month", "day to hour", "day to minute", "day to second", "hour to minute", "hour to second",
	"minute to second",
}

// modifier is a method of column builders.
type modifier struct {
	group    string    // only builders of this group have it; "" for all
	dialects []Dialect // nil for all
}

var modifiers = map[string]modifier{
	"notNull": {}, "default": {}, "primaryKey": {}, "unique": {}, "references": {}, "$type": {},
	"$default": {}, "$defaultFn": {}, "$onUpdate": {}, "$onUpdateFn": {}, "generatedAlwaysAs": {},
	"defaultNow": {group: now}, "onUpdateNow": {group: touch}, "defaultRandom": {group: random}, "autoincrement": {group: increment},
	"generatedAlwaysAsIdentity": {group: identity}, "generatedByDefaultAsIdentity": {group: identity}, "array": {dialects: []Dialect{Postgres}},
}

// makers are functions of drizzle-orm whose results hold tables, or columns that no builder makes, and that are not emitted.
var makers = map[string]string{
	"sqliteTableCreator": "Tables with computed names", "pgTableCreator": "Tables with computed names", "mysqlTableCreator": "Tables with computed names",
	"pgSchema": "PostgreSQL's schemas", "mysqlSchema": "MySQL's schemas", "mysqlDatabase": "MySQL's schemas",
	"view": "Views of the database", "sqliteView": "Views of the database", "pgView": "Views of the database", "mysqlView": "Views of the database", "pgMaterializedView": "Views of the database",
	"customType": "Column types of one's own",
}

// isBuilder says whether a name is a column builder of some dialect.
func isBuilder(name string) bool {
	for _, builders := range dialectBuilders {
		if _, ok := builders[name]; ok {
			return true
		}
	}
	return false
}

// tableParts are what a table's third argument is made of, by the dialects that have it.
var tableParts = map[string][]Dialect{
	"index": nil, "uniqueIndex": nil, "unique": nil, "primaryKey": nil, "foreignKey": nil, "check": nil, "pgPolicy": {Postgres},
}

// isTablePart says whether a name is a function for the third argument of a table, or for what is beside tables.
func isTablePart(name string) bool {
	_, ok := tableParts[name]
	return ok || name == "relations" || name == "pgEnum"
}

// indexMethods are the methods of what the parts return.
var indexMethods = map[string]map[string][]Dialect{
	"index":       {"on": nil, "where": {SQLite, Postgres}, "onOnly": {Postgres}, "using": {Postgres, MySQL}, "concurrently": {Postgres}, "with": {Postgres}, "algorithm": {MySQL}, "lock": {MySQL}},
	"uniqueIndex": {"on": nil, "where": {SQLite, Postgres}, "onOnly": {Postgres}, "using": {Postgres, MySQL}, "concurrently": {Postgres}, "with": {Postgres}, "algorithm": {MySQL}, "lock": {MySQL}},
	"unique":      {"on": nil, "nullsNotDistinct": {Postgres}},
	"primaryKey":  {},
	"foreignKey":  {"onDelete": nil, "onUpdate": nil},
	"check":       {},
	"pgPolicy":    {"link": nil},
}

// referenceActions are the values of onDelete and onUpdate.
var referenceActions = []string{"cascade", "restrict", "no action", "set null", "set default"}
