// What the real drizzle-kit says about pairs of schemas. "describe" prints, for each pair, both snapshots and the statements that make
// each from nothing; "compare" reads snapshots by pair from a file and prints what drizzle-kit would still change.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { sql } from 'drizzle-orm';
import * as lite from 'drizzle-orm/sqlite-core';
import * as pg from 'drizzle-orm/pg-core';

const kit = createRequire(import.meta.url)('drizzle-kit/api');
const dialects = {
  sqlite: { json: kit.generateSQLiteDrizzleJson, diff: kit.generateSQLiteMigration },
  postgresql: { json: kit.generateDrizzleJson, diff: kit.generateMigration },
};

// One table in many forms. A form is [columns, extras, further tables]; a pair is [name, before, after, hints].
const form = (columns = {}, extras = () => [], tables = () => ({})) => ({ columns, extras, tables });

function pairs(d, make) {
  const { text, integer, real } = d;
  const id = () => integer('id').primaryKey();
  const build = ({ columns, extras, tables }, name = 'things') => {
    const things = make(name, { id: id(), ...columns }, extras);
    return { things, ...tables(things) };
  };
  const child = (rule, more = {}) => (t) => ({ children: make('children', { id: id(), thing: integer('thing').references(() => t.id, { onDelete: rule }), ...more }) });
  const a = () => ({ a: text('a') });
  const hints = (columns, more = {}) => ({ Columns: { things: columns }, ...more });
  const fill = (column, expression) => ({ Backfills: { things: { [column]: expression } } });
  const list = [
    ['add nullable', form(a()), form({ ...a(), b: text('b') })],
    ['add with default', form(a()), form({ ...a(), b: text('b').notNull().default("it's; fine") })],
    ['add number with default', form(a()), form({ ...a(), b: integer('b').default(0), c: real('c').default(1.5) })],
    ['add with computed default', form(a()), form({ ...a(), b: text('b').notNull().default(sql`(lower('X'))`) })],
    ['add required with backfill', form(a()), form({ ...a(), b: integer('b').notNull() }), fill('b', 'id * 2')],
    ['add several', form(a()), form({ ...a(), b: text('b'), c: integer('c').notNull().default(1), e: text('e') })],
    ['rename column', form(a()), form({ z: text('z') }), hints({ z: 'a' })],
    ['rename and type', form({ a: integer('a') }), form({ z: text('z') }), hints({ z: 'a' })],
    ['rename indexed', form(a(), (t) => [d.index('things_a').on(t.a)]), form({ z: text('z') }, (t) => [d.index('things_z').on(t.z)]), hints({ z: 'a' })],
    ['rename checked', form(a(), (t) => [d.check('c', sql`${t.a} <> ''`)]), form({ z: text('z') }, (t) => [d.check('c', sql`${t.z} <> ''`)]), hints({ z: 'a' })],
    ['rename one of two', form({ a: text('a'), b: text('b') }), form({ z: text('z'), b: text('b') }), hints({ z: 'a' })],
    ['type', form({ a: integer('a') }), form({ a: text('a') })],
    ['type with default', form({ a: integer('a').default(5) }), form({ a: text('a').default('x') })],
    ['required with default', form(a()), form({ a: text('a').notNull().default('none') })],
    ['required with backfill', form(a()), form({ a: text('a').notNull() }), fill('a', "'was empty'")],
    ['no longer required', form({ a: text('a').notNull().default('x') }), form(a())],
    ['default added', form(a()), form({ a: text('a').default('x') })],
    ['default changed', form({ a: text('a').default('x') }), form({ a: text('a').default('y') })],
    ['default dropped', form({ a: text('a').default('x') }), form(a())],
    ['default computed', form(a()), form({ a: text('a').default(sql`(lower('X'))`) })],
    ['index', form(a()), form(a(), (t) => [d.index('things_a').on(t.a)])],
    ['index of two', form({ ...a(), b: text('b') }), form({ ...a(), b: text('b') }, (t) => [d.index('things_ab').on(t.b, t.a)])],
    ['index of expression', form(a()), form(a(), (t) => [d.index('things_lower').on(sql`lower(${t.a})`)])],
    ['index dropped', form(a(), (t) => [d.index('things_a').on(t.a)]), form(a())],
    ['index changed', form(a(), (t) => [d.index('i').on(t.a)]), form(a(), (t) => [d.index('i').on(t.id, t.a)])],
    ['partial unique index', form(a()), form(a(), (t) => [d.uniqueIndex('things_u').on(t.id, t.a).where(sql`${t.a} is not null`)])],
    ['unique column', form({ b: integer('b') }), form({ b: integer('b').unique() })],
    ['unique of two', form(a()), form(a(), (t) => [d.unique('u').on(t.id, t.a)])],
    ['unique dropped', form({ b: integer('b').unique() }), form({ b: integer('b') })],
    ['check', form(a()), form(a(), (t) => [d.check('c', sql`${t.a} is null or ${t.a} <> 'never'`)])],
    ['check changed', form(a(), (t) => [d.check('c', sql`${t.a} <> 'x'`)]), form(a(), (t) => [d.check('c', sql`${t.a} <> 'y'`)])],
    ['check dropped', form(a(), (t) => [d.check('c', sql`${t.a} <> 'x'`)]), form(a())],
    ['new child', form(a()), form(a(), undefined, child('cascade'))],
    ['rule of child', form(a(), undefined, child('no action')), form(a(), undefined, child('cascade'))],
    ['rebuilt parent of cascade', form(a(), undefined, child('cascade')), form({ a: text('a').notNull().default('') }, undefined, child('cascade'))],
    ['rebuilt parent of set null', form(a(), undefined, child('set null')), form({ a: text('a').notNull().default('') }, undefined, child('set null'))],
    ['parent and child rebuilt', form(a(), undefined, child('cascade')), form({ a: text('a').notNull().default('') }, undefined, child('cascade', { n: text('n').notNull().default('n') }))],
    ['new reference', form(a(), undefined, () => ({ o: make('others', { id: id() }) })),
      { ...form(a()), whole: () => { const o = make('others', { id: id() }); return { o, things: make('things', { id: id(), ...a(), o: integer('o').references(() => o.id) }) }; } }],
    ['reference to itself', form(a()), { ...form(), whole: () => { const things = make('things', { id: id(), ...a(), up: integer('up').references(() => things.id, { onDelete: 'cascade' }) }); return { things }; } }],
    ['wider key', form({ k: integer('k').notNull().default(1) }), { ...form(), whole: () => ({ things: make('things', { id: integer('id').notNull(), k: integer('k').notNull().default(1) }, (t) => [d.primaryKey({ columns: [t.id, t.k] })]) }) }],
    ['rename table', form(a()), { ...form(), whole: () => ({ things: make('stuff', { id: id(), ...a() }) }) }, { Tables: { stuff: 'things' } }],
    ['rename table with child', form(a(), undefined, child('cascade')), { ...form(), whole: () => build(form(a(), undefined, child('cascade')), 'stuff') }, { Tables: { stuff: 'things' } }],
    ['rename table and column', form(a()), { ...form(), whole: () => ({ things: make('stuff', { id: id(), z: text('z') }) }) }, { Tables: { stuff: 'things' }, Columns: { stuff: { z: 'a' } } }],
    ['new table', form(a()), form(a(), undefined, () => ({ o: make('others', { id: id(), b: text('b').default('x') }) }))],
    ['removed column stays', form({ ...a(), b: text('b').notNull() }), form(a())],
    ['removed column dropped', form({ ...a(), b: text('b') }), form(a()), { Drops: { Columns: { things: ['b'] } } }],
    ['removed table stays', form(a(), undefined, child('cascade')), form(a())],
    ['removed table dropped', form(a(), undefined, child('cascade')), form(a()), { Drops: { Tables: ['children'] } }],
  ];
  return list.map(([name, before, after, given]) => ({ name, before: before.whole?.() ?? build(before), after: after.whole?.() ?? build(after), hints: given ?? {} }));
}

