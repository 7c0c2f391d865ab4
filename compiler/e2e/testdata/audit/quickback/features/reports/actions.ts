import { defineActions } from '@quickback/compiler';
import { notes } from '../notes/notes';

export default defineActions(null, {
  totals: {
    description: 'How many notes there are',
    standalone: true,
    path: '/reports/totals',
    method: 'GET',
    unsafe: { reason: 'Billing counts for invoices', targetScope: 'all' },
    access: { userRole: ['admin'] },
    execute: async ({ rawDb }) => ({ notes: await rawDb.$count(notes) }),
  },
});
