// Ids of new rows.
import type { IdRule } from './policy.ts';

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';
const URL_SAFE = 'useandom-26T198340PX75pxJACKVERYMINDBUSHWOLF_GQZbfghjklqvwyzrict';

function draw(alphabet: string, length: number): string {
  // A byte that does not fit a whole number of alphabets is thrown away: every letter is equally likely.
  const limit = 256 - (256 % alphabet.length);
  let out = '';
  while (out.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) if (byte < limit && out.length < length) out += alphabet[byte % alphabet.length];
  }
  return out;
}

/** A fresh id by its rule; undefined for 'serial' (the database counts) and false (the client names it). */
export function newId(rule: IdRule): string | undefined {
  switch (rule.generate) {
    case 'serial': case false: return undefined;
    case 'uuid': return crypto.randomUUID(); //: uuid
    case 'cuid': return `c${draw(ALPHABET, 23)}`; //: cuid
    case 'nanoid': return draw(URL_SAFE, 21); //: nanoid
    case 'prefixed': return `${rule.prefix}_${crypto.randomUUID().replaceAll('-', '')}`; //: prefixed
    default: throw new Error('no such ids are made here');
  }
}
