package names_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/names"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

type files struct{}

func (files) Resolve(_ text.Path, module string) text.Path {
	if strings.HasPrefix(module, ".") {
		return text.Path(strings.TrimPrefix(module, "./") + ".ts")
	}
	return ""
}
func (files) Tree(text.Path) *syntax.Tree { return nil }

const head = `import { eq, getTableColumns } from 'drizzle-orm';
import * as schema from './schema';
import { jobs, type Job } from './jobs';
import { other } from './other';
`

// TestColumnsInCode marks every column of jobs and of the file's own table that code names with ⟦…⟧: these and no others are found.
func TestColumnsInCode(t *testing.T) {
	for name, code := range map[string]string{
		"a member of the table":         `eq(jobs.⟦stage⟧, 'x'); other.name;`,
		"a namespace":                   `schema.jobs.⟦stage⟧;`,
		"set":                           `await db.update(jobs).set({ ⟦stage⟧: 'open', ⟦title⟧ }).where(eq(jobs.⟦id⟧, record.id));`,
		"set of another table":          `db.update(unknown).set({ stage: 'open' });`,
		"values in a list":              `tx.insert(jobs).values([{ ⟦stage⟧: f({ stage: 1 }) }, { '⟦title⟧': x }]);`,
		"values of a callback":          `db.insert(jobs).values(input.items.map((item) => ({ ⟦stage⟧: item.stage })));`,
		"both ways of a condition":      `db.update(jobs).set(late ? { ⟦stage⟧: 'late' } : { ⟦title⟧: 'x' });`,
		"spread":                        `db.update(jobs).set({ ...(late ? { ⟦stage⟧: 'late' } : {}), ⟦title⟧: 'x' });`,
		"a constant":                    `const patch = { ⟦stage⟧: 'x' }; db.update(jobs).set(patch);`,
		"a constant for something else": `const patch = { stage: 'x' }; send(patch);`,
		"conflict":                      `db.insert(jobs).values({ ⟦id⟧: 1 }).onConflictDoUpdate({ target: jobs.⟦id⟧, set: { ⟦stage⟧: 'x' } });`,
		"returned rows":                 `const [row] = await db.update(jobs).set({}).returning(); row.⟦stage⟧; row?.⟦title⟧;`,
		"selected rows":                 `const rows = await db.select().from(jobs).where(eq(jobs.⟦id⟧, 1)); rows[0].⟦stage⟧; rows.map((r) => r.⟦title⟧);`,
		"selected parts":                `const rows = await db.select({ stage: jobs.⟦stage⟧ }).from(jobs); rows[0].stage;`,
		"joined":                        `const rows = await db.select().from(jobs).innerJoin(other, eq(other.id, jobs.⟦id⟧)); rows[0].stage;`,
		"a loop":                        `for (const row of await db.select().from(jobs)) { row.⟦stage⟧; }`,
		"destructured":                  `const [{ ⟦stage⟧, ⟦title⟧: name }] = await db.select().from(jobs); name.stage;`,
		"the record of an action":       `defineActions(jobs, { a: { execute: async ({ db, record }) => { record.⟦stage⟧; } } });`,
		"the record under another name": `export const execute = async ({ record: { ⟦stage⟧ }, ...rest }) => stage;`,
		"parameters as a whole":         `export async function execute(params) { return params.record.⟦stage⟧; }`,
		"a record of one's own":         `async ({ record }) => { record.⟦stage⟧; { const record = load(); record.stage; } record.⟦title⟧; }`,
		"access":                        `export default defineTable(jobs, { crud: { get: { access: async (ctx, row) => row.⟦ownerId⟧ === ctx.userId } } });`,
		"relational":                    `const job = await db.query.jobs.findFirst({ columns: { ⟦stage⟧: true }, where: (j, { eq }) => eq(j.⟦id⟧, 1) }); job.⟦title⟧;`,
		"a type":                        `function f(job: Job, all: Job[]): string { all.find((x) => x.⟦title⟧ === job.⟦title⟧); return job.⟦stage⟧; }`,
		"a type's member":               `let s: Job['⟦stage⟧']; type P = Pick<Job, '⟦id⟧' | '⟦title⟧'>;`,
		"several at once":               `const [a, b] = await Promise.all([db.select().from(jobs), db.select().from(other)]); a[0].⟦stage⟧;`,
		"columns of the table":          `const { ⟦stage⟧, ...rest } = getTableColumns(jobs);`,
		"a name that hides the table":   `items.map((jobs) => jobs.stage);`,
		"comments and strings":          `// jobs.stage` + "\n" + `log('jobs.stage');`,
		"templates":                     "sql`${jobs.⟦stage⟧} = ${input.stage}`;",
		"then":                          `db.select().from(jobs).then((rows) => rows[0].⟦stage⟧);`,
		"a second parameter":            `list.reduce((sum, row) => sum + row.stage, 0);`,
	} {
		t.Run(name, func(t *testing.T) {
			plain, want := marked(head, code)
			f := text.NewFile("actions.ts", plain)
			d, _ := definition.Read(syntax.Parse(f), files{})
			var got []text.Span
			var said []string
			for _, u := range names.CodeOf(f, d).Uses {
				if u.Kind == names.Column && u.Table != "other" {
					got = append(got, u.At)
					said = append(said, f.Slice(u.At)+" of "+u.Table)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("found %v\nin %s", said, code)
			}
		})
	}
}

func TestShorthandsAndWrites(t *testing.T) {
	f := text.NewFile("a.ts", head+`db.update(jobs).set({ stage, title: 'x' }); const { state } = jobs; if (jobs.stage !== 'done') {} ctx.roles.includes('owner');`)
	d, _ := definition.Read(syntax.Parse(f), files{})
	short, write, states, roles := "", "", "", ""
	for _, u := range names.CodeOf(f, d).Uses {
		word := f.Slice(u.At) + " "
		if u.Short {
			short += word
		}
		if u.Write {
			write += word
		}
		switch u.Kind {
		case names.State:
			states += u.Column + "=" + word
		case names.Role:
			roles += word
		}
	}
	if short != "stage state " || write != "stage title " || states != "title=x stage=done " || roles != "owner " {
		t.Errorf("short %q, write %q, states %q, roles %q", short, write, states, roles)
	}
}

func TestTheTableOfTheFileItself(t *testing.T) {
	f := text.NewFile("a.ts", "import { sqliteTable, text } from 'drizzle-orm/sqlite-core';\nexport const notes = sqliteTable('notes', { id: text('id') }, (t) => [index('i').on(t.body)]);\nexport type Note = typeof notes.$inferSelect;\nconst first = (n: Note) => n.body;\n")
	d, _ := definition.Read(syntax.Parse(f), files{})
	tables, columns := 0, 0
	for _, u := range names.CodeOf(f, d).Uses {
		switch {
		case u.Kind == names.Table:
			tables++
		case u.Table == "notes" && u.Column == "body":
			columns++
		}
	}
	if tables != 1 || columns != 2 {
		t.Errorf("%d uses of the table, %d of its column", tables, columns)
	}
}

// TestStatesInCode marks every value that is certainly one of a column with ⟦…⟧: these and no others are found.
func TestStatesInCode(t *testing.T) {
	for name, code := range map[string]string{
		"compared":               `if (jobs.stage === '⟦open⟧' || jobs.stage !== "⟦done⟧") {}`,
		"compared the other way": `if ('⟦open⟧' === jobs.stage && 'open' === input.stage) {}`,
		"compared with a record": `async ({ record }) => record.stage === '⟦open⟧' && '⟦done⟧' !== record.stage;`,
		"a patch":                `db.update(jobs).set({ stage: '⟦open⟧', ...x });`,
		"both ways of a patch":   `db.update(jobs).set({ stage: input.late === 'yes' ? '⟦late⟧' : '⟦open⟧' });`,
		"a patch with a default": `db.insert(jobs).values({ stage: input.stage ?? '⟦open⟧' });`,
		"a patch in brackets":    `db.insert(jobs).values({ stage: ('⟦open⟧' as const) });`,
		"an argument in a patch": `db.insert(jobs).values({ stage: pick('open', x ? 'a' : 'b') });`,
		"a switch":               `for (const row of await db.select().from(jobs)) { switch (row.stage) { case '⟦open⟧': switch (x) { case 'open': break; } break; case "⟦done⟧": break; default: } }`,
		"a switch of an action":  `async ({ record }) => { switch (record.stage) { case '⟦open⟧': return { a: 'open' }; } };`,
		"a list that has it":     `async ({ record }) => ['⟦open⟧', '⟦done⟧'].includes(record.stage) || ['open'].includes(input.stage);`,
		"Drizzle":                `where(and(eq(jobs.stage, '⟦open⟧'), inArray(jobs.stage, ['⟦open⟧', '⟦done⟧']), eq(other.stage, 'open')));`,
		"a destructured column":  `async ({ record: { stage } }) => stage === '⟦open⟧';`,
		"assigned to a row":      `async ({ record }) => { record.stage = '⟦open⟧'; const stage = 'open'; };`,
		"another object":         `send({ stage: 'open' }); const x = { stage: 'open' };`,
	} {
		t.Run(name, func(t *testing.T) {
			plain, want := marked(head, code)
			f := text.NewFile("actions.ts", plain)
			d, _ := definition.Read(syntax.Parse(f), files{})
			var got []text.Span
			for _, u := range names.CodeOf(f, d).Uses {
				if u.Kind == names.State && u.Table != "other" && u.Column == "stage" {
					got = append(got, u.At)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("found %v, want %v\nin %s", got, want, code)
			}
		})
	}
}

// marked takes the marks ⟦…⟧ out of code, and returns it behind a beginning with the places that were marked.
func marked(before, code string) (plain string, at []text.Span) {
	plain = before
	for i, part := range strings.Split(code, "⟦") {
		word, rest, isMarked := strings.Cut(part, "⟧")
		if i > 0 && isMarked {
			at = append(at, text.Span{Start: int32(len(plain)), End: int32(len(plain) + len(word))})
			plain += word + rest
			continue
		}
		plain += part
	}
	return plain, at
}
