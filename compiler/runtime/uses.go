package runtime

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// Use is a name that something outside of the library takes from one of its modules, as "module name"; "module *" are all of them.
type Use = string

// Uses are what a module outside of the library takes from it: what it imports, passes on, or adds a declaration to. Some may be there twice.
func Uses(content []byte) []Use {
	var out []Use
	for from := 0; ; {
		at := bytes.Index(content[from:], []byte("/lib/"))
		if at < 0 {
			return out
		}
		before := bytes.TrimRight(content[:from+at], "./")
		from += at + len("/lib/")
		end := bytes.IndexByte(content[from:], '\'')
		if end < 0 || !bytes.HasSuffix(before, []byte("'")) {
			continue
		}
		module, ok := strings.CutSuffix(string(content[from:from+end]), ".ts")
		if !ok || !libraryName.MatchString(module) {
			continue
		}
		for _, name := range namesIn(before[:len(before)-1], content[from+end+1:]) {
			out = append(out, module+" "+name)
		}
	}
}

var (
	libraryName = regexp.MustCompile(`^[\w-]+$`)
	bindings    = regexp.MustCompile(`^ *(?:type )?\{([^{}]*)\}\s*from *$`)
	binding     = regexp.MustCompile(`^(?:type )?(\w+)(?: as \w+)?$`)
	augmented   = regexp.MustCompile(`^ \{\s*interface (\w+)`)
)

// namesIn reads an import or export by what stands before and after the name of its module. What it does not understand takes everything.
func namesIn(before, after []byte) []string {
	if bytes.HasSuffix(before, []byte("declare module ")) {
		if found := augmented.FindSubmatch(after); found != nil {
			return []string{string(found[1])}
		}
		return []string{"*"}
	}
	start := max(bytes.LastIndex(before, []byte("import ")), bytes.LastIndex(before, []byte("export ")))
	if start < 0 {
		return []string{"*"}
	}
	found := bindings.FindSubmatch(before[start+len("import "):])
	if found == nil {
		return []string{"*"}
	}
	var out []string
	for _, b := range strings.Split(string(found[1]), ",") {
		if b = strings.TrimSpace(b); b == "" {
			continue
		}
		name := binding.FindStringSubmatch(b)
		if name == nil {
			return []string{"*"}
		}
		out = append(out, name[1])
	}
	return slices.Clip(out)
}
