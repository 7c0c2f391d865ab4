package evaluate

import "github.com/qbls/qbls/diagnostics"

// TimedOut is reported when running the definitions took longer than they may.
var TimedOut = &diagnostics.Rule{
	Code: "QB1120", Title: "Evaluating the definitions takes too long", Since: "0.2.0", Severity: diagnostics.Error,
	Why:     "Definitions declare; what they compute takes milliseconds. Code that does not end would keep every check, save and build waiting, so it is stopped and nothing of the project is known.",
	Fix:     "Remove the loop or the recursion, or the regular expression that backtracks, or write the values out.",
	Bad:     hostile("[...(() => { while (true) {} })()]"),
	Good:    hostile("['name']"),
	Related: []diagnostics.Code{"QB1121"},
	CWE:     []int{834, 1333},
}

// OutOfMemory is reported when running the definitions took more memory, depth or text than they may.
var OutOfMemory = &diagnostics.Rule{
	Code: "QB1121", Title: "Evaluating the definitions takes too much memory", Since: "0.2.0", Severity: diagnostics.Error,
	Why:     "Code that fills the memory would take the editor or the build machine down with it, so it is stopped and nothing of the project is known.",
	Fix:     "Build smaller values: definitions need lists of hundreds, not of millions. Recursion needs an end.",
	Bad:     hostile("(function all(): string[] { return [...all(), 'name']; })()"),
	Good:    hostile("['name']"),
	Related: []diagnostics.Code{"QB1120"},
	CWE:     []int{400, 674},
}

// Threw is reported when a definition file throws while it is evaluated.
var Threw = &diagnostics.Rule{
	Code: "QB1122", Title: "A definition throws while it is evaluated", Since: "0.2.0", Severity: diagnostics.Error,
	Why:     "What a file declares after the error is not known, and neither is what others import from it. A policy that is half known is none.",
	Fix:     "Mend the error. Definitions are evaluated without a clock, a network, files, process, eval and undeclared environment variables; what modules share is frozen.",
	Bad:     hostile("[process.env.COLUMN]"),
	Good:    hostile("['name']"),
	Related: []diagnostics.Code{"QB1123"},
	CWE:     []int{1321},
}

// PackageNotLoaded is reported when a definition uses a package while it is evaluated.
var PackageNotLoaded = &diagnostics.Rule{
	Code: "QB1123", Title: "A package cannot be used by a definition", Since: "0.2.0", Severity: diagnostics.Error,
	Why:     "Definitions are evaluated without anybody's packages: what those do is known to nobody, and a policy must not depend on it. Functions that run in the backend (execute, handlers) may use them.",
	Fix:     "Move the use into a function that runs in the backend, or write the value out.",
	Bad:     "import { upperFirst } from 'lodash';\n" + hostile("[upperFirst('name')]"),
	Good:    "import { upperFirst } from 'lodash';\nexport const later = () => upperFirst('name');\n" + hostile("['name']"),
	Related: []diagnostics.Code{"QB1122"},
	CWE:     []int{829},
}

// NotData is reported when the value of an expression is none that a definition can hold.
var NotData = &diagnostics.Rule{
	Code: "QB1124", Title: "The value of this expression is not plain data", Since: "0.2.0", Severity: diagnostics.Error,
	Why:     "A policy is emitted as literal data. A date, a map, an instance of a class or a text of megabytes has no such form, and leaving it out would change the policy.",
	Fix:     "Let the expression give strings, numbers, booleans, lists, objects or builder calls.",
	Bad:     hostile("[...[new Date()]]"),
	Good:    hostile("['name']"),
	Related: []diagnostics.Code{"QB1125"},
}

// Unstable is reported when an expression has more than one value while the definitions are evaluated.
var Unstable = &diagnostics.Rule{
	Code: "QB1125", Title: "This value changes while the definitions are evaluated", Since: "0.2.0", Severity: diagnostics.Error, Locked: true,
	Why:     "A list that is changed after a policy has used it makes the policy depend on the order in which files are loaded: what is checked would not be what runs.",
	Fix:     "Build the value in one expression, and change it nowhere else.",
	Bad:     "let columns: string[] = ['name'];\n" + hostile("columns") + "columns.push('id');\n",
	Good:    hostile("['name']"),
	Related: []diagnostics.Code{"QB1124"},
	CWE:     []int{367},
}

// NotBundled is reported when the files of a definition cannot be joined into one script.
var NotBundled = &diagnostics.Rule{
	Code: "QB1126", Title: "A definition cannot be prepared for evaluation", Since: "0.2.0", Severity: diagnostics.Error,
	Why:     "A file that cannot be read as TypeScript, or that imports a file which is not there, cannot be evaluated, and neither can what depends on it.",
	Fix:     "Mend the syntax, or the path of the import. await at the top of a file is not available.",
	Bad:     "import { columns } from './missing';\n" + hostile("[...columns]"),
	Good:    hostile("['name']"),
	Related: []diagnostics.Code{"QB1122", "QB1123"},
}

// UnseenTable is reported for a table that the code makes and that reading does not see.
var UnseenTable = &diagnostics.Rule{
	Code: "QB1127", Title: "A table is made in a way that is not seen", Since: "0.3.0", Severity: diagnostics.Error, Locked: true,
	Why:     "A table that nobody reads has neither columns nor a policy in the backend, while the code that uses it takes it for granted.",
	Fix:     "Make the table in the statement that exports it: by its builder, or by one call of a function of the project that calls the builder.",
	Bad:     "import { sqliteTable as table, text as words } from 'drizzle-orm/sqlite-core';\nconst notes = [table('notes', { id: words('id').primaryKey() })] as const;\nexport const [first] = notes;\n" + hostileOwn,
	Good:    "import { sqliteTable as table, text as words } from 'drizzle-orm/sqlite-core';\nexport const first = table('notes', { id: words('id').primaryKey() });\n" + hostileOwn,
	Related: []diagnostics.Code{"QB1103"},
	CWE:     []int{862},
}

// hostileOwn is a table of its own behind the example.
var hostileOwn = hostile("['name']")

// Disagreement is reported when evaluation contradicts what static reading claims to know.
var Disagreement = &diagnostics.Rule{
	Code: "QB9001", Title: "Reading and evaluating a definition disagree", Since: "0.2.0", Severity: diagnostics.Error, Locked: true,
	Why: "The policy that would be enforced is the one that was read; the program says another one. One of the two is wrong, and that is a defect of qbls. Nothing is emitted until it is mended.",
	Fix: "Write the value out in place, where nothing can change it, and report the defect.",
	CWE: []int{693},
}

// Rules returns the documentation of what evaluation reports.
func Rules() []*diagnostics.Rule {
	return []*diagnostics.Rule{TimedOut, OutOfMemory, Threw, PackageNotLoaded, NotData, Unstable, NotBundled, UnseenTable, Disagreement}
}

// hostile is a table whose createable columns are an expression.
func hostile(columns string) string {
	return `import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const things = sqliteTable('things', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  name: text('name'),
});

export default defineTable(things, {
  firewall: { organization: {} },
  guards: { createable: ` + columns + ` },
  crud: { list: { access: { roles: ['owner'] } } },
});
`
}
