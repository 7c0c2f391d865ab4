package contract

import (
	"crypto/sha256"
	"fmt"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/contract/literal"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/diagnostics/text"
)

const definitions = "src/definitions/"

// LinkedPath is where a module of the author is linked to: mirrored below the folder that holds features/, else in _project.
func LinkedPath(p *model.Project, source text.Path) text.Path {
	if below, ok := under(p.Source, source); ok {
		return text.Path(definitions + below)
	}
	below, _ := under(p.Root, source)
	return text.Path(definitions + "_project/" + below)
}

func (v *verifier) linkedPath(source text.Path) text.Path { return LinkedPath(v.Project, source) }

func under(folder, file text.Path) (string, bool) {
	if folder == "" || folder == "." {
		return string(file), true
	}
	return strings.CutPrefix(string(file), string(folder)+"/")
}

// linked compares every linked module with its source.
func (v *verifier) linked() {
	there := ""
	for f := range v.linkedFiles() {
		if there == "" {
			there = v.there()
		}
		v.oneLinked(f, there)
	}
}

// linkedFiles are the emitted modules that must be the author's.
func (v *verifier) linkedFiles() iter.Seq[*output.File] {
	return func(yield func(*output.File) bool) {
		for i := range v.Files {
			if strings.HasPrefix(string(v.Files[i].Path), definitions) && !yield(&v.Files[i]) {
				return
			}
		}
	}
}

// sourcesByLink are the files of the project by where they are linked to.
func (v *verifier) sourcesByLink() map[text.Path]text.Path {
	if v.origins == nil {
		v.origins = make(map[text.Path]text.Path, len(v.Sources))
		for _, s := range v.Sources {
			v.origins[v.linkedPath(s)] = s
		}
	}
	return v.origins
}

// oneLinked compares a linked module with its source.
func (v *verifier) oneLinked(f *output.File, there string) {
	sources := v.sourcesByLink()
	source, ok := sources[f.Path]
	key := v.project() + there + v.sum(f.Path) + string(source) + "\x00"
	if original, readable := v.Source(source); ok && readable {
		key += digest([]byte(original))
	}
	v.part(string(f.Path), key, func() any { v.linkedModule(*f, sources); return nil })
}

// there is the part of a key for which files are emitted and which are the project's.
func (v *verifier) there() string {
	h := sha256.New()
	for _, f := range v.Files {
		fmt.Fprintf(h, "%s\x00", f.Path)
	}
	for _, s := range v.Sources {
		fmt.Fprintf(h, "\x00%s", s)
	}
	return string(h.Sum(nil))
}

func (v *verifier) linkedModule(f output.File, sources map[text.Path]text.Path) {
	v.known = append(v.known, f.Path)
	source, ok := sources[f.Path]
	original, readable := "", false
	if ok {
		original, readable = v.Source(source)
	}
	if !readable {
		v.violate(broken{rule: LinkedSources, subject: string(f.Path), file: f.Path, at: span{0, len(f.Content)}, declared: "no such module", emitted: "a module", message: "The project has no file of which this is the copy."})
		return
	}
	if v.copied(f.Path, string(f.Content), source, original, sources) {
		v.prove(LinkedSources, f.Path, span{0, len(f.Content)}, digest([]byte(original))+" "+v.relative(source))
	}
	v.doors(f.Path, string(f.Content))
}

// copied walks a linked module and its source side by side: they differ in nothing but specifiers, and those mean the same.
func (v *verifier) copied(file text.Path, emitted string, source text.Path, original string, sources map[text.Path]text.Path) bool {
	i, j := 0, 0
	for i < len(original) || j < len(emitted) {
		if i < len(original) && j < len(emitted) && original[i] == emitted[j] {
			i, j = i+1, j+1
			continue
		}
		from, a, okA := specifier(original, i)
		start, b, okB := specifier(emitted, j)
		if !okA || !okB || !v.links(source, a, file, b, sources) {
			v.violate(broken{rule: LinkedSources, subject: string(file), file: file, at: span{j, min(j+1, len(emitted))}, declared: around(original, i), emitted: around(emitted, j),
				message: "The module differs from " + v.relative(source) + ", of which it is the copy."})
			return false
		}
		i, j = from+len(a)+1, start+len(b)+1
	}
	return true
}

func around(s string, at int) string {
	return short(s[at:min(at+60, len(s))])
}

