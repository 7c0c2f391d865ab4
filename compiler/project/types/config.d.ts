// quickback.config.ts.

/** A provider by its name, with its options. */
export interface Provider<N extends string, O> {
  readonly name: N;
  readonly config?: O;
}
type OneOf<M> = { [N in keyof M & string]: Provider<N, M[N]> }[keyof M & string];

interface NoOptions {}
interface Destinations {
  readonly enabled?: boolean;
  readonly invocationLogs?: boolean;
  readonly destinations?: readonly string[];
  readonly headSamplingRate?: number;
  readonly persist?: boolean;
}
interface CloudflareOptions {
  readonly compatibilityDate?: string;
  readonly placement?: { readonly mode: 'smart' | 'standard' };
  readonly observability?: {
    readonly enabled?: boolean;
    readonly headSamplingRate?: number;
    readonly logs?: Destinations;
    readonly traces?: Destinations;
  };
  readonly routes?: readonly { readonly pattern: string; readonly custom_domain?: boolean }[];
}
interface Runtimes {
  cloudflare: CloudflareOptions;
  bun: NoOptions;
  node: NoOptions;
  supabase: NoOptions;
}

interface DatabaseOptions {
  /** How ids are made; false: the client sends them. */
  readonly generateId?: 'uuid' | 'cuid' | 'nanoid' | 'prefixed' | 'serial' | false;
  readonly namingConvention?: 'snake_case' | 'camelCase';
  readonly usePlurals?: boolean;
}
interface D1Options extends DatabaseOptions {
  readonly splitDatabases?: boolean;
  readonly authBinding?: string;
  readonly featuresBinding?: string;
  readonly binding?: string;
  readonly webhooksBinding?: string;
  readonly databaseId?: string;
  readonly authDatabaseId?: string;
  readonly auditDatabaseId?: string;
  readonly auditBinding?: string;
  readonly featuresDatabaseId?: string;
  readonly filesDatabaseId?: string;
  readonly webhooksDatabaseId?: string;
  readonly kvNamespaceId?: string;
  readonly vectorizeIndexName?: string;
  readonly vectorizeBinding?: string;
  readonly additionalQueues?: readonly {
    readonly name: string;
    readonly binding: string;
    readonly maxBatchSize?: number;
    readonly maxBatchTimeout?: number;
    readonly maxRetries?: number;
  }[];
}
interface NeonOptions extends DatabaseOptions {
  readonly connectionMode?: 'auto' | 'http' | 'websocket';
  readonly pooled?: boolean;
}
interface Databases {
  'cloudflare-d1': D1Options;
  'better-sqlite3': DatabaseOptions;
  libsql: DatabaseOptions;
  neon: NeonOptions;
  supabase: DatabaseOptions;
}

declare global {
  /** Variables that the backend reads when it starts (clientId, clientSecret), or definitions while they are evaluated (compiler.env). */
  var process: { readonly env: { readonly [name: string]: string | undefined } };
}

type PluginName =
  | 'organization' | 'admin' | 'apiKey' | 'bearer' | 'emailOtp' | 'magicLink' | 'comboAuth' | 'passkey' | 'deviceAuthorization' | 'anonymous'
  | 'jwt' | 'oauthProvider' | 'twoFactor' | 'username' | 'phoneNumber' | 'multiSession' | 'oneTimeToken';
/** A plugin of Better Auth by its name, or with options. */
type Plugin =
  | PluginName
  | { readonly name: PluginName }
  /** How often a key may be used: `max` requests in `window` seconds. */
  | { readonly name: 'apiKey'; readonly config?: { readonly rateLimit?: { readonly max?: number; readonly window?: number } } }
  /** The page where a user confirms a device, and the seconds between two questions of the device. */
  | { readonly name: 'deviceAuthorization'; readonly config?: { readonly verificationUri?: string; readonly interval?: number } }
  | { readonly name: 'passkey'; readonly config?: { readonly rpID?: string; readonly rpName?: string; readonly origin?: string } };
type Social = 'apple' | 'discord' | 'facebook' | 'github' | 'gitlab' | 'google' | 'linkedin' | 'microsoft' | 'slack' | 'spotify' | 'twitch' | 'twitter';
interface BetterAuthOptions {
  readonly emailAndPassword?: { readonly enabled?: boolean };
  readonly plugins?: readonly Plugin[];
  readonly trustedOrigins?: readonly string[];
  readonly session?: { readonly expiresInDays?: number; readonly updateAgeInDays?: number };
  readonly rateLimit?: {
    readonly enabled?: boolean;
    readonly window?: number;
    readonly max?: number;
    readonly customRules?: { readonly [path: string]: { readonly window?: number; readonly max?: number } };
  };
  /** Accounts of others that users may sign in with. Id and secret are variables of the environment: GITHUB_CLIENT_ID and so on, or `process.env.NAME`. */
  readonly socialProviders?: {
    readonly [name in Social]?: boolean | { readonly clientId?: string | undefined; readonly clientSecret?: string | undefined; readonly scope?: readonly string[] };
  };
}
interface Auths {
  'better-auth': BetterAuthOptions;
  'supabase-auth': NoOptions;
}

