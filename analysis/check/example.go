package check

import (
	"strings"
)

// Example is a complete definition file around a few lines, for the documentation of rules: features/things/things.ts with a
// text column name. A part that begins with "firewall:", "guards:" or "crud:" stands in place of the usual one, "-firewall"
// leaves it out, and any other part is added. Columns are added to the table.
func Example(columns string, parts ...string) string {
	usual := []struct{ key, text string }{
		{"firewall", "firewall: { organization: {} },"},
		{"guards", "guards: { createable: ['name'], updatable: ['name'] },"},
		{"crud", "crud: {\n  list: { access: { roles: ['member'] } },\n  create: { access: { roles: ['admin'] } },\n  update: { access: { roles: ['admin'] } },\n},"},
	}
	var body []string
	for _, u := range usual {
		body = append(body, chosen(u.key, u.text, parts)...)
	}
	for _, part := range parts {
		key, _, _ := strings.Cut(part, ":")
		if !strings.HasPrefix(part, "-") && key != "firewall" && key != "guards" && key != "crud" {
			body = append(body, part)
		}
	}
	builders := []string{"sqliteTable", "text"}
	for _, b := range []string{"integer", "real", "blob"} {
		if strings.Contains(columns, b+"(") {
			builders = append([]string{b}, builders...)
		}
	}
	table := "  id: text('id').primaryKey(),\n  organizationId: text('organization_id').notNull(),\n  name: text('name').notNull(),\n"
	if columns != "" {
		table += indent(columns) + "\n"
	}
	return "import { " + strings.Join(builders, ", ") + " } from 'drizzle-orm/sqlite-core';\nimport { defineTable } from '@quickback/compiler';\n\n" +
		"export const things = sqliteTable('things', {\n" + table + "});\n\n" +
		"export default defineTable(things, {\n" + indent(strings.Join(body, "\n")) + "\n});\n"
}

func chosen(key, usual string, parts []string) []string {
	for _, part := range parts {
		if part == "-"+key {
			return nil
		}
		if strings.HasPrefix(part, key+":") {
			return []string{part}
		}
	}
	return []string{usual}
}

// ExampleActions is an example of two files: things.ts as Example writes it, and actions.ts with the given actions, in the
// notation of txtar.
func ExampleActions(things, actions string) string {
	return "-- features/things/things.ts --\n" + things + "-- features/things/actions.ts --\n" +
		"import { defineActions } from '@quickback/compiler';\nimport { things } from './things';\n\n" +
		"export default defineActions(things, {\n" + indent(actions) + "\n});\n"
}

func indent(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if l != "" {
			lines[i] = "  " + l
		}
	}
	return strings.Join(lines, "\n")
}
