import * as vscode from 'vscode';
import { LanguageClient, TransportKind, type LanguageClientOptions } from 'vscode-languageclient/node';

/**
 * Every file a definition can live in; which of them belong to a project is the server's to say, it alone knows the layouts.
 */
export const selector = [
  { scheme: 'file', language: 'typescript', pattern: '**/quickback.config.ts' },
  { scheme: 'file', language: 'typescript', pattern: '**/{quickback,definitions,features,services}/**/*.ts' },
];

/** What the server reads at the start. Trust is said here and nowhere else: no settings file can claim it. */
function options(): object {
  const configured = vscode.workspace.getConfiguration('qbls');
  const trusted = vscode.workspace.isTrusted;
  return {
    trusted,
    compileOnSave: trusted && configured.get<boolean>('compileOnSave', true),
    inlayHints: configured.get<object>('inlayHints', {}),
  };
}

/** A client that starts `binary lsp`; it is not started yet. */
export function createClient(binary: string, output: vscode.OutputChannel): LanguageClient {
  const clientOptions: LanguageClientOptions = {
    documentSelector: selector,
    // The server registers its own file watchers.
    synchronize: { configurationSection: 'qbls' },
    initializationOptions: options,
    outputChannel: output,
    markdown: { isTrusted: false, supportHtml: false },
  };
  return new LanguageClient('qbls', 'qbls', { command: binary, args: ['lsp'], transport: TransportKind.stdio }, clientOptions);
}
