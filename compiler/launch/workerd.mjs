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
  host: '127.0.0.1', name: settings.name, modulesRoot: process.cwd(),
  compatibilityDate: settings.date, compatibilityFlags: ['nodejs_compat'],
  d1Databases: Object.fromEntries(settings.databases.map((d) => [d.binding, d.id])), d1Persist: join(settings.data, 'd1'),
  kvNamespaces: settings.kv, kvPersist: join(settings.data, 'kv'),
  // Mail goes to the log, and to files that the log names.
  ...(settings.mail.length ? { email: { send_email: settings.mail.map((name) => ({ name })) }, log: new Log(LogLevel.INFO), logRequests: false } : {}),
  bindings: settings.vars, cf: false, telemetry: { enabled: false },
};

// Statements reach the databases through a Worker of their own: what Miniflare offers for that waits on a flag that two threads set, and
// fails now and then.
const writer = `export default { async fetch(request, env) {
  const { binding, statements } = await request.json();
  try {
    const answers = await env[binding].batch(statements.map(([sql, ...values]) => env[binding].prepare(sql).bind(...values)));
    return Response.json(answers.map((answer) => answer.results));
  } catch (error) {
    return new Response(error.message, { status: 500 });
  }
} }`;
const mf = new Miniflare({ ...options, modules: [{ type: 'ESModule', path: join(process.cwd(), 'writer.mjs'), contents: writer }] });

async function stop() {
  await mf.dispose();
  process.exit(0);
}
process.once('SIGTERM', stop);
process.once('SIGINT', stop);

/** Runs statements, each with its values behind it, in one transaction, and returns the rows of each. */
async function batch(binding, statements) {
  if (statements.length === 0) return [];
  const response = await mf.dispatchFetch('http://writer/', { method: 'POST', body: JSON.stringify({ binding, statements }) });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

/** Applies what the database has not seen, under the table in which `wrangler d1 migrations apply` remembers it. */
async function migrate({ binding, migrations }) {
  const [, applied] = await batch(binding, [
    ['create table if not exists d1_migrations (id integer primary key autoincrement, name text unique, applied_at timestamp default current_timestamp not null)'],
    ['select name from d1_migrations'],
  ]);
  const known = new Set(applied.map((row) => row.name));
  const { entries } = JSON.parse(readFileSync(join(migrations, 'meta/_journal.json'), 'utf8'));
  for (const { tag } of entries) {
    const name = `${tag}.sql`;
    if (known.has(name)) continue;
    const statements = readFileSync(join(migrations, name), 'utf8').split('--> statement-breakpoint').map((s) => s.trim()).filter(holds);
    await batch(binding, [...statements.map((s) => [s]), ['insert into d1_migrations (name) values (?)', name]]);
  }
}
/** D1 refuses what is comments only. */
const holds = (statement) => statement.split('\n').some((line) => line.trim() !== '' && !line.trim().startsWith('--'));

await mf.ready;
for (const database of settings.databases) await migrate(database);
if (settings.rows) {
  const { auth, features } = JSON.parse(readFileSync(settings.rows, 'utf8'));
  // Better Auth's tables come first where they have a database of their own.
  await batch(settings.databases[0].binding, auth.map((sql) => [sql]));
  await batch(settings.databases.at(-1).binding, features.map((sql) => [sql]));
}
await mf.setOptions({ ...options, port: settings.port, modules: [{ type: 'ESModule', path: settings.bundle }] }); // only now: who asks this port finds the tables there
