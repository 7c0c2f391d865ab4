// Each of these must fail to compile: tsc reports an unused @ts-expect-error otherwise.
import type { ScopedDb } from '../lib/definition.ts';
import { internal, resource } from '../lib/resource.ts';
import { batchPut } from '../lib/put.ts';
import { get, list, view } from '../lib/read.ts';
import type { Operations } from '../lib/routes.ts';
import { candidates } from './schema.ts';

const policy = resource(candidates);
const name = 'candidates', rows = { organizationId: { equals: '$ctx.activeOrgId' } } as const;

// @ts-expect-error unknown column in write.create
policy({ name, rows, access: {}, write: { create: ['nmae'] } });
// @ts-expect-error unknown role
policy({ name, rows, access: { list: { roles: ['recuiter'] } } });
// @ts-expect-error empty role list
policy({ name, rows, access: { list: { roles: [] } } });
// @ts-expect-error value outside the enum
policy({ name, rows, access: { list: { where: { stage: { equals: 'hired' } } } } });
// @ts-expect-error value of the wrong type
policy({ name, rows, access: { list: { where: { score: { equals: 'ten' } } } } });
// @ts-expect-error unknown operator
policy({ name, rows, access: { list: { where: { score: { above: 3 } } } } });
// @ts-expect-error unknown context path
policy({ name, rows: { organizationId: { equals: '$ctx.orgId' } }, access: {} });
// @ts-expect-error the firewall is left out
policy({ name, access: {} });
// @ts-expect-error unknown column in masks
policy({ name, rows, access: {}, masks: { mail: { type: 'email', show: {} }, email: { type: 'email', show: {} } } });
// @ts-expect-error two keys in one access object would hide one of them
policy({ name, rows, access: { list: { roles: ['owner'], where: { stage: { equals: 'offer' } } } } });
// @ts-expect-error unknown operation
policy({ name, rows, access: { lst: { roles: ['owner'] } } });
// @ts-expect-error a protected field names an action that is not there
policy({ name, rows, access: {}, write: { protected: { stage: ['advance'] } }, actions: { 'advance-stage': { access: { roles: ['owner'] } } } });
// @ts-expect-error a view without access
policy({ name, rows, access: {}, views: { pipeline: { fields: ['id'] } } });
// @ts-expect-error an internal table has no operations
internal(candidates)({ name, rows, access: {} });

export const good: Operations = { list, get, view, 'batch:put': batchPut };
// @ts-expect-error another operation under that name
export const swapped: Operations = { get: list };
// @ts-expect-error an operation of one record where one of many belongs
export const single: Operations = { 'batch:create': list };
// @ts-expect-error an operation that no policy grants
export const unknown: Operations = { drop: list };

export const writes = (db: ScopedDb) => [
  // @ts-expect-error an update of what is no column
  db.update(candidates).set({ name: 'n', nmae: 'n' }),
  // @ts-expect-error an insert of what is no column
  db.insert(candidates).values({ name: 'n', email: 'e', nmae: 'n' }),
  // @ts-expect-error one of many rows
  db.insert(candidates).values([{ name: 'n', email: 'e' }, { name: 'n', email: 'e', nmae: 'n' }]),
];
