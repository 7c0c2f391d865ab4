package verify_test

import (
	"strings"
	"testing"
)

// disabled are ways to switch a layer of the library off.
func disabled(t *testing.T, dir string) (out []mutant) {
	t.Helper()
	for _, m := range []struct{ file, what, old, replacement string }{
		{"access.ts", "roles admit everybody", "case 'roles': return hasRole(ctx, tree.names);", "case 'roles': return true;"},
		{"access.ts", "conditions always hold", "if (rest.kind === 'where') return rest.test.js(row, ctx);", "if (rest.kind === 'where') return true;"},
		{"access.ts", "lists leave conditions out", "if (rest.kind === 'where') return rest.test.sql;", "if (rest.kind === 'where') return TRUE;"},
		{"firewall.ts", "the organization is not looked at", "const active = predicates.filter((p) => !p.unless.length || !hasRole(ctx, p.unless));", "const active = predicates.filter((p) => !p.unless.length || !hasRole(ctx, p.unless)).slice(1);"},
		{"firewall.ts", "deleted rows stay", "const active = predicates.filter((p) => !p.unless.length || !hasRole(ctx, p.unless));", "const active = predicates.filter((p) => !p.unless.length || !hasRole(ctx, p.unless)).slice(0, 1);"},
		{"references.ts", "foreign keys may point anywhere", "const where = every([wall.where, keyIs(target, value)]);", "const where = keyIs(target, value);"},
		{"mask.ts", "no masks at all", "row[field] = mask(value);", ""},
		{"mask.ts", "everybody owns every row", "return ctx.authenticated && !ctx.isAnonymous && ctx.userId !== undefined && owner === ctx.userId;", "return true;"},
		{"mask.ts", "masked columns can be filtered", "!seen(ctx, mask) && !(mask.query && hasRole(ctx, mask.query.roles))", "false"},
		{"mask.ts", "emails show their name", "`${parts[1]}***@", "`${text.split('@')[0]}@"},
		{"mask.ts", "numbers show six digits", "lastFour(bare, bare.length - 4)", "'*'.repeat(bare.length - 6) + bare.slice(-6)"},
		{"guards.ts", "no guards", "if (!worst) return;", "return;"},
		{"guards.ts", "system columns are open", "(system(field) ? 'GUARD_SYSTEM_MANAGED' : field === own ? undefined", "(field === own ? undefined"},
		{"guards.ts", "immutable columns change", "field === own || immutable.has(field) ? 'GUARD_FIELD_IMMUTABLE' :", ""},
		{"guards.ts", "protected columns are open on create", ": field === own ? undefined : closed.has(field) ? 'GUARD_FIELD_PROTECTED'", ": field === own ? undefined : closed.has(field) ? undefined"},
		{"record.ts", "single records skip the firewall", "const where = every([wall.where, which]);", "const where = every([which]);"},
		{"record.ts", "single records skip conditions", "if (!(await grant.test(row, answersFor(r).record(row), ctx))) fail('ACCESS_CONDITION_FAILED');", ""},
		{"action-state.ts", "actions skip conditions", "if (await grant.test(row, answers.record(row), ctx)) return;", "return;"},
		{"query.ts", "unknown filters are ignored", "if (!column || !allowed) return invalid(parameter,", "if (!column || !allowed) return { column: r.columns.get('id')!, operator: 'isNull', operand: false }; if (false) return invalid(parameter,"},
		{"query.ts", "any column sorts", "const column = surface.sortable.has(name) ? r.columns.get(name) : undefined;", "const column = r.columns.get(name);"},
		{"session.ts", "former members stay", "const role = organizations ? text('memberRole') : userRole;", "const role = 'owner';"},
		{"entry.ts", "a hidden row says so", "if (r.policy.hidden) fail('NOT_FOUND', undefined, { hide: true });", ""},
	} {
		file := "src/lib/" + m.file
		text := read(t, dir, file)
		if strings.Count(text, m.old) == 0 {
			t.Errorf("%s no longer says %q: change the mutant with it", file, m.old)
			continue
		}
		out = append(out, mutant{file, m.what, strings.ReplaceAll(text, m.old, m.replacement)})
	}
	return out
}
