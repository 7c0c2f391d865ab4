// Runs a bundled Worker in Miniflare, which is what `wrangler dev` runs it in, without wrangler's ten seconds. Its settings come as JSON in
// WORKER: { bundle, port, name, date, databases: [{ binding, id, migrations }], kv, mail, vars, data, rows }. Packages are those of the working directory.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const settings = JSON.parse(process.env.WORKER);
const here = createRequire(join(process.cwd(), 'package.json'));
// Miniflare belongs to wrangler, and may be installed below it.
const { Log, LogLevel, Miniflare } = await import(pathToFileURL(createRequire(here.resolve('wrangler/package.json')).resolve('miniflare')).href);

const options = {
  host: '127.0.0.1', name: settings.name,
  modules: [{ type: 'ESModule', path: settings.bundle }], modulesRoot: process.cwd(),
  compatibilityDate: settings.date, compatibilityFlags: ['nodejs_compat'],
  d1Databases: Object.fromEntries(settings.databases.map((d) => [d.binding, d.id])), d1Persist: join(settings.data, 'd1'),
  kvNamespaces: settings.kv, kvPersist: join(settings.data, 'kv'),
  // Mail goes to the log, and to files that the log names.
  ...(settings.mail.length ? { email: { send_email: settings.mail.map((name) => ({ name })) }, log: new Log(LogLevel.INFO), logRequests: false } : {}),
  bindings: settings.vars, cf: false, telemetry: { enabled: false },
};
const mf = new Miniflare(options);

async function stop() {
  await mf.dispose();
  process.exit(0);
}
process.once('SIGTERM', stop);
process.once('SIGINT', stop);

/** Applies what the database has not seen, under the table in which `wrangler d1 migrations apply` remembers it. */
async function migrate({ binding, migrations }) {
  const db = await mf.getD1Database(binding);
  await db.prepare('create table if not exists d1_migrations (id integer primary key autoincrement, name text unique, applied_at timestamp default current_timestamp not null)').run();
  const known = new Set((await db.prepare('select name from d1_migrations').all()).results.map((row) => row.name));
  const { entries } = JSON.parse(readFileSync(join(migrations, 'meta/_journal.json'), 'utf8'));
  for (const { tag } of entries) {
    const name = `${tag}.sql`;
    if (known.has(name)) continue;
    const statements = readFileSync(join(migrations, name), 'utf8').split('--> statement-breakpoint').map((s) => s.trim()).filter(holds);
    await db.batch([...statements.map((s) => db.prepare(s)), db.prepare('insert into d1_migrations (name) values (?)').bind(name)]);
  }
}
/** D1 refuses what is comments only. */
const holds = (statement) => statement.split('\n').some((line) => line.trim() !== '' && !line.trim().startsWith('--'));

await mf.ready;
for (const database of settings.databases) await migrate(database);
if (settings.rows) {
  const { auth, features } = JSON.parse(readFileSync(settings.rows, 'utf8'));
  // Better Auth's tables come first where they have a database of their own.
  const people = await mf.getD1Database(settings.databases[0].binding), tables = await mf.getD1Database(settings.databases.at(-1).binding);
  for (const [db, list] of [[people, auth], [tables, features]]) if (list.length) await db.batch(list.map((sql) => db.prepare(sql)));
}
await mf.setOptions({ ...options, port: settings.port }); // only now: who asks this port finds the tables there
