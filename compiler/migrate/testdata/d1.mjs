// Applies migrations to D1 as wrangler does, each in one batch, and prints the rows of every table before and after.
import { readFileSync } from 'node:fs';
import { Miniflare } from 'miniflare';

const cases = JSON.parse(readFileSync(process.argv[3], 'utf8'));
const names = cases.map((_, i) => `D${i}`);
const flare = new Miniflare({ modules: true, script: 'export default { fetch: () => new Response() }', d1Databases: names });
const out = [];
try {
  for (const [i, c] of cases.entries()) {
    const db = await flare.getD1Database(names[i]);
    const batch = (list) => db.batch(list.map((s) => db.prepare(s)));
    const rows = async (tables) => {
      const all = {};
      for (const t of tables) all[t] = (await db.prepare(`select * from "${t}"`).all()).results;
      return all;
    };
    await batch(c.create);
    await batch(c.insert);
    const before = await rows(c.tables);
    let error = '';
    try { await batch(c.migration); } catch (e) { error = String(e); }
    out.push({ name: c.name, error, before, after: error ? {} : await rows(c.tablesAfter), broken: (await db.prepare('pragma foreign_key_check').all()).results.length });
  }
} finally {
  await flare.dispose();
}
console.log(JSON.stringify(out));
