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

/** Documents of the scheme `qbls:`: read-only, made by the server from what is typed, and made again while they are shown. */
export class Previews implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly open = new Map<string, vscode.Uri>(); // by the server's spelling
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly server: Server) {
    this.subscriptions = [
      this.changed,
      vscode.workspace.registerTextDocumentContentProvider('qbls', this),
      vscode.workspace.onDidCloseTextDocument((document) => {
        for (const [key, uri] of this.open) if (uri.toString() === document.uri.toString()) this.open.delete(key);
      }),
      server.onPreviewChanged((uri) => {
        const shown = this.open.get(uri);
        if (shown) this.changed.fire(shown);
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
    const uri = vscode.Uri.parse(made.uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: false, preserveFocus: true });
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
