import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Argument, Matrix, Place } from '../protocol';
import { reveal } from '../reveal';
import type { Server } from '../server';
import { draw } from './html';
import { page } from './page';

/** The panel "Who can": role × resource × operation, of a project or of one resource. There is at most one; it shows what was asked for last. */
export class MatrixPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private shown: Argument = {};
  private places: Place[] = [];
  /** Counts renderings: an answer that was overtaken is dropped. */
  private asked = 0;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly server: Server,
  ) {}

  async show(argument: Argument): Promise<void> {
    this.shown = argument;
    if (this.panel === undefined) this.open();
    this.panel?.reveal(undefined, false);
    await this.render();
  }

  /** Asks again, when the panel is open. */
  refresh(): void {
    if (this.panel?.visible) this.render().catch((error: unknown) => this.server.output.appendLine(`The matrix is not drawn again: ${String(error)}`));
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private open(): void {
    const media = vscode.Uri.joinPath(this.context.extensionUri, 'media');
    const panel = vscode.window.createWebviewPanel('qbls.matrix', 'Who can', vscode.ViewColumn.Beside, {
      enableScripts: true,
      localResourceRoots: [media],
      enableFindWidget: true,
      retainContextWhenHidden: true,
    });
    this.panel = panel;
    panel.iconPath = vscode.Uri.joinPath(media, 'icon.png');
    panel.onDidDispose(() => (this.panel = undefined));
    // Only what was hidden has missed something.
    let visible = true;
    panel.onDidChangeViewState(() => {
      if (panel.visible && !visible) this.refresh();
      visible = panel.visible;
    });
    panel.webview.onDidReceiveMessage((message: { type?: unknown; at?: unknown }) => {
      if (message.type === 'ready') this.refresh();
      const place = message.type === 'reveal' && typeof message.at === 'number' ? this.places[message.at] : undefined;
      if (place) void reveal(place, vscode.ViewColumn.One);
    });
    panel.webview.html = page({
      style: panel.webview.asWebviewUri(vscode.Uri.joinPath(media, 'matrix.css')).toString(),
      script: panel.webview.asWebviewUri(vscode.Uri.joinPath(media, 'matrix.js')).toString(),
      source: panel.webview.cspSource,
      nonce: randomBytes(16).toString('hex'),
    });
  }

  private async render(): Promise<void> {
    const mine = ++this.asked;
    const { uri, resource } = this.shown;
    const matrix = await this.server.request<Matrix>('qbls/matrix', { ...(uri ? { uri } : {}), ...(resource ? { resource } : {}) });
    if (mine !== this.asked || this.panel === undefined) return;
    const drawn = draw(matrix);
    this.places = drawn.places;
    this.panel.title = resource ? `Who can: ${resource}` : 'Who can';
    await this.panel.webview.postMessage({ type: 'draw', html: drawn.html });
  }
}
