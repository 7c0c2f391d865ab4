import { defineActions } from '@quickback/compiler';
import { z } from 'zod';
import { machines } from '../machines/machines';

// A feature without a table.
export default defineActions(null, {
  inventory: {
    description: 'The names of all machines, as a file',
    standalone: true,
    path: '/reports/inventory.csv',
    method: 'GET',
    input: z.object({}),
    access: { roles: ['AUTHENTICATED'] },
    execute: async ({ db }) => {
      const rows = await db.select({ name: machines.name }).from(machines);
      return { file: rows.map((row) => row.name).join('\n'), filename: 'inventory.csv', contentType: 'text/csv' };
    },
  },
});