interface FileStorages {
  'cloudflare-r2': { readonly managed?: boolean; readonly bucketName?: string };
}
interface Storages {
  'cloudflare-kv': { readonly binding?: string };
  'cloudflare-r2': { readonly binding?: string; readonly bucketName?: string };
}

export declare function defineRuntime<N extends keyof Runtimes>(name: N, options?: Runtimes[N]): Provider<N, Runtimes[N]>;
export declare function defineDatabase<N extends keyof Databases>(name: N, options?: Databases[N]): Provider<N, Databases[N]>;
export declare function defineAuth<N extends keyof Auths>(name: N, options?: Auths[N]): Provider<N, Auths[N]>;
export declare function defineStorage<N extends keyof Storages>(name: N, options?: Storages[N]): Provider<N, Storages[N]>;
export declare function defineFileStorage<N extends keyof FileStorages>(name: N, options?: FileStorages[N]): Provider<N, FileStorages[N]>;

interface Account {
  readonly build?: boolean;
  readonly domain?: string;
  readonly adminDomain?: string;
  readonly name?: string;
  readonly companyName?: string;
  readonly tagline?: string;
  readonly description?: string;
  readonly fileUploads?: boolean;
  readonly auth?: {
    readonly password?: boolean;
    readonly emailOTP?: boolean;
    readonly passkey?: boolean;
    readonly signup?: boolean;
    readonly organizations?: boolean;
    readonly admin?: boolean;
    readonly emailVerification?: boolean;
  };
}
interface Agents {
  readonly robotsTxt?: boolean;
  readonly llmsTxt?: boolean;
  readonly mcp?: boolean;
  readonly oauthDiscovery?: boolean;
  readonly apiCatalog?: boolean;
  readonly allowAiCrawlers?: boolean;
}
interface Signature {
  readonly enabled?: boolean;
  readonly required?: boolean;
  readonly key?: string;
  readonly keyEnv?: string;
  readonly keyId?: string;
  readonly path?: string;
}
interface Compiler {
  readonly features?: { readonly auditFields?: boolean };
  readonly migrations?: {
    /** New names to old ones, as the database has them; false: it is new. */
    readonly renames?: {
      readonly tables?: { readonly [table: string]: string | false };
      readonly columns?: { readonly [table: string]: { readonly [column: string]: string | false } };
    };
    /** What is no longer declared and shall really go, with its values. */
    readonly drops?: { readonly tables?: readonly string[]; readonly columns?: { readonly [table: string]: readonly string[] } };
    /** SQL expressions: what existing rows get in a column that becomes required. */
    readonly backfills?: { readonly [table: string]: { readonly [column: string]: string | number | boolean } };
  };
  readonly securityContracts?: {
    readonly failMode?: 'error' | 'warn';
    readonly report?: { readonly enabled?: boolean; readonly path?: string; readonly signature?: Signature };
  };
  /** Variables of the environment that definitions may read while they are evaluated: process.env.NAME. */
  readonly env?: readonly string[];
  /** Levels of rules, by their codes or families. */
  readonly diagnostics?: { readonly [rule: string]: 'error' | 'warning' | 'info' | 'off' };
}

export interface Config {
  readonly name: string;
  readonly template?: 'hono' | 'nextjs';
  readonly features?: { readonly organizations?: boolean } | readonly 'organizations'[];
  readonly providers?: {
    readonly runtime?: OneOf<Runtimes>;
    readonly database?: OneOf<Databases>;
    readonly auth?: OneOf<Auths>;
    readonly storage?: OneOf<Storages>;
    readonly fileStorage?: OneOf<FileStorages>;
  };
  readonly auth?: {
    /** Lowest first: `role+` means the role and those after it. */
    readonly roleHierarchy?: readonly string[];
    /** Values that conditions may name as `$ctx.<name>`. */
    readonly context?: { readonly [name: string]: unknown };
  };
  readonly build?: {
    readonly outputDir?: string;
    readonly packageManager?: 'npm' | 'pnpm' | 'yarn' | 'bun';
    /** Packages that actions import, with their versions. */
    readonly dependencies?: { readonly [name: string]: string };
  };
  readonly compiler?: Compiler;
  readonly openapi?: boolean | { readonly generate?: boolean; readonly publish?: boolean; readonly docs?: false | 'scalar' | 'swagger' };
  readonly schemaRegistry?: boolean | { readonly generate?: boolean };
  readonly etag?: boolean | { readonly enabled?: boolean };
  readonly cms?: boolean | { readonly domain?: string; readonly access?: 'user' | 'admin' };
  readonly account?: boolean | Account;
  readonly domain?: string;
  readonly trustedOrigins?: readonly string[];
  readonly email?: {
    readonly provider?: 'cloudflare' | 'aws-ses';
    readonly region?: string;
    readonly from?: string;
    readonly fromName?: string;
  };
  readonly agents?: boolean | Agents;
  readonly webhooks?: { readonly allowInsecure?: boolean };
  readonly authz?: {
    readonly relationships?: object;
    readonly permissions?: object;
    readonly arrows?: object;
    readonly scopes?: object;
    readonly fga?: { readonly model: string };
  };
  /** @deprecated Write it in providers.database. */
  readonly database?: DatabaseOptions;
}
