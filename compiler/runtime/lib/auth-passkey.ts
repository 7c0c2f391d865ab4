// Passkeys: a user with a session registers one, and signs in with it from then on.
import { passkey } from '@better-auth/passkey';
import type { BetterAuthPlugin } from 'better-auth';
import { APIError } from 'better-auth/api';
import { call, inPlaceOf } from './auth-endpoint.ts';
import type { AuthPart } from './auth.ts';

/** Whose passkeys they are: by default those of the host of BETTER_AUTH_URL, used from the trusted origins. */
export interface PasskeyOptions {
  readonly rpID?: string;
  readonly rpName?: string;
  readonly origin?: string;
}

/** Mounts /passkey/*. */
export function passkeys({ rpID, rpName, origin }: PasskeyOptions = {}): AuthPart {
  return ({ settings, name, database }) => {
    // In development any page on loopback may use them; else an origin that is trusted by name.
    const origins = settings.development ? [] : settings.origins.filter((known) => !known.includes('*'));
    const plugin = passkey({ rpName: rpName ?? name, ...(rpID ? { rpID } : {}), ...(origin ? { origin } : origins.length ? { origin: origins } : {}) });
    const { verifyPasskeyRegistration: verify } = plugin.endpoints;
    // A credential that is not what was asked for is the caller's fault, and no error of the server.
    const verifyPasskeyRegistration = inPlaceOf(verify, (ctx) => call(verify, ctx).catch((error: unknown) => {
      if (error instanceof APIError && error.body?.code === 'FAILED_TO_VERIFY_REGISTRATION') throw new APIError('BAD_REQUEST', error.body);
      throw error;
    }));
    return {
      plugins: [{ ...plugin, endpoints: { ...plugin.endpoints, verifyPasskeyRegistration } } as BetterAuthPlugin],
      unproven: async (userId) => { await database.driver.all('delete from "passkey" where "user_id" = ?', [userId]); },
    };
  };
}
