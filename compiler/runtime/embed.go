// Package runtime holds the TypeScript library that every emitted backend carries as src/lib.
//
// The library is real code with its own tests (test/*.test.ts, run by `bun test`); this package only embeds it. Nothing
// in it is generated: what a backend enforces is read here, once, and not in its routes.
package runtime

import (
	"bytes"
	"embed"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed lib/*.ts
var lib embed.FS

// File is one module of the library: its name below src/lib, and its text.
type File struct {
	Name    string
	Content []byte
}

// Files returns the modules of the library, sorted by name. Their contents are everybody's: nobody changes them.
func Files() []File { return files() }

var files = sync.OnceValue(func() []File {
	entries, err := fs.ReadDir(lib, "lib") // sorted by name
	if err != nil {
		panic("runtime: the embedded library cannot be read: " + err.Error())
	}
	files := make([]File, 0, len(entries))
	for _, entry := range entries {
		content, err := lib.ReadFile("lib/" + entry.Name())
		if err != nil {
			panic("runtime: the embedded library cannot be read: " + err.Error())
		}
		files = append(files, File{Name: entry.Name(), Content: content})
	}
	return files
})

// imports are the modules of the library that each of them imports.
var imports = sync.OnceValue(func() map[string][]string {
	out := map[string][]string{}
	for _, f := range Files() {
		for _, m := range ownImport.FindAllSubmatch(f.Content, -1) {
			out[f.Name] = append(out[f.Name], string(m[1]))
		}
	}
	return out
})

var (
	ownImport   = regexp.MustCompile(`(?m)(?:from |import |import\()'\./([\w-]+)\.ts'`)
	libraryName = regexp.MustCompile(`^[\w-]+$`)
)

// Imports are the modules of the library that an emitted module imports, without ".ts", some perhaps twice.
func Imports(content []byte) []string {
	var out []string
	for from := 0; ; {
		at := bytes.Index(content[from:], []byte("/lib/"))
		if at < 0 {
			return out
		}
		before := bytes.TrimRight(content[from:from+at], "./")
		from += at + len("/lib/")
		end := bytes.IndexByte(content[from:], '\'')
		if end < 0 || !bytes.HasSuffix(before, []byte("'")) {
			continue
		}
		if name, ok := strings.CutSuffix(string(content[from:from+end]), ".ts"); ok && libraryName.MatchString(name) {
			out = append(out, name)
		}
	}
}

// Closure returns modules by their names, without ".ts", and what those import, sorted by name.
func Closure(names []string) []File {
	all := map[string]File{}
	for _, f := range Files() {
		all[strings.TrimSuffix(f.Name, ".ts")] = f
	}
	queue := slices.Clone(names)
	seen := map[string]bool{}
	var out []File
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		f, known := all[name]
		if !known || seen[name] {
			continue
		}
		seen[name] = true
		out = append(out, f)
		queue = append(queue, imports()[f.Name]...)
	}
	slices.SortFunc(out, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return out
}
