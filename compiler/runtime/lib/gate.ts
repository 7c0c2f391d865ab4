// The gate is the dialect, because every statement, however a handler wrote it, becomes text there. Each builder's result is scoped and marked; what is
// not marked is no statement of the gate and is refused. It guards against mistakes, not against malice. `any` stands for Drizzle's configurations,
// tables and aliases, which its types do not describe; test/scoped-upgrade.test.ts fails when an upgrade changes them.
import { Column, getTableName, is, Name, Param, Placeholder, SQL, sql, StringChunk, Subquery, Table, View } from 'drizzle-orm';
import { alias, SQLiteAsyncDialect } from 'drizzle-orm/sqlite-core';
import { firewallOf, type Firewall } from './access.ts';
import { quote } from './columns.ts';
import { bind } from './conditions.ts';
import type { AnyContext } from './context.ts';
import { Refused } from './driver.ts';
import type { Resource } from './resource.ts';
import type { Runtime } from './routes.ts';
import { scopes, stamps, type Values } from './write.ts';

/** A common table expression that a statement uses but does not define itself. */
interface Free { readonly sql: SQL; readonly alias: string }

/** SQLite's dialect for one request. */
export class Gate extends (SQLiteAsyncDialect as any) {
  /** False once the request is over: a statement that was kept carries its caller's values. */
  alive = true;
  readonly #built = new WeakMap<SQL, readonly Free[]>();

  constructor(readonly caller: Caller) { super(); }

