import * as vscode from 'vscode';
import type { Argument, Preview } from '../protocol';
import type { Server } from '../server';
import { parseAddress } from './address';

export const kinds = [
  { id: 'routes', label: 'Routes', detail: 'Every way in, with who may use it' },
  { id: 'policy', label: 'Effective policy', detail: 'What is enforced, in words: rows, roles, fields, masks' },
  { id: 'schema', label: 'SQL of the tables', detail: 'The schema with everything that is added to it' },
  { id: 'openapi', label: 'OpenAPI', detail: 'The document that clients are generated from' },
  { id: 'changes', label: 'What saving would change', detail: 'Files on the disk against the definitions as they are typed, as a diff' },
];

/**
 * Shows a document beside the one that is being typed, which keeps the focus. It is given back explicitly: `preserveFocus` loses it to
 * the other group when that group shows a webview (seen in VS Code 1.139).
 */
export async function showBeside(uri: vscode.Uri): Promise<void> {
  const typing = vscode.window.activeTextEditor;
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: false, preserveFocus: true });
  if (typing?.viewColumn !== undefined) await vscode.window.showTextDocument(typing.document, { viewColumn: typing.viewColumn });
}

/** Documents of the scheme `qbls:`: read-only, made by the server from what is typed, and made again while they are shown. */
export class Previews implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly open = new Map<string, vscode.Uri>(); // by the server's spelling
  /** Those that changed while VS Code was still opening them: it does not ask again for a document that is not there yet. */
  private readonly missed = new Set<string>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly server: Server) {
    this.subscriptions = [
      this.changed,
      vscode.workspace.registerTextDocumentContentProvider('qbls', this),
      vscode.workspace.onDidCloseTextDocument((document) => {
        for (const [key, uri] of this.open) if (uri.toString() === document.uri.toString()) this.open.delete(key);
      }),
      vscode.workspace.onDidOpenTextDocument((document) => {
        if (this.missed.delete(document.uri.toString())) this.changed.fire(document.uri);
      }),
      server.onPreviewChanged((uri) => {
        const shown = this.open.get(uri);
        if (shown === undefined) return;
        const key = shown.toString();
        if (vscode.workspace.textDocuments.some((document) => document.uri.toString() === key)) this.changed.fire(shown);
        else this.missed.add(key);
      }),
      // A new server knows of no preview yet.
      server.onStarted(() => this.open.forEach((uri) => this.changed.fire(uri))),
    ];
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const wanted = parseAddress(uri.path, uri.query);
    if (wanted === undefined) return `There is no preview ${uri.toString()}\n`;
    try {
      const made = await this.server.request<Preview>('qbls/preview', wanted);
      this.open.set(made.uri, uri);
      return made.text;
    } catch (error) {
      return `${error instanceof Error ? error.message : String(error)}\n`;
    }
  }

  /** Opens a preview beside the definitions. */
  async show(argument: Argument): Promise<void> {
    const made = await this.server.request<Preview>('qbls/preview', argument);
    await showBeside(vscode.Uri.parse(made.uri));
  }

  dispose(): void {
    for (const it of this.subscriptions) it.dispose();
  }
}

/** Documents that never change: what a compilation changed, what a rule means. */
export class Results implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider('qbls-result', this);
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.path) ?? 'This document is of an earlier session.\n';
  }

  /** Gives a text an address; the ending of the name says its language. */
  keep(name: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: 'qbls-result', path: `/${name}` });
    this.texts.set(uri.path, text);
    this.changed.fire(uri);
    return uri;
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}
