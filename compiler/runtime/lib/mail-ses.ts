// Mail by Amazon SES, version 2 of its API, with requests signed as Signature Version 4 wants them.
import { createHash, createHmac } from 'node:crypto';
import type { Environment, MailTransport } from './auth.ts';
import { senderOf, transport, type Sender } from './mail.ts';

const PATH = '/v2/email/outbound-emails';

/** Sends with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. AWS_SES_REGION, EMAIL_REPLY_TO, AWS_SESSION_TOKEN and AWS_ENDPOINT_URL_SESV2 count too. */
export function sesMail(sender: Sender & { readonly region: string }): MailTransport {
  return transport(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'], ({ env, now }) => {
    const { from, fromName } = senderOf(env, sender), region = env['AWS_SES_REGION'] || sender.region, replyTo = env['EMAIL_REPLY_TO'];
    const url = new URL(PATH, env['AWS_ENDPOINT_URL_SESV2'] || `https://email.${region}.amazonaws.com`);
    return async ({ to, subject, text, html }) => {
      const data = (value: string) => ({ Data: value, Charset: 'UTF-8' });
      const body = JSON.stringify({
        FromEmailAddress: `${encodedName(fromName)} <${from}>`,
        Destination: { ToAddresses: [to] },
        ...(replyTo ? { ReplyToAddresses: [replyTo] } : {}),
        Content: { Simple: { Subject: data(subject), Body: { Text: data(text), Html: data(html) } } },
      });
      const answer = await fetch(url, { method: 'POST', headers: signed(url, body, region, env, new Date(now())), body });
      // The answer's text may repeat the address: the log gets the status and the kind of error alone.
      if (!answer.ok) throw new Error(`SES refused a mail: ${answer.status} ${answer.headers.get('x-amzn-errortype') ?? ''}`.trim());
    };
  });
}

/** A display name as a header may have it: quoted, or encoded when it is not ASCII (RFC 2047). */
function encodedName(name: string): string {
  return /^[\x20-\x7e]*$/.test(name) ? `"${name.replace(/["\\]/g, '\\$&')}"` : `=?UTF-8?B?${Buffer.from(name).toString('base64')}?=`;
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** The headers of a signed request (AWS Signature Version 4). */
function signed(url: URL, body: string, region: string, env: Environment, at: Date): Record<string, string> {
  const time = at.toISOString().replace(/[-:]|\.\d{3}/g, ''), day = time.slice(0, 8), token = env['AWS_SESSION_TOKEN'];
  const headers: Record<string, string> = { 'content-type': 'application/json', host: url.host, 'x-amz-date': time, ...(token ? { 'x-amz-security-token': token } : {}) };
  const names = Object.keys(headers).sort(), scope = `${day}/${region}/ses/aws4_request`;
  const request = ['POST', url.pathname, '', ...names.map((name) => `${name}:${headers[name]}`), '', names.join(';'), hash(body)].join('\n');
  const key = [day, region, 'ses', 'aws4_request'].reduce<string | Buffer>((from, part) => hmac(from, part), `AWS4${env['AWS_SECRET_ACCESS_KEY']}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, hash(request)].join('\n')).toString('hex');
  const { host: _, ...sent } = headers; // fetch sets it
  return { ...sent, authorization: `AWS4-HMAC-SHA256 Credential=${env['AWS_ACCESS_KEY_ID']}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}` };
}