  buildSelectQuery(query: any): SQL {
    return this.#build({ ...query, joins: undefined }, (free) => {
      const { joins, where } = this.#joins(query.joins, free);
      return super.buildSelectQuery({ ...query, joins, where: every(query.where, this.#rule(query.table), ...where) });
    });
  }

  buildUpdateQuery(query: any): SQL {
    return this.#build({ ...query, set: undefined, joins: undefined }, (free) => {
      const set = this.set(query.table, query.set, free), { joins, where } = this.#joins(query.joins, free);
      return super.buildUpdateQuery({ ...query, set, joins, where: every(query.where, this.#rule(query.table), query.from && this.#rule(query.from), ...where) });
    });
  }

  //: delete
  /** On tables with soft delete an update; `scoped` takes care of what hangs on the rows. */
  buildDeleteQuery(query: any): SQL {
    const { soft } = this.caller.of(query.table);
    return this.#build(query, () => {
      const where = every(query.where, this.#rule(query.table));
      return soft ? super.buildUpdateQuery({ ...query, set: this.caller.updated(query.table, 'deleted'), where }) : super.buildDeleteQuery({ ...query, where });
    });
  }
  //: end

  buildInsertQuery(query: any): SQL {
    return this.#build(query, () => {
      const stamps = this.caller.inserted(query.table);
      if (query.select) return super.buildInsertQuery({ ...query, values: this.#selected(query, stamps) }); //: insertSelect
      const values = query.values.map((row: Record<string, unknown>) => {
        this.caller.mustHave(query.table, Object.keys(row).filter((name) => !absent(row[name])));
        return { ...this.#targets(query.table, row, false), ...this.caller.newKey(query.table, row), ...stamps };
      });
      return super.buildInsertQuery({ ...query, values });
    });
  }

  //: relational
  buildRelationalQuery(query: any): any {
    const { queryConfig } = query, where = queryConfig === true ? undefined : queryConfig?.where;
    // Drizzle joins a relation's where to the relation with and(), which does not parenthesise: `a or b` would leave the relation.
    const closed = (fields: any, operators: any): SQL | undefined => {
      const given = typeof where === 'function' ? where(fields, operators) : where;
      this.scan(given, []);
      return given && sql`(${given})`;
    };
    return super.buildRelationalQuery(where === undefined ? query : { ...query, queryConfig: { ...queryConfig, where: closed } });
  }
  //: end

  sqlToQuery(statement: SQL, source?: any): any {
    if (!this.alive) throw new Refused('the db of this request was used after the request');
    const free = this.#built.get(statement);
    if (!free && !this.caller.call.rawSql) throw new Refused('the statement did not go through the builder');
    if (free?.[0]) throw new Refused(`CTE "${free[0].alias}" is used but not given to with()`);
    return super.sqlToQuery(statement, source);
  }

  /** The assignments of an update or an upsert: checked, foreign keys bound to visible rows, stamped. */
  set(table: any, given: Record<string, unknown>, free: Free[]): Record<string, unknown> {
    this.scan(given, free);
    this.caller.mayUpdate(table, Object.keys(given).filter((name) => given[name] !== undefined));
    return { ...this.#targets(table, given, true), ...this.caller.updated(table) };
  }

  //: upsert
  /** Adds the rule of a table to a condition, for upserts: never another caller's row. */
  within(table: any, where: SQL | undefined, free: Free[]): SQL | undefined {
    this.scan(where, free);
    return every(where, this.#rule(table));
  }

  /** Marks a piece that a builder made outside of the dialect, an upsert's clause, with the CTEs it uses. */
  accept(piece: SQL, free: Free[]): void { this.#built.set(piece, free); }
  //: end

  /** Looks at everything a builder was given. Raw SQL must be an expression, subqueries must come from this gate. */
  scan(value: any, free: Free[], seen = new Set<unknown>()): void {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    if (is(value, Subquery)) return this.#subquery(value, free);
    if (is(value, Table) || is(value, View) || is(value, Column) || is(value, Placeholder) || is(value, Name)) return;
    if (is(value, SQL) || is(value, SQL.Aliased) || is(value, Param) || typeof value.getSQL === 'function') {
      const text = this.#flat(value, free);
      if (text !== HOLE) lex(text);
      return;
    }
    if (value instanceof Date || value instanceof Uint8Array) return;
    for (const item of value instanceof Map ? value.values() : Object.values(value)) this.scan(item, free, seen);
  }

  /** Scans a builder's configuration, makes its statement, and marks that with the CTEs which it does not define. */
  #build(given: any, make: (free: Free[]) => SQL): SQL {
    const free: Free[] = [], defined: readonly any[] = given.withList ?? [];
    this.scan(given, free);
    const statement = make(free);
    for (const { _: { sql: inner } } of defined) free.push(...(this.#built.get(inner) ?? []));
    this.#built.set(statement, free.filter((f) => !defined.some(({ _ }) => _.sql === f.sql && _.alias === f.alias)));
    return statement;
  }

  #subquery(value: any, free: Free[]): void {
    const inner = this.#built.get(value._.sql);
    if (!inner) throw new Refused('the subquery was built outside of this db');
    free.push(...(value._.isWith ? [{ sql: value._.sql, alias: value._.alias }] : inner));
  }

  /** One text of all fragments, with a hole for whatever is no text. */
  #flat(chunk: any, free: Free[]): string {
    if (is(chunk, StringChunk)) return chunk.value.join('');
    if (is(chunk, Name)) return NAME;
    if (typeof chunk !== 'object' || chunk === null) return chunk === undefined ? '' : HOLE;
    if (Array.isArray(chunk)) return `(${chunk.map((c) => this.#flat(c, free)).join(', ')})`;
    if (is(chunk, SQL)) return this.#statement(chunk, free) ?? chunk.queryChunks.map((c) => this.#flat(c, free)).join('');
    if (is(chunk, Column) || is(chunk, Placeholder)) return HOLE;
    if (is(chunk, Param)) return this.#param(chunk, free);
    if (is(chunk, SQL.Aliased)) this.scan(chunk.sql, free);
    else if (is(chunk, Subquery)) this.#subquery(chunk, free);
    else if (is(chunk, Table) || is(chunk, View)) throw new Refused('a table inside raw SQL');
    else if (typeof chunk.getSQL === 'function') {
      const made = chunk.getSQL();
      return this.#statement(made, free) ?? `(${this.#flat(made, free)})`;
    }
    return HOLE;
  }

  #statement(chunk: SQL, free: Free[]): string | undefined {
    const inner = this.#built.get(chunk);
    if (inner) free.push(...inner);
    return inner && HOLE;
  }

  /** Drizzle renders a parameter as SQL when its value, or what its column makes of it, is SQL. */
  #param(param: any, free: Free[]): string {
    if (param.value === null || is(param.value, Placeholder)) return HOLE;
    const value = is(param.value, SQL) ? param.value : param.encoder.mapToDriverValue(param.value);
    return is(value, SQL) ? this.#flat(value, free) : HOLE;
  }

  #rule(table: unknown): SQL | undefined {
    return is(table, Subquery) ? undefined : this.caller.rule(table);
  }

  #joins(list: any[] | undefined, free: Free[]): { joins: any[] | undefined; where: SQL[] } {
    const where: SQL[] = [];
    const joins = list?.map((join) => {
      this.scan([join.table, join.on], free);
      if (join.joinType === 'right' || join.joinType === 'full') throw new Refused(`a ${join.joinType} join would leave the rule: turn it round into a left join`);
      const rule = this.#rule(join.table);
      if (rule && join.on !== undefined) return { ...join, on: every(join.on, rule) }; // an outer join stays outer
      if (rule) where.push(rule);
      return join;
    });
    return { joins, where };
  }

