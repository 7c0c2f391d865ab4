// What modules gave, as data, and the lock on what they share. A continuation of record.js.

// ---- from values to data

const MAX_NODES = 300000, MAX_DEPTH = 100, MAX_CHARS = 4 << 20;
let nodes = 0, chars = 0;
class Refused { constructor(why) { this.why = why; } }

function plain(v, depth, final) {
  if (++nodes > MAX_NODES || depth > MAX_DEPTH || chars > MAX_CHARS) throw new Refused('more data than definitions need');
  switch (typeof v) {
    case 'string': chars += v.length; if (chars > MAX_CHARS) throw new Refused('more text than definitions need'); return v;
    case 'boolean': return v;
    case 'number': return finite(v) && !is(v, -0) ? v : ['n', text(v)];
    case 'undefined': return ['u'];
    case 'bigint': return ['b', text(v)];
    case 'symbol': return ['e', 'a symbol'];
  }
  if (v === null) return null;
  const r = get(records, v);
  if (r) return recorded(v, r, depth, final);
  const f = get(foreign, v);
  if (f) return ['r', f[0], f[1]];
  if (typeof v === 'function') return functionData(v, final);
  if (isArray(v)) return listData(v, depth, final);
  return objectData(v, depth, final);
}

function functionData(v, final) {
  const source = apply(sourceOf, v, []);
  if (/\{\s*\[native code\]\s*\}$/.test(source)) return ['e', 'a built-in function'];
  if (/^class\b/.test(source)) return ['e', 'a class'];
  if (!final) return ['f'];
  chars += source.length;
  return ['f', source];
}

function listData(v, depth, final) {
  const n = v.length;
  if (n > MAX_NODES) throw new Refused('a longer list than definitions need');
  const out = ['a'];
  for (let i = 0; i < n; i++) out[i + 1] = plain(v[i], depth + 1, final);
  return out;
}

function objectData(v, depth, final) {
  const proto = getPrototypeOf(v);
  if (v instanceof Date0) return ['e', 'a date'];
  if (v instanceof RegExp0) return ['x', apply(regexSource, v, []), text(v.flags)];
  if (proto !== null && proto !== objectPrototype) return ['e', `an instance of ${className(proto)}`];
  const out = ['o'];
  for (const key of ownKeys(v)) {
    if (typeof key !== 'string') return ['e', 'an object with a symbol as a key'];
    const d = getOwnPropertyDescriptor(v, key);
    if (!d || !d.enumerable) continue;
    chars += key.length;
    out[out.length] = key;
    out[out.length] = plain(v[key], depth + 1, final);
  }
  return out;
}

const className = (proto) => {
  const made = proto.constructor;
  return typeof made === 'function' && typeof made.name === 'string' && made.name ? made.name.slice(0, 60) : 'a class';
};

function recorded(v, r, depth, final) {
  if (r.columns && depth > 0) {
    const at = get(exported, v);
    if (!final) return ['t', r.id]; // whether it is exported is known only in the end
    if (at) return ['m', at[0], at[1]];
  }
  let out;
  if (r.base) out = plain(r.base, depth + 1, final);
  else out = ['r', r.module, r.name];
  let last = '';
  for (const step of stepsOf(r)) {
    if (step.g !== undefined) { last = step.g; out[out.length] = ['g', step.g]; continue; }
    const call = ['c'];
    for (let i = 0; i < step.c.length; i++) {
      const a = step.c[i];
      if (final && step === r.step && i === 2 && r.parts !== undefined) call[i + 1] = plain(r.parts, depth + 1, final);
      else if (final && last === 'references' && i === 0 && typeof a === 'function' && !get(records, a)) call[i + 1] = reference(a, depth, final);
      else if (i === 0 && isArray(a) && isArray(a.raw)) call[i + 1] = ['s', ...a];
      else call[i + 1] = plain(a, depth + 1, final);
    }
    out[out.length] = call;
  }
  return out;
}

// reference asks a references(() => table.column) which column it means: the names in its text may mean something else elsewhere.
function reference(f, depth, final) {
  const column = f();
  const r = column !== null && typeof column === 'function' && get(records, column);
  if (!r || !r.base) return ['e', 'a reference to something that is no column of a table'];
  if (!get(exported, r.base)) return ['e', 'a reference to a column of a table that is not exported'];
  return ['q', plain(column, depth + 1, final)];
}

const measured = (v, depth, final) => {
  nodes = 0; chars = 0;
  try { return plain(v, depth, final); } catch (e) {
    if (e instanceof Refused) return ['e', e.why];
    return ['e', `something that cannot be read: ${describe(e).message}`];
  }
};

// answered is what a function gives that is called without arguments: () => people.id, () => ({ columns: […], foreignColumns: […] }).
const answered = (f) => {
  nodes = 0; chars = 0;
  try {
    const made = f();
    return made !== null && typeof made === 'object' && !get(records, made) ? plain(made, 1, true) : reference(f, 1, true);
  } catch (e) { return ['e', `a function that throws: ${describe(e).message}`]; }
};

// ---- modules and sites

const sites = new Map0(); // ordinal → [{ value, early }]
const asked = Object.create(null); // sites that hold functions of which only the result counts
const made = Object.create(null); // sites of tables that are written out whole, not by their names
const modules = [], failures = [];

const said = (v) => { try { return text(v); } catch (_) { return 'something that cannot be told'; } };
function describe(e) {
  const out = { message: '', stack: '' };
  try {
    if (e !== null && typeof e === 'object') {
      const message = said(e.message), name = said(e.name);
      out.message = e instanceof Error0 ? (name === 'Error' ? message : `${name}: ${message}`) : `the value ${measuredText(e)}`;
      out.stack = said(e.stack).slice(0, 8192);
      out.package = get(unloaded, e);
    } else out.message = `the value ${said(e)}`;
  } catch (_) { out.message = 'something that cannot be told'; }
  out.message = out.message.slice(0, 300);
  return out;
}
const measuredText = (e) => { const s = stringify(measured(e, 0, false)); return s.length > 200 ? 'thrown' : s; };

