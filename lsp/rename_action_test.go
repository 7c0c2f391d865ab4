package lsp_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/lsp/lsptest"
)

// afterwards is a project after a rename: changed files replaced, renamed ones under their new names.
func afterwards(before, changed map[string]string) map[string]string {
	after := maps.Clone(before)
	for name, content := range changed {
		if after[name] = content; content == lsptest.Gone {
			delete(after, name)
		}
	}
	return after
}

const handlerFile = "quickback/features/applications/handlers/pipeline-report.ts"

// TestRenamingAnActionRenamesItsHandler: the handler's file is called after the action, and another module imports it.
func TestRenamingAnActionRenamesItsHandler(t *testing.T) {
	before := sample(t)
	const helper = "quickback/features/applications/handlers/again.ts"
	before[helper] = "import { execute } from './pipeline-report';\nexport * as all from \"./pipeline-report.ts\";\nexport const later = async () => (await import('./pipeline-report')).execute ?? execute;\n"
	moved := strings.Replace(handlerFile, "pipeline-report", "funnel", 1)
	for _, open := range []bool{false, true} {
		e := start(t, before, lsptest.Options{Versioned: open, Files: !open})
		e.Open(actionsFile)
		if open {
			e.Open(handlerFile)
		}
		changed, err := e.Rename(actionsFile, strings.Index(e.Text(actionsFile), "pipeline-report': {"), "funnel")
		if err != nil {
			t.Fatal(err)
		}
		after := afterwards(before, changed)
		if after[moved] != before[handlerFile] || after[handlerFile] != "" {
			t.Errorf("the handler is not renamed: %v", slices.Sorted(maps.Keys(changed)))
		}
		if !strings.Contains(after[actionsFile], "funnel': {") || !strings.Contains(after[actionsFile], "handler: './handlers/funnel'") {
			t.Errorf("the actions are\n%s", after[actionsFile])
		}
		if want := strings.ReplaceAll(before[helper], "pipeline-report", "funnel"); after[helper] != want {
			t.Errorf("what imports the handler is\n%s", after[helper])
		}
		if !strings.Contains(after[actionsFile], "'/reports/pipeline'") {
			t.Error("the URL is changed, which is written out")
		}
		if got := lsptest.FromWorkspace(t, after); len(got) != 0 {
			t.Errorf("it leaves %v", got)
		}
		typeCheck(t, after)
		quit(t, e)
	}
}

// TestRenamingAnActionLeavesOtherFiles: a handler of another name, one whose new name is taken, and a client that cannot rename files.
func TestRenamingAnActionLeavesOtherFiles(t *testing.T) {
	taken := sample(t)
	taken[strings.Replace(handlerFile, "pipeline-report", "funnel", 1)] = "export const execute = async () => ({});\n"
	other := sample(t)
	other[actionsFile] = strings.Replace(other[actionsFile], "  'pipeline-report': {", "  'pipeline-overview': {", 1)
	for name, c := range map[string]struct {
		files     map[string]string
		mark      string
		versioned bool
	}{
		"a client that cannot": {sample(t), "pipeline-report': {", false},
		"a taken name":         {taken, "pipeline-report': {", true},
		"another name":         {other, "pipeline-overview': {", true},
	} {
		t.Run(name, func(t *testing.T) {
			e := start(t, c.files, lsptest.Options{Versioned: c.versioned})
			e.Open(actionsFile)
			changed, err := e.Rename(actionsFile, strings.Index(e.Text(actionsFile), c.mark), "funnel")
			if err != nil || len(changed) != 1 || !strings.Contains(changed[actionsFile], "funnel': {") || !strings.Contains(changed[actionsFile], "'./handlers/pipeline-report'") {
				t.Errorf("%v, %v", err, changed)
			}
			quit(t, e)
		})
	}
}

// ownFiles is a project whose actions have files of their own, which name them.
func ownFiles(t *testing.T) map[string]string {
	files := sample(t)
	files["quickback/features/jobs/jobs.ts"] = strings.Replace(files[jobsFile], "['publish', 'close']", "['publish', 'close', 'reopen']", 1)
	files[reopenFile] = `import { defineAction } from '@quickback/compiler';

export default defineAction({
  description: 'Open a closed job again',
  access: { roles: ['owner'], record: { status: { equals: 'closed' } } },
  execute: async () => ({ done: true }),
});
`
	return files
}

const reopenFile = "quickback/features/jobs/actions/reopen.ts"

// TestRenamingAnActionThatItsFileNames renames the file, from where the policy names the action.
func TestRenamingAnActionThatItsFileNames(t *testing.T) {
	before := ownFiles(t)
	if found := lsptest.FromWorkspace(t, before); len(found) != 0 {
		t.Fatalf("the project has %v", found)
	}
	e := start(t, before, lsptest.Options{Versioned: true})
	e.Open(jobsFile)
	at := strings.Index(e.Text(jobsFile), "reopen'")
	changed, err := e.Rename(jobsFile, at, "open-again")
	if err != nil {
		t.Fatal(err)
	}
	after := afterwards(before, changed)
	if after["quickback/features/jobs/actions/open-again.ts"] != before[reopenFile] || after[reopenFile] != "" {
		t.Errorf("the file is not renamed: %v", slices.Sorted(maps.Keys(changed)))
	}
	if !strings.Contains(after[jobsFile], "['publish', 'close', 'open-again']") {
		t.Errorf("the policy is\n%s", after[jobsFile])
	}
	if got := lsptest.FromWorkspace(t, after); len(got) != 0 {
		t.Errorf("it leaves %v", got)
	}
	quit(t, e)

	plain := start(t, before, lsptest.Options{})
	plain.Open(jobsFile)
	if _, err := plain.Rename(jobsFile, at, "open-again"); err == nil || !strings.Contains(err.Error(), "cannot rename files. Rename "+reopenFile) {
		t.Errorf("a client that cannot rename files gets %v", err)
	}
	quit(t, plain)
}