  /** Foreign keys must point to rows that the caller sees; the statement itself checks, so nothing can change in between. */
  #targets(table: any, given: Record<string, unknown>, update: boolean): Record<string, unknown> {
    const out = { ...given };
    for (const name of Object.keys(this.caller.of(table).resource.policy.references ?? {})) {
      const value = given[name];
      if (absent(value) || (is(value, Param) && value.value === null)) continue;
      const key = is(value, SQL) ? sql`(${value})` : sql`${value}`, exists = this.caller.target(table, name, key), kept = update ? sql` or ${key} is ${table[name]}` : sql``;
      // SQLite raises no errors of its own in expressions; a bad JSON path names itself in the message, which actions read.
      out[name] = exists ? sql`case when ${key} is null${kept} or ${exists} then ${key} else json_extract('{}', 'FK_NOT_FOUND ' || ${name}) end` : key;
    }
    return out;
  }

  //: insertSelect
  /** insert into t (a, b) with g(a, b) as (the handler's select) select a, ?, … from g */
  #selected(query: any, stamps: Record<string, SQL>): SQL {
    const columns = Object.entries(query.table[(Table as any).Symbol.Columns] as Record<string, any>).filter(([, c]) => !c.shouldDisableInsert());
    const inner = is(query.values, SQL) ? query.values : query.values.getSQL(), from = sql.identifier('$gate');
    const name = (c: any): SQL => sql`${sql.identifier((this as any)['casing'].getColumnCasing(c))}`;
    const selected = columns.map(([key, c]) => stamps[key] ?? this.#targets(query.table, { [key]: sql`${from}.${name(c)}` }, false)[key]);
    return sql`with ${from} (${sql.join(columns.map(([, c]) => name(c)), sql`, `)}) as (${inner}) select ${sql.join(selected as SQL[], sql`, `)} from ${from} where 1`;
  }
  //: end
}

/** Never Drizzle's and(): it does not parenthesise its operands, so a handler's `a or b` would swallow the rule. */
function every(...parts: (SQL | undefined)[]): SQL | undefined {
  const given = parts.filter((p) => p !== undefined);
  return given.length < 2 ? given[0] : sql.join(given.map((p) => sql`(${p})`), sql` and `);
}

/** Who asks, and what the action may do; its name is for protected columns. */
export interface Call { readonly ctx: AnyContext; readonly action?: string; readonly rawSql?: boolean }

/** A table with its policy, read once. */
type Guarded = ReturnType<typeof guarded>;
export type Tables = ReadonlyMap<object, Guarded>;

/** Aliases are proxies that forward unknown symbols to their table: the table itself under a symbol survives alias(), a look-alike has none. */
export const SELF = Symbol.for('qbls.table');
/** Columns that the gate writes itself, whatever an update says of them. */
const STAMPED = ['modifiedAt', 'modifiedBy'];

/** Reads the policies of a runtime's registry: the same as the CRUD routes, through the same firewall. */
export function guardedTables(runtime: Pick<Runtime, 'registry'>): Tables {
  return new Map([...runtime.registry.values()].map((resource) => {
    Object.defineProperty(resource.table, SELF, { value: resource.table, configurable: true });
    return [resource.table, guarded(resource)] as const;
  }));
}

