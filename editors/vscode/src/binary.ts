import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';

const name = process.platform === 'win32' ? 'qbls.exe' : 'qbls';

/**
 * The qbls binary to run: the setting, else the one shipped in the extension,
 * else the first in PATH. Undefined when none can be executed.
 *
 * In an untrusted workspace the editor itself leaves workspace values of
 * `qbls.path` out (restrictedConfigurations), so a repository cannot name the
 * program that opening it starts.
 */
export function findBinary(context: vscode.ExtensionContext): string | undefined {
  const configured = vscode.workspace.getConfiguration('qbls').get<string>('path', '').trim();
  if (configured !== '') return isAbsolute(configured) && executable(configured) ? configured : inPath(configured);

  const bundled = context.asAbsolutePath(join('bin', name));
  return executable(bundled) ? bundled : inPath(name);
}

/** A bare command name is looked up here, because a relative path must never mean the open folder. */
function inPath(command: string): string | undefined {
  if (command.includes('/') || command.includes('\\')) return undefined;
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, command))
    .find(executable);
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
