// Package authschema is Better Auth's own database schema as data: what the pinned version says its tables are. It is generated
// by gen.mjs from the package itself, and a test generates it again, because Better Auth refuses to start when a table or a
// property is missing.
package authschema

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

//go:embed tables.json
var data []byte

// Table is one table. Its Key is the name under which Better Auth addresses it.
type Table struct {
	Key     string     `json:"key"`
	Name    string     `json:"name"` // SQL name
	Columns []Column   `json:"columns"`
	Indexes [][]string `json:"-"` // property names
}

// Column is one column.
type Column struct {
	Key        string `json:"key"`  // property name
	Name       string `json:"name"` // SQL name
	Type       string `json:"type"` // text, boolean, number, timestamp_ms, json
	NotNull    bool   `json:"notNull"`
	Unique     bool   `json:"unique"`
	Index      bool   `json:"index"`
	Default    any    `json:"default"` // nil: none
	Now        bool   `json:"now"`     // the default is the current time
	OnUpdate   bool   `json:"onUpdate"`
	References string `json:"references"` // Key of a table; its id
	OnDelete   string `json:"onDelete"`
}

// Options choose the plugins.
type Options struct {
	Organizations bool
	Teams         bool     // of organizations
	Plugins       []string // others, by the names that Known knows; their order does not matter
}

// Known says whether the schema of a plugin is known: a project that names another cannot be emitted.
func Known(plugin string) bool {
	_, ok := read()[plugin]
	return ok && !strings.HasPrefix(plugin, "core") && !strings.HasPrefix(plugin, "organization")
}

// Tables returns the tables that Better Auth needs, parents first. Every table begins with its id. A plugin that is not Known is a
// mistake of the caller and panics.
func Tables(o Options) []Table {
	plugins := read()
	var out []Table
	add := func(name string) {
		list, ok := plugins[name]
		if !ok {
			panic("authschema: no plugin " + name)
		}
		for _, t := range list {
			i := slices.IndexFunc(out, func(known Table) bool { return known.Key == t.Key })
			if i < 0 {
				out = append(out, Table{Key: t.Key, Name: t.Name, Columns: []Column{{Key: "id", Name: "id", Type: "text", NotNull: true}}})
				i = len(out) - 1
			}
			out[i].Columns = append(out[i].Columns, t.Columns...)
		}
	}
	add("core")
	switch {
	case o.Organizations && o.Teams:
		add("organization+teams")
	case o.Organizations:
		add("organization")
	}
	for _, name := range slices.Compact(slices.Sorted(slices.Values(o.Plugins))) {
		add(name)
	}
	for i := range out {
		for _, c := range out[i].Columns {
			if c.Index && !c.Unique {
				out[i].Indexes = append(out[i].Indexes, []string{c.Key})
			}
		}
	}
	return out
}

func read() map[string][]Table {
	var plugins map[string][]Table
	if err := json.Unmarshal(data, &plugins); err != nil {
		panic(fmt.Sprintf("authschema: tables.json: %v", err)) // embedded: broken at build time
	}
	return plugins
}
