// The world in which definitions run. It records what the definition API, Drizzle and Zod are asked for as plain data, hands out no
// clock, no chance, no environment beyond the declared one, and freezes what modules share before the first of them runs.
//
// It is the body of a function of (host): host.start(i) tells that module i begins, host.env is the declared environment.
// It returns { freeze, finish, describe }.
'use strict';
const global = globalThis;
const { freeze, keys, getPrototypeOf, getOwnPropertyDescriptor, getOwnPropertyNames, defineProperty, preventExtensions, is } = Object;
const { apply, ownKeys } = Reflect;
const { isArray } = Array;
const stringify = JSON.stringify;
const sourceOf = Function.prototype.toString;
const objectPrototype = Object.prototype;
const regexSource = getOwnPropertyDescriptor(RegExp.prototype, 'source').get;
const text = String;
const Map0 = Map, WeakMap0 = WeakMap, Proxy0 = Proxy, TypeError0 = TypeError, RangeError0 = RangeError, Error0 = Error, RegExp0 = RegExp, Date0 = Date, Symbol0 = Symbol;
const get = (map, key) => apply(WeakMap0.prototype.get, map, [key]);
const finite = Number.isFinite;

// ---- what would take the memory before anything could look

const MAX_TEXT = 1 << 22, MAX_LIST = 1 << 20;
const tooLong = (n) => { throw new RangeError0(`${n} is more than definitions may build at once`); };
const guard = (proto, name, check) => {
  const original = proto[name];
  const replacement = { [name](...args) { check(this, args); return apply(original, this, args); } }[name];
  defineProperty(proto, name, { value: replacement, writable: true, configurable: true, enumerable: false });
};
guard(String.prototype, 'repeat', (s, [n]) => { if (text(s).length * n > MAX_TEXT) tooLong(text(s).length * n); });
guard(String.prototype, 'padStart', (s, [n]) => { if (n > MAX_TEXT) tooLong(n); });
guard(String.prototype, 'padEnd', (s, [n]) => { if (n > MAX_TEXT) tooLong(n); });
for (const name of ['fill', 'join', 'concat', 'map', 'slice', 'reverse', 'sort', 'flat', 'forEach', 'keys', 'entries', 'values', 'copyWithin', 'toString', 'includes', 'indexOf']) {
  if (Array.prototype[name]) guard(Array.prototype, name, (list) => { if (list != null && list.length > MAX_LIST) tooLong(list.length); });
}
guard(Array, 'from', (_, [from]) => { if (from != null && from.length > MAX_LIST) tooLong(from.length); });

// ---- code that is made of text is code that nobody bundled

const noCode = () => { throw new TypeError0('Definitions cannot make code from text: eval and Function are not available'); };
for (const sample of [function () {}, async function () {}, function* () {}]) {
  defineProperty(getPrototypeOf(sample), 'constructor', { value: noCode, writable: false, configurable: false });
}
delete global.eval;
noCode.prototype = Function.prototype;
global.Function = noCode;

// ---- nothing to watch and nothing to wait for

const nothing = () => {};
const silent = {};
for (const name of ['log', 'info', 'warn', 'error', 'debug', 'trace', 'table', 'group', 'groupEnd', 'time', 'timeEnd', 'assert', 'dir', 'count']) silent[name] = nothing;
global.console = silent;
const refuse = (what) => { throw new Error0(`${what} is not available to definitions`); };
global.process = new Proxy0({}, {
  get(_, key) {
    if (key === 'env') return env;
    if (typeof key === 'symbol') return undefined;
    return refuse(`process.${key}`);
  },
  set: () => refuse('Changing process'), defineProperty: () => refuse('Changing process'), deleteProperty: () => refuse('Changing process'),
});
const declared = freeze(host.env);
const env = new Proxy0(declared, {
  get(target, key) {
    if (typeof key === 'symbol') return undefined;
    if (getOwnPropertyDescriptor(target, key)) return target[key];
    throw new Error0(`process.env.${key} is not declared, so definitions cannot depend on it`);
  },
});

