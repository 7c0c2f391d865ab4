import * as vscode from 'vscode';
import { projectOf } from './projects';
import type { Project, Status } from './protocol';
import type { Server } from './server';
import { statusText } from './status-text';

/** The item in the status bar: how the output of the project of the active file stands to its definitions. */
export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('qbls.status', vscode.StatusBarAlignment.Left, 10);
  private readonly known = new Map<string, Status>(); // by URI of the project
  private projects: Project[] = [];
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly server: Server) {
    this.item.name = 'qbls';
    this.item.command = 'qbls.menu';
    this.subscriptions = [
      this.item,
      server.onStatus((status) => {
        this.known.set(status.project, status);
        this.render();
      }),
      server.onStarted(() => void this.reload()),
      vscode.window.onDidChangeActiveTextEditor(() => this.render()),
    ];
  }

  dispose(): void {
    for (const it of this.subscriptions) it.dispose();
  }

  /** The last state that the server told of a project. */
  of(project: string): Status | undefined {
    return this.known.get(project);
  }

  private async reload(): Promise<void> {
    this.known.clear();
    try {
      this.projects = await this.server.projects();
      for (const project of this.projects) {
        const status = await this.server.request<Status>('qbls/status', { uri: project.uri });
        // A notification that came meanwhile is newer.
        if (!this.known.has(status.project)) this.known.set(status.project, status);
      }
    } catch (error) {
      this.server.output.appendLine(`The status is not known: ${String(error)}`);
    }
    this.render();
  }

  private render(): void {
    const active = vscode.window.activeTextEditor?.document.uri;
    const project = (active && projectOf(this.projects, active.toString())) ?? (this.projects.length === 1 ? this.projects[0] : undefined);
    void vscode.commands.executeCommand('setContext', 'qbls.inProject', active !== undefined && projectOf(this.projects, active.toString()) !== undefined);
    const now = statusText(project && this.known.get(project.uri), vscode.workspace.isTrusted);
    this.item.text = now.text;
    this.item.tooltip = project ? `${project.name}: ${now.tooltip}` : now.tooltip;
    this.item.accessibilityInformation = { label: now.text.replace(/\$\([^)]*\) ?/g, ''), role: 'button' };
    this.item.backgroundColor =
      now.level === 'error' ? new vscode.ThemeColor('statusBarItem.errorBackground')
      : now.level === 'warning' ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    this.item.show();
  }
}