// TestRenamingAStateSaysWhatItLeaves: what compares the column and what sets it follow, also outside of definitions; strings that may
// mean something else stay, and are told.
func TestRenamingAStateSaysWhatItLeaves(t *testing.T) {
	before := sample(t)
	const shared = "quickback/lib/labels.ts"
	before[shared] = `import type { Job } from '../features/jobs/jobs';

export const isOpen = (job: Job) => 'open' === job.status;
export const label = (job: Job) => {
  switch (job.status) {
    case 'open': return 'open';
    default: return job.status;
  }
};
`
	before[handlerFile] = strings.Replace(before[handlerFile], "  const rows = counted", "  await db.update(jobs).set({ status: query.minimum > 9 ? 'closed' : 'open' }).where(eq(jobs.title, 'open'));\n  const rows = counted", 1)
	e := start(t, before, lsptest.Options{Versioned: true})
	e.Open(jobsFile)
	changed, err := e.Rename(jobsFile, strings.Index(e.Text(jobsFile), "'open'")+1, "live")
	if err != nil {
		t.Fatal(err)
	}
	after := afterwards(before, changed)
	want := strings.NewReplacer("'open' ===", "'live' ===", "case 'open'", "case 'live'").Replace(before[shared])
	if after[shared] != want {
		t.Errorf("the helper is\n%s", after[shared])
	}
	if !strings.Contains(after[handlerFile], "'closed' : 'live' }).where(eq(jobs.title, 'open'))") {
		t.Errorf("the handler is\n%s", after[handlerFile])
	}
	e.AwaitMessage(`qbls left "open" as it is where it may mean something else. Look at ` + handlerFile + ":26, " + shared + ":6.")
	if got, was := lsptest.FromWorkspace(t, after), lsptest.FromWorkspace(t, before); len(got) != len(was) {
		t.Errorf("it leaves %v\nbefore %v", got, was)
	}
	typeCheck(t, after)
	quit(t, e)
}

// TestRenamingAStateTellsOfMaps: keys that spell a state may be columns of a report as well as states, so they stay, in the table's files
// and in those that they import, and the editor says where they and what looks into them are.
func TestRenamingAStateTellsOfMaps(t *testing.T) {
	before := sample(t)
	const shared = "quickback/features/jobs/labels.ts"
	before[shared] = `export const labels = { draft: 'Draft', open: 'Open', 'closed': 'Closed' };
export const inverse: { open?: string } = {};
`
	before[jobsFile] = strings.Replace(before[jobsFile], "\nexport const jobs", `import { labels } from './labels';

const ranks: Record<'draft' | 'open' | 'closed', number> = { draft: 0, 'open': 1, closed: 2 };
export const first = (name: string) => name ? labels.open : ranks.closed;

export const jobs`, 1)
	e := start(t, before, lsptest.Options{Versioned: true})
	e.Open(jobsFile)
	changed, err := e.Rename(jobsFile, strings.Index(e.Text(jobsFile), "['draft', 'open'")+len("['draft', '"), "live")
	if err != nil {
		t.Fatal(err)
	}
	after := afterwards(before, changed)
	if after[shared] != before[shared] || !strings.Contains(after[jobsFile], "{ draft: 0, 'open': 1, closed: 2 }") || !strings.Contains(after[jobsFile], "enum: ['draft', 'live', 'closed']") {
		t.Errorf("it leaves\n%s\n%s", after[shared], after[jobsFile])
	}
	e.AwaitMessage(`qbls left "open" as it is where it may mean something else. Look at ` + jobsFile + ":6, " + jobsFile + ":7, " + shared + ":1, " + shared + ":2.")
	quit(t, e)
}

// TestRenamingAStateThatTwoColumnsHave: each column keeps its own; a list in code that may be either's stays, and is told.
func TestRenamingAStateThatTwoColumnsHave(t *testing.T) {
	before := sample(t)
	other := "  phase: text('phase', { enum: ['draft', 'open'] }).notNull().default('open'),\n"
	before[jobsFile] = strings.Replace(before[jobsFile], "  remote: integer", other+"  remote: integer", 1) + `
export const early = ['draft', 'open'];
export const late = ['open', 'closed'];
`
	e := start(t, before, lsptest.Options{Versioned: true})
	e.Open(jobsFile)
	changed, err := e.Rename(jobsFile, strings.Index(e.Text(jobsFile), "['draft', 'open', 'closed'")+len("['draft', '"), "live")
	if err != nil {
		t.Fatal(err)
	}
	after := changed[jobsFile]
	for _, part := range []string{other, "early = ['draft', 'open']", "late = ['live', 'closed']", "enum: ['draft', 'live', 'closed']"} {
		if !strings.Contains(after, part) {
			t.Errorf("%s is missing in\n%s", part, after)
		}
	}
	e.AwaitMessage(`qbls left "open" as it is where it may mean something else. Look at ` + jobsFile)
	quit(t, e)
}
