import * as vscode from 'vscode';
import type { MatrixPanel } from './matrix/panel';
import { kinds, showBeside, type Previews, type Results } from './previews/documents';
import { projectOf } from './projects';
import type { Argument, Compiled, Explanation } from './protocol';
import type { Server } from './server';
import type { StatusBar } from './status';
import type { Node } from './tree/nodes';

/** What commands need. */
export interface Parts {
  server: Server;
  status: StatusBar;
  previews: Previews;
  results: Results;
  matrix: MatrixPanel;
}

/** Registers the commands. Each tells the user when it fails. */
export function registerCommands(parts: Parts): vscode.Disposable[] {
  const commands: Record<string, (given?: unknown) => Promise<void>> = {
    'qbls.restart': () => parts.server.restart(),
    'qbls.showOutput': async () => parts.server.output.show(),
    'qbls.compile': (given) => compile(parts, argumentOf(given), false),
    'qbls.compileAndDiff': (given) => compile(parts, argumentOf(given), true),
    'qbls.showChanges': (given) => withProject(parts, argumentOf(given), (a) => parts.previews.show({ ...a, kind: 'changes' })),
    'qbls.showPreview': (given) => showPreview(parts, argumentOf(given)),
    'qbls.showMatrix': (given) => withProject(parts, argumentOf(given), (a) => parts.matrix.show(a)),
    'qbls.showGenerated': (given) => showGenerated(parts, argumentOf(given)),
    'qbls.dev': (given) => dev(parts, argumentOf(given)),
    'qbls.explain': (given) => explain(parts, argumentOf(given)),
    'qbls.menu': menu,
  };
  return Object.entries(commands).map(([name, run]) =>
    vscode.commands.registerCommand(name, async (given?: unknown) => {
      try {
        await run(given);
      } catch (error) {
        void vscode.window.showErrorMessage(`qbls: ${error instanceof Error ? error.message : String(error)}`);
      }
    }),
  );
}

/** The argument of a lens, of a line of the tree, or of nothing. */
function argumentOf(given: unknown): Argument {
  if (typeof given !== 'object' || given === null || given instanceof vscode.Uri) return {};
  if ('children' in given) {
    const node = given as Node;
    return { uri: node.project, ...(node.resource ? { resource: node.resource } : {}) };
  }
  return given as Argument;
}

/** Runs with the project of the argument, else with the one that the user means. */
async function withProject(parts: Parts, given: Argument, run: (a: Argument & { uri: string }) => Promise<void>): Promise<void> {
  const uri = given.uri ?? (await parts.server.pickProject())?.uri;
  if (uri !== undefined) await run({ ...given, uri });
}

async function compile(parts: Parts, given: Argument, diff: boolean): Promise<void> {
  await withProject(parts, given, async (a) => {
    const made = await parts.server.command<Compiled>(diff ? 'compileAndDiff' : 'compile', a);
    if (made.compiled) {
      vscode.window.setStatusBarMessage(`qbls: ${made.message}`, 8000);
    } else if (diff && parts.status.of(a.uri)?.message !== made.message) {
      void vscode.window.showErrorMessage(`qbls: ${made.message}`); // of compilations themselves the server says so
    }
    if (!diff || !made.compiled) return;
    const uri = parts.results.keep('compiled.diff', made.diff || 'The compilation changed no file.\n');
    await showBeside(uri);
  });
}

async function showPreview(parts: Parts, given: Argument): Promise<void> {
  await withProject(parts, given, async (a) => {
    const kind = a.kind ?? (await vscode.window.showQuickPick(kinds, { title: 'Preview', matchOnDetail: true }))?.id;
    if (kind === undefined) return;
    const ofResource = kind === 'routes' || kind === 'policy';
    await parts.previews.show({ uri: a.uri, kind, ...(ofResource && a.resource ? { resource: a.resource } : {}) });
  });
}

async function showGenerated(parts: Parts, given: Argument): Promise<void> {
  const active = vscode.window.activeTextEditor?.document.uri.toString();
  const uri = given.uri ?? active;
  if (uri === undefined) throw new Error('open a definition first: its generated policy is shown');
  const found = await parts.server.command<{ uri: string; shown: boolean }>('generated', { ...given, uri });
  if (!found.shown) await vscode.window.showTextDocument(vscode.Uri.parse(found.uri));
}

/** Runs the project's backend in a terminal of its own: closing it ends the backend. */
async function dev(parts: Parts, given: Argument): Promise<void> {
  if (!vscode.workspace.isTrusted) throw new Error('nothing is run in a workspace that is not trusted');
  const binary = parts.server.binary();
  if (binary === undefined) return;
  const projects = await parts.server.projects();
  const project = (given.uri && projectOf(projects, given.uri)) || (await parts.server.pickProject());
  if (!project) return;
  const folder = vscode.Uri.parse(project.uri).fsPath;
  const task = new vscode.Task({ type: 'qbls', project: folder }, vscode.TaskScope.Workspace, `dev ${project.name}`, 'qbls', new vscode.ProcessExecution(binary, ['dev', folder]));
  task.isBackground = true;
  await vscode.tasks.executeTask(task);
}

async function explain(parts: Parts, given: Argument): Promise<void> {
  const code = given.code ?? (await pickCode());
  if (code === undefined) return;
  const found = await parts.server.command<Explanation>('explain', { code });
  const uri = parts.results.keep(`${found.code}.md`, found.markdown);
  await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
}

/** The code of the finding under the cursor, or one of those of the file, or one that is typed. */
async function pickCode(): Promise<string | undefined> {
  const editor = vscode.window.activeTextEditor;
  const found = (editor ? vscode.languages.getDiagnostics(editor.document.uri) : []).filter((d) => d.source === 'qbls');
  const here = found.find((d) => editor && d.range.contains(editor.selection.active));
  if (here) return codeOf(here);
  const items = [...new Map(found.map((d) => [codeOf(d), { label: codeOf(d) ?? '', detail: d.message }])).values()].filter((i) => i.label !== '');
  if (items.length > 0) return (await vscode.window.showQuickPick(items, { title: 'Explain a code', matchOnDetail: true }))?.label;
  const typed = await vscode.window.showInputBox({ title: 'Explain a code', placeHolder: 'QB2001', validateInput: (text) => (/^QB\d{4}$/i.test(text.trim()) ? '' : 'QB and four digits') });
  return typed?.trim().toUpperCase();
}

function codeOf(diagnostic: vscode.Diagnostic): string | undefined {
  const code = diagnostic.code;
  return code === undefined ? undefined : String(typeof code === 'object' ? code.value : code);
}

/** What the item in the status bar offers. */
async function menu(): Promise<void> {
  const trusted = vscode.workspace.isTrusted;
  const items = [
    ...(trusted
      ? [
          { label: '$(run) Compile', command: 'qbls.compile' },
          { label: '$(diff) Compile and show diff', command: 'qbls.compileAndDiff' },
        ]
      : [{ label: '$(shield) Manage workspace trust', command: 'workbench.trust.manage' }]),
    { label: '$(diff-multiple) What would saving change?', command: 'qbls.showChanges' },
    { label: '$(table) Who can: policy matrix', command: 'qbls.showMatrix' },
    { label: '$(open-preview) Open preview', command: 'qbls.showPreview' },
    { label: '$(output) Show output', command: 'qbls.showOutput' },
    { label: '$(refresh) Restart language server', command: 'qbls.restart' },
  ];
  const chosen = await vscode.window.showQuickPick(items, { title: 'qbls' });
  if (chosen) await vscode.commands.executeCommand(chosen.command);
}
