// What the database refuses, in the words of the definition.
import { ApiError } from './errors.ts';
import type { Resource } from './resource.ts';

/** The API error for a constraint that failed; anything else comes back as it is. `removing`: the row is still referred to. */
export function violation(r: Resource, error: unknown, removing = false): unknown {
  if (error instanceof ApiError) return error;
  const text = messages(error);
  const unique = /UNIQUE constraint failed: ([^\n]+?)(?:: SQLITE|\n|$)/.exec(text);
  if (unique) return new ApiError('UNIQUE_VIOLATION', { fields: fieldsOf(r, unique[1] ?? '') });
  const missing = /NOT NULL constraint failed: (\S+?)(?::|\s|$)/.exec(text);
  if (missing) return new ApiError('NOT_NULL_VIOLATION', { fields: fieldsOf(r, missing[1] ?? '') });
  const check = /CHECK constraint failed: (\S+?)(?::|\s|$)/.exec(text);
  if (check) return new ApiError('CHECK_VIOLATION', { constraint: check[1] });
  const foreign = /FK_NOT_FOUND (\w+)/.exec(text);
  if (foreign) return new ApiError('FK_NOT_FOUND', { fields: [foreign[1]] });
  if (/FOREIGN KEY constraint failed/.test(text)) {
    return removing ? new ApiError('FK_NOT_FOUND', undefined, { status: 409, error: 'Other records still refer to this one', hint: 'Delete or change those first' }) : new ApiError('FK_NOT_FOUND');
  }
  return error;
}

/** Drivers wrap the database's own words in causes. */
function messages(error: unknown): string {
  const out: string[] = [];
  for (let e = error, depth = 0; e instanceof Error && depth < 5; e = e.cause, depth++) out.push(e.message);
  return out.join('\n');
}

/** `candidates.organization_id, candidates.email` by the definition's names. */
function fieldsOf(r: Resource, list: string): string[] {
  const byName = new Map([...r.columns.values()].map((c) => [c.dbName, c.name]));
  return list.split(',').flatMap((part) => byName.get((part.trim().split('.').at(-1) ?? '').replaceAll('"', '')) ?? []);
}
