package link

import (
	"slices"
	"testing"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// modules links the entry of a project whose files are below app/quickback.
func modules(files map[text.Path]string, entry text.Path) (map[text.Path]string, []Problem) {
	in := Input{
		Project: &model.Project{Root: "app", Source: "app/quickback"},
		Tree: func(p text.Path) *syntax.Tree {
			content, ok := files[p]
			if !ok {
				return nil
			}
			return syntax.Parse(text.NewFile(p, content))
		},
		Library: func(module string) bool { return module == "errors" },
		Package: func(name string) bool { return name == "zod" || name == "@scope/tools" },
	}
	linked, problems, _ := Modules(in, []text.Path{entry})
	out := map[text.Path]string{}
	for _, f := range linked {
		out[f.Path] = string(f.Content)
	}
	return out, problems
}

const handler = "app/quickback/features/a/handlers/x.ts"

func TestOnlySpecifiersChange(t *testing.T) {
	body := "\n// it's ../things here\nconst s = \"./things\"; const f = () => import('zod');\nexport const execute = async () => `${s} from './things'`;\n"
	linked, problems := modules(map[text.Path]string{
		handler: "import type { ActionExecutor } from \"@quickback/compiler\";\nimport { things } from '../things';\nimport {\n  text,\n} from 'drizzle-orm/sqlite-core'\n" +
			"import { z } from 'zod/v4';\nimport * as tools from '@scope/tools/deep';\nimport fs from 'node:fs';\nimport { fail } from '../../../lib/errors';\n" +
			"export { slug } from '../../shared/slug.js';\nexport * from '../../shared';\nimport '../../../../outside';\nexport const own = 1;" + body,
		"app/quickback/features/a/things.ts":     "export const things = 1;\n",
		"app/quickback/features/shared/slug.ts":  "import { deep } from './deep';\nexport const slug = deep;\n",
		"app/quickback/features/shared/deep.ts":  "export const deep = 1; import './slug';\n",
		"app/quickback/features/shared/index.ts": "",
		"app/outside.ts":                         "",
		"app/quickback/features/a/unused.ts":     "",
	}, handler)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := "import type { ActionExecutor } from \"../../../../lib/definition.ts\";\nimport { things } from '../things.ts';\nimport {\n  text,\n} from '../../../../db/tables.ts'\n" +
		"import { z } from 'zod/v4';\nimport * as tools from '@scope/tools/deep';\nimport fs from 'node:fs';\nimport { fail } from '../../../../lib/errors.ts';\n" +
		"export { slug } from '../../shared/slug.ts';\nexport * from '../../shared/index.ts';\nimport '../../../_project/outside.ts';\nexport const own = 1;" + body
	if got := linked["src/definitions/features/a/handlers/x.ts"]; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	var paths []string
	for p := range linked {
		paths = append(paths, string(p))
	}
	slices.Sort(paths)
	if wanted := []string{"src/definitions/_project/outside.ts", "src/definitions/features/a/handlers/x.ts", "src/definitions/features/a/things.ts", "src/definitions/features/shared/deep.ts",
		"src/definitions/features/shared/index.ts", "src/definitions/features/shared/slug.ts"}; !slices.Equal(paths, wanted) {
		t.Errorf("linked %v, want %v", paths, wanted)
	}
}

func TestWhatCannotBeFoundIsAProblem(t *testing.T) {
	content := "import a from './missing';\nimport b from 'left-pad';\nimport c from '../../../lib/nothing';\nimport d from './data.json';\n"
	_, problems := modules(map[text.Path]string{handler: content}, handler)
	want := []struct {
		module string
		pkg    bool
	}{{"./missing", false}, {"left-pad", true}, {"../../../lib/nothing", false}, {"./data.json", false}}
	if len(problems) != len(want) {
		t.Fatalf("%d problems: %v", len(problems), problems)
	}
	for i, p := range problems {
		if p.Module != want[i].module || p.Package != want[i].pkg {
			t.Errorf("%v, want %v", p, want[i])
		}
		if got := content[p.At.Span.Start:p.At.Span.End]; got != "'"+p.Module+"'" {
			t.Errorf("%s is reported at %q", p.Module, got)
		}
	}
}
