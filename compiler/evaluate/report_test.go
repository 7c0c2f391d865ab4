package evaluate

import (
	"strings"
	"testing"
)

// A failure stands where it happens: on the right line, beside text that was marked, in the module that threw.
func TestFailuresStandWhereTheyHappen(t *testing.T) {
	for name, test := range map[string]struct{ archive, path, at string }{
		"behind marks on one line": {
			hostile("[`é😀${1}`, `b${boom()}`]") + "function boom(): string { throw new Error('x'); }\n", things, "Error"},
		"in a module that is imported": {
			"-- lib/a.ts --\n\nexport const names = ['a'];\n\nmissing();\n-- features/things/things.ts --\nimport { names } from '../../lib/a';\n" + hostile("names.map(String)"),
			"quickback/lib/a.ts", "missing"},
		"in a third argument": {
			strings.Replace(hostile("[`na${'me'}`]"), "\n});\n\nexport default", "\n}, (t) => [missing(t)]);\n\nexport default", 1), things, "missing"},
		"beside carriage returns": {
			strings.ReplaceAll(hostile("[`a${1}`, `b${missing()}`]"), "\n", "\r\n"), things, "missing"},
	} {
		t.Run(name, func(t *testing.T) {
			s := project(t, test.archive)
			_, found := run(t, s, Options{})
			if len(found) != 1 || found[0].Rule != Threw || string(found[0].At.Path) != test.path {
				t.Fatalf("found %v", found)
			}
			file := s.File(found[0].At.Path)
			line := func(offset int) string { return file.Slice(file.Line(strings.Count(file.Text[:offset], "\n"))) }
			if got := line(int(found[0].At.Span.Start)); !strings.Contains(got, test.at) {
				t.Errorf("it is reported on the line %q, want one with %s", got, test.at)
			}
		})
	}
}

// What follows from the failure of another module is not said again.
func TestFailuresAreSaidOnce(t *testing.T) {
	s := project(t, "-- lib/a.ts --\nexport const make = () => ['name'];\nthrow new Error('first');\n-- lib/b.ts --\nimport { make } from './a';\nexport const all = make();\nthrow new Error('second');\n-- features/things/things.ts --\nimport { all } from '../../lib/b';\n"+hostile("all.map(String)"))
	facts, found := run(t, s, Options{})
	if len(found) != 1 || !strings.Contains(found[0].Message, "first") || found[0].At.Path != "quickback/lib/a.ts" {
		t.Errorf("found %v", found)
	}
	if len(facts.Values) > 0 {
		t.Errorf("values of modules that failed are taken: %v", facts.Values)
	}
}

// A package may be imported, and a part of it may be handed on; it may not be asked anything.
func TestPackagesStandAtTheirImports(t *testing.T) {
	s := project(t, "-- lib/a.ts --\nimport { nanoid } from 'nanoid';\nexport const make = () => [nanoid()];\n-- features/things/things.ts --\nimport { make } from '../../lib/a';\n"+hostile("make()"))
	_, found := run(t, s, Options{})
	if len(found) != 1 || found[0].Rule != PackageNotLoaded {
		t.Fatalf("found %v", found)
	}
	if at := found[0].At; at.Path != "quickback/lib/a.ts" || s.File(at.Path).Slice(at.Span) != "'nanoid'" {
		t.Errorf("it is reported at %v", at)
	}
}

// A name that a file does not export is told with the file's name, and with what to write instead.
func TestImportOfWhatIsNotExported(t *testing.T) {
	s := project(t, "-- lib/a.ts --\nexport const make = () => ['name'];\n-- features/things/things.ts --\nimport { maker } from '../../lib/a';\n"+hostile("maker()"))
	_, found := run(t, s, Options{})
	if len(found) != 1 || found[0].Rule != NotBundled {
		t.Fatalf("found %v", found)
	}
	if !strings.Contains(found[0].Message, `No matching export in "quickback/lib/a.ts" for import "maker"`) || !strings.Contains(found[0].Help, "Export it from that file") {
		t.Errorf("%s\n%s", found[0].Message, found[0].Help)
	}
	if at := found[0].At; s.File(at.Path).Slice(at.Span) != "maker" {
		t.Errorf("it is reported at %q", s.File(at.Path).Slice(at.Span))
	}
}