// ---- recording: a builder is a root and the steps taken from it

// A record is { module, name, base, before, step }: the steps from a root are a list that records share. Tables have columns and an id,
// columns know their table (base), their key and the builder that made them (about).
const records = new WeakMap0(); // proxy → record
const exported = new WeakMap0(); // table → [path, name]
const deferred = []; // functions that builders would call later, with the module they were given in
let running = -1, tables = 0;

function stepsOf(r) {
  const out = [];
  for (; r.step; r = r.before) out[out.length] = r.step;
  return out.reverse();
}

const shown = (r) => (r.base ? 'A column' : `${r.name} of ${r.module}`);
const fixed = (what) => () => { throw new TypeError0(`${what} cannot be changed`); };
const own = (o, key) => !!getOwnPropertyDescriptor(o, key);

// hidden answers what no record is: names of symbols and of what JavaScript itself looks for.
function hidden(r, key) {
  if (key === Symbol0.toPrimitive) return () => { throw new TypeError0(`${shown(r)} is a builder and has no value while definitions are evaluated`); };
  return undefined;
}
const special = (key) => typeof key === 'symbol' || key === 'then' || key === 'toJSON';

// Handlers are shared, and find the record on the target: there are hundreds of thousands of records in a large project.
const unchangeable = { set: fixed('A builder'), defineProperty: fixed('A builder'), deleteProperty: fixed('A builder'), setPrototypeOf: fixed('A builder'), preventExtensions: fixed('A builder') };
const builders = {
  ...unchangeable,
  get: ({ r }, key) => (special(key) ? hidden(r, key) : r.about ? about(r, key) : next(r, { g: key })),
  apply: ({ r }, _, args) => called(r, [...args]), // a copy: the engine may use its list again
  construct: ({ r }, args) => called(r, [...args]),
  ownKeys: () => [],
  has: () => false,
  getOwnPropertyDescriptor: () => undefined,
};
const tabular = {
  ...unchangeable,
  get: ({ r }, key) => (special(key) ? hidden(r, key) : own(r.columns, key) ? r.columns[key] : next(r, { g: key })),
  ownKeys: ({ r }) => keys(r.columns),
  has: ({ r }, key) => typeof key === 'string' && own(r.columns, key),
  getOwnPropertyDescriptor: ({ r }, key) => { const d = getOwnPropertyDescriptor(r.columns, key); return d && { value: d.value, writable: true, enumerable: true, configurable: true }; },
};

function record(r) {
  const target = r.columns ? {} : () => {};
  target.r = r;
  const proxy = new Proxy0(target, r.columns ? tabular : builders);
  apply(WeakMap0.prototype.set, records, [proxy, r]);
  return proxy;
}
const next = (r, step) => record({ module: r.module, name: r.name, base: r.base, before: r, step });
const drizzle = (module) => module.slice(0, 12) === 'drizzle-orm/' || module === 'drizzle-orm';

function called(r, args) {
  if (!r.base && !r.step && drizzle(r.module)) {
    const of = args[0] && get(records, args[0]);
    if (r.name === 'getTableColumns' && of && of.columns) return { ...of.columns };
    if (r.name === 'getTableName' && of && of.columns) return of.step.c[0];
    if (/Table$/.test(r.name)) return table(r, args);
  }
  return next(r, { c: args });
}

function table(r, args) {
  let columns = args[1];
  if (typeof columns === 'function' && !get(records, columns)) {
    columns = columns(root(r.module, null));
    args = [args[0], columns, ...args.slice(2)];
  }
  const made = { module: r.module, name: r.name, before: r, step: { c: args } };
  if (columns === null || typeof columns !== 'object') return record(made);
  made.columns = {};
  made.id = ++tables;
  const self = record(made);
  for (const key of keys(columns)) {
    made.columns[key] = record({ module: r.module, name: r.name, base: self, before: nowhere, step: { g: key }, about: get(records, columns[key]) || nowhere, key });
  }
  freeze(made.columns);
  if (typeof args[2] === 'function') deferred[deferred.length] = [running, () => args[2](self)];
  return self;
}
const nowhere = {};

