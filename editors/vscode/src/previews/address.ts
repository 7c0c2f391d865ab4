import type { Argument } from '../protocol';

/**
 * What a preview's address asks for. `path` and `query` are those of a parsed URI, `qbls:/policy.md?project=…&resource=…`, whose escapes
 * are undone once: the project is then a URI with its own escapes. Undefined for other addresses.
 */
export function parseAddress(path: string, query: string): Argument | undefined {
  const kind = /^\/*([a-z]+)\.[a-z]+$/.exec(path)?.[1];
  const found = /^project=(.*?)(?:&resource=([^&]*))?$/.exec(query);
  const uri = found?.[1];
  if (kind === undefined || uri === undefined || uri === '') return undefined;
  return { kind, uri, ...(found?.[2] ? { resource: found[2] } : {}) };
}
