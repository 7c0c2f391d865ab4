// Mail by Cloudflare: the send_email binding of a Worker.
import type { MailTransport } from './auth.ts';
import { senderOf, transport, type Sender } from './mail.ts';

/** The binding, as far as it is used. */
export interface SendEmail {
  send(message: { readonly from: { readonly email: string; readonly name: string }; readonly to: string; readonly subject: string; readonly text: string; readonly html: string }): Promise<unknown>;
}

/** Sends with the binding EMAIL. */
export function cloudflareMail(sender: Sender): MailTransport {
  return transport(['EMAIL'], ({ env }) => {
    const { from, fromName } = senderOf(env, sender), binding = env['EMAIL'] as unknown as SendEmail;
    return async (mail) => { await binding.send({ from: { email: from, name: fromName }, ...mail }); };
  });
}
