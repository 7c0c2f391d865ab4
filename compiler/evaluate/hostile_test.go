package evaluate

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qbls/qbls/diagnostics"
)

// Every one of these must end within five seconds of processor time, with an error that says where, and leave the machine alone.
var attacks = map[string]struct {
	columns string // the expression that gives createable columns
	codes   []string
}{
	"a loop without an end":         {"[...(() => { while (true) {} })()]", []string{"QB1120"}},
	"a loop that catches":           {"[...(() => { for (;;) { try { throw 1 } catch {} } })()]", []string{"QB1120"}},
	"promises without an end":       {"(() => { const next = (): any => Promise.resolve().then(next); next(); return [`${'name'}`]; })()", []string{"QB1120", "QB1121"}},
	"a sort without an end":         {"[3, 1, 2].sort(() => { for (;;); }).map(String)", []string{"QB1120"}},
	"a backtracking look-ahead":     {"[...(/^(?=(a+)+$)/.test('a'.repeat(60) + '!') ? ['name'] : [])]", []string{"QB1120"}},
	"a backtracking reference":      {"[...(/^((a+)+)\\2b/.test('a'.repeat(60) + '!') ? ['name'] : [])]", []string{"QB1120"}},
	"a power of big integers":       {"[`${(7n ** (2n ** 33n)) % 10n}`]", []string{"QB1120", "QB1121", "QB1122"}},
	"a text of half a gigabyte":     {"[`${'x'.repeat(2 ** 29)}`]", []string{"QB1122"}},
	"a padded text":                 {"[`${'x'.padStart(2 ** 29)}`]", []string{"QB1122"}},
	"a text of ten megabytes":       {"(() => { let s = 'x'; while (s.length < 1e7) s += s; return [s]; })()", []string{"QB1124"}},
	"a text that doubles":           {"(() => { let s = 'x'; for (;;) s = `${s}${s}`; })()", []string{"QB1121", "QB1122"}},
	"a list of thirty million":      {"new Array(3e7).fill(1)", []string{"QB1122"}},
	"a list that grows":             {"(() => { const all: any[] = []; for (;;) all.push({}); })()", []string{"QB1120", "QB1121"}},
	"a list longer than any":        {"[`${new Array(2 ** 32 - 1).join('x')}`]", []string{"QB1122"}},
	"a buffer":                      {"[`${new Uint8Array(2 ** 31).length}`]", []string{"QB1121", "QB1122"}},
	"a map that grows":              {"(() => { const all = new Map(); for (let i = 0; ; i++) all.set(i, 'x' + i); })()", []string{"QB1120", "QB1121"}},
	"recursion":                     {"(function f(): any { return [f()]; })()", []string{"QB1120", "QB1121"}},
	"recursion through map":         {"(function f(): any { return [1].map(f); })()", []string{"QB1120", "QB1121", "QB1122"}},
	"recursion through text":        {"(() => { const o: any = { toString() { return `${o}`; } }; return [`${o}`]; })()", []string{"QB1120", "QB1121", "QB1122"}},
	"recursion through a proxy":     {"(() => { const p: any = new Proxy({}, { get: (_, k) => p[k] }); return [`${p.name}`]; })()", []string{"QB1120", "QB1121", "QB1122"}},
	"a value without an end":        {"(() => { const a: any[] = []; a.push(a); return a; })()", []string{"QB1124"}},
	"a proxy without an end":        {"(() => { const p: any = new Proxy({}, { ownKeys: () => ['a'], getOwnPropertyDescriptor: () => ({ value: p, enumerable: true, configurable: true }), get: () => p }); return p; })()", []string{"QB1124"}},
	"a nested text":                 {"JSON.parse('['.repeat(1e6) + ']'.repeat(1e6))", []string{"QB1121", "QB1122", "QB1124"}},
	"the end of the process":        {"[`${process.exit(0)}`]", []string{"QB1122"}},
	"code from text":                {"[`${new Function('return 1')()}`]", []string{"QB1122"}},
	"code from a constructor":       {"[`${(() => {}).constructor('return 1')()}`]", []string{"QB1122"}},
	"code from eval":                {"[`${(0, eval)('1')}`]", []string{"QB1122"}},
	"a changed prototype":           {"(() => { (Object.prototype as any).roles = ['owner']; return ['name']; })()", []string{"QB1122"}},
	"a merged prototype":            {"(() => { const merge = (a: any, b: any) => { for (const k in b) typeof b[k] === 'object' ? merge(a[k] ??= {}, b[k]) : (a[k] = b[k]); return a; }; return [merge({}, JSON.parse('{ \"constructor\": { \"prototype\": { \"x\": 1 } } }')).y ?? 'name']; })()", []string{"QB1122"}},
	"a changed list prototype":      {"(() => { Array.prototype.includes = () => true; return ['name']; })()", []string{"QB1122"}},
	"a changed built-in":            {"(() => { JSON.stringify = () => '[]'; return ['name']; })()", []string{"QB1122"}},
	"a changed global":              {"(() => { (globalThis as any).leak = 1; return ['name']; })()", []string{"QB1122"}},
	"a changed recorder":            {"(() => { (text as any).notNull = 1; return ['name']; })()", []string{"QB1122"}},
	"an error that cannot be told":  {"(() => { throw { get message() { throw 1; }, toString() { throw 2; } }; })()", []string{"QB1122"}},
	"an error that lies about text": {"(() => { const e = new Error('x'); e.stack = 'module:99999999999999999999:1:1 module:0:99:99'; throw e; })()", []string{"QB1122"}},
}

