package contract_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/contract"
	"github.com/qbls/qbls/diagnostics/text"
)

// interviews has what the original compiler lost or changed, and what the sample has not: or-access, a scope on a column of any name, a
// mask for owners, a public route, a state machine.
const interviews = `import { q, defineTable } from '@quickback/compiler';

export const interviews = q.table('interviews', {
  id: q.id(),
  organizationId: q.scope('organization'),
  scheduledBy: q.scope('owner'),
  email: q.text().required(),
  stage: q.enum(['planned', 'held', 'decided']).default('planned'),
});

export default defineTable(interviews, {
  firewall: { organization: {}, owner: { mode: 'optional', roles: ['admin'] } },
  crud: {
    list: { access: { or: [{ roles: ['admin', 'owner'] }, { userRole: ['admin'] }, { roles: ['member'], record: { scheduledBy: { equals: '$ctx.userId' } } }] } },
    get: { access: { roles: ['PUBLIC'] } },
    create: { access: { roles: ['member', 'admin', 'owner'] } },
    update: { access: { roles: ['admin'] } },
    delete: { access: { roles: ['admin'] } },
  },
  guards: { createable: ['email'], updatable: ['email'], protected: { stage: ['hold', 'decide'] } },
  masking: { email: { type: 'email', show: { roles: ['admin'], or: 'owner' } } },
});
`

const interviewActions = `import { defineActions } from '@quickback/compiler';
import { z } from 'zod';
import { interviews } from './interviews';

export default defineActions(interviews, {
  hold: {
    description: 'It took place', input: z.object({}), access: { roles: ['admin'] },
    transition: { field: 'stage', fromTo: { planned: ['held'] }, to: 'held' },
    execute: async ({ db, whereTransition }) => { await db.update(interviews).set({ stage: 'held' }).where(whereTransition()); return {}; },
  },
  decide: {
    description: 'It is decided', input: z.object({ nextStatus: z.string() }), access: { roles: ['admin'], record: { stage: { in: ['held'] } } },
    transition: { field: 'stage', fromTo: { held: ['decided', 'planned'] }, via: 'nextStatus' },
    execute: async ({ db, whereTransition }) => { await db.update(interviews).set({ stage: 'decided' }).where(whereTransition()); return {}; },
  },
});
`

func interviewed(t *testing.T) (*backend, *seeded) {
	t.Helper()
	b := compiled(t, fstest.MapFS{
		"quickback/quickback.config.ts":               {Data: []byte("export default { name: 'hiring', providers: { runtime: { name: 'bun' }, database: { name: 'better-sqlite3' }, auth: { name: 'better-auth' } } };\n")},
		"quickback/features/interviews/interviews.ts": {Data: []byte(interviews)},
		"quickback/features/interviews/actions.ts":    {Data: []byte(interviewActions)},
	}, compiler.Options{})
	if r := b.verify(t, b.files); r.Summary.Status != contract.Pass {
		t.Fatalf("untouched: %s", list(r))
	}
	s := &seeded{t: t, files: map[text.Path]string{}}
	for _, f := range b.files {
		s.files[f.Path] = string(f.Content)
	}
	return b, s
}

const interviewPolicy text.Path = "src/features/interviews/interviews.resource.ts"

func (s *seeded) found(b *backend) {
	s.t.Helper()
	for _, f := range s.faults {
		r := b.verify(s.t, changed(b.files, f.file, f.after))
		if !slices.ContainsFunc(r.Violations, func(v contract.Violation) bool { return finds(v, f) }) {
			s.t.Errorf("%s is not found; found:\n%s\nin\n%s", f.name, list(r), f.after)
		}
	}
}

// line is the part of the emitted policy that a pattern's line begins.
func (s *seeded) span(from, to string) string {
	src := s.files[interviewPolicy]
	i := strings.Index(src, from)
	if i < 0 {
		s.t.Fatalf("no %q in\n%s", from, src)
	}
	j := strings.Index(src[i:], to)
	return src[i : i+j+len(to)]
}

// TestDefectsOfTheOriginalAreFound plants the first seven losses of meaning that the original's output had and its report passed.
func TestDefectsOfTheOriginalAreFound(t *testing.T) {
	b, s := interviewed(t)
	in := func(name, old, with string, codes ...string) {
		s.replace(name, interviewPolicy, 0, old, with, codes...)
	}

	rule := s.span("list: {", "\n    },\n")
	in("1: or is flattened", rule, "list: { all: [{ roles: ['admin', 'owner'] }, { where: { scheduledBy: { equals: '$ctx.userId' } } }] },\n", "QB9111")
	in("2: a context path within a string is rewritten", "scheduledBy: { equals: '$ctx.userId' } } }", "scheduledBy: { equals: '$effectiveCtx.userId' } } }", "QB9111")
	in("3: the record condition of a list is dropped", ", { where: { scheduledBy: { equals: '$ctx.userId' } } }", "", "QB9111")
	in("4: the owner's column is neither stamped nor managed", "scheduledBy: { equals: '$ctx.userId', unless: ['admin'] }", "deletedBy: { equals: '$ctx.userId' }", "QB9102")
	in("4: the owner's column is in a body", "create: ['email']", "create: ['email', 'scheduledBy']", "QB9103")
	in("5: the mask asks a column that does not exist", "owner: 'scheduledBy'", "owner: 'ownerId'", "QB9104")
	in("7: no tenant and no guards", s.span("rows: {", "\n  },\n"), "rows: 'unscoped',\n", "QB9102")
	in("7: guards are open", s.span("write: {", "\n  },\n"), "write: 'open',\n", "QB9103", "QB9114")
	// 6: that calls to public routes leave an audit row is the library's own doing.
	for i, call := range strings.Split(s.files["src/lib/write.ts"], "traced")[1:] {
		if i < 3 && call != "" {
			s.replace(fmt.Sprintf("6: no audit, place %d", i), "src/lib/write.ts", i, "traced", "tr_ced", "QB9117")
		}
	}
	s.found(b)
}

// TestFaultsInStateMachines: a step more, another target, another column, no machine at all.
func TestFaultsInStateMachines(t *testing.T) {
	b, s := interviewed(t)
	in := func(name, old, with string) { s.replace(name, interviewPolicy, 0, old, with, "QB9115") }
	in("a step more", "planned: ['held']", "planned: ['held'], decided: ['held']")
	in("a target more", "held: ['decided', 'planned']", "held: ['decided', 'planned', 'held']")
	in("another target", "to: 'held'", "to: 'decided'")
	in("another input", "via: 'nextStatus'", "via: 'status'")
	in("another column", "transition: { field: 'stage'", "transition: { field: 'email'")
	s.found(b)

	r := b.verify(t, changed(b.files, interviewPolicy, strings.Replace(s.files[interviewPolicy], s.span(", transition: {", "to: 'held' }"), "", 1)))
	if !slices.ContainsFunc(r.Violations, func(v contract.Violation) bool { return v.Code == "QB9115" && v.Subject == "actions.hold.transition" }) {
		t.Errorf("a machine that is gone: %s", list(r))
	}
	for _, o := range b.verify(t, b.files).Contracts {
		if o.Name == "transitionSafety" && (o.Status != contract.Pass || len(o.Evidence) != 2) {
			t.Errorf("%+v", o)
		}
	}
}
