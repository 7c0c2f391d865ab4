package syntax_test

import (
	"strings"
	"testing"
)

// definition is a file of the size and shape that people write.
const definition = `import { defineTable } from "@quickback/compiler";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { jobs } from "../jobs/jobs";

// Schema
export const candidates = sqliteTable("candidates", {
  id: text("id").primaryKey(),
  organizationId: text("organization_id").notNull(),
  name: text("name").notNull(),
  email: text("email").notNull(),
  phone: text("phone"),
  jobId: text("job_id").references(() => jobs.id, { onDelete: "cascade" }),
  source: text("source"), // where the person heard of us
  hiredAt: integer("hired_at", { mode: "timestamp" }).$defaultFn(() => new Date()),
});

// Security
export default defineTable(candidates, {
  // One organisation never sees another.
  firewall: {
    organization: {},
  },

  crud: {
    list: { access: { roles: ["owner", "hiring-manager", "recruiter", "interviewer"] } },
    get: { access: { roles: ["owner", "hiring-manager", "recruiter", "interviewer"] } },
    create: { access: { roles: ["hiring-manager", "recruiter"] } },
    update: { access: { roles: ["hiring-manager", "recruiter"] } },
    delete: { access: { roles: ["hiring-manager"] }, mode: "hard" },
  },

  guards: {
    createable: ["name", "email", "phone", "source"],
    updatable: ["name", "phone"],
  },

  masking: {
    email: { type: "email", show: { roles: ["hiring-manager", "recruiter"] } },
    phone: { type: "phone", show: { roles: ["hiring-manager", "recruiter"] } },
  },

  views: {
    pipeline: {
      fields: ["id", "name", "source"],
      access: { roles: ["owner", "hiring-manager", "recruiter", "interviewer"] },
    },
  },

  actions: {
    hire: {
      description: "Hire a candidate",
      access: { roles: ["hiring-manager"], record: { hiredAt: { isNull: true } } },
      execute: async ({ db, record }) => {
        await db.update(candidates).set({ hiredAt: new Date() }).where(eq(candidates.id, record.id));
        return { id: record.id };
      },
    },
  },
});

export type Candidate = typeof candidates.$inferSelect;
`

func BenchmarkParse(b *testing.B) {
	b.SetBytes(int64(len(definition)))
	b.ReportAllocs()
	for b.Loop() {
		parse(definition)
	}
}

func BenchmarkAt(b *testing.B) {
	tree := parse(definition)
	offset := strings.Index(definition, `"phone", "source"]`) + 3
	b.ReportAllocs()
	for b.Loop() {
		tree.At(offset)
	}
}
