package syntax_test

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// value returns the right side of `x = …`.
func value(src string) syntax.Node { return parse("x = " + src).Root().Child(0).Value().Child(1) }

func TestNumbers(t *testing.T) {
	for src, want := range map[string]float64{
		"1": 1, "-1.5": -1.5, "+2": 2, "1_000": 1000, "0xff": 255, "0b101": 5, "0o17": 15, "1e3": 1000, ".5": 0.5, "5.": 5,
		"0": 0, "0xFFFFFFFFFFFFFFFFFF": 4722366482869645213695,
	} {
		if got, ok := value(src).Num(); !ok || got != want {
			t.Errorf("%s is %v, %v, want %v", src, got, ok, want)
		}
	}
	for _, src := range []string{"10n", "017", "'1'", "!1", "1px", "-'1'"} {
		if got, ok := value(src).Num(); ok {
			t.Errorf("%s is no number, and gives %v", src, got)
		}
	}
}

func TestStrings(t *testing.T) {
	for src, want := range map[string]string{
		`'a'`: "a", `"it's"`: "it's", `'\n\t\\\''`: "\n\t\\'", `'\x41\u0042\u{43}'`: "ABC", `'\ud83d\ude00'`: "😀", `'\0'`: "\x00",
		"'a\\\nb'": "ab", "'a\\\r\nb'": "ab", "`a\r\nb`": "a\nb", "`\\``": "`", "'\\q'": "q", "'é'": "é", "`$`": "$",
	} {
		if got, ok := value(src).Str(); !ok || got != want {
			t.Errorf("%s is %q, %v, want %q", src, got, ok, want)
		}
	}
	for _, src := range []string{`'\x4'`, `'\u12'`, `'\u{110000}'`, "`a${b}`", "a", "1", `'\8'`} {
		if got, ok := value(src).Str(); ok {
			t.Errorf("%s has no certain value, and gives %q", src, got)
		}
	}
}

func TestOffset(t *testing.T) {
	for _, test := range []struct {
		src  string
		i    int
		want string // what stands at the offset
	}{
		{`'abc'`, 1, "bc'"}, {`'abc'`, 3, "'"}, {`'abc'`, 9, "'"}, {`'abc'`, -1, "abc'"}, {`'a\nbc'`, 1, `\nbc'`}, {`'a\nbc'`, 2, "bc'"},
		{`'\u{1F600}b'`, 2, `\u{1F600}b'`}, {`'\u{1F600}b'`, 4, "b'"}, {"'a\\\nb'", 1, "b'"}, {"`a\r\nb`", 2, "b`"}, {"'é'", 2, "'"},
	} {
		n := value(test.src)
		if got := n.Tree().File().Text[n.Offset(test.i):]; got != test.want {
			t.Errorf("byte %d of %s is at %q, want %q", test.i, test.src, got, test.want)
		}
	}
}

func TestProperty(t *testing.T) {
	object := value("({ a: 1, 'b-c': 2, a: 3, d, ['e']: 4, [f]: 5, '\\x67': 6 } as const)")
	for key, want := range map[string]string{"a": "3", "b-c": "2", "d": "d", "e": "4", "g": "6"} {
		if p, ok := object.Property(key); !ok || p.Value().Text() != want || p.Name() != key {
			t.Errorf("property %s is %q, want %s", key, p.Text(), want)
		}
	}
	for _, key := range []string{"f", "", "b"} {
		if p, ok := object.Property(key); ok {
			t.Errorf("there is no property %q, and it gives %s", key, p.Text())
		}
	}
	if p, _ := object.Property("b-c"); object.Tree().File().Slice(p.NameSpan()) != "b-c" {
		t.Error("the span of a quoted name holds its quotes")
	}
}

func TestInner(t *testing.T) {
	for src, want := range map[string]string{
		"((a))": "a", "a as B": "a", "(a as const)!": "a", "a satisfies B": "a", "<B>a": "a", "await a": "await a", "(await a) as B": "await a",
	} {
		if got := value(src).Inner().Text(); got != want {
			t.Errorf("%s holds %s, want %s", src, got, want)
		}
	}
}

