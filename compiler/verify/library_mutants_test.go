package verify_test

import (
	"strings"
	"testing"
)

// disabled are ways to switch a layer of the library off.
func disabled(t *testing.T, dir string) (out []mutant) {
	t.Helper()
	for _, m := range []struct{ file, what, old, replacement string }{
		{"access.ts", "roles admit everybody", "...byCaller((ctx) => hasRole(ctx, roles)) };", "...byCaller(() => true) };"},
		{"access.ts", "conditions always hold", "test: async (row, _, ctx) => js(row, ctx) });", "test: async () => true });"},
		{"access.ts", "lists leave conditions out", "byRow({ rows: sql,", "byRow({ rows: TRUE,"},
		{"access.ts", "the organization is not looked at", "hasRole(ctx, p.unless)), needs", "hasRole(ctx, p.unless)).slice(1), needs"},
		{"access.ts", "deleted rows stay", "hasRole(ctx, p.unless)), needs", "hasRole(ctx, p.unless)).slice(0, 1), needs"},
		{"write.ts", "foreign keys may point anywhere", "const where = every([wall.where, plain(`${keyOf(target).sql} = ?`, value)]);", "const where = plain(`${keyOf(target).sql} = ?`, value);"},
		{"answer.ts", "no masks at all", "row[field] = mask(value);", ""},
		{"answer.ts", "everybody owns every row", "=> ctx.authenticated && !ctx.isAnonymous && ctx.userId !== undefined && owner === ctx.userId;", "=> true;"},
		{"answer.ts", "masked columns can be filtered", "!(rule.query && hasRole(ctx, rule.query.roles))", "false"},
		{"answer.ts", "emails show their name", "`${parts[1]}***@", "`${text.split('@')[0]}@"},
		{"answer.ts", "numbers show six digits", "lastFour(bare, bare.length - 4)", "'*'.repeat(bare.length - 6) + bare.slice(-6)"},
		{"body.ts", "no guards", "if (!found[0]) return;", "return;"},
		{"body.ts", "system columns are open", "if (system(field)) return 'GUARD_SYSTEM_MANAGED';\n", ""},
		{"body.ts", "immutable columns change", "if (field === own || (!creating && immutable.includes(field))) return creating ? undefined : 'GUARD_FIELD_IMMUTABLE';", ""},
		{"body.ts", "protected columns are open on create", "if (closed.has(field)) return 'GUARD_FIELD_PROTECTED';\n    if (creating) return", "if (closed.has(field) && !creating) return 'GUARD_FIELD_PROTECTED';\n    if (creating) return closed.has(field) ? undefined :"},
		{"read.ts", "single records skip the firewall", "const where = every([wall.where, which]);", "const where = every([which]);"},
		{"read.ts", "single records skip conditions", "if (!(await grant.test(row, r.answers.record(row), ctx))) fail('ACCESS_CONDITION_FAILED');", ""},
		{"action.ts", "actions skip conditions", "if (await grant.test(row, answers.record(row), ctx)) return;", "return;"},
		{"read.ts", "unknown filters are ignored", "if (!column || !allowed) return invalid(parameter,", "if (!column || !allowed) return { column: r.columns.get('id')!, operator: 'isNull', operand: false }; if (false) return invalid(parameter,"},
		{"read.ts", "any column sorts", "const column = surface.sortable.has(name) ? r.columns.get(name) : undefined;", "const column = r.columns.get(name);"},
		{"session.ts", "former members stay", "const role = text(organizations ? 'member_role' : 'role'),", "const role = 'owner',"},
		{"routes.ts", "a hidden row says so", "r.policy.hidden ? new ApiError('NOT_FOUND', undefined, { hide: true }) : new", "new"},
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
