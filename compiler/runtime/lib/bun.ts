// Bun's HTTP server.
import type { Http } from './server.ts';

/** Listens with Bun.serve. Throws when the port is taken. */
export const http: Http = async (at, fetch) => {
  const server = Bun.serve({
    ...at,
    // Without a Host, as health checks by HTTP/1.0 ask, the address is a path alone: it is that of this server.
    fetch: (request, self) => fetch(request.url.startsWith('/') ? new Request(new URL(request.url, self.url), request) : request, self.requestIP(request)?.address),
    // What reaches this was thrown outside of any route.
    error: () => Response.json({ error: 'Internal error', layer: 'internal', code: 'INTERNAL_ERROR' }, { status: 500 }),
  });
  return { url: server.url, stop: () => server.stop() };
};
