import type { Status } from './protocol';

/** What the status bar says. */
export interface StatusText {
  text: string;
  tooltip: string;
  level: 'plain' | 'warning' | 'error';
}

/**
 * Words for the state of a project's output. `trusted` is false in a workspace where nothing may run: then nobody can bring the output
 * up to date, and the text says so instead of asking for it.
 */
export function statusText(status: Status | undefined, trusted: boolean): StatusText {
  const more = status?.message ? `\n${status.message}` : '';
  const restricted = trusted ? '' : '\nThe workspace is not trusted: definitions are checked, nothing of them is executed or compiled.';
  switch (status?.state) {
    case 'upToDate':
      return { text: '$(check) qbls: up to date', tooltip: `The output is what the definitions say.${more}${restricted}`, level: 'plain' };
    case 'written':
      return { text: '$(check) qbls: up to date', tooltip: `The code is what the definitions say; the documents about it follow.${more}${restricted}`, level: 'plain' };
    case 'stale':
      return { text: '$(history) qbls: stale', tooltip: `The definitions have changed since the output was written.${more}${restricted}`, level: 'warning' };
    case 'compiling':
      return { text: '$(sync~spin) qbls: compiling', tooltip: 'The output is being written.', level: 'plain' };
    case 'failed':
      return { text: '$(error) qbls: failed', tooltip: `The last compilation failed; the output is that of the one before.${more}${restricted}`, level: 'error' };
    default:
      return { text: '$(shield) qbls', tooltip: `The language server for Quickback definitions.${restricted}`, level: 'plain' };
  }
}
