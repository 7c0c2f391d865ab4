import { feature, q, z } from '@quickback/compiler';

// What passers-by read and leave at the door of one workshop. The organization is written as an ordinary column, by its name.
export default feature('notices', {
  columns: {
    id: q.id(),
    organizationId: q.text().required(),
    title: q.text({ maxLength: 60 }).required(),
    contact: q.email().optional(),
    shown: q.bool().default(true),
    hits: q.int().default(0).protected(),
  },
  guards: { createable: ['title', 'contact', 'shown'], updatable: ['title', 'contact', 'shown'] },
  masking: { contact: { type: 'email', show: { or: 'owner' } } },
  read: { access: { or: [{ roles: ['PUBLIC'], record: { shown: true } }, { roles: ['member+'] }] } },
  create: { access: { roles: ['PUBLIC'] } },
  update: { access: { roles: ['member+'] } },
  delete: { access: { roles: ['owner'] } },
  actions: {
    hit: {
      description: 'Somebody read it',
      input: z.object({}),
      access: { roles: ['PUBLIC'], record: { shown: true } },
      execute: async ({ record }) => ({ hits: record.hits + 1 }),
    },
  },
});
