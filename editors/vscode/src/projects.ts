import type { Project } from './protocol';

/** Whether a file is the folder or below it; both are URIs as the server and VS Code write them. */
export function within(folder: string, file: string): boolean {
  const root = plain(folder);
  const at = plain(file);
  return at === root || at.startsWith(root.endsWith('/') ? root : root + '/');
}

/** The innermost project that a file belongs to. */
export function projectOf<P extends Pick<Project, 'uri'>>(projects: readonly P[], file: string): P | undefined {
  return projects.filter((p) => within(p.uri, file)).sort((a, b) => b.uri.length - a.uri.length)[0];
}

/** VS Code escapes the colon of a Windows drive and writes the drive in lower case; others do neither. */
function plain(uri: string): string {
  let text = uri;
  try {
    text = decodeURIComponent(uri);
  } catch {
    // A lone per cent sign: compared as it is.
  }
  return text.replace(/^file:\/\/\/([A-Za-z]):/, (_, drive: string) => `file:///${drive.toLowerCase()}:`).replace(/\/+$/, '');
}
