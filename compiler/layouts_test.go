package compiler

import (
	"encoding/json"
	"reflect"
	"testing"
)

// TestLayoutsAreInTheRegistry: a client that draws forms finds the sections that the definition declares, with what they leave out.
func TestLayoutsAreInTheRegistry(t *testing.T) {
	files := emitted(t, project(t, map[string]string{"quickback.config.ts": config, "features/things/things.ts": `import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const things = sqliteTable('things', { id: text('id').primaryKey(), organizationId: text('organization_id').notNull(), name: text('name'), note: text('note') });

export default defineTable(things, {
  firewall: { organization: {} },
  guards: { createable: ['name', 'note'], updatable: ['name'] },
  crud: { list: { access: { roles: ['member'] } }, create: { access: { roles: ['member'] } }, update: { access: { roles: ['member'] } } },
  layouts: { default: { sections: [{ label: 'Main', fields: ['name'] }, { label: 'More', fields: ['note'], columns: 2, collapsed: true }] } },
});
`}))
	var registry struct {
		Tables map[string]struct{ Layouts any }
	}
	if err := json.Unmarshal([]byte(files["schema-registry.json"]), &registry); err != nil {
		t.Fatal(err)
	}
	var want any
	if err := json.Unmarshal([]byte(`{"default":{"sections":[{"label":"Main","fields":["name"],"columns":1,"collapsed":false},{"label":"More","fields":["note"],"columns":2,"collapsed":true}]}}`), &want); err != nil {
		t.Fatal(err)
	}
	if got := registry.Tables["things"].Layouts; !reflect.DeepEqual(got, want) {
		t.Errorf("the registry says %v, want %v", got, want)
	}
}
