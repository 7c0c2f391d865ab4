package compiler

import (
	"os/exec"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qbls/qbls/compiler/runtime/workspace"
	"github.com/qbls/qbls/diagnostics/text"
)

// layouts is one project in which every layout of the definition language occurs.
var layouts = map[string]string{
	"quickback.config.ts": `export default {
  name: 'layouts',
  auth: { roleHierarchy: ['member', 'lead', 'admin', 'owner'] },
  providers: { runtime: { name: 'bun' }, database: { name: 'better-sqlite3' }, auth: { name: 'better-auth' } },
};
`,
	// A feature in one value, a workflow: what execute returns is written.
	"features/orders/orders.ts": `import { feature, q, z } from '@quickback/compiler';

export default feature('orders', {
  columns: {
    id: q.id(),
    cents: q.int().required(),
    state: q.enum(['open', 'sent', 'paid']).default('open').protected(),
    sentBy: q.text().optional().protected(),
    organizationId: q.scope('organization'),
  },
  guards: { createable: ['cents'], updatable: ['cents'] },
  read: { access: { roles: ['member+'] }, pageSize: 10, views: { short: { fields: ['id', 'state'], access: { roles: ['member'] } } }, defaultView: 'short' },
  create: { access: { roles: ['member+'] } },
  actions: {
    send: {
      description: 'Send an order.',
      access: { roles: ['lead+'], record: { state: { equals: 'open' } } },
      execute: async ({ ctx }) => ({ state: 'sent', sentBy: ctx.user.id }),
    },
    pay: {
      description: 'Mark an order as paid.',
      input: z.object({ reference: z.string() }),
      access: { roles: ['admin'] },
      transition: { field: 'state', fromTo: { sent: ['paid'] }, to: 'paid' },
      execute: async () => ({ state: 'paid' }),
    },
    count: {
      description: 'How many there are.',
      standalone: true, method: 'GET',
      access: { roles: ['member'] },
      execute: async () => ({ total: 0 }),
    },
  },
});
`,
	// A table of q with its policy, actions in a file each.
	"features/parcels/parcels.ts": `import { defineTable, q } from '@quickback/compiler';

export const parcels = q.table('parcels', { id: q.id(), label: q.text().required(), weight: q.int().optional(), organizationId: q.scope('organization') });

export default defineTable(parcels, {
  guards: { createable: ['label'], updatable: ['label'] },
  crud: { get: { access: { roles: ['member'] } }, update: { access: (ctx) => ctx.roles.includes('lead') } },
  masking: { label: { type: 'custom', mask: (value) => String(value).slice(0, 1), show: { roles: ['admin'] } } },
});
`,
	"features/parcels/actions/weigh.ts": `import { eq } from 'drizzle-orm';
import { defineAction } from '@quickback/compiler';
import { z } from 'zod';
import { parcels } from '../parcels';

export default defineAction({
  description: 'Weigh it.',
  input: z.object({ grams: z.number() }),
  access: { roles: ['member'] },
  execute: async ({ db, input, whereRecord }) => {
    await db.update(parcels).set({ weight: input.grams }).where(whereRecord());
    return db.select().from(parcels).where(eq(parcels.weight, input.grams));
  },
});
`,
	"features/parcels/actions/parcels/lose.ts": `import { defineAction } from '@quickback/compiler';
import { z } from 'zod';

export default defineAction({ description: 'Lose it.', input: z.object({}), guard: { roles: ['admin'] }, handler: '../../handlers/lose' });
`,
	"features/parcels/handlers/lose.ts": "import type { ActionExecutor } from '@quickback/compiler';\n\nexport const execute: ActionExecutor = async ({ record }) => ({ lost: record.id });\n",
	// The oldest layout: table, policy and actions apart.
	"definitions/schema/rooms.ts": `import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const rooms = sqliteTable('rooms', { id: text('id').primaryKey(), organizationId: text('organization_id').notNull(), name: text('name').notNull(), seats: integer('seats') });
`,
	"definitions/schema/index.ts": "export * from './rooms';\n",
	"definitions/features/rooms/resource.ts": `import { defineResource } from '@quickback/compiler';
import { rooms } from '../../schema';

export default defineResource(rooms, {
  firewall: { organization: {} },
  crud: { list: { access: { roles: ['member'] } }, create: { access: { roles: ['admin'] } } },
  guards: { createable: ['name'], updatable: ['name'] },
});
`,
	"definitions/features/rooms/actions.ts": `import { defineActions } from '@quickback/compiler';
import { rooms } from '../../schema';

export default defineActions(rooms, { activate: { description: 'Use it.', guard: { roles: ['admin'] }, handler: './handlers/activate' } });
`,
	"definitions/features/rooms/handlers/activate.ts": "export const execute = async ({ record }: { record: { id: string } }) => ({ id: record.id });\n",
	// Features without tables.
	"features/reports/actions.ts": `export default {
  actions: {
    daily: { description: 'Numbers of the day.', standalone: true, method: 'GET', path: '/reports/daily', access: { roles: ['member'] }, execute: async () => ({ n: 1 }) },
  },
};
`,
	"features/ping.ts": `import { defineActions } from '@quickback/compiler';

export default defineActions(null, { now: { description: 'The time.', standalone: true, access: { roles: ['PUBLIC'] }, execute: async () => ({ ok: true }) } });
`,
}

