// The mail of authentication: what it says, and what carries it in development, where nothing may be set up to send it.
import { MissingEnv, type Environment, type MailTransport, type PartGiven, type SendMail } from './auth.ts';

/** A mail to one person. */
type Mail = Parameters<SendMail>[0];

/** Who a project's mail comes from. The variables EMAIL_FROM and EMAIL_FROM_NAME win. */
export interface Sender {
  readonly from: string;
  readonly fromName: string;
}

/** The sender of a running backend. */
export function senderOf(env: Environment, given: Sender): Sender {
  return { from: env['EMAIL_FROM'] || given.from, fromName: env['EMAIL_FROM_NAME'] || given.fromName };
}

/**
 * A transport that needs variables or bindings. Without them development logs the mail; anything else refuses to start, because people
 * would wait for mail that nobody sends.
 */
export function transport(needed: readonly string[], open: (given: Parameters<MailTransport>[0]) => SendMail): MailTransport {
  return (given) => {
    const missing = needed.filter((name) => !given.env[name]);
    if (!missing.length) return open(given);
    if (!given.settings.development) throw new MissingEnv(missing);
    return ({ to, subject, text }) => {
      console.info(JSON.stringify({ level: 'info', message: 'mail', why: `not sent: ${missing.join(', ')} not set`, to, subject, text }));
      return Promise.resolve();
    };
  };
}

/** What a part sends with. The compiler lets no part through that has nothing to send with. */
export function mailer({ mail }: PartGiven): SendMail {
  if (!mail) throw new Error('authentication needs mail, and none is configured');
  return mail;
}

const MINUTES = 5;
/** How long codes and links are valid, in seconds. */
export const VALID = MINUTES * 60;

const VERBS = { 'sign-in': 'Sign in to', 'email-verification': 'Confirm your address for', 'forget-password': 'Reset your password for', 'change-email': 'Confirm your new address for' } as const;

/** The mail with a code, a link, or both. */
export function codeMail({ env, name }: PartGiven, to: string, given: { readonly purpose: keyof typeof VERBS; readonly code?: string | undefined; readonly url?: string }): Mail {
  const subject = `${VERBS[given.purpose]} ${env['APP_NAME'] || name}`;
  const lines: (readonly [string, string])[] = [];
  if (given.url) lines.push([`Open this link: ${given.url}`, `<a href="${escaped(given.url)}">${escaped(subject)}</a>`]);
  if (given.code) lines.push([`${given.url ? 'Or enter' : 'Enter'} this code: ${given.code}`, `${given.url ? 'Or enter' : 'Enter'} this code: <strong>${escaped(given.code)}</strong>`]);
  lines.push(...[`It is valid for ${MINUTES} minutes.`, 'If you did not ask for this, ignore this mail.'].map((line) => [line, line] as const));
  return { to, subject, text: lines.map(([text]) => text).join('\n\n'), html: lines.map(([, html]) => `<p>${html}</p>`).join('\n') };
}

/** The mail of an invitation. Names are what people call themselves: they stay short, and on one line. */
export function invitationMail({ env, name }: PartGiven, to: string, given: { readonly id: string; readonly organization: string; readonly inviter: string }): Mail {
  const short = (text: string): string => text.replace(/[\p{C}\s]+/gu, ' ').trim().slice(0, 80), app = env['APP_NAME'] || name;
  const lines = [`${short(given.inviter)} invites you to ${short(given.organization)} on ${app}.`, `Sign in to ${app} with this address and accept the invitation ${given.id}.`, 'If you do not know who this is, ignore this mail.'];
  return { to, subject: `Invitation to ${short(given.organization)}`, text: lines.join('\n\n'), html: lines.map((line) => `<p>${escaped(line)}</p>`).join('\n') };
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
