import { feature, q, z } from '@quickback/compiler';

/** Long enough for everybody who asks at once to have read the row, so that they really meet at its update. */
const think = () => new Promise((done) => { setTimeout(done, 30); });

// Each action returns its patch: the library writes it.
export default feature('tickets', {
  columns: {
    id: q.id(),
    organizationId: q.scope('organization'),
    title: q.text().required(),
    status: q.enum(['open', 'claimed', 'closed']).default('open').protected(),
    holder: q.text().optional().protected(),
    seat: q.text().optional().protected(),
  },
  unique: [{ columns: ['organizationId', 'seat'] }],
  guards: { createable: ['title'], updatable: ['title'] },
  read: { access: { roles: ['member+'] } },
  create: { access: { roles: ['member+'] } },
  actions: {
    claim: {
      description: 'Take a ticket that nobody has',
      input: z.object({ by: z.string() }),
      access: { roles: ['member+'], record: { status: { equals: 'open' } } },
      execute: async ({ input }) => {
        await think();
        return { status: 'claimed', holder: input.by };
      },
    },
    move: {
      description: 'Go one step on: the input says where',
      input: z.object({ to: z.string(), by: z.string() }),
      access: { roles: ['member+'] },
      transition: { field: 'status', fromTo: { open: ['claimed', 'closed'], claimed: ['closed'] }, via: 'to' },
      execute: async ({ input }) => {
        await think();
        return { status: input.to, holder: input.by };
      },
    },
    close: {
      description: 'End it',
      input: z.object({ by: z.string() }),
      access: { roles: ['member+'] },
      transition: { field: 'status', fromTo: { open: ['closed'], claimed: ['closed'] }, to: 'closed' },
      execute: async ({ input }) => {
        await think();
        return { status: 'closed', holder: input.by };
      },
    },
    sit: {
      description: 'Take a ticket together with a seat, which only one ticket has',
      input: z.object({ by: z.string(), seat: z.string() }),
      access: { roles: ['member+'] },
      transition: { field: 'status', fromTo: { open: ['claimed'] }, to: 'claimed' },
      execute: async ({ input }) => {
        await think();
        return { status: 'claimed', holder: input.by, seat: input.seat };
      },
    },
  },
});
