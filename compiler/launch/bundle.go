package launch

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// bundle makes one module of a backend, as `npm run build` and wrangler do.
func bundle(dir, out string, runtime Runtime) error {
	options := api.BuildOptions{
		EntryPoints: []string{filepath.Join(dir, "src", "index.ts")}, AbsWorkingDir: dir, Bundle: true, Format: api.FormatESModule, LogLevel: api.LogLevelSilent, Outfile: out,
		Target: api.ES2022,
	}
	if runtime == Node {
		options.Platform, options.Packages = api.PlatformNode, api.PackagesExternal
	} else {
		options.Conditions, options.MainFields = []string{"workerd", "worker", "browser"}, []string{"browser", "module", "main"}
		options.Plugins = []api.Plugin{nodeModules}
		options.Define = map[string]string{"process.env.NODE_ENV": `"production"`}
	}
	result := api.Build(options)
	if len(result.Errors) > 0 {
		return fmt.Errorf("bundle the backend in %s:\n%s", dir, strings.Join(api.FormatMessages(result.Errors, api.FormatMessagesOptions{}), ""))
	}
	return replace(out, result.OutputFiles[0].Contents)
}

// replace writes a file whole: two starts at once never see half of it.
func replace(name string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return fmt.Errorf("bundle the backend: %w", err)
	}
	half, err := os.CreateTemp(filepath.Dir(name), "*.tmp")
	if err != nil {
		return fmt.Errorf("bundle the backend: %w", err)
	}
	_, err = half.Write(content)
	if closed := half.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(half.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("bundle the backend: %w", err)
	}
	return nil
}

// nodeModules are Node's own modules, which workerd has under their full names.
var nodeModules = api.Plugin{Name: "node", Setup: func(build api.PluginBuild) {
	build.OnResolve(api.OnResolveOptions{Filter: `^(node|cloudflare):`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
		return api.OnResolveResult{Path: args.Path, External: true}, nil
	})
	build.OnResolve(api.OnResolveOptions{Filter: `^[a-z_]+(/promises)?$`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
		if !slices.Contains(builtin, strings.TrimSuffix(args.Path, "/promises")) {
			return api.OnResolveResult{}, nil
		}
		return api.OnResolveResult{Path: "node:" + args.Path, External: true}, nil
	})
}}

var builtin = []string{"assert", "async_hooks", "buffer", "crypto", "events", "fs", "http", "https", "net", "os", "path", "process", "stream", "string_decoder", "tls", "url", "util", "zlib"}
