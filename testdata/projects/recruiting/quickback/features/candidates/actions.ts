import { defineActions } from '@quickback/compiler';
import { eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import { candidates } from './candidates';

export default defineActions(candidates, {
  'import-candidates': {
    description: 'Take over candidates from an agency list, leaving known addresses alone',
    standalone: true,
    path: '/candidates/import',
    input: z.object({
      candidates: z
        .array(z.object({ name: z.string().min(1).max(120), email: z.email() }))
        .min(1)
        .max(50),
    }),
    access: { roles: ['owner', 'hiring-manager', 'recruiter'] },
    execute: async ({ db, input }) => {
      // The scoped database sees this organization only: an address that another
      // agency knows is new here.
      const known = await db
        .select({ email: candidates.email })
        .from(candidates)
        .where(inArray(candidates.email, input.candidates.map((row) => row.email)));

      const seen = new Set(known.map((row) => row.email));
      const fresh = input.candidates.filter((row) => {
        if (seen.has(row.email)) return false;
        seen.add(row.email); // the list itself may repeat an address
        return true;
      });

      if (fresh.length > 0) {
        await db.insert(candidates).values(
          fresh.map((row) => ({ name: row.name, email: row.email, source: 'agency' as const })),
        );
      }
      return { imported: fresh.length, skipped: input.candidates.length - fresh.length };
    },
  },

  'add-impression': {
    description: 'Add a line to the summary of a candidate, as interviewers do after a talk',
    input: z.object({ line: z.string().min(1).max(300) }),
    access: { roles: ['interviewer+'] },
    execute: async ({ db, record, input }) => {
      const lines = [...(record.summary === null ? [] : record.summary.split('\n')), input.line];
      const [candidate] = await db
        .update(candidates)
        .set({ summary: lines.join('\n') })
        .where(eq(candidates.id, record.id))
        .returning();
      // The answer is masked like any other: an interviewer does not learn the address here.
      return { candidate, lines: lines.length };
    },
  },
});