function guarded(resource: Resource) {
  const { columns, policy, audit, scopes, key } = resource, walls = new Map<string, Firewall>();
  const nulled = Object.entries(policy.rows === 'unscoped' ? {} : policy.rows).flatMap(([name, rule]) => (rule?.isNull === true ? [name] : []));
  return {
    resource,
    soft: policy.delete !== 'hard' && audit.has('deletedAt'),
    /** Columns that no update may name. */
    managed: new Set([...scopes.keys(), ...nulled, ...[...audit].filter((name) => !STAMPED.includes(name)), ...(key ? [key.name] : [])]),
    firewall(qualifier: string): Firewall {
      const known = walls.get(qualifier);
      if (known) return known;
      const qualified = new Map([...columns].map(([name, column]) => [name, { ...column, sql: `${qualifier}.${column.sql}` }]));
      const made = firewallOf(qualified, policy.rows, `${resource.name}.rows`);
      if (walls.size < 64) walls.set(qualifier, made);
      return made;
    },
  };
}

/** The tables as one call sees them: their rules as SQL, what an insert is stamped with, which columns no handler writes. */
export class Caller {
  constructor(private readonly tables: Tables, readonly runtime: Runtime, readonly call: Call) {}

  /** The policy of a table or its alias. Throws Refused for tables and views without one. */
  of(table: any): Guarded {
    const found = is(table, View) ? undefined : this.tables.get(table?.[SELF]);
    if (!found) throw new Refused(`${is(table, Table) ? `table "${getTableName(table)}"` : 'what is no table'} is not in the policy`);
    return found;
  }

  /** The condition that the caller's rows of this table, or of this alias of it, meet. Throws the API's own error when the context lacks a value. */
  rule(table: any): SQL | undefined {
    const { resource, firewall } = this.of(table), { ctx } = this.call;
    if (resource.policy.rows === 'unscoped') return undefined;
    const { where } = firewall(quote(getTableName(table))).enter(ctx), pieces = where.text.split('?'), values = bind(where, ctx);
    if (pieces.length !== values.length + 1) throw new Error('a condition has other than one ? per parameter');
    return sql.join(pieces.flatMap((piece, i) => (i === 0 ? [sql.raw(piece)] : [sql`${values[i - 1]}`, sql.raw(piece)])));
  }

  /** The condition that a foreign key's target, as the caller sees it, has this key. */
  target(table: any, column: string, value: SQL): SQL | undefined {
    const target = this.runtime.registry.get(this.of(table).resource.policy.references?.[column] ?? '');
    if (!target?.key) return undefined;
    const aliased: any = alias(target.table as never, '$target'), rule = this.rule(aliased);
    return sql`exists (select 1 from ${target.table as Table} ${sql.identifier('$target')} where ${aliased[target.key.name]} = ${value}${rule ? sql` and (${rule})` : sql``})`;
  }

  /** What an insert writes whatever the handler says. */
  inserted(table: any): Record<string, SQL> {
    const { resource, managed } = this.of(table), { ctx } = this.call, closed = [...managed].filter((name) => name !== resource.key?.name);
    return params({ ...Object.fromEntries(closed.map((name) => [name, null])), ...scopes(resource, ctx), ...stamps(resource, ctx, this.runtime.now(), 'created', 'modified') });
  }

  /** What an update, or a soft delete, writes besides. */
  updated(table: any, ...what: readonly 'deleted'[]): Record<string, SQL> {
    return params(stamps(this.of(table).resource, this.call.ctx, this.runtime.now(), 'modified', ...what));
  }

  /** A key for a row that has none, unless the database makes it. */
  newKey(table: any, row: Values): Record<string, SQL> {
    const { key, policy: { id } } = this.of(table).resource, value = key && id && absent(row[key.name]) ? this.runtime.newId(id) : undefined;
    return key && value !== undefined ? params({ [key.name]: value }) : {};
  }