func layoutFiles(t *testing.T) map[text.Path]string {
	t.Helper()
	disk := fstest.MapFS{}
	for name, content := range layouts {
		disk["quickback/"+name] = &fstest.MapFile{Data: []byte(content)}
	}
	return emitted(t, snapshot(t, disk))
}

// TestEveryLayoutIsEmitted: where a thing is written makes no difference to what is emitted for it.
func TestEveryLayoutIsEmitted(t *testing.T) {
	files := layoutFiles(t)
	for path, lines := range map[string][]string{
		"src/features/orders/orders.resource.ts": {
			"get: { roles: ['member', 'lead', 'admin', 'owner'] },", "list: { pageSize: 10, defaultView: 'short' },",
			"send: {", "result: 'patch',", "transition: { field: 'state', fromTo: { sent: ['paid'] }, to: 'paid' }", "count: { standalone: true, path: '/orders/count', method: 'GET'",
			"protected: { state: 'any', sentBy: 'any' }", "code: definition.actions,", "import definition from '../../definitions/features/orders/orders.ts';",
		},
		"src/features/parcels/parcels.resource.ts": {"update: { check: definition.policy.crud.update.access }", "mask: definition.policy.masking.label.mask", "weigh: { access: { roles: ['member'] }, run: weighAction }", "run: loseAction, handler: loseHandler"},
		"src/features/rooms/rooms.resource.ts":     {"rows: { organizationId: { equals: '$ctx.activeOrgId' }, deletedAt: { isNull: true } },", "activate: { access: { roles: ['admin'] }, handler: activateHandler }", "code: actions.actions,"},
		"src/features/reports/actions.resource.ts": {"export const reportsActionsResource = tableless('reports/actions', {", "daily: { standalone: true, path: '/reports/daily', method: 'GET', access: { roles: ['member'] }, run:"},
		"src/features/ping/actions.resource.ts":    {"pingActionsResource", "path: '/ping/now',", "run: actions.actions.now"},
	} {
		content, ok := files[text.Path(path)]
		if !ok {
			t.Errorf("%s is not emitted", path)
		}
		for _, line := range lines {
			if !strings.Contains(strings.Join(strings.Fields(content), " "), strings.Join(strings.Fields(line), " ")) {
				t.Errorf("%s does not say %s\n%s", path, line, content)
			}
		}
	}
}

// TestEveryLayoutTypeChecks: the linked modules and the policies agree with each other and with the library.
func TestEveryLayoutTypeChecks(t *testing.T) {
	c := exec.Command(workspace.Tsc(t), "--noEmit", "-p", ".")
	c.Dir = onDisk(t, layoutFiles(t))
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
