// The input of an action: a JSON body, or the query string read by the types of the action's own schema.
import type { z } from 'zod';
import { parseJson, readText } from './body.ts';
import { fail } from './errors.ts';

/** What is known of a schema at run time, as far as a query string needs it. */
interface Def {
  readonly type: string;
  readonly innerType?: Schema;
  readonly in?: Schema;
  readonly element?: Schema;
  readonly shape?: Readonly<Record<string, Schema>>;
}
interface Schema {
  readonly _zod: { readonly def: Def };
}

/** Reads and validates the input. Throws INVALID_JSON and VALIDATION_FAILED with a reason per field. */
export async function readInput(request: Request, schema: z.ZodType | undefined, method: string, drop?: string): Promise<unknown> {
  const given = method === 'GET' ? queryOf(request, schema, drop) : await bodyOf(request);
  if (!schema) return {};
  const result = await schema.safeParseAsync(given);
  if (result.success) return result.data;
  const fields: Record<string, string> = {};
  for (const { path, message } of result.error.issues) fields[path.join('.')] ??= message;
  return fail('VALIDATION_FAILED', { fields });
}

async function bodyOf(request: Request): Promise<unknown> {
  const text = await readText(request);
  return text.trim() === '' ? {} : parseJson(text);
}

function queryOf(request: Request, schema: z.ZodType | undefined, drop: string | undefined): Record<string, unknown> {
  const query = new URL(request.url).searchParams, shape = schema && core(schema as unknown as Schema)._zod.def.shape;
  const out: Record<string, unknown> = {};
  for (const name of new Set(query.keys())) {
    const field = shape && Object.hasOwn(shape, name) ? shape[name] : undefined;
    // An own property even for a name such as __proto__.
    if (name !== drop) Object.defineProperty(out, name, { value: valueOf(query.getAll(name), field), enumerable: true });
  }
  return out;
}

/** The schema inside optional, nullable, default, pipe and the like. */
function core(schema: Schema): Schema {
  const { innerType, in: first } = schema._zod.def, next = innerType ?? first;
  return next ? core(next) : schema;
}

function valueOf(values: readonly string[], field: Schema | undefined): unknown {
  const def = field && core(field)._zod.def;
  if (def?.type === 'array') return values.map((value) => scalar(value, def.element && core(def.element)._zod.def.type));
  return values.length === 1 ? scalar(values[0] ?? '', def?.type) : values;
}

/** A text in the type that the schema asks for; what does not fit stays text, and the schema says what it expected. */
function scalar(text: string, type: string | undefined): unknown {
  switch (type) {
    case 'number': case 'int': return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
    case 'bigint': return /^-?\d+$/.test(text) ? BigInt(text) : text;
    case 'boolean': return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text;
    case 'date': return Number.isNaN(Date.parse(text)) ? text : new Date(text);
    case 'null': return text === 'null' ? null : text;
    default: return text;
  }
}
