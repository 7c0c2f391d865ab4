// Who may make whom a member of what. Better Auth lets whoever manages members give every role but the owner's, and shows every member the
// ids of invitations, which are all it takes to accept one with an address that nobody has verified. Here nobody gives, takes away or
// sees more than their own rank in the project's hierarchy.
import { getCurrentAuthEndpointContext } from '@better-auth/core/context';
import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import type { OrganizationOptions } from 'better-auth/plugins';

/** The order of roles, lowest first, where a project declares none. */
const HIERARCHY = ['member', 'admin', 'owner'];

type Call = Parameters<typeof getSessionFromCtx>[0];
type Hooks = NonNullable<OrganizationOptions['organizationHooks']>;
interface Invitation { readonly organizationId: string; readonly role: string }
interface Organization { readonly id: string; readonly invitations?: readonly Invitation[] }

/** What membership adds to Better Auth: hooks of its organisation plugin, and a plugin to stand beside that. */
export interface Membership {
  readonly hooks: Pick<Hooks, 'beforeCreateInvitation' | 'beforeUpdateMemberRole' | 'beforeRemoveMember'>;
  readonly plugin: BetterAuthPlugin;
}

/** `'a, b'`, `['a', 'b']` and `['a,b']` alike. */
function rolesIn(given: string | readonly string[]): readonly string[] {
  return [given].flat().flatMap((role) => role.split(',')).map((role) => role.trim()).filter((role) => role !== '');
}

/** The rules for a project. */
export function membership(hierarchy: readonly string[] = HIERARCHY): Membership {
  /** The owner gives everything; all others what ranks no higher than they do, and what has no rank. */
  const within = (own: readonly string[], roles: readonly string[]): boolean => own.includes('owner') || roles.every((role) => {
    const rank = hierarchy.indexOf(role);
    return rank < 0 ? role !== 'owner' : own.some((mine) => hierarchy.indexOf(mine) >= rank);
  });
  const visible = (own: readonly string[], { role }: Invitation): boolean => (own.includes('owner') || own.includes('admin')) && within(own, rolesIn(role));
  const check = async (organizationId: string, roles: readonly string[]): Promise<void> => {
    if (!within(await rolesOf(getCurrentAuthEndpointContext() as Call, organizationId), roles)) throw refusal(roles);
  };
  const after = (path: string, answer: (call: Call, returned: unknown) => Promise<object>) => ({
    matcher: (call: { path?: string | undefined }): boolean => call.path === `/organization/${path}`,
    handler: createAuthMiddleware(async (call) => {
      const { returned } = call.context;
      return typeof returned === 'object' && returned !== null && !(returned instanceof Error) ? call.json(await answer(call, returned)) : undefined;
    }),
  });
  return {
    hooks: {
      async beforeCreateInvitation({ invitation, organization }) {
        const roles = rolesIn(invitation.role);
        await check(organization.id, roles);
        return { data: { role: roles.join(',') } };
      },
      beforeUpdateMemberRole: ({ member, newRole, organization }) => check(organization.id, [...rolesIn(newRole), ...rolesIn(member.role)]),
      beforeRemoveMember: ({ member, organization }) => check(organization.id, rolesIn(member.role)),
    },
    plugin: {
      id: 'membership',
      hooks: {
        after: [
          // Sending one again answers with the one that was sent before.
          after('invite-member', async (call, sent) => {
            const { organizationId, role } = sent as Invitation;
            if (!within(await rolesOf(call, organizationId), rolesIn(role))) throw refusal(rolesIn(role));
            return sent as Invitation;
          }),
          after('list-invitations', async (call, list) => {
            const [first] = list as readonly Invitation[], own = first ? await rolesOf(call, first.organizationId) : [];
            return (list as readonly Invitation[]).filter((invitation) => visible(own, invitation));
          }),
          after('get-full-organization', async (call, organization) => {
            const { id, invitations = [] } = organization as Organization, own = await rolesOf(call, id);
            return { ...organization as Organization, invitations: invitations.filter((invitation) => visible(own, invitation)) };
          }),
        ],
      },
    },
  };
}

/** The caller's roles in an organisation: none without a session or a membership. */
async function rolesOf(call: Call, organizationId: string): Promise<readonly string[]> {
  const session = await getSessionFromCtx(call);
  if (!session) return [];
  const where = [{ field: 'userId', value: session.user.id }, { field: 'organizationId', value: organizationId }];
  const member = await call.context.adapter.findOne<{ role: string }>({ model: 'member', where });
  return rolesIn(member?.role ?? '');
}

function refusal(roles: readonly string[]): APIError {
  return new APIError('FORBIDDEN', { code: 'ROLE_ABOVE_YOUR_OWN', message: `Only a member who ranks as high in auth.roleHierarchy, or the owner, may do this to ${roles.join(', ')}` });
}
