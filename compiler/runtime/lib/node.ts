// Node's HTTP server, and the environment files that Bun reads by itself.
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import type { Http } from './server.ts';

for (const file of ['.env.local', '.env']) {
  try {
    process.loadEnvFile(file); // what is set already stays
  } catch {} // there is none
}

/** Listens with node:http. Rejects when the port is taken. */
export const http: Http = async ({ port, hostname }, fetch) => {
  const server = createAdaptorServer({ fetch: (request, env) => fetch(request, (env as HttpBindings).incoming.socket.remoteAddress) });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, hostname, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: new URL(`http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${bound}`),
    stop: () => new Promise((resolve) => { server.close(() => resolve()); }),
  };
};
