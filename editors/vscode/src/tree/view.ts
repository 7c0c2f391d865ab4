import * as vscode from 'vscode';
import type { Server } from '../server';
import { reveal } from '../reveal';
import { nodesOf, type Node } from './nodes';

/** The view "Resources". It asks the server when it is shown and when definitions have changed. */
export class ResourcesView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<Node>;
  private nodes: Node[] = [];
  private parents = new Map<string, Node>();

  constructor(private readonly server: Server) {
    this.view = vscode.window.createTreeView('qbls.resources', { treeDataProvider: this, showCollapseAll: true });
    this.view.onDidChangeVisibility((now) => now.visible && this.changed.fire());
  }

  /** Asks again, when somebody looks. */
  refresh(): void {
    if (this.view.visible) this.changed.fire();
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node !== undefined) return node.children;
    if (!this.server.running) return [];
    try {
      const projects = await this.server.projects();
      this.nodes = nodesOf(projects);
      this.view.description = projects.length === 1 && projects[0]?.complete === false ? 'has errors' : '';
    } catch (error) {
      this.server.output.appendLine(`The resources are not shown again: ${String(error)}`);
    }
    this.parents = new Map();
    const walk = (list: Node[], parent?: Node): void => {
      for (const one of list) {
        if (parent) this.parents.set(one.id, parent);
        walk(one.children, one);
      }
    };
    walk(this.nodes);
    return this.nodes;
  }

  getParent(node: Node): Node | undefined {
    return this.parents.get(node.id);
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(node.label, node.children.length === 0 ? None : node.expanded ? Expanded : Collapsed);
    item.id = node.id;
    item.description = node.description ?? '';
    item.tooltip = node.tooltip ?? node.label;
    item.iconPath = new vscode.ThemeIcon(node.icon);
    item.contextValue = node.context;
    if (node.location) item.command = { command: 'qbls.reveal', title: 'Show the line', arguments: [node.location] };
    return item;
  }

  dispose(): void {
    this.view.dispose();
    this.changed.dispose();
  }
}

export const registerReveal = () => vscode.commands.registerCommand('qbls.reveal', reveal);
