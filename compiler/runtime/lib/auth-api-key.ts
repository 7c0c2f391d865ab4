// API keys: a key in x-api-key calls as its owner, in the organisation it was made for, with the roles that the owner has there now.
import { apiKey } from '@better-auth/api-key';
import type { BetterAuthPlugin } from 'better-auth';
import { getSessionFromCtx } from 'better-auth/api';
import { call, inPlaceOf } from './auth-endpoint.ts';
import type { AuthOptions, AuthPart } from './auth.ts';
import { NOBODY, userOf, type Caller } from './session.ts';

/** How often a key may be used. */
export interface KeyOptions {
  /** Requests in a window, and its length in seconds: 600 a minute when absent. */
  readonly rateLimit?: { readonly max?: number; readonly window?: number };
}

/** The part of the instance that reads keys. */
interface KeyApi {
  verifyApiKey(input: { body: { key: string } }): Promise<{
    readonly valid: boolean;
    readonly error: { readonly code?: string; readonly details?: { readonly tryAgainIn?: number } } | null;
    readonly key: { readonly referenceId: string; readonly metadata?: unknown } | null;
  }>;
}

/** Mounts /api-key/* and reads x-api-key on the routes of the API. A key opens nothing of Better Auth itself: it makes no other key. */
export function apiKeys({ rateLimit = {} }: KeyOptions = {}): AuthPart {
  const limit = { enabled: true, maxRequests: rateLimit.max ?? 600, timeWindow: (rateLimit.window ?? 60) * 1000 };
  return (given) => {
    const { database, options } = given, statement = userStatement(options);
    return {
      plugins: [ofOrganization(apiKey({ enableMetadata: true, rateLimit: limit }))],
      unproven: async (userId) => { await database.driver.all('delete from "apikey" where "reference_id" = ?', [userId]); },
      keys: (api) => async (key) => {
        const { valid, error, key: found } = await (api as KeyApi).verifyApiKey({ body: { key } });
        if (!valid || !found) return refused(error?.code, error?.details?.tryAgainIn);
        // Never more than the owner: roles and bans are read again for every request.
        const [row] = await database.driver.all(statement, [organizationOf(found.metadata) ?? '', found.referenceId]);
        return row ? userOf(row, given) : refused(undefined);
      },
    };
  };
}

/** The statement that reads a user by the id of an organisation ("" for none) and that of the user. */
const userStatement = ({ organizations }: AuthOptions): string => (organizations
  ? 'select u.*, m.role as member_role, m.organization_id as active_organization_id from "user" u left join "member" m on m.organization_id = ? and m.user_id = u.id where u.id = ?'
  : 'select * from "user" where ? is not null and id = ?');

function refused(code: string | undefined, milliseconds = 1000): Caller {
  if (code === 'KEY_EXPIRED') return { ...NOBODY, fault: 'AUTH_EXPIRED' };
  if (code === 'RATE_LIMITED' || code === 'USAGE_EXCEEDED') return { ...NOBODY, fault: 'AUTH_RATE_LIMITED', retryAfter: Math.ceil(milliseconds / 1000) };
  return { ...NOBODY, fault: 'AUTH_INVALID_TOKEN' };
}

function organizationOf(metadata: unknown): string | undefined {
  const id = typeof metadata === 'object' && metadata !== null ? (metadata as Readonly<Record<string, unknown>>)['organizationId'] : undefined;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/** A key belongs to the organisation that its metadata names, else to the one that is active when it is made. */
function ofOrganization(plugin: ReturnType<typeof apiKey>): BetterAuthPlugin {
  const { createApiKey: create } = plugin.endpoints;
  const createApiKey = inPlaceOf(create, async (ctx) => {
    const { metadata } = ctx.body as { readonly metadata?: object };
    const active = organizationOf(metadata) === undefined ? await getSessionFromCtx(ctx) : null;
    const organizationId = (active?.session as { readonly activeOrganizationId?: string | null } | undefined)?.activeOrganizationId;
    return call(create, ctx, organizationId ? { body: { ...(ctx.body as object), metadata: { ...metadata, organizationId } } } : {});
  });
  return { ...plugin, endpoints: { ...plugin.endpoints, createApiKey } } as BetterAuthPlugin;
}
