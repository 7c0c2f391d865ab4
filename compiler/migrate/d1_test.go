//go:build unix

package migrate

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/qbls/qbls/compiler/migrate/schema"
	"github.com/qbls/qbls/diagnostics/text"
)

// d1Case is one migration for D1, with the rows that must survive it.
type d1Case struct {
	Name        string   `json:"name"`
	Create      []string `json:"create"`
	Insert      []string `json:"insert"`
	Migration   []string `json:"migration"`
	Tables      []string `json:"tables"`
	TablesAfter []string `json:"tablesAfter"`
	plan        *Plan
}

// TestD1: D1 enforces foreign keys in every migration and cannot stop doing so. Every row survives there too.
func TestD1(t *testing.T) {
	var pairs []pair
	oracle(t, "describe", nil, &pairs)
	var cases []*d1Case
	for _, p := range pairs {
		if p.Dialect == "sqlite" {
			cases = append(cases, p.forD1(t))
		}
	}
	in, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	var answers []struct {
		Name, Error   string
		Before, After map[string][]map[string]any
		Broken        int
	}
	runNode(t, "d1.mjs", "", in, &answers)
	if len(answers) != len(cases) || len(cases) < 30 {
		t.Fatalf("%d of %d migrations were tried", len(answers), len(cases))
	}
	for i, a := range answers {
		t.Run(a.Name, func(t *testing.T) {
			if a.Error != "" || a.Broken > 0 {
				t.Fatalf("%s, %d rows refer to nothing, after\n%s", a.Error, a.Broken, cases[i].plan.SQL())
			}
			if len(a.Before["things"]) == 0 {
				t.Fatal("there were no rows")
			}
			survives(t, cases[i].plan, texts(a.Before), texts(a.After))
		})
	}
}

func (p *pair) forD1(t *testing.T) *d1Case {
	snapshot, err := schema.Read(p.Before)
	if err != nil {
		t.Fatal(err)
	}
	after, err := schema.Read(p.After)
	if err != nil {
		t.Fatal(err)
	}
	c := NewCommitted(map[text.Path][]byte{
		Folder + "/0000_x.sql":              []byte(strings.Join(p.CreateBefore, "\n"+Breakpoint+"\n")),
		Folder + "/meta/0000_snapshot.json": p.Before,
		Folder + "/meta/_journal.json":      []byte(`{"dialect":"sqlite","entries":[{"idx":0,"when":1,"tag":"0000_x"}]}`),
	})
	d := &d1Case{Name: p.Name, Create: p.CreateBefore, plan: mustPlan(t, c, after.Schema, p.Hints)}
	d.Migration = d.plan.Statements
	fill(snapshot.Schema, 1, func(query string, args ...any) {
		for i := len(args); i > 0; i-- {
			v := "null"
			if s, ok := args[i-1].(string); ok && args[i-1] != nil {
				v = literal(s)
			} else if args[i-1] != nil {
				v = fmt.Sprint(args[i-1])
			}
			query = strings.ReplaceAll(query, fmt.Sprintf("$%d", i), v)
		}
		d.Insert = append(d.Insert, query)
	}, func(string, string) []string { return []string{"10"} })
	for _, s := range snapshot.Schema.Tables {
		d.Tables = append(d.Tables, s.Name)
	}
	for _, s := range d.plan.physical.Tables {
		d.TablesAfter = append(d.TablesAfter, s.Name)
	}
	return d
}

// texts are rows by table and id, with their values as text.
func texts(tables map[string][]map[string]any) map[string]map[string]map[string]string {
	out := map[string]map[string]map[string]string{}
	for table, rows := range tables {
		out[table] = map[string]map[string]string{}
		for _, row := range rows {
			values := map[string]string{}
			for name, v := range row {
				values[name] = "∅"
				if v != nil {
					values[name] = fmt.Sprint(v)
				}
			}
			out[table][values["id"]] = values
		}
	}
	return out
}