func TestSpans(t *testing.T) {
	tree := parse("export const a = 1, b = f( x ) // c\n;")
	var got []string
	for n := range tree.Root().Children() {
		got = append(got, n.Text())
	}
	if want := []string{"export const a = 1", "b = f( x )"}; !reflect.DeepEqual(got, want) {
		t.Errorf("declarators are %q, want %q", got, want)
	}
	call := value("text('id').notNull().references(() => a)")
	var calls []string
	for n := range call.Descendants() {
		if n.Kind() == syntax.Call {
			calls = append(calls, syntax.CallName(n)+n.Tree().File().Slice(n.Arguments()))
		}
	}
	if want := []string{"references(() => a)", "notNull()", "text('id')"}; !reflect.DeepEqual(calls, want) {
		t.Errorf("calls are %q, want %q", calls, want)
	}
}

func TestImports(t *testing.T) {
	tree := parse("import a, { b as c, type d } from 'e'\nexport { f as g } from 'h'")
	for i, want := range [][3]string{{"a", "default", "a"}, {"c", "b", "b"}, {"d", "d", "d"}} {
		n := tree.Root().Child(0).Child(i)
		if n.Name() != want[0] || n.Imported() != want[1] || n.Module() != "e" || tree.File().Slice(n.ImportedSpan()) != want[2] {
			t.Errorf("name %d is %s = %s of %s", i, n.Name(), n.Imported(), n.Module())
		}
	}
	n := tree.Root().Child(1).Child(0)
	if n.Name() != "g" || n.Imported() != "f" || n.ModuleNode().Text() != "'h'" {
		t.Errorf("export is %s = %s of %s", n.Name(), n.Imported(), n.ModuleNode().Text())
	}
}

// Every method of an invalid Node may be called, and returns nothing.
func TestInvalidNode(t *testing.T) {
	n := syntax.Node{}
	if n.Valid() || n.Kind() != syntax.Missing || n.Inner().Valid() || n.Parent().Valid() || n.Child(0).Valid() || n.NumChildren() != 0 {
		t.Error("an invalid node has something")
	}
	v := reflect.ValueOf(n)
	for i := range v.NumMethod() {
		name, m := v.Type().Method(i).Name, v.Method(i)
		args := make([]reflect.Value, m.Type().NumIn())
		for k := range args {
			args[k] = reflect.Zero(m.Type().In(k))
		}
		for _, out := range m.Call(args) {
			if out.Kind() == reflect.Func {
				for range n.Children() {
					t.Error("an invalid node has children")
				}
				for range n.Refs() {
					t.Error("an invalid node has references")
				}
				for range n.Descendants() {
					t.Error("an invalid node has descendants")
				}
			} else if !out.IsZero() {
				t.Errorf("%s of an invalid node is %v", name, out)
			}
		}
	}
	if parse("").Node(99).Valid() || parse("").Node(-1).Valid() || parse("").Node(0).Valid() {
		t.Error("a number that is no id gives a node")
	}
}

// An edit far away changes no name, value or structure of the rest: what is read incrementally is what is read at once.
func TestEditElsewhere(t *testing.T) {
	before := parse(definition)
	moved, err := text.Apply(definition, []text.Edit{{New: "// a new line\n\n"}})
	if err != nil {
		t.Fatal(err)
	}
	after := parse(moved)
	if dump(before.Root()) != dump(after.Root()) {
		t.Error("a comment on top changes the tree")
	}
	for n := range before.Root().Descendants() {
		if other := after.Node(n.ID()); n != before.Root() && other.Text() != n.Text() {
			t.Fatalf("node %d was %s and is %s", n.ID(), n.Text(), other.Text())
		}
	}
}

// The TypeScript of this repository is valid, and wilder than any definition.
func TestRepositoryIsValid(t *testing.T) {
	paths, err := filepath.Glob("../../compiler/runtime/lib/*.ts")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no runtime library: %v", err)
	}
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		tree := parse(string(src))
		checkTree(t, tree)
		if lines := reports(tree); len(lines) > 0 {
			t.Errorf("%s: %v", path, lines)
		}
	}
}
