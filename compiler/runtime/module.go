package runtime

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// module is one module of the library, taken apart into lines that know who needs them. House style is what makes it easy: a statement begins
// at the start of a line, and what belongs to it is indented or closes a bracket.
type module struct {
	name  string // without ".ts"
	lines []line
	marks Features // those of its lines

	mu     sync.Mutex
	tended map[Features]*parts // by those of marks
}

type line struct {
	text string
	when Features // 0: everybody needs it
}

var mark = regexp.MustCompile(`^(.*?)\s*//: ([\w ]+)$`)

// readModule takes a module apart. It panics on a mark that nothing understands: the library is part of the program.
func readModule(f File) *module {
	m := &module{name: strings.TrimSuffix(f.Name, ".ts"), tended: map[Features]*parts{}}
	var block Features
	for n, text := range strings.Split(strings.TrimSuffix(string(f.Content), "\n"), "\n") {
		found := mark.FindStringSubmatch(text)
		switch {
		case found == nil:
			m.lines = append(m.lines, line{text, block})
		case found[1] == "" && found[2] == "end":
			if block == 0 {
				panic(fmt.Sprintf("runtime: %s:%d ends nothing", f.Name, n+1))
			}
			block = 0
		case block != 0:
			panic(fmt.Sprintf("runtime: %s:%d is a mark inside of another", f.Name, n+1))
		case found[1] == "":
			block = featuresNamed(found[2], f.Name, n+1)
		default:
			m.lines = append(m.lines, line{found[1], featuresNamed(found[2], f.Name, n+1)})
		}
	}
	if block != 0 {
		panic("runtime: " + f.Name + " has a mark without an end")
	}
	for _, l := range m.lines {
		m.marks |= l.when
	}
	return m
}

func featuresNamed(names, file string, line int) Features {
	var out Features
	for _, name := range strings.Fields(names) {
		f, ok := named[name]
		if !ok {
			panic(fmt.Sprintf("runtime: %s:%d: no feature %s", file, line, name))
		}
		out |= f
	}
	return out
}

// parts are the statements of a module, as a project with some features has it. Nobody changes them.
type parts struct {
	name       string
	head       []string // what the module is for
	imports    []imported
	statements []*statement
	declared   map[string][]*statement // by name
	bound      map[string]reference    // by the name that an import gives to something of the library
}

// reference is something of another module of the library: "*" is all of it.
type reference struct{ module, name string }

// imported is one import statement.
type imported struct {
	module   string   // as it stands there
	library  string   // the module of the library that it is, "" for a package
	types    bool     // import type
	bindings []string // as they stand there: "a", "type B", "c as d"; none: for its effect
	text     []string
}

// statement is a declaration, an export of something from elsewhere, or what a module does when it is loaded, with the comment before it.
type statement struct {
	names []string // what it declares, or exports
	from  string   // of an export from elsewhere: the module
	lines []string
	code  string      // without lines of comments
	words []string    // of the code, each once
	types []reference // that the code imports where it needs them
	gap   bool        // a blank line stands before it
}

// of returns the statements of a module that a project with some features has.
func (m *module) of(features Features) *parts {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.tended[features&m.marks]
	if p == nil {
		p = m.parse(features)
		m.tended[features&m.marks] = p
	}
	return p
}

func (m *module) parse(features Features) *parts {
	var lines []string
	for _, l := range m.lines {
		if l.when == 0 || features.Has(l.when) {
			lines = append(lines, l.text)
		}
	}
	p := &parts{name: m.name, declared: map[string][]*statement{}, bound: map[string]reference{}}
	for len(lines) > 0 && strings.HasPrefix(lines[0], "// ") {
		p.head, lines = append(p.head, lines[0]), lines[1:]
	}
	for gap := false; len(lines) > 0; {
		if lines[0] == "" {
			gap, lines = true, lines[1:]
			continue
		}
		size := extent(lines)
		if i, ok := importOf(lines[:size]); ok {
			p.imports = append(p.imports, i)
			for _, b := range i.bindings {
				if i.library != "" {
					p.bound[nameOf(b)] = reference{i.library, meant(b)}
				}
			}
		} else {
			p.add(&statement{lines: settled(lines[:size]), gap: gap})
		}
		gap, lines = false, lines[size:]
	}
	return p
}

