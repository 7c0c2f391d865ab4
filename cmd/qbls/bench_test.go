package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkCheck measures `qbls check` as people run it, as a process: 1,000 tables against esbuild bundling the same files in the
// same round (the ratio of the medians, and of the processor time), its peak of memory, and 10 tables.
//
//	go test ./cmd/qbls -run '^$' -bench Check -benchtime 10x
//
// Timings are printed and never fail: the machine may be busy.
func BenchmarkCheck(b *testing.B) {
	esbuild := filepath.Join(b.TempDir(), "esbuild.exe")
	if out, err := exec.Command("go", "build", "-o", esbuild, "github.com/evanw/esbuild/cmd/esbuild").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	large, small := b.TempDir(), b.TempDir()
	generate(b, large, 1000)
	generate(b, small, 10)
	bundle := []string{filepath.Join(large, "all.ts"), "--bundle", "--packages=external", "--format=esm", "--log-level=error", "--outfile=" + filepath.Join(large, "bundle.js")}

	var checked, bundled, few []measured
	b.ResetTimer()
	for range b.N {
		checked = append(checked, measure(b, binary, "check", large))
		bundled = append(bundled, measure(b, esbuild, bundle...))
		few = append(few, measure(b, binary, "check", small))
	}
	wall := func(m measured) float64 { return float64(m.wall) }
	processor := func(m measured) float64 { return float64(m.processor) }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(checked, wall)/1e6, "ms/1000-tables")
	b.ReportMetric(median(bundled, wall)/1e6, "ms/esbuild")
	b.ReportMetric(median(checked, wall)/median(bundled, wall), "ratio")
	b.ReportMetric(median(checked, processor)/median(bundled, processor), "cpu-ratio")
	b.ReportMetric(median(few, wall)/1e6, "ms/10-tables")
	b.ReportMetric(median(checked, func(m measured) float64 { return float64(m.peak) })/(1<<20), "MiB-peak")
}

// generate writes n tables by the generator that stands beside the repository, and where it does not, by writeMany;
// the log says when it was the generator.
func generate(b *testing.B, dir string, n int) {
	b.Helper()
	generator, err := filepath.Abs("../../../shared/perf/gen-quickback.mjs")
	if err != nil {
		b.Fatal(err)
	}
	if _, err := os.Stat(generator); err != nil {
		writeMany(b, dir, n)
		return
	}
	if out, err := exec.Command("node", generator, strconv.Itoa(n), dir).CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	tables, err := filepath.Glob(filepath.Join(dir, "quickback/features/*/*.ts"))
	if err != nil || len(tables) != n {
		b.Fatalf("%d tables were written, want %d (%v)", len(tables), n, err)
	}
	var all strings.Builder
	for i, table := range tables {
		fmt.Fprintf(&all, "export * as m%d from '%s';\n", i, strings.TrimSuffix(table, ".ts"))
	}
	if err := os.WriteFile(filepath.Join(dir, "all.ts"), []byte(all.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	b.Logf("%d tables by gen-quickback.mjs", n)
}

// measured is what one run of a process took.
type measured struct {
	wall, processor time.Duration
	peak            int64 // bytes; 0 where the system does not say
}

func measure(b *testing.B, program string, args ...string) measured {
	b.Helper()
	cmd := exec.Command(program, args...)
	start := time.Now()
	out, err := cmd.Output()
	took := time.Since(start)
	if err != nil || program == binary && !strings.Contains(string(out), "files") {
		b.Fatalf("%s %v: %v\n%s", program, args, err, out)
	}
	return measured{took, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), peakMemory(cmd.ProcessState)}
}

func median(list []measured, of func(measured) float64) float64 {
	values := make([]float64, 0, len(list))
	for _, m := range list {
		values = append(values, of(m))
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// writeMany writes a project of n tables with all layers of a policy, five a feature, each with a foreign key to an earlier one and one
// warning (nothing can write remarks), and all.ts, which imports every file.
func writeMany(b *testing.B, dir string, n int) {
	b.Helper()
	write := func(name, content string) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	write("quickback/quickback.config.ts", `import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';

export default defineConfig({
  name: 'many-tables',
  template: 'hono',
  features: { organizations: true },
  providers: { runtime: defineRuntime('bun'), database: defineDatabase('better-sqlite3'), auth: defineAuth('better-auth') },
});
`)
	var all strings.Builder
	all.WriteString("export * as config from './quickback/quickback.config';\n")
	for i := range n {
		name := fmt.Sprintf("quickback/features/area%d/items%d", i/5, i)
		write(name+".ts", manyTable(i))
		fmt.Fprintf(&all, "export * as items%d from './%s';\n", i, name)
	}
	write("all.ts", all.String())
}

func manyTable(i int) string {
	imports, parent := "", "text('parent_id')"
	if i > 0 {
		up := i - 1 - i%3%i
		imports = fmt.Sprintf("import { items%d } from '../area%d/items%d';\n", up, up/5, up)
		parent = fmt.Sprintf("text('parent_id').notNull().references(() => items%d.id, { onDelete: 'cascade' })", up)
	}
	return fmt.Sprintf(`import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';
%[2]s
// The table
export const items%[1]d = sqliteTable('items_%[1]d', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  parentId: %[3]s,
  title: text('title').notNull(),
  email: text('email').notNull(),
  phone: text('phone'),
  state: text('state', { enum: ['open', 'active', 'closed'] }).notNull().default('open'),
  points: integer('points').default(0),
  remarks: text('remarks'), // for the team only
}, (t) => [
  index('items_%[1]d_org').on(t.organizationId),
]);

// Its policy
export default defineTable(items%[1]d, {
  // Rows belong to an organization
  firewall: {
    organization: {},
  },

  // What roles may do
  crud: {
    list: { access: { roles: ['owner', 'lead', 'agent', 'guest'] } },
    get: { access: { roles: ['owner', 'lead', 'agent', 'guest'] } },
    create: { access: { roles: ['lead', 'agent'] } },
    update: { access: { roles: ['lead', 'agent'] } },
    delete: { access: { roles: ['lead'] }, mode: 'hard' },
  },

  // What clients may write
  guards: {
    createable: ['parentId', 'title', 'email', 'phone', 'state', 'points'],
    updatable: ['title', 'phone', 'state', 'points'],
  },

  // What is hidden
  masking: {
    email: { type: 'email', show: { roles: ['lead', 'agent'] } },
    phone: { type: 'phone', show: { roles: ['lead', 'agent'] } },
  },

  // Projections
  views: {
    board: {
      fields: ['id', 'title', 'state'],
      access: { roles: ['owner', 'lead', 'agent', 'guest'] },
    },
    full: {
      fields: ['id', 'title', 'email', 'phone', 'state', 'points', 'remarks'],
      access: { roles: ['lead', 'agent'] },
    },
  },
});

export type Item%[1]d = typeof items%[1]d.$inferSelect;
`, i, imports, parent)
}
