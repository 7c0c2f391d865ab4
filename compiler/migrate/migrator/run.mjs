// Applies migrations with drizzle's own migrator and reads its journal. It runs in the folder of output, with the packages there.
// Arguments: status or apply, the driver, the folder of migrations. The database is in QBLS_DATABASE: its address may hold a password, and
// arguments are seen by everybody on the machine. One line of JSON is printed.
const [mode, driver, folder] = process.argv.slice(2);
const database = process.env.QBLS_DATABASE;
const LEFT = "select name from sqlite_master where type = 'table' and (name like '\\_\\_new\\_%' escape '\\' or name like '\\_\\_keep\\_%' escape '\\')";
const JOURNAL = "select hash, created_at from __drizzle_migrations order by created_at";
const KNOWN = "select count(*) as n from sqlite_master where name = '__drizzle_migrations'";

async function bun() {
  const { existsSync, mkdirSync } = await import('node:fs');
  const { dirname } = await import('node:path');
  if (mode === 'status' && !existsSync(database)) return { exists: false, applied: [], left: [], orphans: [] };
  if (mode === 'apply') mkdirSync(dirname(database), { recursive: true });
  const { Database } = await import('bun:sqlite'); // status writes nothing, but rolls back what a killed process left
  const db = new Database(database, mode === 'status' ? { readwrite: true } : { create: true });
  const all = (text) => db.query(text).all();
  const journal = () => (all(KNOWN)[0].n ? all(JOURNAL) : []);
  let before = 0;
  try {
    db.run('pragma busy_timeout = 5000');
    if (mode === 'apply') {
      const { drizzle } = await import('drizzle-orm/bun-sqlite');
      const { migrate } = await import('drizzle-orm/bun-sqlite/migrator');
      db.run('pragma foreign_keys = off');
      db.run('begin immediate'); // before the journal is read: whoever applies at the same time waits, and then finds it done
      before = journal().length;
      const first = remember(db);
      try {
        migrate(drizzle(db), { migrationsFolder: folder });
        db.run('commit');
      } catch (error) {
        if (db.inTransaction) db.run('rollback');
        throw first() ?? error;
      }
    }
    const applied = journal();
    return {
      exists: true, applied, added: applied.length - before, left: all(LEFT).map((r) => r.name),
      orphans: [...new Set(all('pragma foreign_key_check').map((r) => r.table))],
    };
  } finally {
    db.close();
  }
}

/** The migrator's own transaction, inside of ours. */
const INSIDE = { BEGIN: 'savepoint migrations', COMMIT: 'release migrations', ROLLBACK: 'rollback to migrations' };

/** Remembers the first error of a database. SQLite rolls back by itself when the disk is full; the ROLLBACK of the migrator fails then, and
 *  its error would hide the one that matters. */
function remember(db) {
  let first, statement;
  const prepare = db.prepare.bind(db);
  const noted = (query, work) => {
    try {
      return work();
    } catch (error) {
      [first, statement] = [first ?? error, statement ?? query];
      throw error;
    }
  };
  db.prepare = (given, ...rest) => {
    const query = INSIDE[given] ?? given;
    const prepared = noted(query, () => prepare(query, ...rest)), run = prepared.run.bind(prepared);
    prepared.run = (...values) => noted(query, () => run(...values));
    return prepared;
  };
  return () => first && Object.assign(new Error(first.message), { query: statement });
}

async function libsql() {
  const { createClient } = await import('@libsql/client');
  const client = createClient({ url: database, authToken: process.env.DATABASE_AUTH_TOKEN, timeout: 5000 });
  const all = async (text) => (await client.execute(text)).rows;
  const journal = async () => ((await all(KNOWN))[0].n ? all(JOURNAL) : []);
  let added = 0;
  try {
    if (mode === 'apply') {
      const { drizzle } = await import('drizzle-orm/libsql');
      const { migrate } = await import('drizzle-orm/libsql/migrator');
      do added = await unlessOvertaken(client, (await journal()).length, () => migrate(drizzle(client), { migrationsFolder: folder }));
      while (added === undefined);
    }
    const applied = await journal();
    return {
      exists: true, applied: applied.map((r) => ({ hash: r.hash, created_at: r.created_at })), added,
      left: (await all(LEFT)).map((r) => r.name), orphans: [...new Set((await all('pragma foreign_key_check')).map((r) => r.table))],
    };
  } finally {
    client.close();
  }
}

/** Applies, and answers how many migrations; undefined when somebody else did so since `before` of them were in the journal, which has to be
 *  read again then. */
async function unlessOvertaken(client, before, apply) {
  const count = async () => ((await client.execute(KNOWN)).rows[0].n ? (await client.execute('select count(*) as n from __drizzle_migrations')).rows[0].n : 0);
  const same = { sql: "select json(case when (select count(*) from __drizzle_migrations) = ? then '1' else 'overtaken' end)", args: [before] };
  const { migrate } = client;
  let applied = false;
  client.migrate = async (statements) => {
    if (statements.length === 0) return [];
    const [, ...results] = await migrate.call(client, [same, ...statements]);
    applied = true;
    return results;
  };
  try {
    await apply();
    return applied ? (await count()) - before : 0;
  } catch (error) {
    if ((await count()) === before) throw error;
    return undefined;
  } finally {
    client.migrate = migrate;
  }
}

async function postgres() {
  const { default: connect } = await import('postgres');
  // A statement that waits for a table holds up everybody who comes after it: it gives up instead. The address may say another time.
  const sql = connect(database, { max: 1, onnotice: () => {}, connect_timeout: 10, connection: { application_name: 'qbls migrate', lock_timeout: 10000 } });
  const journal = async () => {
    const [{ known }] = await sql`select to_regclass('drizzle.__drizzle_migrations') is not null as known`;
    return known ? sql`select hash, created_at from drizzle.__drizzle_migrations order by created_at` : [];
  };
  let before = 0;
  try {
    if (mode === 'apply') {
      const { drizzle } = await import('drizzle-orm/postgres-js');
      const { migrate } = await import('drizzle-orm/postgres-js/migrator');
      // Of this connection, until it ends: whoever applies at the same time waits, and then finds it done.
      await sql`select pg_advisory_lock(hashtext('qbls migrate'))`.catch((error) => {
        throw error.code === '55P03' ? new Error('Another process is applying migrations to this database. Wait until it has ended.') : error;
      });
      before = (await journal()).length;
      await migrate(drizzle(sql), { migrationsFolder: folder });
    }
    const rows = await journal();
    return { exists: true, applied: rows.map((r) => ({ hash: r.hash, created_at: Number(r.created_at) })), added: rows.length - before, left: [], orphans: [] };
  } finally {
    await sql.end();
  }
}

const run = { bun, libsql, postgres }[driver];
try {
  console.log(JSON.stringify(await run()));
} catch (error) {
  const cause = error?.cause ?? error;
  console.log(JSON.stringify({ error: String(cause?.message ?? cause), statement: error?.query ?? '' }));
}
