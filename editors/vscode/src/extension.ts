import * as vscode from 'vscode';
import { selector } from './client';
import { registerCommands } from './commands';
import { MatrixPanel } from './matrix/panel';
import { Previews, Results } from './previews/documents';
import { Server } from './server';
import { StatusBar } from './status';
import { ResourcesView, registerReveal } from './tree/view';

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const it = new Server(context);
  server = it;
  const previews = new Previews(it);
  const results = new Results();
  const status = new StatusBar(it);
  const tree = new ResourcesView(it);
  const matrix = new MatrixPanel(context, it);
  const refresh = calmly(() => {
    tree.refresh();
    matrix.refresh();
  });

  context.subscriptions.push(
    it, previews, results, status, tree, matrix, registerReveal(),
    ...registerCommands({ server: it, status, previews, results, matrix }),
    it.onStarted(refresh),
    it.onStatus(refresh),
    vscode.workspace.onDidChangeTextDocument((change) => {
      if (vscode.languages.match(selector, change.document) > 0) refresh();
    }),
    vscode.workspace.onDidSaveTextDocument((document) => {
      if (vscode.languages.match(selector, document) > 0) refresh();
    }),
    // Trust is told to the server when it starts, and a new binary needs a new process.
    vscode.workspace.onDidGrantWorkspaceTrust(() => void it.restart()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('qbls.path')) void it.restart();
    }),
  );
  await it.restart();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}

/** Once things have been quiet for a moment: a tree that jumps at every key is of no use. */
function calmly(run: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, 300);
  };
}
