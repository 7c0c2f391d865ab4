// The recorders that stand for packages. A continuation of world.js.

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
  if (typeof args[2] === 'function') deferred[deferred.length] = [running, () => { made.parts = args[2](self); }];
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
