import * as vscode from 'vscode';
import { LanguageClient, TransportKind, type LanguageClientOptions } from 'vscode-languageclient/node';

/** What the server reads at start and in the configuration section "qbls". */
interface Settings {
  /** Whether code of the project may be executed and compiled. */
  trusted: boolean;
  compileOnSave: boolean;
}

function settings(): Settings {
  const trusted = vscode.workspace.isTrusted;
  const configured = vscode.workspace.getConfiguration('qbls').get<boolean>('compileOnSave', false);
  return { trusted, compileOnSave: trusted && configured };
}

/** A client that starts `binary lsp`; it is not started yet. */
export function createClient(binary: string): LanguageClient {
  const options: LanguageClientOptions = {
    // Every file a definition can live in; which of them belong to a project is
    // the server's to say, it alone knows the layouts.
    documentSelector: [
      { scheme: 'file', language: 'typescript', pattern: '**/quickback.config.ts' },
      { scheme: 'file', language: 'typescript', pattern: '**/{quickback,definitions,features,services}/**/*.ts' },
    ],
    synchronize: {
      configurationSection: 'qbls',
      fileEvents: vscode.workspace.createFileSystemWatcher('**/*.ts'),
    },
    initializationOptions: settings,
    middleware: {
      workspace: {
        // Trust is no setting of the user's, so it is added to what the editor answers.
        configuration: async (params, token, next) => {
          const answers = await next(params, token);
          if (!Array.isArray(answers)) return answers;
          return answers.map((answer: unknown, i) =>
            params.items[i]?.section === 'qbls' && typeof answer === 'object' ? { ...answer, ...settings() } : answer,
          );
        },
      },
    },
  };
  return new LanguageClient('qbls', 'qbls', { command: binary, args: ['lsp'], transport: TransportKind.stdio }, options);
}
