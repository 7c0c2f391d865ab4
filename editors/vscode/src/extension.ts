import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { findBinary } from './binary';
import { createClient } from './client';
import { compileProject } from './compile';

let client: LanguageClient | undefined;

/** Restarts run one after the other: two at once would leave a server without an owner. */
let pending: Promise<void> = Promise.resolve();

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const restart = () => (pending = pending.then(() => start(context), () => start(context)));

  context.subscriptions.push(
    vscode.commands.registerCommand('qbls.restart', restart),
    vscode.commands.registerCommand('qbls.compile', () => withBinary(context, compileProject)),
    // Trust is told to the server when it starts, and a new binary needs a new process.
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('qbls.path')) void restart();
    }),
  );
  await restart();
}

export async function deactivate(): Promise<void> {
  await pending.catch(() => undefined);
  await stop();
}

async function start(context: vscode.ExtensionContext): Promise<void> {
  await stop();
  await withBinary(context, async (binary) => {
    client = createClient(binary);
    await client.start();
  });
}

async function stop(): Promise<void> {
  const old = client;
  client = undefined;
  await old?.dispose();
}

async function withBinary(context: vscode.ExtensionContext, use: (binary: string) => Promise<void>): Promise<void> {
  const binary = findBinary(context);
  if (binary !== undefined) return use(binary);
  const open = 'Open Settings';
  void vscode.window
    .showErrorMessage('The qbls binary was not found. Install it, or say where it is in "qbls.path".', open)
    .then((answer) => {
      if (answer === open) void vscode.commands.executeCommand('workbench.action.openSettings', 'qbls.path');
    });
}
