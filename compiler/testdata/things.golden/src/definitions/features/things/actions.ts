import { defineActions } from '../../../lib/definition.ts';
import { z } from 'zod';
import { things } from './things.ts';

export default defineActions(things, {
  recount: {
    description: 'Count again',
    input: z.object({ to: z.number().int().min(0) }),
    access: { roles: ['owner'], record: { hidden: { equals: false } } },
    handler: './handlers/recount',
  },
  'export-all': {
    description: 'Everything, as a list',
    standalone: true,
    method: 'GET',
    path: '/exports/things',
    access: { roles: ['owner'] },
    execute: async ({ db }) => db.select().from(things),
  },
});
