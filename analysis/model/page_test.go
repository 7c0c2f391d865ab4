package model_test

import (
	"slices"
	"testing"

	"github.com/qbls/qbls/analysis/model"
)

// A page shows tables of the project, by any of their names, and columns of these.
func TestPageShowsWhatIsThere(t *testing.T) {
	page := func(source string) string {
		return "import { definePage } from '@quickback/compiler';\nexport default definePage({ slug: 'p', title: 'P', access: { roles: ['owner'] }, dataSources: { left: { " + source + " } } });\n"
	}
	for source, want := range map[string][]string{
		"table: 'workOrders', displayColumns: ['id', 'title'], defaultSort: { field: 'title', order: 'asc' }": nil,
		"table: 'work_orders', defaultSort: '-createdAt'":                                                     nil,
		"table: 'work-order'":                                                    nil,
		"table: 'workOrdrs', displayColumns: ['whatever']":                       {"QB2001 workOrdrs, Did you mean workOrders?"},
		"table: 'workOrders', displayColumns: ['id', 'titel']":                   {"QB1102 titel, Did you mean title?"},
		"table: 'workOrders', defaultSort: { field: 'tilte', order: 'desc' }":    {"QB1102 tilte, Did you mean title?"},
		"table: 'workOrders', defaultSort: '-titles'":                            {"QB1102 titles, Did you mean title?"},
		"table: 'workOrders', displayColumns: ['id', process.env.COLUMN ?? 'a']": nil, // reading says so
	} {
		files := files{
			"ops/work-orders.ts": "import { sqliteTable, text } from 'drizzle-orm/sqlite-core';\nimport { defineTable } from '@quickback/compiler';\nexport const workOrders = sqliteTable('work_orders', { id: text('id').primaryKey(), organizationId: text('organization_id').notNull(), title: text('title') });\nexport default defineTable(workOrders, { firewall: { organization: {} }, crud: { list: { access: { roles: ['owner'] } } } });\n",
			"ops/pages/board.ts": page(source),
		}
		in := files.input()
		var got []string
		for _, d := range model.Loose(in, model.Link(in, nil)) {
			got = append(got, string(d.Rule.Code)+" "+page(source)[d.At.Span.Start:d.At.Span.End]+", "+d.Help)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}
