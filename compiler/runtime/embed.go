// Package runtime holds the TypeScript library that every emitted backend carries as src/lib.
//
// The library is real code with its own tests (test/*.test.ts, run by `bun test`); this package only embeds it. Nothing
// in it is generated: what a backend enforces is read here, once, and not in its routes.
package runtime

import (
	"embed"
	"io/fs"
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