// extent counts the lines of the first statement, the comment before it among them.
func extent(lines []string) int {
	n := 0
	for n < len(lines) && isComment(lines[n]) {
		n++
	}
	for n++; n < len(lines); n++ {
		next := n
		for next < len(lines) && lines[next] == "" { // what is left out may leave several
			next++
		}
		if next == len(lines) || !strings.ContainsAny(lines[next][:1], " })]") {
			break
		}
	}
	return min(n, len(lines))
}

func isComment(line string) bool {
	line = strings.TrimLeft(line, " ")
	return strings.HasPrefix(line, "//") || strings.HasPrefix(line, "/*") || strings.HasPrefix(line, "*")
}

// settled takes away the blank lines that stood around lines which are left out.
func settled(lines []string) []string {
	var out []string
	for i, l := range lines {
		closes := i+1 < len(lines) && l == "" && strings.HasPrefix(strings.TrimLeft(lines[i+1], " "), "}")
		if l == "" && (closes || len(out) > 0 && (out[len(out)-1] == "" || strings.HasSuffix(out[len(out)-1], "{"))) {
			continue
		}
		out = append(out, l)
	}
	return out
}

var (
	importForm  = regexp.MustCompile(`^import (type )?(?:\{([^}]*)\} from |(\* as \w+|\w+) from )?'([^']+)';`)
	declaration = regexp.MustCompile(`^(?:export )?(?:abstract )?(?:async )?(?:function\*?|const|let|class|interface|type|enum) (\w+)`)
	further     = regexp.MustCompile(`, (\w+)(?:: [^=,]+)? = `)
	exportFrom  = regexp.MustCompile(`^export (?:\*|\{([^}]*)\}) from '([^']+)';`)
	libraryFile = regexp.MustCompile(`^\./([\w-]+)\.ts$`)
)

func importOf(lines []string) (imported, bool) {
	found := importForm.FindStringSubmatch(strings.Join(lines, "\n"))
	if found == nil {
		return imported{}, false
	}
	i := imported{module: found[4], types: found[1] != "", text: lines}
	if own := libraryFile.FindStringSubmatch(i.module); own != nil {
		i.library = own[1]
	}
	for _, b := range strings.Split(found[2]+found[3], ",") {
		if b = strings.TrimSpace(b); b != "" {
			i.bindings = append(i.bindings, b)
		}
	}
	return i, true
}

// add adds a statement under the names that it declares.
func (p *parts) add(s *statement) {
	p.statements = append(p.statements, s)
	s.read()
	if found := exportFrom.FindStringSubmatch(s.code); found != nil {
		s.from = found[2]
		for _, b := range strings.Split(found[1], ",") {
			if b = strings.TrimSpace(b); b != "" {
				s.names = append(s.names, nameOf(b))
			}
		}
	} else if found := declaration.FindStringSubmatch(s.code); found != nil {
		first, _, _ := strings.Cut(s.code, "\n")
		s.names = append(s.names, found[1])
		for _, more := range further.FindAllStringSubmatch(first, -1) {
			s.names = append(s.names, more[1])
		}
	}
	for _, name := range s.names {
		p.declared[name] = append(p.declared[name], s)
	}
}

var (
	identifier   = regexp.MustCompile(`[A-Za-z_$][\w$]*`)
	inlineImport = regexp.MustCompile(`import\('\./([\w-]+)\.ts'\)\.(\w+)`)
)

// read finds the words of a statement that are no property of something. A word in a text may keep too much, never too little.
func (s *statement) read() {
	s.code = strings.Join(slices.DeleteFunc(slices.Clone(s.lines), isComment), "\n")
	for _, at := range identifier.FindAllStringIndex(s.code, -1) {
		before := s.code[:at[0]]
		if !strings.HasSuffix(before, ".") || strings.HasSuffix(before, "...") {
			s.words = append(s.words, s.code[at[0]:at[1]])
		}
	}
	slices.Sort(s.words)
	s.words = slices.Clip(slices.Compact(s.words))
	for _, m := range inlineImport.FindAllStringSubmatch(s.code, -1) {
		s.types = append(s.types, reference{m[1], m[2]})
	}
}

// nameOf is the name that a binding of an import or export gives: "type A" → "A", "a as b" → "b".
func nameOf(binding string) string {
	fields := strings.Fields(binding)
	return fields[len(fields)-1]
}

// meant is the name that a binding of an import has where it comes from: "type A" → "A", "a as b" → "a", "* as a" → "*".
func meant(binding string) string {
	return strings.Fields(strings.TrimPrefix(binding, "type "))[0]
}
