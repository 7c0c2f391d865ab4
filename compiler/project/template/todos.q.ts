import { defineTable, q } from '@quickback/compiler';

export const todos = q.table('todos', {
  id: q.id(),
  organizationId: q.scope('organization'),
  title: q.text().required(),
  details: q.text().optional(),
  contactEmail: q.email().optional(),
  priority: q.enum(['low', 'normal', 'high']).default('normal'),
  state: q.enum(['open', 'done']).default('open'),
  completedAt: q.datetime().optional(),
  // createdAt, createdBy, modifiedAt, modifiedBy, deletedAt and deletedBy are added to every table.
});
