// Applies migrations to D1 as wrangler does, each in one batch, and prints the rows of every table before and after.
import { readFileSync } from 'node:fs';
import { Miniflare } from 'miniflare';

const cases = JSON.parse(readFileSync(process.argv[3], 'utf8'));
const names = cases.map((_, i) => `D${i}`);
// Statements go through a Worker: Miniflare's own calls from outside wait on a flag that two threads set, and fail now and then.
const script = `export default { async fetch(request, env) {
  const { name, list } = await request.json();
  try {
    const answers = await env[name].batch(list.map((sql) => env[name].prepare(sql)));
    return Response.json(answers.map((answer) => answer.results));
  } catch (error) {
    return new Response(error.message, { status: 500 });
  }
} }`;
const flare = new Miniflare({ modules: true, script, d1Databases: names });
const out = [];
try {
  for (const [i, c] of cases.entries()) {
    const batch = async (list) => {
      if (list.length === 0) return [];
      const response = await flare.dispatchFetch('http://writer/', { method: 'POST', body: JSON.stringify({ name: names[i], list }) });
      if (!response.ok) throw new Error(await response.text());
      return response.json();
    };
    const rows = async (tables) => {
      const all = await batch(tables.map((t) => `select * from "${t}"`));
      return Object.fromEntries(tables.map((t, at) => [t, all[at]]));
    };
    await batch(c.create);
    await batch(c.insert);
    const before = await rows(c.tables);
    let error = '';
    try { await batch(c.migration); } catch (e) { error = String(e); }
    out.push({ name: c.name, error, before, after: error ? {} : await rows(c.tablesAfter), broken: (await batch(['pragma foreign_key_check']))[0].length });
  }
} finally {
  await flare.dispose();
}
console.log(JSON.stringify(out));
