// Writes the tables of the pinned Better Auth to standard output, plugin by plugin: node gen.mjs <folder with node_modules>
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { join, resolve } from 'node:path';

const require = createRequire(join(resolve(process.argv[2]), 'package.json'));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { getAuthTables } = await load('better-auth/db');
const { organization, bearer } = await load('better-auth/plugins');

const plugins = {
  core: [],
  organization: [organization()],
  bearer: [bearer()],
};

const snake = (s) => s.replace(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase();
const types = { string: 'text', boolean: 'boolean', number: 'number', date: 'timestamp_ms' };

function column(key, f) {
  const type = types[f.type];
  if (!type) throw new Error(`no SQLite type for ${key}: ${f.type}`);
  const fallback = f.defaultValue;
  return {
    key: f.fieldName ?? key,
    name: snake(f.fieldName ?? key),
    type,
    notNull: f.required === true,
    unique: f.unique === true,
    index: f.index === true,
    ...(typeof fallback === 'function' ? { now: f.type === 'date' } : fallback === undefined || fallback === null ? {} : { default: fallback }),
    ...(f.onUpdate ? { onUpdate: true } : {}),
    ...(f.references ? { references: f.references.model, onDelete: f.references.onDelete ?? 'cascade' } : {}),
  };
}

const out = {};
let known = {};
for (const [name, list] of Object.entries(plugins)) {
  const tables = getAuthTables({ plugins: list });
  out[name] = Object.entries(tables)
    .map(([key, t]) => ({
      key,
      name: snake(t.modelName),
      columns: Object.entries(t.fields).map(([k, f]) => column(k, f)).filter((c) => !known[key]?.has(c.key)),
    }))
    .filter((t) => t.columns.length > 0 || !known[t.key]);
  if (name === 'core') known = Object.fromEntries(out.core.map((t) => [t.key, new Set(t.columns.map((c) => c.key))]));
}
process.stdout.write(JSON.stringify(out, null, 1) + '\n');
