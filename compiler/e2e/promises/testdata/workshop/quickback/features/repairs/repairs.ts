import { feature, q, z } from '@quickback/compiler';

// A repair belongs to the workshop, and its mechanic is a scope column that is no wall: it decides in access and masks.
export default feature('repairs', {
  columns: {
    id: q.id(),
    organizationId: q.scope('organization'),
    mechanicId: q.scope('owner'),
    reference: q.text({ minLength: 2, maxLength: 12 }).required().filterable('eq'),
    status: q.enum(['waiting', 'working', 'done']).default('waiting').protected(),
    bookedAt: q.timestamp().required(),
    promisedOn: q.timestamp().optional(),
    phone: q.text().optional(),
    plate: q.text().optional(),
    remark: q.text({ maxLength: 40 }).optional(),
    hours: q.int({ min: 0 }).default(1),
  },
  firewall: [{ field: 'organizationId', equals: 'ctx.activeOrgId' }],
  unique: [{ columns: ['organizationId', 'reference'] }],
  guards: {
    createable: ['reference', 'bookedAt', 'promisedOn', 'phone', 'plate', 'remark', 'hours'],
    updatable: ['promisedOn', 'phone', 'plate', 'remark', 'hours'],
  },
  masking: {
    phone: { type: 'phone', show: { or: 'owner' } },
    plate: { type: 'custom', mask: (value) => `${value.slice(0, 2)} (hidden)`, show: { roles: ['manager', 'owner'] } },
  },
  read: {
    access: {
      or: [
        { roles: ['manager+'] },
        { userRole: ['admin'] },
        { roles: ['member', 'mechanic'], record: { mechanicId: { equals: '$ctx.userId' } } },
      ],
    },
    views: {
      board: { fields: ['id', 'reference', 'status'], access: { roles: ['manager+'], record: { status: { notEquals: 'done' } } }, query: { sortable: ['reference', 'createdAt'], filterable: ['status'], defaultSort: '-createdAt' } },
    },
  },
  create: { access: { roles: ['member+'] } },
  update: { access: { roles: ['member+'], record: { status: { notEquals: 'done' }, hours: { lessThan: 10 } } } },
  // Code: managers may always, a mechanic as long as nobody began.
  delete: { access: (ctx, record) => ctx.roles.includes('manager') || (ctx.roles.includes('mechanic') && record.status === 'waiting') },
  actions: {
    begin: {
      description: "Take it up: a manager anybody's, the others their own",
      access: {
        or: [
          { roles: ['manager', 'owner'] },
          { userRole: ['admin'] },
          { roles: ['member', 'mechanic'], record: { mechanicId: { equals: '$ctx.userId' } } },
        ],
      },
      execute: async () => ({ status: 'working' }),
    },
    finish: {
      description: 'End a repair that was begun',
      input: z.object({ remark: z.string().max(40).optional() }),
      access: { roles: ['mechanic+'], record: { status: { equals: 'working' } } },
      execute: async ({ input, ctx }) => ({ status: 'done', remark: input.remark ?? `done by ${ctx.user.name}` }),
    },
  },
});
