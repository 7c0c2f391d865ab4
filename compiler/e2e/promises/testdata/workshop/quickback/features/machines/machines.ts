import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

// ownerId is whom the machine belongs to, a matter of business: the firewall does not use it.
export const machines = sqliteTable('machines', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  ownerId: text('owner_id').notNull(),
  name: text('name').notNull(),
  state: text('state', { enum: ['idle', 'running', 'broken'] }).notNull().default('idle'),
  approvedBy: text('approved_by'),
  serviceEmail: text('service_email'),
  servicePhone: text('service_phone'),
  pin: integer('pin'),
  secretNote: text('secret_note'),
});

export default defineTable(machines, {
  firewall: { organization: {} },
  guards: {
    createable: ['ownerId', 'name', 'state', 'serviceEmail', 'servicePhone', 'pin', 'secretNote'],
    updatable: ['name', 'serviceEmail', 'servicePhone'],
    protected: { approvedBy: ['approve'] },
  },
  masking: {
    serviceEmail: { type: 'email', show: { roles: ['owner'] } },
    servicePhone: { type: 'phone', show: { roles: ['owner'] } },
    pin: { type: 'ssn', show: { roles: ['owner'] } },
    // No owner column in the firewall: whoever created the row owns it.
    secretNote: { type: 'redact', show: { or: 'owner' } },
  },
  crud: {
    list: { access: { roles: ['member+'] } },
    get: { access: { roles: ['member+'], record: { state: { notEquals: 'broken' } } } },
    create: { access: { roles: ['member+'] } },
    update: { access: { roles: ['manager+'] } },
    delete: { access: { roles: ['manager+'] } },
  },
});
