// A server process: environment, database, migrations, listening, and an end that lets open requests finish.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createApp, type AppOptions } from './app.ts';
import { authSettings, MissingEnv, type Environment } from './auth.ts';
import type { Database } from './driver.ts';

/** What src/index.ts says. Paths are URLs beside the emitted files. */
export interface ServeOptions {
  readonly app: AppOptions;
  readonly open: (env: Environment) => Database;
  readonly http: Http;
  /** The folder with meta/_journal.json; what the database has not seen is applied before listening. */
  readonly migrations?: URL;
  readonly openapi?: URL;
}

/** The runtime's server (bun.ts, node.ts): listens, and answers where, and how to let open requests finish and stop. `address` is that of the connection. */
export type Http = (at: { readonly port: number; readonly hostname: string }, fetch: (request: Request, address?: string) => Promise<Response>) =>
  Promise<{ readonly url: URL; stop(): Promise<void> }>;

/** Listens on PORT (3000) and HOST (localhost, in production all interfaces) until SIGTERM or SIGINT. A missing variable ends the process with 1. */
export async function serve({ app: options, open, http, migrations, openapi }: ServeOptions, env: Environment = process.env): Promise<void> {
  let database: Database | undefined;
  try {
    authSettings(options.auth, env); // without a secret nothing is opened
    database = open(env);
    const folder = env['MIGRATIONS'] ?? (migrations && fileURLToPath(migrations)); // another folder, or: somebody else has done it
    if (folder && folder !== 'applied') await database.native.migrate?.(folder);
    const app = createApp(options, { env, database, ...(openapi ? { openapi: () => readFile(openapi, 'utf8') } : {}) });
    const hostname = env['HOST'] ?? (env['NODE_ENV'] === 'production' ? '0.0.0.0' : 'localhost');
    const server = await http({ port: Number(env['PORT'] ?? 3000), hostname }, app.fetch);
    console.log(`${options.name} listens on ${server.url.origin}`);
    const stop = (): void => {
      void server.stop().then(() => { database?.native.close?.(); process.exit(0); });
      setTimeout(() => process.exit(0), 10_000); // a stream without an end does not keep the process
    };
    for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, stop);
  } catch (error) {
    database?.native.close?.();
    if (!(error instanceof MissingEnv)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
