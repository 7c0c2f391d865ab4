// Package project plans the files of a project that `qbls init` and `qbls create` write: the structure around definitions, the type
// declarations of the definition API for the TypeScript server of an editor, and an example.
//
// It plans and writes nothing. What is there already is its author's: a plan adds beside it, and replaces only type declarations that nobody
// has edited since qbls wrote them.
package project

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

//go:embed types/*.d.ts template/*
var embedded embed.FS

// File is a file to write; the path is slash-separated and relative to the project's folder.
type File struct{ Path, Content string }

// stamp begins a type declaration: it holds the hash of what follows, so that a later version knows an unedited file.
const stamp = "// Written by qbls init, which refreshes this file unless it was edited. sha256:"

// Types returns the type declarations of the definition API, which lie in types/ beside features/. Files are sorted by path.
func Types() []File {
	var out []File
	entries, err := embedded.ReadDir("types")
	if err != nil {
		panic(fmt.Sprintf("the embedded types: %v", err)) // embedded at build time
	}
	for _, e := range entries {
		content := read("types/" + e.Name())
		out = append(out, File{"types/" + e.Name(), stamp + hash(content) + "\n" + content})
	}
	return out
}

// unedited says whether a type declaration is as some version of qbls wrote it.
func unedited(content string) bool {
	first, rest, found := strings.Cut(content, "\n")
	sum, ours := strings.CutPrefix(first, stamp)
	return found && ours && sum == hash(rest)
}

func hash(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

func read(name string) string {
	content, err := embedded.ReadFile(name)
	if err != nil {
		panic(fmt.Sprintf("an embedded file: %v", err)) // embedded at build time
	}
	return string(content)
}

// Action is what a step does to a path.
type Action int

// Actions of steps.
const (
	Create  Action = iota // a new file, or a new folder when the path ends with a slash
	Refresh               // a type declaration of another version of qbls is replaced
	Extend                // lines are added at the end; Content is the whole file
	Keep                  // it is there already and stays as it is
)

func (a Action) String() string { return [...]string{"created", "refreshed", "extended", "kept"}[a] }

// Step is one path of a plan.
type Step struct {
	Action  Action
	Path    string
	Content string // to write; empty for what is kept and for folders
	Note    string // what a person should know or do about it, if anything
}

// Init plans what makes a folder a project: the configuration, features/, the types, a tsconfig.json that leads to them, and entries of
// .gitignore. name is the project's name in a new configuration. A project whose configuration stands beside features/ keeps that layout.
// The error is one of reading what is there.
func Init(existing fs.FS, name string) ([]Step, error) {
	p := &planner{disk: existing}
	source := "quickback"
	if !p.has("quickback/quickback.config.ts") && p.has("quickback.config.ts") {
		source = ""
	}
	at := func(name string) string { return path.Join(source, name) }
	p.keep(at("quickback.config.ts"), config(Bun, name), "")
	if !p.has(at("features")) && !p.has(at("definitions")) && !p.has("definitions") {
		p.add(Step{Action: Create, Path: at("features") + "/"})
	}
	for _, f := range Types() {
		p.refresh(at(f.Path), f.Content)
	}
	p.keep(at("tsconfig.json"), read("template/tsconfig.json"), tsconfigNote)
	p.extend(".gitignore", ignored)
	return p.steps, p.err
}

const tsconfigNote = `it does not lead "@quickback/compiler" to types/index.d.ts: add it to compilerOptions.paths, with "quickback" and "@quickback/types"`

// ignored are the lines of .gitignore. The emitted backend has its own.
var ignored = []string{"node_modules/", ".env", ".env.*", "!.env.example"}

// planner gathers steps. After an error of reading it goes on, so that the first one is told.
type planner struct {
	disk  fs.FS
	steps []Step
	err   error
}

func (p *planner) add(s Step) { p.steps = append(p.steps, s) }

func (p *planner) has(name string) bool {
	_, err := fs.Stat(p.disk, name)
	p.note(err)
	return err == nil
}

func (p *planner) read(name string) (string, bool) {
	content, err := fs.ReadFile(p.disk, name)
	p.note(err)
	return string(content), err == nil
}

func (p *planner) note(err error) {
	if err != nil && p.err == nil && !errors.Is(err, fs.ErrNotExist) {
		p.err = err
	}
}

// keep writes a file where there is none. note is for one that is there and does not name the definition API.
func (p *planner) keep(name, content, note string) {
	have, there := p.read(name)
	if !there {
		p.add(Step{Action: Create, Path: name, Content: content})
		return
	}
	if strings.Contains(have, "@quickback/compiler") {
		note = ""
	}
	p.add(Step{Action: Keep, Path: name, Note: note})
}

func (p *planner) refresh(name, content string) {
	have, there := p.read(name)
	switch {
	case !there:
		p.add(Step{Action: Create, Path: name, Content: content})
	case have == content:
		p.add(Step{Action: Keep, Path: name})
	case unedited(have):
		p.add(Step{Action: Refresh, Path: name, Content: content})
	default:
		p.add(Step{Action: Keep, Path: name, Note: "it was edited by hand; remove it to get the types of this version"})
	}
}

// extend adds the lines that a file lacks.
func (p *planner) extend(name string, lines []string) {
	have, there := p.read(name)
	known := map[string]bool{}
	for line := range strings.Lines(have) {
		known[strings.TrimSuffix(strings.TrimSpace(line), "/")] = true
	}
	content := have
	if content != "" && !strings.HasSuffix(content, "\n") {
		content += "\n"
	}
	added := content
	for _, line := range lines {
		if !known[strings.TrimSuffix(line, "/")] {
			added += line + "\n"
		}
	}
	switch {
	case !there:
		p.add(Step{Action: Create, Path: name, Content: added})
	case added == content:
		p.add(Step{Action: Keep, Path: name})
	default:
		p.add(Step{Action: Extend, Path: name, Content: added})
	}
}

var validName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// CheckName returns an error that says what a project may be called.
func CheckName(name string) error {
	if !validName.MatchString(name) {
		return fmt.Errorf("%q is no name of a project: it begins with a letter or digit, and goes on with those, dots, hyphens and underscores", name)
	}
	return nil
}

// NameFor turns the name of a folder into one of a project.
func NameFor(folder string) string {
	name := strings.Trim(regexp.MustCompile(`[^A-Za-z0-9._-]+`).ReplaceAllString(folder, "-"), "-._")
	if CheckName(name) != nil {
		return "app"
	}
	return name
}
