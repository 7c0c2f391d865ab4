import { defineActions } from '@quickback/compiler';
import { inArray } from 'drizzle-orm';
import { z } from 'zod';
import { byRole } from './byRole';
import { literal } from './literal';
import { loose } from './loose';
import { listed } from './listed';
import { mailbox } from './mailbox';
import { nested } from './nested';
import { openly } from './openly';
import { partial } from './partial';
import { personal } from './personal';
import { typed } from './typed';
import { viewed } from './viewed';
import { waived } from './waived';
import { window } from './window';

const tables = { byRole, literal, loose, listed, mailbox, nested, openly, partial, personal, typed, viewed, waived, window };
const input = z.object({ table: z.enum(Object.keys(tables) as [keyof typeof tables]), ids: z.array(z.string()) });
const access = { roles: ['AUTHENTICATED'] };

// What the code of a project reaches, whoever calls it: every row that the firewall lets through, and no other.
export default defineActions(literal, {
  rows: {
    description: 'The rows of a table that code sees',
    standalone: true,
    path: '/probe/rows',
    input,
    access,
    execute: async ({ db, input }) => {
      const table = tables[input.table] as typeof waived;
      const rows = await db.select({ id: table.id, email: table.email }).from(table).where(inArray(table.id, input.ids));
      return { rows, count: await db.$count(table, inArray(table.id, input.ids)) };
    },
  },
  change: {
    description: 'Change all rows that code can change',
    standalone: true,
    path: '/probe/change',
    input,
    access,
    execute: async ({ db, input }) => {
      const table = tables[input.table] as typeof waived;
      return { rows: await db.update(table).set({ score: 2 }).where(inArray(table.id, input.ids)).returning({ id: table.id }) };
    },
  },
  remove: {
    description: 'Delete all rows that code can delete',
    standalone: true,
    path: '/probe/remove',
    input,
    access,
    execute: async ({ db, input }) => {
      const table = tables[input.table] as typeof waived;
      return { rows: await db.delete(table).where(inArray(table.id, input.ids)).returning({ id: table.id }) };
    },
  },
  touch: {
    description: 'Rules of an action are those of any operation',
    input: z.object({}),
    access: {
      or: [
        { roles: ['viewer'], record: { score: { in: [1, 3] } } },
        { and: [{ roles: ['editor+'] }, { or: [{ record: { due: null } }, { record: { createdBy: { equals: '$ctx.userId' } } }] }] },
        { roles: ['PUBLIC'], record: { kind: 'a' } },
      ],
    },
    execute: async () => 'touched',
  },
  closed: {
    description: 'For an administrator of the platform, whom no organization can make',
    input: z.object({}),
    access: { roles: ['owner'], userRole: ['admin'] },
    execute: async () => 'never',
  },
});
