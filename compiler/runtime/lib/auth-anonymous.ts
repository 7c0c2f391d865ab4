// Users without an account. When one signs in or up, what they have made becomes that of their account.
import { anonymous } from 'better-auth/plugins';
import type { AuthPart } from './auth.ts';

/** The columns that hold users' ids, by table, as the database names them: of tables whose rows belong to their users. */
export type Owned = Readonly<Record<string, readonly string[]>>;

/** Mounts /sign-in/anonymous. An anonymous user has no organisation, so rows of organisations are out of reach until there is an account. */
export function anonymousUsers(owned: Owned = {}): AuthPart {
  const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
  // What the account has already, and may have only once, stays the account's.
  const texts = Object.entries(owned).flatMap(([table, columns]) => columns.map((column) => `update or ignore ${quoted(table)} set ${quoted(column)} = ? where ${quoted(column)} = ?`));
  return ({ rows }) => ({
    plugins: [anonymous({
      async onLinkAccount({ anonymousUser: { user: before }, newUser: { user: after } }) {
        if (texts.length && before.id !== after.id) await rows.atomic(texts.map((text) => ({ text, params: [after.id, before.id] })));
      },
    })],
  });
}
