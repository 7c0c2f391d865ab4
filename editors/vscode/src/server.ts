import * as vscode from 'vscode';
import { State as ClientState, type LanguageClient } from 'vscode-languageclient/node';
import { findBinary } from './binary';
import { createClient } from './client';
import { projectOf } from './projects';
import type { Argument, Project, Status, Tree } from './protocol';

/** The language server: starting, ending and asking it. There is at most one. */
export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  /** Starts and ends follow one another: two at once would leave a process without an owner. */
  private pending: Promise<void> = Promise.resolve();
  private readonly started = new vscode.EventEmitter<void>();
  private readonly statusChanged = new vscode.EventEmitter<Status>();
  private readonly previewChanged = new vscode.EventEmitter<string>();
  readonly output = vscode.window.createOutputChannel('qbls');

  /** It has started, again perhaps: what was shown has to be asked for again. */
  readonly onStarted = this.started.event;
  readonly onStatus = this.statusChanged.event;
  /** The server's URI of a preview that shows something old. */
  readonly onPreviewChanged = this.previewChanged.event;

  constructor(private readonly context: vscode.ExtensionContext) {}

  /** Starts the server; one that runs is ended first. */
  restart(): Promise<void> {
    const next = () => this.start();
    return (this.pending = this.pending.then(next, next));
  }

  async stop(): Promise<void> {
    await this.pending.catch(() => undefined);
    await this.end();
  }

  dispose(): void {
    for (const it of [this.started, this.statusChanged, this.previewChanged, this.output]) it.dispose();
  }

  get running(): boolean {
    return this.client?.state === ClientState.Running;
  }

  /** The binary, or undefined after telling the user that there is none. */
  binary(): string | undefined {
    const found = findBinary(this.context);
    if (found !== undefined) return found;
    const open = 'Open Settings';
    const message = 'The qbls binary was not found. Install it, or say where it is in the user setting "qbls.path".';
    void vscode.window.showErrorMessage(message, open).then((answer) => {
      if (answer === open) void vscode.commands.executeCommand('workbench.action.openSettings', 'qbls.path');
    });
    return undefined;
  }

  /** Asks the server; rejects when it does not run or answers with an error. */
  async request<R>(method: string, params: object): Promise<R> {
    await this.pending.catch(() => undefined);
    if (this.client === undefined) throw new Error('The language server does not run; see the output "qbls".');
    return this.client.sendRequest<R>(method, params);
  }

  /** Runs one of the server's commands, `name` without its prefix. */
  command<R>(name: string, argument: Argument): Promise<R> {
    return this.request<R>('workspace/executeCommand', { command: `qbls.server.${name}`, arguments: [argument] });
  }

  async projects(): Promise<Project[]> {
    return (await this.request<Tree>('qbls/tree', {})).projects;
  }

  /**
   * The project that the user means: that of the active file, or the only one, or the one picked from a list.
   * Undefined when there is none or the list was closed.
   */
  async pickProject(): Promise<Project | undefined> {
    const projects = await this.projects();
    const active = vscode.window.activeTextEditor?.document.uri;
    const around = active && projectOf(projects, active.toString());
    if (around !== undefined) return around;
    if (projects.length === 0) void vscode.window.showWarningMessage('There is no quickback.config.ts in this workspace.');
    if (projects.length < 2) return projects[0];
    const items = projects.map((project) => ({ label: project.name, description: vscode.Uri.parse(project.uri).fsPath, project }));
    return (await vscode.window.showQuickPick(items, { title: 'Quickback project' }))?.project;
  }

  private async start(): Promise<void> {
    await this.end();
    const binary = this.binary();
    if (binary === undefined) return;
    const client = createClient(binary, this.output);
    client.onNotification('qbls/status', (status: Status) => this.statusChanged.fire(status));
    client.onNotification('qbls/previewChanged', (changed: { uri: string }) => this.previewChanged.fire(changed.uri));
    client.onDidChangeState((change) => {
      if (change.newState === ClientState.Running) this.started.fire();
    });
    this.client = client;
    await client.start();
  }

  private async end(): Promise<void> {
    const old = this.client;
    this.client = undefined;
    await old?.dispose();
  }
}
