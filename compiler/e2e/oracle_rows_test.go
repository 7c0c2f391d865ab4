package e2e

import (
	"bytes"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/runtime/workspace"
)

// draw is a small generator: the same rows in every run.
type draw uint32

func (d *draw) of(n int) int {
	*d = *d*1664525 + 1013904223
	return int(*d>>16) % n
}

func pick[T any](d *draw, list ...T) T { return list[d.of(len(list))] }

// seed writes rows that no client could have written: of both organizations, of everybody, deleted ones among them.
func (c *trial) seed(r *model.Resource, prefix string, n int) []map[string]any {
	c.t.Helper()
	var rows, stored []map[string]any
	d := draw(7)
	users, orgs, emails := []any{"somebody"}, []any{}, []any{nil, nil, nil, nil, "someone@yourdomain.com"}
	for _, p := range c.people[1:] {
		users, emails = append(users, p.ctx["userId"]), append(emails, p.ctx["user.email"])
		orgs = append(orgs, p.ctx["activeOrgId"])
	}
	values := map[string]func() any{
		"organizationId": func() any { return pick(&d, orgs...) },
		"kind":           func() any { return pick[any](&d, nil, "a", "b", "viewer", "editor", "a", "b") },
		"score":          func() any { return pick[any](&d, nil, 1.0, 2.0, 3.0) },
		"open":           func() any { return pick[any](&d, true, false) },
		"due": func() any {
			return pick[any](&d, nil, "2026-05-01T00:00:00.000Z", "2026-06-01T00:00:00.000Z", "2026-07-01T12:00:00.000Z")
		},
		"amount":     func() any { return pick[any](&d, nil, "10", "9", "7.5") },
		"email":      func() any { return pick(&d, emails...) },
		"note":       func() any { return fmt.Sprintf("note %d of %s", d.of(1000), prefix) },
		"createdAt":  func() any { return fmt.Sprintf("2026-01-%02dT00:00:00.000Z", 1+d.of(28)) },
		"modifiedAt": func() any { return "2026-02-01T00:00:00.000Z" },
		"deletedAt":  func() any { return pick[any](&d, nil, nil, nil, nil, "2026-03-01T00:00:00.000Z") },
	}
	for i := range n {
		row, columns := map[string]any{"id": fmt.Sprintf("%s-%d", prefix, i)}, map[string]any{}
		for _, column := range r.Table.Columns {
			if value, ok := values[column.Key]; ok {
				row[column.Key] = value()
			} else if column.Key != "id" && column.Key != "modifiedBy" && column.Key != "deletedBy" {
				row[column.Key] = pick(&d, users...) // ownerId, author, createdBy
			}
			columns[column.Name] = storedAs(c.t, column, row[column.Key])
		}
		rows, stored = append(rows, row), append(stored, columns)
	}
	c.sql(`const [table, ...rows] = JSON.parse(await Bun.stdin.text());
db.transaction(() => { for (const row of rows) db.query('insert into "' + table + '" (' + Object.keys(row).map((n) => '"' + n + '"').join() + ') values (' + Object.keys(row).map(() => '?').join() + ')').run(...Object.values(row)); })();`,
		append([]any{r.Table.Name}, slices.Collect(func(yield func(any) bool) {
			for _, row := range stored {
				if !yield(row) {
					return
				}
			}
		})...))
	return rows
}

// storedAs is a value as SQLite holds it.
func storedAs(t *testing.T, c *model.Column, value any) any {
	switch v := value.(type) {
	case bool:
		return map[bool]int{true: 1}[v]
	case string:
		if c.Type() == "date" {
			at, err := time.Parse(time.RFC3339, v)
			if err != nil {
				t.Fatal(err)
			}
			return at.Unix()
		}
	}
	return value
}

// sql runs a script with the database as db and the input on its standard input, beside the running backend.
func (c *trial) sql(script string, input any) []byte {
	c.t.Helper()
	run := exec.Command(workspace.Bun(c.t), "-e", "import { Database } from 'bun:sqlite';\nconst db = new Database("+text(c.t, c.b.database)+");\ndb.run('pragma busy_timeout = 600000');\n"+script)
	run.Stdin = strings.NewReader(text(c.t, input))
	var stderr bytes.Buffer
	run.Stderr = &stderr
	out, err := run.Output()
	if err != nil {
		c.t.Fatalf("%v\n%s", err, stderr.String())
	}
	return out
}

// body has a value for each column that a client may set on create.
func (c *trial) body() object {
	body := object{}
	for _, column := range c.p.Resource.Table.Columns {
		if c.p.Guarded(model.Create, column.Key) == "" {
			body[column.Key] = sendable(column)
		}
	}
	return body
}

// sendable is a value of the column's type.
func sendable(column *model.Column) any {
	switch {
	case len(column.Enum) > 0:
		return column.Enum[0]
	case column.Type() == "boolean":
		return true
	case column.Type() == "number":
		return 2
	case column.Type() == "date":
		return "2026-06-01T00:00:00.000Z"
	case column.Name == "amount":
		return "10"
	}
	return "sent@yourdomain.com"
}

// sent is that value as the policy sees it.
func sent(column *model.Column) any {
	if n, ok := sendable(column).(int); ok {
		return float64(n)
	}
	return sendable(column)
}
