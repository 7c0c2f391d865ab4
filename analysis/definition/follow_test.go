package definition

import (
	"strings"
	"testing"
)

// followed reads a role list from an expression; shared.ts is another file.
func followed(t *testing.T, top, expression, shared string) (roles string, codes []string, f *File) {
	t.Helper()
	project := files{
		"things.ts": table + "import { staff, nested, Kind, again, all, chosen } from './shared';\nimport standard, * as shared from './shared';\n" + top + "\nexport default defineTable(things, { firewall: { organization: {} }, crud: { list: { access: { roles: " + expression + " } } } });\n",
		"shared.ts": shared,
		"deeper.ts": "export const bosses = ['owner', 'admin'] as const;\nexport enum Rank { Low = 'low' }\nexport default Object.freeze(['c', 'd']);\n",
	}
	f, found := project.read("things.ts")
	for _, d := range found {
		codes = append(codes, string(d.Rule.Code))
	}
	var out []string
	for _, n := range f.Table.Operations[0].Access.Roles.Items {
		place := f.Place(n.At)
		if written := project[place.Path][place.Span.Start:place.Span.End]; written != n.Text {
			t.Errorf("%s is said to stand at %q of %s", n.Text, written, place.Path)
		}
		out = append(out, n.Text)
	}
	return strings.Join(out, " "), codes, f
}

func TestConstantsAreFollowed(t *testing.T) {
	const shared = `import { bosses } from './deeper';
export { bosses as again } from './deeper';
export const staff = ['clerk', ...bosses];
export const nested = { lists: { all: ['x', 'y'] }, name: 'z' } as const;
export enum Kind { A = 'a', B = 'b' }
export * as all from './deeper';
export { default as chosen } from './deeper';
const usual = ['u'];
export default usual;
`
	cases := map[string]struct{ top, expression, want string }{
		"local":                                  {"const roles = ['a', 'b'];", "roles", "a b"},
		"import":                                 {"", "staff", "clerk owner admin"},
		"spread":                                 {"", "['me', ...staff]", "me clerk owner admin"},
		"member":                                 {"", "nested.lists.all", "x y"},
		"element":                                {"const one = 'a';", "[one, nested.name]", "a z"},
		"enum":                                   {"", "[Kind.A, Kind.B]", "a b"},
		"re-export":                              {"", "again", "owner admin"},
		"namespace":                              {"", "shared.nested.lists.all", "x y"},
		"its enum":                               {"", "[shared.Kind.A, all.Rank.Low]", "a low"},
		"exported whole":                         {"", "[...all.bosses]", "owner admin"},
		"default":                                {"", "standard", "u"},
		"default of a file that is not imported": {"", "chosen", "c d"},
		"freeze":                                 {"const roles = Object.freeze(['a']);", "roles", "a"},
		"satisfies":                              {"const roles = ['a'] as const satisfies readonly string[];", "roles", "a"},
		"read elsewhere":                         {"const roles = ['a'] as const; const n = roles.length; function f() { return roles.includes('a'); }", "roles", "a"},
		"later const":                            {"const all = [...base, 'b']; const base = ['a'];", "all", "a b"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got, codes, _ := followed(t, c.top, c.expression, shared); got != c.want || len(codes) > 0 {
				t.Errorf("%q %v", got, codes)
			}
		})
	}
}

// What a later statement could change is not known, however constant it looks.
func TestChangeableConstantsAreNotFollowed(t *testing.T) {
	cases := map[string]struct{ top, expression, shared string }{
		"let":               {"let roles = ['a'];", "roles", ""},
		"push":              {"const roles = ['a']; roles.push('b');", "roles", ""},
		"push in function":  {"const roles = ['a']; function f() { roles.push('b'); } f();", "roles", ""},
		"element assigned":  {"const roles = ['a']; roles[0] = 'b';", "roles", ""},
		"through an alias":  {"const roles = ['a']; const other = roles; other.push('b');", "roles", ""},
		"through an object": {"const roles = ['a']; const o = { roles }; o.roles.push('b');", "roles", ""},
		"handed over":       {"const roles = ['a']; change(roles);", "roles", ""},
		"handed over deep":  {"const roles = ['a']; change({ list: [roles] });", "roles", ""},
		"escapes in a body": {"const roles = ['a']; function f() { change(roles); }", "roles", ""},
		"imported push":     {"staff.push('b');", "staff", "export const staff = ['a'];"},
		"namespace pushed":  {"shared.staff.push('b');", "shared.staff", "export const staff = ['a'];"},
		"default pushed":    {"standard.push('b');", "standard", "const staff = ['a'];\nexport default staff;"},
		"default at home":   {"", "standard", "const staff = ['a'];\nstaff.push('b');\nexport default staff;"},
		"pushed at home":    {"", "staff", "export const staff = ['a'];\nstaff.push('b');"},
		"not exported":      {"", "staff", "const staff = ['a'];"},
		"cycle":             {"const a = b; const b = a;", "a", ""},
		"call":              {"const roles = make();", "roles", ""},
		"sort":              {"const roles = ['b', 'a']; roles.sort();", "roles", ""},
		"hidden by spread":  {"const o = { ...other, list: ['a'] };", "o.list", ""},
		"computed":          {"const o = { ['list']: ['a'] };", "o.list", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got, codes, _ := followed(t, c.top, c.expression, c.shared); got != "" || len(codes) != 1 || codes[0] != "QB1103" {
				t.Errorf("%q %v", got, codes)
			}
		})
	}
}

func TestMistakesInSharedConstantsNameBothPlaces(t *testing.T) {
	project := files{
		"things.ts": table + "import { columns } from './shared';\nexport default defineTable(things, { firewall: { organization: {} }, guards: columns });\n",
		"shared.ts": "export const columns = { creatable: ['name'] };\n",
	}
	f, found := project.read("things.ts")
	if len(found) != 1 || found[0].Rule != UnknownKey || found[0].At.Path != "shared.ts" {
		t.Fatalf("%+v", found)
	}
	if r := found[0].Related; len(r) != 1 || r[0].At.Path != "things.ts" || project["things.ts"][r[0].At.Span.Start:r[0].At.Span.End] != "columns" {
		t.Errorf("related: %+v", r)
	}
	if len(f.Follows) != 1 || f.Follows[0].Path != "shared.ts" {
		t.Errorf("follows: %+v", f.Follows)
	}
}
