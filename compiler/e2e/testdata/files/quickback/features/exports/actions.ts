import { ActionError, defineActions } from '@quickback/compiler';
import { asc } from 'drizzle-orm';
import { z } from 'zod';
import { notes } from '../notes/notes';

const access = { roles: ['member+'] };
const bytes = (text: string) => new TextEncoder().encode(text);

// What is no JSON: files, streams, and answers that an action writes itself.
export default defineActions(null, {
  csv: {
    description: 'All notes as a file, under a name of the caller\'s',
    standalone: true,
    path: '/exports/csv',
    method: 'GET',
    responseType: 'file',
    input: z.object({ name: z.string() }),
    access,
    execute: async ({ db, input }) => {
      const rows = await db.select({ line: notes.line }).from(notes).orderBy(asc(notes.line));
      return { file: rows.map((row) => row.line + '\n').join(''), filename: input.name, contentType: 'text/csv; charset=utf-8' };
    },
  },
  bytes: {
    description: 'Every byte there is, as if it were a page',
    standalone: true,
    path: '/exports/bytes',
    method: 'GET',
    responseType: 'file',
    input: z.object({}),
    access,
    execute: async () => ({ file: Uint8Array.from({ length: 256 }, (_, i) => i), filename: 'page.html', contentType: 'text/html' }),
  },
  events: {
    description: 'The notes, one event each, read while they are sent',
    standalone: true,
    path: '/exports/events',
    method: 'GET',
    responseType: 'stream',
    input: z.object({}),
    access,
    execute: async ({ db }) => {
      let sent = 0;
      return new ReadableStream<Uint8Array>({
        async pull(controller) {
          const [row] = await db.select({ line: notes.line }).from(notes).orderBy(asc(notes.line)).limit(1).offset(sent);
          if (row) controller.enqueue(bytes(`data: ${row.line}\n\n`));
          else controller.close();
          sent++;
        },
      });
    },
  },
  broken: {
    description: 'Begins, and then cannot go on',
    standalone: true,
    path: '/exports/broken',
    method: 'GET',
    responseType: 'stream',
    input: z.object({}),
    access,
    execute: async () => {
      let sent = 0;
      return new ReadableStream<Uint8Array>({
        pull(controller) {
          const part = ['data: the first\n\n', 'data: the sec'][sent++]; // it breaks in the middle of an event
          if (part !== undefined) controller.enqueue(bytes(part));
          else controller.error(new Error('the secret of the stream'));
        },
      });
    },
  },
  refuses: {
    description: 'Refuses before it begins',
    standalone: true,
    path: '/exports/refuses',
    method: 'GET',
    responseType: 'stream',
    input: z.object({}),
    access,
    execute: async () => {
      throw new ActionError('There is nothing to send', 'NOTHING_TO_SEND', 410);
    },
  },
  own: {
    description: 'Writes its answer itself',
    standalone: true,
    path: '/exports/own',
    method: 'GET',
    input: z.object({}),
    access,
    execute: async () => new Response('<p>hello</p>', {
      status: 203, headers: { 'content-type': 'text/html', 'cache-control': 'public, max-age=60', 'content-security-policy': "default-src 'self'", 'x-own': 'yes' },
    }),
  },
});