function onlyPostgres() {
  const t = (columns, extras) => ({ things: pg.pgTable('things', { id: pg.integer('id').primaryKey(), ...columns }, extras) });
  const mood = (...values) => { const e = pg.pgEnum('mood', values); return { e, ...t({ m: e('m').default(values[0]) }) }; };
  return [
    ['enum value', mood('a', 'b'), mood('a', 'b', 'c')],
    ['enum value between', mood('a', 'b'), mood('a', 'x', 'b')],
    ['enum order', mood('a', 'b', 'c'), mood('a', 'c', 'b')],
    ['text to enum', t({ m: pg.text('m') }), (() => { const e = pg.pgEnum('mood', ['v1-0', 'v1-1']); return { e, ...t({ m: e('m') }) }; })()],
    ['varchar longer', t({ v: pg.varchar('v', { length: 20 }) }), t({ v: pg.varchar('v', { length: 60 }) })],
    ['json to jsonb', t({ j: pg.json('j') }), t({ j: pg.jsonb('j').default({}) })],
    ['boolean and times', t({}), t({ b: pg.boolean('b').notNull().default(false), at: pg.timestamp('at', { withTimezone: true }).notNull().defaultNow(), n: pg.numeric('n', { precision: 10, scale: 2 }) })],
    ['array', t({}), t({ l: pg.text('l').array().default([]) })],
    ['identity', t({}), t({ n: pg.integer('n').generatedAlwaysAsIdentity() })],
    ['generated', t({ a: pg.text('a') }), t({ a: pg.text('a'), u: pg.text('u').generatedAlwaysAs(sql`upper(a)`) })],
    ['index order', t({ a: pg.text('a') }), t({ a: pg.text('a') }, (x) => [pg.index('i').on(x.a.desc().nullsLast())])],
    ['index method', t({ j: pg.jsonb('j') }), t({ j: pg.jsonb('j') }, (x) => [pg.index('i').using('gin', x.j)])],
    ['nulls not distinct', t({ a: pg.text('a') }), t({ a: pg.text('a') }, (x) => [pg.unique('u').on(x.id, x.a).nullsNotDistinct()])],
    ['serial', t({}), t({ s: pg.serial('s') })],
    ['uuid', t({}), t({ u: pg.uuid('u').notNull().defaultRandom() })],
  ].map(([name, before, after]) => ({ name, before, after, hints: {} }));
}

