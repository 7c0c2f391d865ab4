package launch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// Script runs code that imports modules of an emitted backend, by paths from its folder, once, without its server and its variables.
// It sets `globalThis.answer`, or a promise of it, to what JSON can say, which is decoded into answer. The error holds what the code printed.
func Script(ctx context.Context, o Options, code string, answer any) error {
	runtime, err := RuntimeOf(o.Dir)
	if err != nil {
		return err
	}
	program, err := bun(o.Dir)
	if runtime != Bun {
		program, err = exec.LookPath("node")
	}
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "qbls-script-")
	if err != nil {
		return fmt.Errorf("run code of the backend: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	script, out := filepath.Join(folder, "script.mjs"), filepath.Join(folder, "answer.json")
	code += "\n(await import('node:fs')).writeFileSync(process.argv[2], JSON.stringify(await globalThis.answer));\n"
	built := api.Build(api.BuildOptions{
		Stdin:  &api.StdinOptions{Contents: code, ResolveDir: o.Dir, Loader: api.LoaderTS},
		Bundle: true, Format: api.FormatESModule, LogLevel: api.LogLevelSilent, Target: api.ES2022, Platform: api.PlatformNode, Outfile: script,
		// What packages of CommonJS ask Node for.
		Banner: map[string]string{"js": "import { createRequire as __require } from 'node:module'; const require = __require(" + quote(filepath.Join(o.Dir, "package.json")) + ");"},
		// A definition may import what only its own runtime has, and not use it here.
		External: []string{"bun:*", "cloudflare:*"},
	})
	if len(built.Errors) > 0 {
		return errors.New("join code of the backend: " + built.Errors[0].Text)
	}
	if err := replace(script, built.OutputFiles[0].Contents); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program, script, out)
	cmd.Dir, cmd.Env = folder, base(o.Env)
	if printed, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("run code of the backend: %w\n%s", err, printed)
	}
	content, err := os.ReadFile(out)
	if err == nil {
		err = json.Unmarshal(content, answer)
	}
	if err != nil {
		return fmt.Errorf("read what code of the backend answered: %w", err)
	}
	return nil
}

func quote(s string) string {
	out, _ := json.Marshal(s)
	return string(out)
}
