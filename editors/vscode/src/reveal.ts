import * as vscode from 'vscode';
import type { Place } from './protocol';

/** Opens a file at a place, beside what is there when `column` says so. */
export async function reveal(place: Place, column?: vscode.ViewColumn): Promise<void> {
  const { start, end } = place.range;
  const selection = new vscode.Range(start.line, start.character, end.line, end.character);
  await vscode.window.showTextDocument(vscode.Uri.parse(place.uri), { selection, ...(column === undefined ? {} : { viewColumn: column }) });
}