// specifier is the string around an offset when it names a module: import '…', from '…'. It returns the offset of its text.
func specifier(s string, at int) (int, string, bool) {
	start := strings.LastIndexAny(s[:at], "'\"\n")
	if start < 0 || s[start] == '\n' {
		return 0, "", false
	}
	end := strings.IndexByte(s[start+1:], s[start])
	before := strings.TrimRight(s[:start], " \t")
	word := strings.HasSuffix(before, "from") || strings.HasSuffix(before, "import")
	if end < 0 || !word || strings.ContainsAny(s[start+1:start+1+end], "\n'\"") {
		return 0, "", false
	}
	return start + 1, s[start+1 : start+1+end], true
}

// links says whether a specifier of a linked module means what that of the source means.
func (v *verifier) links(source text.Path, original string, file text.Path, emitted string, sources map[text.Path]text.Path) bool {
	target := resolve(file, emitted)
	if v.file(target) == nil {
		return false
	}
	switch {
	case slices.Contains([]string{"@quickback/compiler", "@quickback/types", "quickback"}, original):
		return target == "src/lib/definition.ts" || target == "src/lib/definition-q.ts" || target == "src/db/definition.ts"
	case original == "drizzle-orm/sqlite-core":
		return target == "src/db/tables.ts"
	case !strings.HasPrefix(original, "."):
		return false
	}
	base := path.Join(path.Dir(string(source)), original)
	stem := strings.TrimSuffix(strings.TrimSuffix(base, ".js"), ".ts")
	if s, ok := sources[target]; ok {
		return slices.Contains([]string{base, stem + ".ts", base + ".ts", base + "/index.ts"}, string(s))
	}
	module, isLibrary := strings.CutPrefix(string(target), "src/lib/")
	return isLibrary && strings.HasSuffix(stem, "lib/"+strings.TrimSuffix(module, ".ts"))
}

// drivers are packages and modules through which a handler would reach a database that no policy guards.
var drivers = []string{"bun:sqlite", "node:sqlite", "better-sqlite3", "@libsql/client", "libsql", "postgres", "pg", "mysql2", "sqlite3", "@neondatabase/serverless",
	"drizzle-orm/bun-sqlite", "drizzle-orm/better-sqlite3", "drizzle-orm/libsql", "drizzle-orm/d1", "drizzle-orm/postgres-js", "drizzle-orm/node-postgres", "drizzle-orm/neon-http",
	"drizzle-orm/sqlite-proxy", "drizzle-orm/pg-proxy", "cloudflare:workers"}

// open are the modules of the library that a handler may import: those that hold no database.
var openLibrary = []string{"definition", "definition-q", "definition-sqlite", "errors", "ids", "mask", "context", "policy", "values", "conditions"}

// doors looks for ways around the gate in the author's modules: a database of their own, or the one of the library.
func (v *verifier) doors(file text.Path, src string) {
	tokens, err := literal.Tokens(src)
	if err != nil {
		v.unreadable(file, LinkedSources, nil, err)
		return
	}
	for i, t := range tokens {
		what := ""
		switch {
		case t.Kind == literal.Text && i > 0 && (tokens[i-1].Value == "from" || tokens[i-1].Value == "import" || i > 1 && tokens[i-1].Value == "(" && (tokens[i-2].Value == "import" || tokens[i-2].Value == "require")):
			what = v.door(file, t.Value)
		case t.Value == "var" && i > 0 && tokens[i-1].Value == "." && tokens[i+1].Value == "." && tokens[i+2].Value == "db":
			what = "the database of the request's context"
		case t.Kind == literal.Text && t.Value == "db" && i > 2 && tokens[i-1].Value == "(" && tokens[i-2].Value == "get" && tokens[i-3].Value == ".":
			what = "the database of the request's context"
		}
		if what != "" {
			v.violate(broken{rule: Closure, subject: string(file), file: file, at: span{t.Start, t.End}, declared: "the scoped database of the action", emitted: what,
				message: "The module reaches " + what + ", which no policy guards. Use the db that the action gets."})
		}
	}
}

func (v *verifier) door(file text.Path, module string) string {
	if slices.Contains(drivers, module) {
		return "a database of its own through " + module
	}
	target := string(resolve(file, module))
	switch library, isLibrary := strings.CutPrefix(target, "src/lib/"); {
	case isLibrary && !slices.Contains(openLibrary, strings.TrimSuffix(library, ".ts")):
		return "the library's own " + library
	case isLibrary, strings.HasPrefix(target, definitions), target == "src/db/tables.ts", target == "src/db/definition.ts", target == "src/db/schema.ts":
		return ""
	case strings.HasPrefix(target, "src/"):
		return "the emitted module " + target
	}
	return ""
}
