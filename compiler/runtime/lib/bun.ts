// Bun's HTTP server.
import type { Http } from './server.ts';

/** Listens with Bun.serve. Throws when the port is taken. */
export const http: Http = async (at, fetch) => {
  const server = Bun.serve({
    ...at,
    fetch: (request, self) => {
      // Without a Host, as health checks by HTTP/1.0 ask, the address is a path alone: it is that of this server.
      const asked = request.url.startsWith('/') ? new Request(new URL(request.url, self.url), request) : request;
      // Bun leaves the body of an answer to HEAD out by itself; of one without a body it would say that its length is 0.
      return fetch(asked.method === 'HEAD' ? new Request(asked, { method: 'GET' }) : asked, self.requestIP(request)?.address);
    },
    // What reaches this was thrown outside of any route.
    error: () => Response.json({ error: 'Internal error', layer: 'internal', code: 'INTERNAL_ERROR' }, { status: 500 }),
  });
  return { url: server.url, stop: () => server.stop() };
};
