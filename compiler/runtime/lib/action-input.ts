// The input of an action: a JSON body, or the query string read by the types of the action's own schema.
import type { z } from 'zod';
import { parseJson, readText } from './body.ts';
import { fail } from './errors.ts';

/** What is known of a schema at run time, as far as a query string needs it. */
interface Schema { readonly _zod: { readonly def: Def } }
interface Def { readonly type: string; readonly innerType?: Schema; readonly in?: Schema; readonly element?: Schema; readonly shape?: Readonly<Record<string, Schema>> }

/** Reads and validates the input. Throws INVALID_JSON and VALIDATION_FAILED with a reason per field. */
export async function readInput(request: Request, schema: z.ZodType | undefined, method: string, drop?: string): Promise<unknown> {
  const text = method === 'GET' ? '' : await readText(request);
  const given = method === 'GET' ? queryOf(request, schema, drop) : text.trim() === '' ? {} : parseJson(text);
  if (!schema) return {};
  const result = await schema.safeParseAsync(given);
  if (result.success) return result.data;
  const fields: Record<string, string> = {};
  for (const { path, message } of result.error.issues) fields[path.join('.')] ??= message;
  return fail('VALIDATION_FAILED', { fields });
}

function queryOf(request: Request, schema: z.ZodType | undefined, drop: string | undefined): object {
  const query = new URL(request.url).searchParams, shape = schema && core(schema as unknown as Schema).shape, out = {};
  for (const name of new Set(query.keys())) {
    const field = shape && Object.hasOwn(shape, name) ? shape[name] : undefined;
    // An own property even for a name such as __proto__.
    if (name !== drop) Object.defineProperty(out, name, { value: valueOf(query.getAll(name), field), enumerable: true });
  }
  return out;
}

/** The schema inside optional, nullable, default, pipe and the like. */
function core({ _zod: { def } }: Schema): Def {
  const inner = def.innerType ?? def.in;
  return inner ? core(inner) : def;
}

function valueOf(values: readonly string[], field: Schema | undefined): unknown {
  const def = field && core(field);
  if (def?.type === 'array') return values.map((value) => scalar(value, def.element && core(def.element).type));
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
