// Organisations: nobody gives, takes away or sees more than their own rank. Better Auth lets whoever manages members give every role but the owner's,
// and shows every member the ids of invitations, which are all it takes to accept one with an address that nobody has verified.
import { getCurrentAuthEndpointContext } from '@better-auth/core/context';
import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import { organization } from 'better-auth/plugins';
import { createAccessControl } from 'better-auth/plugins/access';
import { adminAc, defaultStatements, memberAc, ownerAc } from 'better-auth/plugins/organization/access';
import type { AuthAddition, AuthGiven } from './auth.ts';
import type { Database } from './driver.ts';

type Call = Parameters<typeof getSessionFromCtx>[0];
interface Invitation { readonly organizationId: string; readonly role: string }
interface Founding { createOrganization(input: { body: { name: string; slug: string; userId: string } }): Promise<{ id: string } | null> }
interface Organization { readonly id: string; readonly invitations: readonly Invitation[] }

/** Better Auth's plugin with the roles of a project, and one beside it that holds the answers to the same rules. */
export function membership(given: AuthGiven): BetterAuthPlugin[] {
  const { roles: names, roleHierarchy: hierarchy = [] } = given.options, ac = createAccessControl(defaultStatements);
  // A map of roles replaces Better Auth's own, so the three it knows are listed again.
  const own = { owner: ac.newRole(ownerAc.statements), admin: ac.newRole(adminAc.statements), member: ac.newRole(memberAc.statements) };
  const roles = { ...Object.fromEntries(names.map((role) => [role, ac.newRole(memberAc.statements)])), ...own };
  /** The owner gives everything; all others what ranks no higher than they do, and what has no rank. */
  const within = (own: readonly string[], roles: readonly string[]): boolean => own.includes('owner') || roles.every((role) => {
    const rank = hierarchy.indexOf(role);
    return rank < 0 ? role !== 'owner' : own.some((mine) => hierarchy.indexOf(mine) >= rank);
  });
  const check = async (organizationId: string, roles: readonly string[]): Promise<void> => {
    if (!within(await rolesOf(getCurrentAuthEndpointContext() as Call, organizationId), roles)) refuse(roles);
  };
  const visible = async (call: Call, organizationId: string | undefined, list: readonly Invitation[] = []): Promise<readonly Invitation[]> => {
    const own = organizationId === undefined ? [] : await rolesOf(call, organizationId);
    return own.includes('owner') || own.includes('admin') ? list.filter(({ role }) => within(own, rolesIn(role))) : [];
  };
  const members = organization({
    ac, roles,
    teams: { enabled: given.options.teams ?? false }, //: teams
    ...Object.assign({}, ...(given.parts ?? []).map((part) => part.organization)) as AuthAddition['organization'], //: parts
    //: anonymous
    // What an anonymous user founds would go with them when they get an account.
    allowUserToCreateOrganization: async (user) => !(user as { readonly isAnonymous?: boolean }).isAnonymous,
    //: end
    organizationHooks: {
      async beforeCreateInvitation({ invitation, organization }) {
        const given = rolesIn(invitation.role);
        await check(organization.id, given);
        return { data: { role: given.join(',') } };
      },
      beforeUpdateMemberRole: ({ member, newRole, organization }) => check(organization.id, [...rolesIn(newRole), ...rolesIn(member.role)]),
      beforeRemoveMember: ({ member, organization }) => check(organization.id, rolesIn(member.role)),
    },
  });
  const after = <T extends object>(path: string, answer: (call: Call, returned: T) => Promise<object>) => ({
    matcher: (call: { path?: string | undefined }): boolean => call.path === `/organization/${path}`,
    handler: createAuthMiddleware(async (call) => {
      const { returned } = call.context;
      return typeof returned === 'object' && returned !== null && !(returned instanceof Error) ? call.json(await answer(call, returned as T)) : undefined;
    }),
  });
  return [members, { id: 'membership', hooks: { after: [
    // Sending one again answers with the one that was sent before.
    after<Invitation>('invite-member', async (call, sent) => {
      const given = rolesIn(sent.role);
      return within(await rolesOf(call, sent.organizationId), given) ? sent : refuse(given);
    }),
    after<readonly Invitation[]>('list-invitations', async (call, list) => visible(call, list[0]?.organizationId, list)),
    after<Organization>('get-full-organization', async (call, found) => ({ ...found, invitations: await visible(call, found.id, found.invitations) })),
  ] } }];
}

/** The caller's roles in an organisation: none without a session or a membership. */
async function rolesOf(call: Call, organizationId: string): Promise<readonly string[]> {
  const session = await getSessionFromCtx(call);
  if (!session) return [];
  const where = [{ field: 'userId', value: session.user.id }, { field: 'organizationId', value: organizationId }];
  const member = await call.context.adapter.findOne<{ role: string }>({ model: 'member', where });
  return rolesIn(member?.role ?? '');
}

/** `'a, b'`, `['a', 'b']` and `['a,b']` alike. */
function rolesIn(given: string | readonly string[]): readonly string[] {
  return [given].flat().flatMap((role) => role.split(',')).map((role) => role.trim()).filter((role) => role !== '');
}

function refuse(roles: readonly string[]): never {
  throw new APIError('FORBIDDEN', { code: 'ROLE_ABOVE_YOUR_OWN', message: `Only a member who ranks as high in auth.roleHierarchy, or the owner, may do this to ${roles.join(', ')}` });
}

/** The organisation a new session starts in: the user's first, or one made for them. Hooks on users run after a sign-up's session is stored. */
export function firstOrganization(api: unknown, { driver }: Database): (userId: string) => Promise<string | null> {
  const known = async (userId: string): Promise<unknown> =>
    (await driver.all('select organization_id as id from "member" where user_id = ? order by created_at, id limit 1', [userId]))[0]?.['id'];
  return async (userId) => {
    const id = await known(userId), [user] = id === undefined ? await driver.all('select * from "user" where id = ?', [userId]) : [];
    if (id !== undefined || !user || user['is_anonymous']) return (id as string | undefined) ?? null;
    try {
      const name = `${String(user['name'] || user['email'])}'s organization`;
      return (await (api as Founding).createOrganization({ body: { name, slug: `org-${userId.toLowerCase()}`, userId } }))?.id ?? null;
    } catch (error) {
      return ((await known(userId)) as string | undefined) ?? Promise.reject(error); // a second sign-in of the same user made it first: the slug is unique per user
    }
  };
}
