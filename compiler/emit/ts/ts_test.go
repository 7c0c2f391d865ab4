package ts

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

func TestPrint(t *testing.T) {
	roles := Obj().Set("roles", Strings([]string{"owner", "recruiter"}))
	long := Strings([]string{"departmentId", "description", "headcount", "salaryMin", "salaryMax", "closesAt", "privateRemarks", "recommendation", "rating", "id", "organizationId"})
	operations := Obj()
	for _, name := range []string{"list", "get", "create", "update", "delete remove", "batch:create batchCreate", "batch:update batchUpdate", "batch:delete batchDelete", "view", "action"} {
		key, value, other := strings.Cut(name, " ")
		if !other {
			value = key
		}
		operations.Set(key, Code(value))
	}
	for name, c := range map[string]struct {
		value Value
		want  string
	}{
		"scalars":   {Array{String("it's"), Number(-1.5), Number(1e21), Bool(true), Null{}, Code("rt")}, `['it\'s', -1.5, 1e+21, true, null, rt]`},
		"empty":     {Obj().Set("a", Obj()).Set("b", Array{}), `{ a: {}, b: [] }`},
		"one line":  {Obj().Set("access", roles), `{ access: { roles: ['owner', 'recruiter'] } }`},
		"keys":      {Obj().Set("a-b", Number(1)).Set("new", Number(2)).Set("2", Number(3)).Set("é", Null{}).Set("__proto__", Null{}), `{ 'a-b': 1, new: 2, '2': 3, 'é': null, ['__proto__']: null }`},
		"shorthand": {Obj().Set("auth", Code("auth")).Set("name", Code("other")), `{ auth, name: other }`},
		"filled": {Obj().Set("create", long).Set("max", Number(1)), strings.Join([]string{
			"{", "  create: [",
			"    'departmentId', 'description', 'headcount', 'salaryMin', 'salaryMax', 'closesAt', 'privateRemarks', 'recommendation', 'rating', 'id',",
			"    'organizationId',", "  ],", "  max: 1,", "}"}, "\n")},
		"a list under one name": {Obj().Set("any", Array{roles, Obj().Set("all", Array{roles, roles, roles})}), strings.Join([]string{
			"{ any: [", "  { roles: ['owner', 'recruiter'] },",
			"  { all: [{ roles: ['owner', 'recruiter'] }, { roles: ['owner', 'recruiter'] }, { roles: ['owner', 'recruiter'] }] },", "] }"}, "\n")},
		"names": {Obj().Set("operations", operations), strings.Join([]string{
			"{", "  operations: {",
			"    list, get, create, update, delete: remove, 'batch:create': batchCreate, 'batch:update': batchUpdate, 'batch:delete': batchDelete, view,",
			"    action,", "  },", "}"}, "\n")},
	} {
		if got := Print(c.value, 0, 0, 0); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

func TestPrintKeepsTheWidth(t *testing.T) {
	o := Obj()
	for _, n := range []string{"alpha", "beta", "gamma"} {
		o.Set(n, Obj().Set("list", Strings(strings.Fields(strings.Repeat("recruiter hiring-manager ", 12)))))
	}
	for _, line := range strings.Split(Print(o, 0, Width, 0), "\n") {
		if n := utf8.RuneCountInString(line); n > Width {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestQuoteHidesNothing(t *testing.T) {
	for in, want := range map[string]string{
		"a\u2028b\u2029c": `'a\u2028b\u2029c'`,
		"</script><!--":   `'\x3c/script>\x3c!--'`,
		"\x00\x1b\r\n\t":  `'\x00\x1b\r\n\t'`,
		"a\u202eb\u200f":  `'a\u202eb\u200f'`,
		`\'`:              `'\\\''`,
		"a\xffb":          `'a\ufffdb'`,
		"<b> `${x}` 日本":   "'<b> `${x}` 日本'",
	} {
		if got := Quote(in); got != want {
			t.Errorf("Quote(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	for in, want := range map[string]string{"job-postings": "jobPostings", "candidate_skills": "candidateSkills", "new": "new_", "2fa": "fa", "日": "_", "ID": "ID"} {
		if got := Camel(in); got != want {
			t.Errorf("Camel(%q) = %s, want %s", in, got, want)
		}
	}
	if got := Pascal("new"); got != "New" {
		t.Errorf("Pascal: %s", got)
	}
}

// FuzzRoundTrip prints values made of the fuzzed parts and reads them back with the project's own parser.
func FuzzRoundTrip(f *testing.F) {
	f.Add("it's", "name", 1.5, true, 3)
	f.Add("</script>\u2028\\", "__proto__", -0.001, false, 40)
	f.Add("`${a}`\r\n", "a b", 1e300, true, 0)
	f.Add("\x00\u202e\xff", "'", 9007199254740993.0, false, 1)
	f.Fuzz(func(t *testing.T, s, key string, n float64, b bool, repeat int) {
		if math.IsNaN(n) || math.IsInf(n, 0) {
			n = 0
		}
		list := Array{}
		for range repeat & 63 {
			list = append(list, String(s), Number(n), Null{})
		}
		value := Obj().Set("a"+key, Array{Obj().Set("b"+key, String(s)), list}).Set("c", Bool(b)).Set("d", Number(n))
		printed := Print(value, 0, 0, 0)
		tree := syntax.Parse(text.NewFile("x.ts", "export default "+printed+";\n"))
		if d := tree.Diagnostics(); len(d) > 0 {
			t.Fatalf("%s\n%s", d[0].Message, printed)
		}
		for statement := range tree.Root().Children() {
			same(t, statement.Value(), value)
			return
		}
		t.Fatalf("nothing parsed:\n%s", printed)
	})
}

// same compares what was parsed with what was printed.
func same(t *testing.T, n syntax.Node, v Value) {
	t.Helper()
	switch v := v.(type) {
	case *Object:
		if n.Kind() != syntax.Object || n.NumChildren() != len(v.Properties) {
			t.Fatalf("%s is not %s", n.Text(), Flat(v))
		}
		for i, p := range v.Properties {
			if got := n.Child(i).Name(); !sameText(got, p.Name) {
				t.Fatalf("property %q, want %q", got, p.Name)
			}
			same(t, n.Child(i).Value(), p.Value)
		}
	case Array:
		if n.Kind() != syntax.Array || n.NumChildren() != len(v) {
			t.Fatalf("%s is not %s", n.Text(), Flat(v))
		}
		for i, e := range v {
			same(t, n.Child(i), e)
		}
	case String:
		if got, ok := n.Str(); !ok || !sameText(got, string(v)) {
			t.Fatalf("%q, want %q", got, string(v))
		}
	case Number:
		if got, ok := number(n); !ok || got != float64(v) {
			t.Fatalf("%s, want %v", n.Text(), float64(v))
		}
	case Bool:
		if got, ok := n.Bool(); !ok || got != bool(v) {
			t.Fatalf("%s, want %v", n.Text(), bool(v))
		}
	case Null:
		if n.Kind() != syntax.Null {
			t.Fatalf("%s, want null", n.Text())
		}
	}
}

// sameText: bytes that are no UTF-8 have become U+FFFD, one by one.
func sameText(got, want string) bool {
	return got == string([]rune(want))
}

func number(n syntax.Node) (float64, bool) {
	if n.Kind() == syntax.Unary && n.Operator() == "-" {
		f, ok := n.Operand().Num()
		return -f, ok
	}
	return n.Num()
}
