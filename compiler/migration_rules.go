package compiler

import (
	"github.com/qbls/qbls/compiler/migrate"
	"github.com/qbls/qbls/diagnostics"
)

// The rules of migrations. Their examples bring a committed history of one table, which the bad ones change.

// RowsWithoutValue is reported for a required column of a table that is there already.
var RowsWithoutValue = &diagnostics.Rule{
	Code: "QB8401", Title: "Rows that are there have no value for a required column", Since: "0.1.0", Severity: diagnostics.Error,
	Why:  "A database refuses to require what its rows do not have, and it does so when the migration is applied: in production, not here.",
	Fix:  "Give the column a default, let it be empty, or say in compiler.migrations.backfills what existing rows get.",
	Bad:  historyExample("", "kind: text('kind'),\n  name: text('name').notNull(),"),
	Good: historyExample("backfills: { things: { name: \"'unnamed'\" } }", "kind: text('kind'),\n  name: text('name').notNull(),"),
}

// RenameNotSaid is reported when something is new and something is gone, and only the author knows whether it is the same.
var RenameNotSaid = &diagnostics.Rule{
	Code: "QB8402", Title: "A rename is not told from a new column or table", Since: "0.1.0", Severity: diagnostics.Error,
	Why:     "The same two declarations mean a rename, which keeps every value, or a new column beside an abandoned one, which has none.",
	Fix:     "Add the key that the message names to compiler.migrations.renames, with the old name, or false for something new.",
	Bad:     historyExample("", "sort: text('sort'),"),
	Good:    historyExample("renames: { columns: { things: { sort: 'kind' } } }", "sort: text('sort'),"),
	Related: []diagnostics.Code{"QB8403"},
}

// HintMeansNothing is reported for a hint that contradicts the tables.
var HintMeansNothing = &diagnostics.Rule{
	Code: "QB8403", Title: "A migration hint contradicts the tables", Since: "0.1.0", Severity: diagnostics.Error,
	Why:     "A hint that is not followed leaves its author believing that values are carried over.",
	Fix:     "Hints go from the new name to the old one, as the database names tables and columns.",
	Bad:     historyExample("renames: { columns: { things: { kind: 'sort' , label: 'kind' } } }", "kind: text('kind'),"),
	Good:    historyExample("renames: { columns: { things: { label: 'kind' } } }", "label: text('label'),"),
	Related: []diagnostics.Code{"QB8402"},
}

// StaysInDatabase is reported for what the definitions declare no more.
var StaysInDatabase = &diagnostics.Rule{
	Code: "QB8404", Title: "What is no longer declared stays in the database", Since: "0.1.0", Severity: diagnostics.Warning,
	Why:     "Nothing is dropped silently. The values stay, also after a declaration was removed by accident, but nobody is served them any more and nobody deletes them.",
	Fix:     "Leave it, or list it in compiler.migrations.drops to lose it.",
	Bad:     historyExample("", ""),
	Good:    historyExample("", "kind: text('kind'),"),
	Related: []diagnostics.Code{"QB8405"},
}

// ValuesAreLost is reported when a migration drops what the configuration lets go.
var ValuesAreLost = &diagnostics.Rule{
	Code: "QB8405", Title: "A migration drops values", Since: "0.1.0", Severity: diagnostics.Warning,
	Why:     "After the migration only a backup has them.",
	Fix:     "Nothing, when that is meant. Else remove the name from compiler.migrations.drops.",
	Bad:     historyExample("drops: { columns: { things: ['kind'] } }", ""),
	Good:    historyExample("", "kind: text('kind'),"),
	Related: []diagnostics.Code{"QB8404"},
}

// HistoryDamaged is reported when the committed migrations do not fit together.
var HistoryDamaged = &diagnostics.Rule{
	Code: "QB8406", Title: "The committed migrations cannot be continued", Since: "0.1.0", Severity: diagnostics.Error,
	Why:  "The next migration starts from the last one. With a file missing or a journal in disorder, databases would get something else than what is planned here.",
	Fix:  "Restore quickback/drizzle from version control, or resolve the merge that left it so.",
	Bad:  historyExample("", "kind: text('kind'),") + "-- quickback/drizzle/meta/_journal.json --\n{\"version\":\"7\",\"dialect\":\"sqlite\",\"entries\":[{\"idx\":0,\"version\":\"6\",\"when\":1,\"tag\":\"0000_other\",\"breakpoints\":true}]}\n",
	Good: historyExample("", "kind: text('kind'),"),
}

// NotManaged is reported for what a history holds and definitions cannot declare.
var NotManaged = &diagnostics.Rule{
	Code: "QB8407", Title: "The migrations hold something that definitions cannot declare", Since: "0.1.0", Severity: diagnostics.Warning,
	Why:  "Views, policies and roles of a history made by another tool stay in the database, but from here on nobody compares them with anything.",
	Fix:  "Keep them in migrations written by hand.",
	Bad:  history("{\"names\":{\"name\":\"names\",\"columns\":{},\"definition\":\"select 1\",\"isExisting\":false}}") + tableOf("kind: text('kind'),"),
	Good: historyExample("", "kind: text('kind'),"),
}

func migrationRules() []*diagnostics.Rule {
	return []*diagnostics.Rule{RowsWithoutValue, RenameNotSaid, HintMeansNothing, StaysInDatabase, ValuesAreLost, HistoryDamaged, NotManaged}
}

// ruleOf is the rule of a problem.
func ruleOf(r migrate.Reason) *diagnostics.Rule {
	switch r {
	case migrate.Required:
		return RowsWithoutValue
	case migrate.Ambiguous:
		return RenameNotSaid
	case migrate.WrongHint:
		return HintMeansNothing
	case migrate.Kept:
		return StaysInDatabase
	case migrate.Dropped:
		return ValuesAreLost
	case migrate.Damaged:
		return HistoryDamaged
	case migrate.NotUnderstood:
		return NotManaged
	}
	return TargetNotEmitted
}

// historyExample is a project whose table was migrated with a column kind, and now has the given columns instead.
func historyExample(hints, columns string) string {
	out := history("{}") + tableOf(columns)
	if hints != "" {
		out += "-- quickback.config.ts --\nexport default { name: 'shop', compiler: { migrations: { " + hints + " } }, " + providers + " };\n"
	}
	return out
}

func tableOf(columns string) string {
	return "-- features/things/things.ts --\n" + `import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const things = sqliteTable('things', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  ` + columns + `
});

export default defineTable(things, {
  firewall: { organization: {} },
  crud: { list: { access: { roles: ['owner'] } } },
});
`
}

// history is one committed migration, of the table as it was.
func history(views string) string {
	return `-- quickback/drizzle/0000_initial.sql --
CREATE TABLE things (id text PRIMARY KEY NOT NULL, organization_id text NOT NULL, kind text, created_at text, created_by text, modified_at text, modified_by text);
-- quickback/drizzle/meta/_journal.json --
{"version":"7","dialect":"sqlite","entries":[{"idx":0,"version":"6","when":1,"tag":"0000_initial","breakpoints":true}]}
-- quickback/drizzle/meta/0000_snapshot.json --
{"version":"6","dialect":"sqlite","id":"1","prevId":"0","enums":{},"views":` + views + `,"tables":{"things":{"name":"things","columns":{
  "id":{"name":"id","type":"text","primaryKey":true,"notNull":true},
  "organization_id":{"name":"organization_id","type":"text","primaryKey":false,"notNull":true},
  "kind":{"name":"kind","type":"text","primaryKey":false,"notNull":false}},
  "indexes":{},"foreignKeys":{},"compositePrimaryKeys":{}}}}
`
}
