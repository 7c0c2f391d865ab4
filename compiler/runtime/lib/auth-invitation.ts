// Who is invited to an organisation is told by mail. The id in it is what accepts the invitation, so nobody else gets it.
import type { AuthPart } from './auth.ts';
import { invitationMail, mailer } from './mail.ts';

/** Sends what /organization/invite-member makes. */
export function invitations(): AuthPart {
  return (given) => {
    const send = mailer(given);
    return { organization: { sendInvitationEmail: ({ email, id, organization, inviter }) => send(invitationMail(given, email, { id, organization: organization.name, inviter: inviter.user.name })) } };
  };
}
