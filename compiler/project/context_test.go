package project_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/qbls/qbls/compiler/runtime"
	"github.com/qbls/qbls/compiler/runtime/workspace"
)

// TestTheCallerIsTheSameInTheEditor: code that the editor's types let pass gets, in the emitted backend, a context of the same type: each
// may stand for the other. (What auth.context adds is not emitted.)
func TestTheCallerIsTheSameInTheEditor(t *testing.T) {
	folder := initialized(t)
	workspace.Link(t, folder)
	for _, f := range runtime.Files() {
		put(t, filepath.Join(folder, "quickback/lib", f.Name), string(f.Content))
	}
	put(t, filepath.Join(folder, "quickback/same.ts"), `import type { AppContext } from './types/access';
import type { CodeContext } from './lib/context.ts';
import type { ActionContext } from './lib/definition.ts';

declare const editor: AppContext;
declare const backend: CodeContext;
export const there: CodeContext = editor;
export const back: AppContext = backend;
export const action: ActionContext = editor;
type Keys<A, B> = [Exclude<keyof A, keyof B>] extends [never] ? true : never;
export const keys: [Keys<AppContext, CodeContext>, Keys<CodeContext, AppContext>] = [true, true];
// @ts-expect-error the types above are no any
export const wrong: CodeContext = { userId: 1 };
`)
	config, err := os.ReadFile(filepath.Join(folder, "quickback/tsconfig.json"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(folder, "quickback/base.json"), string(config))
	put(t, filepath.Join(folder, "quickback/tsconfig.json"), `{ "extends": "./base.json", "compilerOptions": { "exactOptionalPropertyTypes": true, "types": ["bun-types"] }, "include": ["same.ts", "types"] }`)
	if found := tsc(t, folder); found != "" {
		t.Error(found)
	}
}