// attack runs the definitions in a child of their own, and returns what was found, and the processor time and the most memory that it had.
func attack(t *testing.T, source string, o Options) (found []diagnostics.Diagnostic, took time.Duration, peak int64) {
	t.Helper()
	s := project(t, source)
	plan := newPlan(s, ".", o.All)
	o.Limits = DefaultLimits()
	child, err := start(t.Context(), New().program())
	if err != nil {
		t.Fatal(err)
	}
	out, lost, err := child.run(t.Context(), plan.job(o), o.Limits.Time)
	if err != nil {
		t.Fatal(err)
	}
	_, found = plan.report(out, lost)
	child.kill()
	return found, child.cmd.ProcessState.UserTime() + child.cmd.ProcessState.SystemTime(), peakOf(child)
}

func TestHostileDefinitions(t *testing.T) {
	for name, test := range attacks {
		t.Run(name, func(t *testing.T) {
			source := hostile(test.columns)
			found, took, peak := attack(t, source, Options{})
			if got := codes(found); len(got) != 1 || !slices.Contains(test.codes, got[0]) {
				t.Errorf("found %v, want one of %v", found, test.codes)
			}
			for _, d := range found {
				if d.At.Path != things || d.At.Span.Len() == 0 || int(d.At.Span.End) > len(source) {
					t.Errorf("%s is reported at %v", d.Message, d.At)
				}
				if len(d.Message) > 600 {
					t.Errorf("the message has %d bytes", len(d.Message))
				}
			}
			if took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
			if peak > 512<<20 {
				t.Errorf("the child had %d MiB", peak>>20)
			}
			t.Logf("%v, %d MiB: %v", took.Round(time.Millisecond), peak>>20, found)
		})
	}
}

// A configuration that changes what modules share has no effect on the modules after it.
func TestPollutionStaysOutside(t *testing.T) {
	archive := "-- quickback.config.ts --\nconst base: any = {};\nbase['__proto__'].roles = ['owner'];\n" + strings.Replace(config, "'shop'", "[base.x ?? 'shop'].join()", 1) + "\n-- features/things/things.ts --\n" + hostile("[...(({} as any).roles ?? ['name'])]")
	s := project(t, archive)
	facts, found := run(t, s, Options{All: true})
	if got := codes(found); !slices.Equal(got, []string{"QB1122"}) || found[0].At.Path != "quickback/quickback.config.ts" {
		t.Errorf("found %v", found)
	}
	if got := values(s, facts)["...(({} as any).roles ?? ['name'])"]; got != `["name"]` {
		t.Errorf("the table has %s", got)
	}
}
