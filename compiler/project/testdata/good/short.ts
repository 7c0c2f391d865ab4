import { defineAction, defineActions, defineTable, feature, q, z, type ActionExecutor } from 'quickback';
import { eq } from 'drizzle-orm';

// A state machine in one call: what execute returns is written to the record.
const claims = feature('claims', {
  columns: {
    id: q.id(),
    cents: q.int({ min: 1 }).required(),
    payee: q.text({ maxLength: 80 }).required().searchable(),
    state: q.enum(['open', 'granted', 'paid']).default('open').protected(),
    grantedBy: q.text().optional().protected(),
    paidAt: q.datetime().optional().protected(),
    weight: q.real().sortable(),
    site: q.url({ maxLength: 200 }),
    since: q.date().index().required().defaultNow().sortable(),
    extra: q.json<{ note: string }>(),
    organizationId: q.scope('organization'),
  },
  guards: { createable: ['cents', 'payee'], updatable: ['cents', 'payee'] },
  masking: { payee: { type: 'name' } },
  read: { access: { roles: ['member+'] }, views: { short: { fields: ['id', 'state', 'createdAt'], access: { roles: ['member'] } } } },
  create: { access: { roles: ['member'] }, defaults: { weight: 1 } },
  actions: {
    grant: {
      description: 'Grant a claim',
      access: { roles: ['manager+'], record: { state: { equals: 'open' } } },
      execute: async ({ ctx }) => ({ state: 'granted', grantedBy: ctx.user.id }),
    },
    pay: {
      description: 'Pay a claim',
      input: z.object({ reference: z.string() }),
      access: { roles: ['finance'], record: { state: { equals: 'granted' } } },
      execute: async ({ input, record }) => {
        const reference: string = input.reference;
        const cents: number = record.cents;
        const weight: number | null = record.weight;
        return reference === '' || cents === weight ? undefined : { state: 'paid', paidAt: new Date().toISOString() };
      },
    },
  },
});
export default claims;

export const notes = q.table('notes', {
  id: q.id(),
  claimId: q.text().required().references(() => claims.id, { onDelete: 'cascade' }).index(),
  body: q.text({ minLength: 1 }).required().filterable('eq', 'like'),
  pinned: q.bool().default(false),
  email: q.email().masked('email').unique(),
  key: q.uuid().immutable(),
  at: q.timestamp().defaultNow(),
  ownerId: q.scope('owner'),
});
export const noteResource = defineTable(notes, { guards: { createable: ['body', 'pinned'] }, list: { access: { roles: ['member'], record: { pinned: true } } }, defaultSort: { field: 'at' } });
export const noteActions = defineActions(notes, {
  pin: {
    description: 'Pin a note',
    access: { roles: ['member'] },
    execute: async ({ db, record }) => {
      const body: string = record.body;
      await db.insert(notes).values({ claimId: record.claimId, body });
      const [note] = await db.update(notes).set({ pinned: true }).where(eq(notes.id, record.id)).returning();
      return note?.pinned satisfies boolean | undefined;
    },
  },
});
export const row: typeof notes.$infer = { id: 'n', claimId: 'c', body: 'b', pinned: true, email: null, key: null, at: '', ownerId: 'u' };

export const single = defineAction({ description: 'One file', input: z.object({ n: z.number() }), access: { roles: ['member'], record: { state: 'open' } }, execute: async ({ input, record }) => [input.n.toFixed(), record.state] });
export const execute: ActionExecutor<{ n: number }> = async ({ input, services, env }) => services.pdf.generate(input.n.toFixed(), env.MODE);
