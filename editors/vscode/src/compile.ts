import { basename, dirname, sep } from 'node:path';
import * as vscode from 'vscode';

/** Runs `binary compile` on the project of the active file, or on one the user picks, as a task with a terminal. */
export async function compileProject(binary: string): Promise<void> {
  const root = await pickRoot();
  if (root === undefined) return;
  const task = new vscode.Task(
    { type: 'qbls' },
    vscode.TaskScope.Workspace,
    `compile ${basename(root)}`,
    'qbls',
    new vscode.ProcessExecution(binary, ['compile', root]),
  );
  await vscode.tasks.executeTask(task);
}

async function pickRoot(): Promise<string | undefined> {
  const found = await vscode.workspace.findFiles('**/quickback.config.ts', '**/node_modules/**');
  const roots = [...new Set(found.map((uri) => projectRoot(uri.fsPath)))].sort();
  if (roots.length === 0) {
    void vscode.window.showWarningMessage('There is no quickback.config.ts in this workspace.');
    return undefined;
  }
  const active = vscode.window.activeTextEditor?.document.uri.fsPath ?? '';
  const around = roots.filter((root) => active.startsWith(root + sep)).sort((a, b) => b.length - a.length)[0];
  if (around !== undefined || roots.length === 1) return around ?? roots[0];
  return vscode.window.showQuickPick(roots, { title: 'Project to compile' });
}

/** quickback/quickback.config.ts makes the folder above the root; a config beside features/ makes its own. */
function projectRoot(config: string): string {
  const folder = dirname(config);
  return basename(folder) === 'quickback' ? dirname(folder) : folder;
}
