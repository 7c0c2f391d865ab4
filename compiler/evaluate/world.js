// The world in which definitions run. It records what the definition API, Drizzle and Zod are asked for as plain data, hands out no
// clock, no chance, no environment beyond the declared one, and freezes what modules share before the first of them runs.
//
// With record.js and data.js it is the body of one function of (host): host.start(i) tells that module i begins, host.env is the
// declared environment. That returns { lock, finish }.
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
    throw new Error0(`process.env.${key} is not declared in compiler.env of the configuration, so definitions cannot depend on it`);
  },
});
