package verify_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/qbls/qbls/compiler/verify"
)

// TestNoGuardOfOtherKindsCanBeRemoved does the same with what the first sample does not have: rows that are put whole, batches of every kind,
// state machines, owners and the public, and the gate between handlers and the database.
func TestNoGuardOfOtherKindsCanBeRemoved(t *testing.T) {
	e2e := filepath.Join("..", "..", "compiler", "e2e")
	for _, c := range []struct {
		project   string
		resources []string // whose policies are weakened
		more      string   // a role that they do not name; PUBLIC lets strangers in only where a policy has it: the library is without visitors elsewhere
		changes   []change // of anything else
		least     int
	}{
		{"inventory", []string{"src/features/stock/movements.resource.ts", "src/features/catalogue/products.resource.ts"}, "member", []change{
			{"src/lib/read.ts", "a new row need not be one that access grants", "(creating && !(await grant.test(row, undefined, ctx)))", "false"},
			{"src/lib/write.ts", "an id that is taken elsewhere says so", "operation === 'put' && fields.join() === r.key?.name ? notFound(r) : ", ""},
		}, 18},
		{"journal", []string{"src/features/entries/entries.resource.ts"}, "", nil, 2}, // nobody owns nothing, whatever role they are given
		{"journal", []string{"src/features/posts/posts.resource.ts"}, "PUBLIC", nil, 8},
		// All its rules name all roles, and where none names PUBLIC the library lets nobody in without a session, whatever a policy says.
		{filepath.Join(e2e, "testdata", "workflow"), []string{"src/features/rooms/rooms.resource.ts", "src/features/tickets/tickets.resource.ts"}, "", []change{
			{"src/lib/action.ts", "a machine lets everything through", "if (!allowedTargets.some((state) => state === target)) fail(", "if (false) fail("},
			{"src/lib/action.ts", "a machine with one target is not asked", "  if (rule.transition?.to !== undefined) requireTransition(rule, row, rule.transition.to, name);\n", ""},
			{"src/features/tickets/tickets.resource.ts", "what is closed is claimed again", "fromTo: { open: ['claimed'] }", "fromTo: { open: ['claimed'], closed: ['claimed'] }"},
			{"src/features/rooms/rooms.resource.ts", "a booked room is booked again", "fromTo: { free: ['booked'] }", "fromTo: { free: ['booked'], booked: ['booked'] }"},
			{"src/lib/batch.ts", "batches skip the state of rows", "    if (before) await allow(r, entry, before);\n", ""},
		}, 10},
		{filepath.Join(e2e, "promises", "testdata", "workshop"), nil, "", []change{
			{"src/lib/gate.ts", "handlers read everybody's rows", "return is(table, Subquery) ? undefined : this.caller.rule(table);", "return undefined;"},
			{"src/lib/action.ts", "answers of actions are not masked", "  return walk;\n", "  return (_, data) => data;\n"},
			{"src/lib/read.ts", "views have the list's columns", "surfaces = surfaceOf(r, view)", "surfaces = surfaceOf(r, undefined)"},
			{"src/lib/read.ts", "conditions of views are left out", "surface, rows)", "surface, view === undefined ? rows : { text: '1 = 1', params: [] })"},
		}, 4},
	} {
		t.Run(filepath.Base(c.project), func(t *testing.T) {
			dir, project := compiled(t, c.project, "bun")
			var mutants []mutant
			for _, file := range c.resources {
				mutants = append(mutants, weakened(t, dir, file, c.more)...)
			}
			for _, change := range c.changes {
				mutants = append(mutants, change.of(t, dir))
			}
			if len(mutants) < c.least {
				t.Fatalf("only %d mutants: the emitted files have another form", len(mutants))
			}
			hunt(t, dir, verify.New(project), mutants)
		})
	}
}

// change is a text of an emitted file, and what stands there instead.
type change struct{ file, what, old, replacement string }

func (c change) of(t *testing.T, dir string) mutant {
	t.Helper()
	text := read(t, dir, c.file)
	if !strings.Contains(text, c.old) {
		t.Fatalf("%s no longer says %q: change the mutant with it", c.file, c.old)
	}
	return mutant{c.file, c.what, strings.ReplaceAll(text, c.old, c.replacement)}
}
