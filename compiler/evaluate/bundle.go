package evaluate

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

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

// bundle makes one script of the modules of a job, with an inline source map. Modules run one after another, each inside a call
// of __run, so that one that throws does not hide what the others are.
func bundle(j *job) (string, []failure) {
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
		Sourcemap:      api.SourceMapInline,
		SourcesContent: api.SourcesContentExclude,
		LegalComments:  api.LegalCommentsNone,
		TreeShaking:    api.TreeShakingFalse,
		TsconfigRaw:    `{}`,
		LogLevel:       api.LogLevelSilent,
		Plugins:        []api.Plugin{memory(j.Files, index)},
	})
	if len(result.Errors) > 0 {
		return "", unread(result.Errors, len(j.Files))
	}
	if len(result.OutputFiles) != 1 {
		return "", []failure{{Module: -1, Message: "bundling gave no script"}}
	}
	return string(result.OutputFiles[0].Contents), nil
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
