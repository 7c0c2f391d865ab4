// Signing in with somebody else's accounts. Ids and secrets are variables of the environment, and stand in no file.
import type { BetterAuthOptions } from 'better-auth';
import type { AuthPart } from './auth.ts';
import { MissingEnv } from './auth.ts';

/** The variables of a provider, and what is asked for besides its own scopes. */
export interface SocialProvider {
  readonly id: string;
  readonly secret: string;
  readonly scope?: readonly string[];
}

/** Opens /sign-in/social and /callback/:id for providers by their names. In development those without their variables are left out. */
export function socialLogin(providers: Readonly<Record<string, SocialProvider>>): AuthPart {
  return ({ env, settings }) => {
    const missing = Object.values(providers).flatMap(({ id, secret }) => [id, secret]).filter((name) => !env[name]);
    if (missing.length && !settings.development) throw new MissingEnv(missing);
    const ready = Object.entries(providers).filter(([, { id, secret }]) => env[id] && env[secret]);
    const socialProviders = Object.fromEntries(ready.map(([name, { id, secret, scope }]) => [name, { clientId: env[id], clientSecret: env[secret], ...(scope ? { scope: [...scope] } : {}) }]));
    return { socialProviders: socialProviders as NonNullable<BetterAuthOptions['socialProviders']> };
  };
}
