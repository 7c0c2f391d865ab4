// Platform administrators manage users: list, create, ban, remove. Their role is one of the user, apart from any organisation, and opens no
// row: only access that names it as userRole does.
import { admin } from 'better-auth/plugins';
import { createAccessControl } from 'better-auth/plugins/access';
import { adminAc, defaultStatements, userAc } from 'better-auth/plugins/admin/access';
import type { AuthPart } from './auth.ts';

/** Mounts /admin/*. Without organisations the project's roles are those of users, so an administrator may give them. */
export function administrators(): AuthPart {
  return ({ options }) => {
    const access = createAccessControl(defaultStatements);
    // Acting as somebody else would read the rows of every tenant past its firewall, and leave that user's name behind.
    const user = adminAc.statements.user.filter((may) => may !== 'impersonate');
    const roles: Record<string, ReturnType<typeof access.newRole>> = {};
    if (!options.organizations) for (const role of options.roles) roles[role] = access.newRole(userAc.statements);
    roles['user'] = access.newRole(userAc.statements);
    // Sessions are listed with their tokens, which would be the same without a trace: all of a user's sessions can be ended without naming them.
    const session = adminAc.statements.session.filter((may) => may !== 'list');
    roles['admin'] = access.newRole({ user, session });
    return { plugins: [admin({ ac: access, roles, adminRoles: ['admin'] })] };
  };
}
