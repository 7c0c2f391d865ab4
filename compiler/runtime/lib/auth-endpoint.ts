// Endpoints of Better Auth's plugins with something of ours around them.
import type { GenericEndpointContext } from '@better-auth/core';
import { createAuthEndpoint } from 'better-auth/api';
import type { EndpointOptions } from 'better-call';

/** An endpoint as its plugin made it. */
type Endpoint = ((ctx: object) => Promise<{ readonly headers: Headers; readonly response: unknown }>) & { readonly path: string; readonly options: EndpointOptions };

/** Runs an endpoint inside another's code, with some of the context changed. The cookies that it sets are set. */
export async function call<T = Record<string, unknown> | null>(endpoint: unknown, ctx: { readonly responseHeaders: Headers }, change: object = {}): Promise<T> {
  const { headers, response } = await (endpoint as Endpoint)({ ...ctx, ...change, asResponse: false, returnHeaders: true, returnStatus: false });
  for (const cookie of headers.getSetCookie()) ctx.responseHeaders.append('set-cookie', cookie);
  return response as T;
}

/** An endpoint that takes what another takes, at its path or at one of its own. */
export function inPlaceOf(endpoint: unknown, code: (ctx: GenericEndpointContext) => Promise<Record<string, unknown> | null>, path?: string) {
  const { path: own, options } = endpoint as Endpoint;
  return createAuthEndpoint(path ?? own, options, async (ctx) => ctx.json(await code(ctx as unknown as GenericEndpointContext)));
}
