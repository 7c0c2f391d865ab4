// Users without an account. When one signs in or up, what they have made becomes that of their account.
import { APIError } from 'better-auth/api';
import { anonymous } from 'better-auth/plugins';
import type { AuthPart } from './auth.ts';
import { messages } from './errors.ts';

/** The columns that hold users' ids, by table, as the database names them: of tables whose rows belong to their users. */
export type Owned = Readonly<Record<string, readonly string[]>>;

/** Mounts /sign-in/anonymous. An anonymous user has no organisation, so rows of organisations are out of reach until there is an account. */
export function anonymousUsers(owned: Owned = {}): AuthPart {
  const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
  const texts = Object.entries(owned).flatMap(([table, columns]) => columns.map((column) => `update ${quoted(table)} set ${quoted(column)} = ? where ${quoted(column)} = ?`));
  return ({ rows }) => ({
    plugins: [anonymous({
      async onLinkAccount({ anonymousUser: { user: before }, newUser: { user: after, session }, ctx }) {
        if (!texts.length || before.id === after.id) return;
        try {
          await rows.atomic(texts.map((text) => ({ text, params: [after.id, before.id] })));
        } catch (error) {
          if (!/UNIQUE constraint failed/.test(messages(error))) throw error;
          // All rows move or none: with one left behind that nobody owns any more it would be lost. So the anonymous session goes on, and nobody is signed in.
          await ctx.context.internalAdapter.deleteSession(session.token);
          for (const header of ['set-cookie', 'set-auth-token']) (ctx.context as { readonly responseHeaders?: Headers }).responseHeaders?.delete(header);
          throw new APIError('CONFLICT', { code: 'ANONYMOUS_ROWS_CONFLICT', message: CONFLICT });
        }
      },
    })],
  });
}

const CONFLICT = 'The account has rows that what was made without it would repeat. Change or delete those, or sign out before signing in to leave them behind';
