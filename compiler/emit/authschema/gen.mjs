// Writes the tables of the pinned Better Auth to standard output, plugin by plugin: node gen.mjs <folder with node_modules>
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { join, resolve } from 'node:path';

const require = createRequire(join(resolve(process.argv[2]), 'package.json'));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { getAuthTables } = await load('better-auth/db');
const p = await load('better-auth/plugins');
const { apiKey } = await load('@better-auth/api-key');
const { passkey } = await load('@better-auth/passkey');
const nothing = async () => {};

// What each plugin adds to the core. A project has one of the two organization entries.
const plugins = {
  core: [],
  organization: [p.organization()],
  'organization+teams': [p.organization({ teams: { enabled: true } })],
  admin: [p.admin()],
  anonymous: [p.anonymous()],
  apiKey: [apiKey()],
  bearer: [p.bearer()],
  deviceAuthorization: [p.deviceAuthorization({ verificationUri: '/device' })],
  emailOTP: [p.emailOTP({ sendVerificationOTP: nothing })],
  jwt: [p.jwt()],
  magicLink: [p.magicLink({ sendMagicLink: nothing })],
  multiSession: [p.multiSession()],
  oneTimeToken: [p.oneTimeToken()],
  passkey: [passkey()],
  phoneNumber: [p.phoneNumber({ sendOTP: nothing })],
  twoFactor: [p.twoFactor()],
  username: [p.username()],
};

const snake = (s) => s.replace(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase();
const types = { string: 'text', boolean: 'boolean', number: 'number', date: 'timestamp_ms', json: 'json', 'string[]': 'json', 'number[]': 'json' };

/** The columns of unique indexes that a plugin declares beside its fields. */
function uniques(table) {
  return (table.indexes ?? []).map(({ fields, unique }) => {
    if (!unique || fields.length !== 1) throw new Error(`an index of ${table.modelName} that is not one unique column: ${fields}`);
    return fields[0];
  });
}

function column(key, f, uniques) {
  const type = types[f.type];
  if (!type) throw new Error(`no SQLite type for ${key}: ${f.type}`);
  const fallback = f.defaultValue;
  return {
    key: f.fieldName ?? key,
    name: snake(f.fieldName ?? key),
    type,
    notNull: f.required === true,
    unique: f.unique === true || uniques.includes(key),
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
      columns: Object.entries(t.fields).map(([k, f]) => column(k, f, uniques(t))).filter((c) => !known[key]?.has(c.key)),
    }))
    .filter((t) => t.columns.length > 0 || !known[t.key]);
  if (name === 'core') known = Object.fromEntries(out.core.map((t) => [t.key, new Set(t.columns.map((c) => c.key))]));
}
process.stdout.write(JSON.stringify(out, null, 1) + '\n');
