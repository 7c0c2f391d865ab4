import { defineTable, q } from '@quickback/compiler';

export const sparePartOrders = q.table('sparePartOrders', {
  id: q.id(),
  organizationId: q.scope('organization'),
  partNumber: q.text({ maxLength: 20 }).required().unique(),
  orderedFrom: q.text().optional(),
  deliveredAt: q.timestamp().optional(),
});

export default defineTable(sparePartOrders, {
  guards: { createable: ['partNumber', 'orderedFrom', 'deliveredAt'], updatable: ['orderedFrom', 'deliveredAt'] },
  crud: {
    list: { access: { roles: ['member+'] } },
    get: { access: { roles: ['member+'] } },
    create: { access: { roles: ['member+'] } },
    update: { access: { roles: ['member+'] } },
    delete: { access: { roles: ['member+'] } },
  },
});
