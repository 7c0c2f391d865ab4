// The Bun process: environment, database, migrations, listening, and an end that lets open requests finish.
import { fileURLToPath } from 'node:url';
import { createApp, type App, type AppOptions } from './app.ts';
import { MissingEnv, type Environment } from './auth.ts';
import type { Database } from './driver.ts';

/** What src/index.ts says. Paths are URLs beside the emitted files. */
export interface ServeOptions {
  readonly app: AppOptions;
  readonly open: (env: Environment) => Database;
  /** The folder with meta/_journal.json; what the database has not seen is applied before listening. */
  readonly migrations?: URL;
  readonly openapi?: URL;
}

/** A listening server. */
export interface Listening {
  readonly url: URL;
  readonly app: App;
  /** Stops accepting, lets open requests finish, closes the database. */
  stop(): Promise<void>;
}

/** Opens, migrates and listens on PORT (3000) and HOST (localhost in development, all interfaces in production). Throws what prevents it. */
export async function listen(options: ServeOptions, env: Environment): Promise<Listening> {
  if (!env['BETTER_AUTH_SECRET']) throw new MissingEnv(['BETTER_AUTH_SECRET']);
  const database = options.open(env);
  try {
    if (options.migrations && env['MIGRATIONS'] !== 'applied') await database.native.migrate?.(fileURLToPath(options.migrations));
    const { openapi } = options;
    const app = createApp(options.app, { env, database, ...(openapi ? { openapi: () => Bun.file(openapi).text() } : {}) });
    const server = Bun.serve({
      port: Number(env['PORT'] ?? 3000),
      hostname: env['HOST'] ?? (env['NODE_ENV'] === 'production' ? '0.0.0.0' : 'localhost'),
      fetch: (request, self) => app.fetch(request, self.requestIP(request)?.address),
      // What reaches this was thrown outside of any route.
      error: () => Response.json({ error: 'Internal error', layer: 'internal', code: 'INTERNAL_ERROR' }, { status: 500 }),
    });
    return { url: server.url, app, stop: async () => { await server.stop(); database.native.close?.(); } };
  } catch (error) {
    database.native.close?.();
    throw error;
  }
}

/** Listens with the process's environment until SIGTERM or SIGINT. A missing variable is named and ends the process with 1. */
export async function serve(options: ServeOptions): Promise<void> {
  let server: Listening;
  try {
    server = await listen(options, process.env);
  } catch (error) {
    if (!(error instanceof MissingEnv)) throw error;
    console.error(error.message);
    process.exit(1);
  }
  console.log(`${options.app.name} listens on ${server.url.origin}`);
  const stop = (): void => {
    void server.stop().then(() => process.exit(0));
    setTimeout(() => process.exit(0), 10_000); // a stream without an end does not keep the process
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}