  /** Throws Refused for what is no column: Drizzle would leave it out without a word, and the handler would take it for written. */
  mustHave(table: any, names: readonly string[]): void {
    const { columns, name } = this.of(table).resource, unknown = names.filter((n) => !columns.has(n));
    if (unknown.length) throw new Refused(`${name} has no column ${unknown.join(', ')}`);
  }

  /** Throws Refused when an update names what is no column, or what only the system, or another action, writes. */
  mayUpdate(table: any, names: readonly string[]): void {
    this.mustHave(table, names);
    const { resource: { name: of, audit, columns, policy: { write } }, managed } = this.of(table), { action } = this.call;
    for (const name of names) {
      if (audit.has(name) && STAMPED.includes(name)) continue;
      if (columns.get(name)?.generated) throw new Refused(`column ${name} of ${of} is computed by the database`);
      if (managed.has(name)) throw new Refused(`column ${name} of ${of} is managed by the system`);
      const allowed = typeof write === 'object' ? write.protected?.[name] : undefined;
      if (allowed === undefined || (action !== undefined && (allowed === 'any' || allowed.includes(action)))) continue;
      throw new Refused(`GUARD_FIELD_PROTECTED: column ${name} of ${of} is protected: ${allowed === 'any' ? 'an action' : allowed.join(', ')} may change it, ${action ?? 'this'} may not`);
    }
  }
}

const absent = (value: unknown): boolean => value === undefined || (is(value, Param) && value.value === undefined);

const params = (values: Values): Record<string, SQL> => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, sql`${value}`]));

/** Stands for a value, a column or a statement that went through the gate. */
export const HOLE = '\uE000';
/** Stands for sql.identifier(…). */
export const NAME = '\uE001';

const KEYWORDS = new Set([
  'select', 'from', 'join', 'union', 'intersect', 'except', 'attach', 'detach', 'pragma', 'with', 'into', 'insert', 'update', 'delete',
  'drop', 'alter', 'create', 'truncate', 'vacuum', 'reindex', 'analyze', 'table', 'returning', 'begin', 'commit', 'rollback', 'savepoint', 'release', 'values',
]);
/** Functions that reach outside of the row: files, other tables, the connection. */
const FUNCTIONS = /^(pragma_\w+|load_extension|readfile|writefile|edit|fts3_tokenizer|sqlite_\w+)$/i;
// A comment or character that no expression has, a string, a name in quotes, a word, a number, or any other character. The first are statement ends,
// SQLite's other ways to write parameters and names, and control characters: a NUL would end the text.
const TOKEN = /(--|\/\*|[;`\\$?:@[#\0-\x08\x0e-\x1f])|('(?:[^']|'')*')|"((?:[^"]|"")*)"|([A-Za-z_\u0080-\udfff\uE002-\uffff][\w$\u0080-\udfff\uE002-\uffff]*)|\d[\w.]*|[^\s]/g;

// Reads an expression to its end. Throws Refused at the first thing that is not part of one: handlers write expressions in sql``, no statements. All
// fragments are one text, read token by token, so neither a keyword in two pieces nor a parenthesis inside a string literal can fool it.
export function lex(text: string): void {
  let open = 0, previous = '';
  for (const [token, forbidden, , quoted, name] of text.matchAll(TOKEN)) {
    const word = name?.toLowerCase();
    if (forbidden !== undefined) refuse(`has ${forbidden[0]}`);
    if (token === "'" || token === '"') refuse('leaves a quote open');
    if (previous === 'in' && (quoted !== undefined || word !== undefined || token === NAME)) refuse('names a table after in');
    if (word !== undefined && KEYWORDS.has(word) && !(word === 'from' && previous === 'distinct')) refuse(`needs allowRawSql (${word})`);
    if (token === '(' && FUNCTIONS.test(previous)) refuse(`calls ${previous}`);
    open += token === '(' ? 1 : token === ')' ? -1 : 0;
    if (open < 0) refuse('closes a parenthesis that it did not open');
    previous = quoted ?? word ?? token;
  }
  if (open > 0) refuse('leaves a parenthesis open');
}

function refuse(why: string): never {
  throw new Refused(`raw SQL ${why}`);
}
