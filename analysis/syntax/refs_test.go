package syntax_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis/syntax"
)

func refs(n syntax.Node) []string {
	var list []string
	for r := range n.Refs() {
		s := strings.Join(r.Path, ".")
		if r.Call {
			s += "()"
		}
		if r.Write {
			s += "="
		}
		list = append(list, s)
	}
	return list
}

func TestRefs(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"chains", "() => { ctx.db.select().from(jobs).where(eq(jobs.id, input?.id)) }", "ctx.db.select() jobs eq() jobs.id input.id"},
		{"expression body", "() => jobs.id", "jobs.id"},
		{"keys are no references, shorthands are", "() => ({ a: b, c, 'd': e, [f]: g, ...h })", "b c e f g h"},
		{"a condition is no key", "() => a ? b : c", "a b c"},
		{"a condition in arguments", "() => f(x, a ? b : c)", "f() x a b c"},
		{"writes", "() => { a = 1; b.c += d; e.f++; --g; delete h.i; j.k >>= 1; l[0] = m; n == o }", "a= b.c= d e.f= g= h.i= j.k= l.[]= m n o"},
		{"indexes", "() => a['b'][c].push(d)", "a.b.[].push() c d"},
		{"non-null and optional calls", "() => ctx.user!.id ?? log?.(x)", "ctx.user.id log() x"},
		{"parameters are no references, defaults are", "async ({ db, input: { x = y.z } }: Ctx, q = w) => db", "y.z w db"},
		{"declarations are no references", "() => { const a: Map<string, B> = c; let { d, e: f = g } = h; const [i] = j }", "c g h j"},
		{"inner functions", "() => { list.map((x: T): U => x.y); function k(a, b = c) { return a } }", "list.map() x.y c a"},
		{"single parameter", "() => rows.filter(r => r.ok)", "rows.filter() r.ok"},
		{"types are no references", "() => (x as Foo<Bar>).y + (z satisfies W)", "x z"},
		{"type arguments", "() => build<Foo, Bar>(x)", "build() x"},
		{"templates", "() => sql`a ${b.c} ${`${d}`}`", "sql b.c d"},
		{"strings, comments and patterns", "() => { 'a.b'; /* c */ /d'/.test(e) // f\n }", "e"},
		{"methods of objects", "() => ({ run(a, b = c) { return d }, async go() {} })", "c d"},
		{"new", "() => new Date().getTime()", "Date()"},
		{"await, catch and loops", "async () => { try { for (const r of rows) await s.put(r) } catch (e) { log(e) } }", "rows s.put() r log() e"},
		{"method chain on a new line", "() => db\n  .select()\n  .from(jobs)", "db.select() jobs"},
		{"half-typed", "() => { ctx.", "ctx"},
	} {
		value := parse("x = " + test.body).Root().Child(0).Value().Child(1)
		if value.Kind() != syntax.Lambda {
			t.Fatalf("%s: %s", test.name, dump(value))
		}
		if got := strings.Join(refs(value), " "); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
		}
	}
}

func TestRefsOfOtherNodes(t *testing.T) {
	for _, test := range []struct{ src, want string }{
		{"if (roles.length) { roles.push('x') }", "roles.length roles.push()"},
		{"function f(a = b) { c.d = a }", "b c.d= a"},
		{"class A extends B { run() { c() } }", "B c()"},
	} {
		if got := strings.Join(refs(parse(test.src).Root().Child(0)), " "); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.src, got, test.want)
		}
	}
}

func TestRefSpan(t *testing.T) {
	tree := parse("x = () => { a . b /* c */ .d(e) }")
	var spans []string
	for r := range tree.Root().Child(0).Value().Child(1).Refs() {
		spans = append(spans, tree.File().Slice(r.Span))
	}
	if want := []string{"a . b /* c */ .d", "e"}; !slices.Equal(spans, want) {
		t.Errorf("spans %q, want %q", spans, want)
	}
}
