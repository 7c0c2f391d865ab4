import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

// A table whose columns a function picks: only running the code can tell which. `extra` is what the function does besides.
const made = (name, head, extra) => `import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';
${head}
const only = (names: string[]) => {${extra}
  return names.filter((n) => n !== 'id');
};

export const ${name} = sqliteTable('${name}', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  name: text('name'),
});

export default defineTable(${name}, {
  firewall: { organization: {} },
  guards: { createable: only(['id', 'name']), updatable: ['name'] },
  crud: {
    list: { access: { roles: ['owner'] } },
    create: { access: { roles: ['owner'] } },
    update: { access: { roles: ['owner'] } },
  },
});
`;

/**
 * A copy of the sample with a mistake in it, a definition that only running it can tell, and one that writes a file when it is run.
 * The types of the definition API are there, so that TypeScript has nothing to say.
 */
export function makeProject() {
  const scratch = mkdtempSync(join(tmpdir(), 'qbls-vscode-'));
  const root = join(scratch, 'recruiting');
  cpSync(join(repository, 'testdata/projects/recruiting'), root, { recursive: true });
  const init = spawnSync(join(repository, 'editors/vscode/bin/qbls'), ['init', root], { encoding: 'utf8' });
  if (init.status !== 0) throw new Error(`qbls init: ${init.stdout}${init.stderr}`);
  symlinkSync(join(repository, 'testdata/runtime/node_modules'), join(root, 'node_modules'));

  const features = join(root, 'quickback/features');
  const file = join(features, 'applications/applications.ts');
  const mistaken = readFileSync(file, 'utf8').replace("updatable: ['notes', 'referredById']", "updatable: ['nots', 'referredById']");
  if (!mistaken.includes("'nots'")) throw new Error('the sample has changed: there is no place for the mistake');
  writeFileSync(file, mistaken);

  const spied = join(scratch, 'definition-was-run.txt');
  const notes = join(features, 'notes/notes.ts');
  const spy = join(features, 'spies/spies.ts');
  mkdirSync(join(features, 'notes'));
  mkdirSync(join(features, 'spies'));
  writeFileSync(notes, made('notes', '', ''));
  writeFileSync(spy, made('spies', "import { writeFileSync } from 'node:fs';\n", `\n  writeFileSync(${JSON.stringify(spied)}, 'run');`));

  const line = (text) => mistaken.split('\n').findIndex((one) => one.includes(text)) + 1;
  return {
    scratch, root, notes, spied,
    output: join(root, 'backend'),
    mistakeLine: line("'nots'"),
    reasonLine: line('rejectionReason: text'),
    viewLine: line('pipeline: {'),
    policyLine: line('export default defineTable'),
    removeSpy: () => rmSync(join(features, 'spies'), { recursive: true }),
    remove: () => rmSync(scratch, { recursive: true, force: true }),
  };
}
