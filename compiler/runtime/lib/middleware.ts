// What surrounds every request before and after the routes: its id, who may call from where, how much it may send, the headers of the answer.

/** Bodies larger than this answer 413. */
export const BODY_LIMIT = 1_048_576;

const ID = /^[\w-]{8,64}$/;

/** The id under which a request is logged: the caller's own when it looks like one, else a new one. */
export function requestId(headers: Headers): string {
  const given = headers.get('x-request-id');
  return given && ID.test(given) ? given : crypto.randomUUID();
}

/** The path of a request without parsing all of its URL. */
export function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  if (start < 0) return '/';
  const query = url.indexOf('?', start), hash = url.indexOf('#', start);
  const end = query < 0 ? hash : hash < 0 ? query : Math.min(query, hash);
  return end < 0 ? url.slice(start) : url.slice(start, end);
}

/** Which origins a browser may call from. */
export interface Origins {
  /** Whether the page at `origin` is one of ours: configured, or the server's own. */
  trusted(origin: string, url: string): boolean;
}

/** Reads patterns such as `https://app.example.com`, `https://*.example.com`, `http://localhost:*`. */
export function originsOf(patterns: readonly string[]): Origins {
  const exact = new Set(patterns.filter((p) => !p.includes('*')));
  const wild = patterns.filter((p) => p.includes('*')).map((p) => new RegExp(`^${escaped(p).replace(/:\*$/, ':\\d+').replaceAll('*', '[\\w.-]*')}$`));
  return {
    trusted(origin, url) {
      if (exact.has(origin) || wild.some((w) => w.test(origin))) return true;
      // Behind a proxy that ends TLS the schemes differ, so the host alone says whether it is this server.
      try { return new URL(origin).host === new URL(url).host; } catch { return false; }
    },
  };
}

const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\/]/g, '\\$&');

/** The answer to a browser's question whether it may call. An untrusted origin gets no permission, which the browser takes as no. */
export function preflight(request: Request, origins: Origins): Response | undefined {
  const origin = request.headers.get('origin');
  if (request.method !== 'OPTIONS' || !origin || !request.headers.has('access-control-request-method')) return undefined;
  const headers = new Headers({ vary: 'Origin' });
  if (origins.trusted(origin, request.url)) {
    allowOrigin(headers, origin);
    headers.set('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE');
    headers.set('access-control-allow-headers', 'Authorization, Content-Type, If-None-Match, X-Api-Key, X-Request-Id');
    headers.set('access-control-max-age', '600');
  }
  return new Response(null, { status: 204, headers });
}

function allowOrigin(headers: Headers, origin: string): void {
  headers.set('access-control-allow-origin', origin);
  headers.set('access-control-allow-credentials', 'true');
}

const SECURITY: readonly (readonly [string, string])[] = [
  ['content-security-policy', "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"],
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-opener-policy', 'same-origin'],
];

/** Adds id, security and CORS headers. What a handler's own Response set stays as it set it. */
export function finish(response: Response, request: Request, id: string, origins: Origins, secure: boolean): Response {
  const answer = mutable(response), { headers } = answer;
  headers.set('x-request-id', id);
  for (const [name, value] of SECURITY) if (!headers.has(name)) headers.set(name, value);
  if (secure) headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains');
  if (!headers.has('cache-control')) headers.set('cache-control', 'private, no-cache');
  const origin = request.headers.get('origin');
  if (origin) {
    headers.append('vary', 'Origin');
    if (origins.trusted(origin, request.url)) {
      allowOrigin(headers, origin);
      headers.set('access-control-expose-headers', 'Content-Disposition, ETag, X-Request-Id, X-Total-Count, Set-Auth-Token, Retry-After');
    }
  }
  return answer;
}

/** Responses that came from fetch() or Response.redirect() refuse new headers: those are copied. */
function mutable(response: Response): Response {
  try {
    response.headers.delete('x-request-id');
    return response;
  } catch {
    return new Response(response.body, response);
  }
}

/**
 * The request when its body is within the limit, else undefined. A body of unknown length is read first, so that nothing behind this
 * has to count.
 */
export function limited(request: Request, limit = BODY_LIMIT): Request | undefined | Promise<Request | undefined> {
  const declared = request.headers.get('content-length');
  if (declared !== null) return Number(declared) <= limit ? request : undefined;
  return request.body ? counted(request, request.body, limit) : request;
}

async function counted(request: Request, body: ReadableStream<Uint8Array>, limit: number): Promise<Request | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return new Request(request.url, { method: request.method, headers: request.headers, body: new Blob(chunks as BlobPart[]) });
}