function onlySQLite() {
  const t = (columns, extras) => ({ things: lite.sqliteTable('things', { id: lite.integer('id').primaryKey(), ...columns }, extras) });
  return [
    ['autoincrement', t({ a: lite.text('a') }), { things: lite.sqliteTable('things', { id: lite.integer('id').primaryKey({ autoIncrement: true }), a: lite.text('a') }) }],
    ['blob and numeric', t({}), t({ b: lite.blob('b'), n: lite.numeric('n').default('1') })],
    ['virtual', t({ a: lite.text('a') }), t({ a: lite.text('a'), u: lite.text('u').generatedAlwaysAs(sql`upper(a)`) })],
    ['stored', t({ a: lite.text('a') }), t({ a: lite.text('a'), u: lite.text('u').generatedAlwaysAs(sql`upper(a)`, { mode: 'stored' }) })],
    ['length', t({ a: lite.text('a', { length: 5 }) }), t({ a: lite.text('a', { length: 50 }) })],
  ].map(([name, before, after]) => ({ name, before, after, hints: {} }));
}

const all = [
  ...[...pairs(lite, lite.sqliteTable), ...onlySQLite()].map((p) => ({ ...p, dialect: 'sqlite' })),
  ...[...pairs(pg, pg.pgTable), ...onlyPostgres()].map((p) => ({ ...p, dialect: 'postgresql' })),
];

const out = [];
if (process.argv[2] === 'describe') {
  for (const p of all) {
    const { json, diff } = dialects[p.dialect];
    const empty = await json({}), before = await json(p.before), after = await json(p.after);
    out.push({ name: p.name, dialect: p.dialect, hints: p.hints, before, after, createBefore: await diff(empty, before), createAfter: await diff(empty, after) });
  }
} else {
  const ours = JSON.parse(readFileSync(process.argv[3], 'utf8'));
  for (const p of all) {
    const { json, diff } = dialects[p.dialect];
    const snapshot = ours[`${p.dialect} ${p.name}`];
    if (snapshot) out.push({ name: `${p.dialect} ${p.name}`, left: await diff(snapshot, await json(p.after)) });
  }
}
console.log(JSON.stringify(out));
