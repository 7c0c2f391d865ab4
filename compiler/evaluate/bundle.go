package evaluate

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/go-sourcemap/sourcemap"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics/text"
)

// Namespaces of esbuild: nothing is in the one of files, so the disk is never read.
const (
	ownFiles = "project"
	stubbed  = "stub"
	foreign  = "absent"
)

// alias begins the name that a module has in the bundle: its ordinal follows. Names of files may have characters that source maps
// write in another way.
const alias = "module:"

// ordinal is the module that a name in a bundle means.
func ordinal(name string, n int) (int, bool) {
	i, err := strconv.Atoi(name[strings.LastIndexByte(name, ':')+1:])
	return i, err == nil && i >= 0 && i < n && strings.HasSuffix(name, alias+strconv.Itoa(i))
}

// recorded says whether a package is replaced by one that records what is asked of it.
func recorded(specifier string) bool {
	return definition.IsAPI(specifier) || specifier == "drizzle-orm" || strings.HasPrefix(specifier, "drizzle-orm/") ||
		specifier == "zod" || strings.HasPrefix(specifier, "zod/")
}

// script is a bundle and its source map, which is only read when something fails: it takes more memory than the script.
type script struct{ text, sourceMap []byte }

// bundle makes one script of the modules of a job. Modules run one after another, each inside a call
// of __run, so that one that throws does not hide what the others are.
func bundle(j *job) (script, []failure) {
	index := make(map[text.Path]string, len(j.Files))
	var entry strings.Builder
	for i, m := range j.Files {
		index[m.Path] = alias + strconv.Itoa(i)
		fmt.Fprintf(&entry, "__run(%d, %s, () => require('%s%d'));\n", i, strconv.Quote(string(m.Path)), alias, i)
	}
	result := api.Build(api.BuildOptions{
		Stdin:   &api.StdinOptions{Contents: entry.String(), Loader: api.LoaderJS, Sourcefile: "entry"},
		Bundle:  true,
		Format:  api.FormatIIFE,
		Target:  api.ES2017,
		Banner:  map[string]string{"js": `"use strict";`},
		Charset: api.CharsetUTF8,

		Platform:       api.PlatformNeutral,
		Outfile:        "bundle.js", // never written: esbuild wants a name beside which a map could lie
		Sourcemap:      api.SourceMapExternal,
		SourcesContent: api.SourcesContentExclude,
		LegalComments:  api.LegalCommentsNone,
		TreeShaking:    api.TreeShakingFalse,
		TsconfigRaw:    `{}`,
		LogLevel:       api.LogLevelSilent,
		Plugins:        []api.Plugin{memory(j.Files, index)},
	})
	if len(result.Errors) > 0 {
		return script{}, unread(result.Errors, len(j.Files))
	}
	out := script{}
	for _, f := range result.OutputFiles {
		if strings.HasSuffix(f.Path, ".map") {
			out.sourceMap = f.Contents
		} else {
			out.text = f.Contents
		}
	}
	return out, nil
}

// position is how a stack tells a place in the bundle.
var position = regexp.MustCompile(`\bbundle:(\d{1,9}):(\d{1,9})`)

// translate rewrites the positions of a stack, from the bundle to modules; those of no module stay what they are.
func (s script) translate(stack string) string {
	if !position.MatchString(stack) {
		return stack
	}
	maps, err := sourcemap.Parse("", s.sourceMap)
	if err != nil {
		return stack
	}
	return position.ReplaceAllStringFunc(stack, func(at string) string {
		m := position.FindStringSubmatch(at)
		line, _ := strconv.Atoi(m[1])
		column, _ := strconv.Atoi(m[2])
		source, _, line, column, ok := maps.Source(line, column-1)
		if !ok {
			return at
		}
		return fmt.Sprintf("%s:%d:%d", source, line, column+1)
	})
}

func unread(messages []api.Message, n int) []failure {
	var out []failure
	for _, m := range messages {
		f := failure{Module: -1, Message: m.Text}
		if at := m.Location; at != nil {
			if i, ok := ordinal(at.File, n); ok {
				f.Module, f.Line, f.Column, f.Length = i, at.Line, at.Column, at.Length
			}
		}
		out = append(out, f)
	}
	return out
}

// memory serves modules from the job, and packages as recorders. It answers every path, so that esbuild asks nobody else.
func memory(files []module, index map[text.Path]string) api.Plugin {
	resolve := func(a api.OnResolveArgs) (api.OnResolveResult, error) {
		if _, ok := ordinal(a.Path, len(files)); ok && a.Namespace != ownFiles {
			return api.OnResolveResult{Path: a.Path, Namespace: ownFiles}, nil
		}
		if i, ok := ordinal(a.Importer, len(files)); ok && a.Namespace == ownFiles {
			if target, ok := index[files[i].Imports[a.Path]]; ok {
				return api.OnResolveResult{Path: target, Namespace: ownFiles}, nil
			}
		}
		switch {
		case recorded(a.Path):
			return api.OnResolveResult{Path: a.Path, Namespace: stubbed}, nil
		case strings.HasPrefix(a.Path, ".") || strings.HasPrefix(a.Path, "/"):
			return api.OnResolveResult{}, fmt.Errorf("%q is no file of the project", a.Path)
		}
		return api.OnResolveResult{Path: a.Path, Namespace: foreign}, nil
	}
	call := func(function string) func(api.OnLoadArgs) (api.OnLoadResult, error) {
		return func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			contents := "module.exports = " + function + "(" + strconv.Quote(a.Path) + ")"
			return api.OnLoadResult{Contents: &contents, Loader: api.LoaderJS}, nil
		}
	}
	return api.Plugin{Name: "memory", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: ".*"}, resolve)
		b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: ownFiles}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			i, ok := ordinal(a.Path, len(files))
			if !ok {
				return api.OnLoadResult{}, fmt.Errorf("%q is no file of the project", a.Path)
			}
			return api.OnLoadResult{Contents: &files[i].Text, Loader: api.LoaderTS}, nil
		})
		b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: stubbed}, call("__stub"))
		b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: foreign}, call("__absent"))
		b.OnLoad(api.OnLoadOptions{Filter: ".*"}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			return api.OnLoadResult{}, fmt.Errorf("%q is no file of the project", a.Path)
		})
	}}
}