// about answers what Drizzle's own columns know of themselves.
function about(r, key) {
  const steps = stepsOf(r.about);
  const first = (steps.find((s) => s.c) || { c: [] }).c;
  const config = first.find((a) => a !== null && typeof a === 'object' && !get(records, a));
  const has = (name) => steps.some((s) => s.g === name);
  switch (key) {
    case 'name': return typeof first[0] === 'string' ? first[0] : r.key;
    case 'enumValues': return config && config.enum;
    case 'notNull': return has('notNull') || has('primaryKey');
    case 'primary': return has('primaryKey');
    case 'hasDefault': return has('default') || has('$defaultFn') || has('$default');
    case 'isUnique': return has('unique');
    case 'table': return r.base;
  }
  return next(r, { g: key });
}

const roots = new Map0();
function root(module, name) {
  const id = `${module}\n${name}`;
  if (!apply(Map0.prototype.has, roots, [id])) {
    const made = name === null
      ? new Proxy0({}, { ...unchangeable, get: (_, key) => (special(key) ? undefined : root(module, key)) })
      : record({ module, name });
    apply(Map0.prototype.set, roots, [id, made]);
  }
  return apply(Map0.prototype.get, roots, [id]);
}

// A package that is not of the definition language may be imported: functions that run in the backend use it. It may not be used now.
const unloaded = new WeakMap0(); // error → specifier
const foreign = new WeakMap0(); // proxy → [module, name]
function absent(module, name) {
  const stop = () => {
    const error = new Error0(`the package ${module} cannot be used while definitions are evaluated`);
    apply(WeakMap0.prototype.set, unloaded, [error, module]);
    throw error;
  };
  const proxy = new Proxy0(() => {}, {
    get: (_, key) => (typeof key === 'symbol' ? stop() : key === 'then' ? undefined : absent(module, `${name}.${key}`)),
    apply: stop, construct: stop, set: stop, defineProperty: stop, deleteProperty: stop, ownKeys: stop, has: stop,
  });
  apply(WeakMap0.prototype.set, foreign, [proxy, [module, name]]);
  return proxy;
}

// A module as esbuild's interop wants it: names are looked up through the prototype, because nobody knows which there are.
const moduleOf = (lookup) => {
  const proxy = new Proxy0({}, {
    get: (_, key) => (key === '__esModule' ? true : typeof key === 'symbol' ? undefined : lookup(key)),
    getPrototypeOf: () => proxy,
    ownKeys: () => [],
  });
  return proxy;
};

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
      if (final && last === 'references' && i === 0 && typeof a === 'function' && !get(records, a)) call[i + 1] = reference(a, depth, final);
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

const answered = (f) => {
  nodes = 0; chars = 0;
  try { return reference(f, 1, true); } catch (e) { return ['e', `a function that throws: ${describe(e).message}`]; }
};

// ---- modules and sites

const sites = new Map0(); // ordinal → [{ value, early }]
const asked = Object.create(null); // sites that hold functions of which only the result counts
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
  __run(i, path, load) {
    running = i;
    host.start(i);
    try {
      const ns = load();
      modules[modules.length] = { i, ns };
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
    const value = asked[i] ? answered(list[0].value) : measured(list[0].value, 1, true);
    const same = list.every((s) => s.early === list[0].early && stringify(measured(s.value, 1, false)) === s.early);
    found[found.length] = stringify({ site: i, value, unstable: !same });
  }
  if (wanted) for (const { i, ns } of modules) named[named.length] = stringify({ module: i, exports: exportsOf(ns) });
  return `{"sites":[${found.join(',')}],"modules":[${named.join(',')}],"failures":${stringify(failures)}}`;
}

// exportsOf is the default export of a module and its tables.
function exportsOf(ns) {
  const out = ['o'];
  for (const name of keys(ns)) {
    const v = ns[name], r = v !== null && v !== undefined && get(records, v);
    if (name === 'default' || r && r.columns) out.push(name, measured(v, 0, true));
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

return { lock, finish, describe };
