// What surrounds every request before and after the routes: its id, who may call from where, how much it may send, the headers of the answer.
import { BODY_LIMIT } from './body.ts';

/** The id under which a request is logged: the caller's own when it looks like one, else a new one. */
export function requestId(headers: Headers): string {
  const given = headers.get('x-request-id');
  return given && /^[\w-]{8,64}$/.test(given) ? given : crypto.randomUUID();
}

/** Whether a page's origin is the server's own, or configured by a pattern as `https://app.example.com`, `https://*.example.com`, `http://localhost:*`. */
export function originsOf(patterns: readonly string[]): (origin: string, url: string) => boolean {
  const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\/]/g, '\\$&').replace(/:\*$/, ':\\d+').replaceAll('*', '[\\w.-]*');
  const known = patterns.map((p) => new RegExp(`^${escaped(p)}$`));
  // Behind a proxy that ends TLS the schemes differ, so the host alone says whether it is this server.
  return (origin, url) => known.some((w) => w.test(origin)) || (URL.canParse(origin) && new URL(origin).host === new URL(url).host);
}

/** The answer to a browser's question whether it may call; finish says to whom. Without that a browser takes it as no. */
export function preflight({ method, headers }: Request): Response | undefined {
  return method !== 'OPTIONS' || !headers.has('origin') || !headers.has('access-control-request-method') ? undefined : new Response(null, { status: 204, headers: {
    'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
    'access-control-allow-headers': 'Authorization, Content-Type, If-None-Match, X-Api-Key, X-Request-Id',
    'access-control-max-age': '600',
  } });
}

const SECURITY = Object.entries({
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'private, no-cache',
});

/** Adds id, security and CORS headers. What a handler's own Response set stays as it set it. */
export function finish(response: Response, request: Request, id: string, trusted: ReturnType<typeof originsOf>, secure: boolean): Response {
  try {
    response.headers.delete('x-request-id');
  } catch {
    response = new Response(response.body, response); // those that came from fetch() or Response.redirect() refuse new headers
  }
  const { headers } = response, origin = request.headers.get('origin');
  headers.set('x-request-id', id);
  for (const [name, value] of SECURITY) if (!headers.has(name)) headers.set(name, value);
  if (secure) headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains');
  if (origin) headers.append('vary', 'Origin');
  if (origin && trusted(origin, request.url)) {
    headers.set('access-control-allow-origin', origin);
    headers.set('access-control-allow-credentials', 'true');
    headers.set('access-control-expose-headers', 'Content-Disposition, ETag, X-Request-Id, X-Total-Count, Set-Auth-Token, Retry-After');
  }
  return response;
}

/** The request when its body is within the limit, else undefined. A body of unknown length is read first, so that nothing behind this has to count. */
export async function limited(request: Request): Promise<Request | undefined> {
  const { url, method, headers } = request, declared = headers.get('content-length'), chunks: BlobPart[] = [];
  if (declared !== null) return Number(declared) <= BODY_LIMIT ? request : undefined;
  // Without either header there is no body (RFC 9112, 6.3), and to ask for that of a GET costs Node a whole request of its own.
  if ((method === 'GET' && !headers.has('transfer-encoding')) || !request.body) return request;
  let size = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array<ArrayBuffer>>) {
    size += chunk.byteLength;
    if (size > BODY_LIMIT) return undefined;
    chunks.push(chunk);
  }
  return new Request(url, { method, headers, body: new Blob(chunks) });
}
