package source

import (
	"path"
	"slices"
	"strings"

	"github.com/qbls/qbls/diagnostics/text"
)

// ConfigName is the file that makes a project.
const ConfigName = "quickback.config.ts"

// Root is where a project lies.
type Root struct {
	Dir    text.Path // the folder of the project; "." when it is the workspace
	Config text.Path // the configuration
	Source text.Path // the folder that holds features/ or definitions/: "<Dir>/quickback", or Dir itself
}

// Projects returns the projects of a workspace by their folders, sorted.
//
// A project is a folder that holds quickback/quickback.config.ts, or quickback.config.ts beside features/ or definitions/
// (Quickback documentation, "Definitions overview" and "Getting started"). A configuration with nothing beside it is none:
// it may be an example in somebody's documentation.
func Projects(s *Set) []Root { return slices.Clone(s.roots) }

// Owner returns the project of a path: the one whose folder is nearest above it.
func (s *Set) Owner(p text.Path) (Root, bool) { return ownerOf(s.roots, p) }

func ownerOf(roots []Root, p text.Path) (Root, bool) {
	best, found := Root{}, false
	for _, r := range roots {
		prefix := prefixOf(r.Dir)
		if strings.HasPrefix(string(p), string(prefix)) && (!found || len(prefix) > len(prefixOf(best.Dir))) {
			best, found = r, true
		}
	}
	return best, found
}

func isConfig(p text.Path) bool { return path.Base(string(p)) == ConfigName }

// rootsOf finds the projects of configurations; holds says whether a folder holds any file. When a folder is a project in
// both ways, the configuration in quickback/ is the one that counts.
func rootsOf(configs []text.Path, holds func(dir text.Path) bool) []Root {
	byDir := map[text.Path]Root{}
	for _, config := range configs {
		folder := path.Dir(string(config))
		if path.Base(folder) == "quickback" {
			dir := text.Path(path.Dir(folder))
			byDir[dir] = Root{Dir: dir, Config: config, Source: text.Path(folder)}
		}
	}
	for _, config := range configs {
		dir := text.Path(path.Dir(string(config)))
		if _, taken := byDir[dir]; taken || path.Base(string(dir)) == "quickback" {
			continue
		}
		prefix := prefixOf(dir)
		if holds(prefix+"features") || holds(prefix+"definitions") {
			byDir[dir] = Root{Dir: dir, Config: config, Source: dir}
		}
	}
	var roots []Root
	for _, r := range byDir {
		roots = append(roots, r)
	}
	slices.SortFunc(roots, func(a, b Root) int { return strings.Compare(string(a.Dir), string(b.Dir)) })
	return roots
}

// definesIn says whether a path lies where definitions are expected, so that a failure to read it is worth an error. A
// project that is a whole repository holds much else that nobody asked qbls to read.
func (r Root) definesIn(p text.Path) bool {
	if p == r.Config {
		return true
	}
	if r.Source != r.Dir {
		return strings.HasPrefix(string(p)+"/", string(prefixOf(r.Source)))
	}
	for _, folder := range []text.Path{"features", "definitions", "services"} {
		if strings.HasPrefix(string(p)+"/", string(prefixOf(r.Dir)+folder+"/")) {
			return true
		}
	}
	return false
}