function fail(i, e) { const d = describe(e); d.module = i; failures[failures.length] = d; }

const api = {
  __ref(i, value) {
    if (typeof value === 'function') asked[i] = true;
    return api.__at(i, value);
  },
  __at(i, value) {
    const list = apply(Map0.prototype.get, sites, [i]) || [];
    if (list.length < 100) list[list.length] = { value, early: stringify(measured(value, 1, false)) };
    apply(Map0.prototype.set, sites, [i, list]);
    return value;
  },
  __made(i, value) {
    if (!get(exported, value)) made[i] = true;
    return api.__at(i, value);
  },
  // The indexes of a table: the function is called with the table when all modules have run.
  __parts: (i, f) => (typeof f === 'function' && !get(records, f) ? (table) => api.__at(i, f(table)) : api.__at(i, f)),
  __run(i, path, load) {
    running = i;
    host.start(i);
    try {
      const ns = load();
      modules[modules.length] = { i, path, ns };
      for (const name of keys(ns)) {
        const v = ns[name], r = v !== null && v !== undefined && get(records, v);
        if (r && r.columns && (name !== 'default') && !get(exported, v)) apply(WeakMap0.prototype.set, exported, [v, [path, name]]);
      }
    } catch (e) { fail(i, e); }
  },
  __stub: (module) => moduleOf((name) => root(module, name)),
  __absent: (module) => moduleOf((name) => absent(module, name)),
};
for (const name of keys(api)) defineProperty(global, name, { value: api[name], writable: false, configurable: false, enumerable: false });

// Fragments of definitions use the definition API without importing it; a module's own names come before these.
for (const name of ['defineTable', 'defineResource', 'defineActions', 'defineAction', 'defineConfig', 'feature', 'q']) {
  defineProperty(global, name, { value: root('@quickback/compiler', name), writable: false, configurable: false, enumerable: false });
}

function finish(wanted) {
  for (let k = 0; k < deferred.length; k++) {
    running = deferred[k][0];
    host.start(running);
    try { deferred[k][1](); } catch (e) { fail(running, e); }
  }
  // Written piece by piece: the data of a large project as one value would take more memory than its text.
  const found = [], named = [];
  for (const [i, list] of apply(Map0.prototype.entries, sites, [])) {
    const value = asked[i] ? answered(list[0].value) : measured(list[0].value, made[i] ? 0 : 1, true);
    const same = list.every((s) => s.early === list[0].early && stringify(measured(s.value, 1, false)) === s.early);
    found[found.length] = stringify({ site: i, value, unstable: !same });
  }
  if (wanted) for (const { i, path, ns } of modules) named[named.length] = stringify({ module: i, exports: exportsOf(ns, path) });
  return `{"sites":[${found.join(',')}],"modules":[${named.join(',')}],"failures":${stringify(failures)}}`;
}

// exportsOf is the default export of a module and its tables: those of other modules, and those under another name, by their names.
function exportsOf(ns, path) {
  const out = ['o'];
  for (const name of keys(ns)) {
    const v = ns[name], r = v !== null && v !== undefined && get(records, v);
    if (name !== 'default' && !(r && r.columns)) continue;
    const at = r && get(exported, v);
    out.push(name, measured(v, at && (at[0] !== path || at[1] !== name) && name !== 'default' ? 1 : 0, true));
  }
  return out;
}

// ---- after this, nothing that modules share can change

function lock() {
  const seen = new Map0();
  const visit = (v) => {
    if (v === null || (typeof v !== 'object' && typeof v !== 'function') || apply(Map0.prototype.has, seen, [v]) || v === global) return;
    if (get(records, v) || get(foreign, v) || v === global.process) return;
    apply(Map0.prototype.set, seen, [v, true]);
    for (const key of ownKeys(v)) {
      const d = getOwnPropertyDescriptor(v, key);
      if (d && 'value' in d) visit(d.value); else if (d) { visit(d.get); visit(d.set); }
    }
    visit(getPrototypeOf(v));
  };
  for (const key of getOwnPropertyNames(global)) { const d = getOwnPropertyDescriptor(global, key); if (d && 'value' in d) visit(d.value); }
  for (const sample of [function* () {}, async () => {}, [][Symbol0.iterator](), new Map0().entries(), ''[Symbol0.iterator](), /x/]) { visit(sample); visit(getPrototypeOf(sample)); }
  // A frozen property would stop objects from having one of the same name: own ones are let through.
  for (const proto of [Object.prototype, Error.prototype, TypeError.prototype, RangeError.prototype]) for (const key of getOwnPropertyNames(proto)) {
    const d = getOwnPropertyDescriptor(proto, key);
    if (!d || !('value' in d) || !d.configurable) continue;
    const value = d.value;
    defineProperty(proto, key, {
      get() { return value; },
      set(v) {
        if (this === proto) throw new TypeError0(`${key} of a prototype cannot be changed`);
        defineProperty(this, key, { value: v, writable: true, enumerable: true, configurable: true });
      },
      configurable: false, enumerable: false,
    });
  }
  for (const v of apply(Map0.prototype.keys, seen, [])) freeze(v);
  for (const key of getOwnPropertyNames(global)) { const d = getOwnPropertyDescriptor(global, key); if (d && d.configurable && 'value' in d) defineProperty(global, key, { value: d.value, writable: false, configurable: false }); }
  preventExtensions(global);
}

return { lock, finish };
