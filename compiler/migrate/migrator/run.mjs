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
  try {
    db.run('pragma busy_timeout = 5000');
    if (mode === 'apply') {
      const { drizzle } = await import('drizzle-orm/bun-sqlite');
      const { migrate } = await import('drizzle-orm/bun-sqlite/migrator');
      db.run('pragma foreign_keys = off');
      const first = remember(db);
      try {
        migrate(drizzle(db), { migrationsFolder: folder });
      } catch (error) {
        throw first() ?? error;
      }
    }
    const all = (text) => db.query(text).all();
    return {
      exists: true, applied: all(KNOWN)[0].n ? all(JOURNAL) : [], left: all(LEFT).map((r) => r.name),
      orphans: [...new Set(all('pragma foreign_key_check').map((r) => r.table))],
    };
  } finally {
    db.close();
  }
}

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
  db.prepare = (query, ...rest) => {
    const prepared = noted(query, () => prepare(query, ...rest)), run = prepared.run.bind(prepared);
    prepared.run = (...values) => noted(query, () => run(...values));
    return prepared;
  };
  return () => first && Object.assign(new Error(first.message), { query: statement });
}

async function libsql() {
  const { createClient } = await import('@libsql/client');
  const client = createClient({ url: database, authToken: process.env.DATABASE_AUTH_TOKEN });
  try {
    if (mode === 'apply') {
      const { drizzle } = await import('drizzle-orm/libsql');
      const { migrate } = await import('drizzle-orm/libsql/migrator');
      await migrate(drizzle(client), { migrationsFolder: folder });
    }
    const all = async (text) => (await client.execute(text)).rows;
    return {
      exists: true, applied: (await all(KNOWN))[0].n ? (await all(JOURNAL)).map((r) => ({ hash: r.hash, created_at: r.created_at })) : [],
      left: (await all(LEFT)).map((r) => r.name), orphans: [...new Set((await all('pragma foreign_key_check')).map((r) => r.table))],
    };
  } finally {
    client.close();
  }
}

async function postgres() {
  const { default: connect } = await import('postgres');
  // A statement that waits for a table holds up everybody who comes after it: it gives up instead. The address may say another time.
  const sql = connect(database, { max: 1, onnotice: () => {}, connect_timeout: 10, connection: { application_name: 'qbls migrate', lock_timeout: 10000 } });
  try {
    if (mode === 'apply') {
      const { drizzle } = await import('drizzle-orm/postgres-js');
      const { migrate } = await import('drizzle-orm/postgres-js/migrator');
      await migrate(drizzle(sql), { migrationsFolder: folder });
    }
    const [known] = await sql`select to_regclass('drizzle.__drizzle_migrations') is not null as known`;
    const rows = known.known ? await sql`select hash, created_at from drizzle.__drizzle_migrations order by created_at` : [];
    return { exists: true, applied: rows.map((r) => ({ hash: r.hash, created_at: Number(r.created_at) })), left: [], orphans: [] };
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
