import type { Cell, Matrix, Place, Row, Verdict } from '../protocol';

/** The matrix as HTML, and the places that its parts lead to: `data-at` of an element is an index into them. */
export interface Drawn {
  html: string;
  places: Place[];
}

const words: Record<Verdict, string> = {
  yes: 'may',
  no: 'may not',
  rows: 'may, for some rows',
  function: 'may, when a function says so',
};

/** Shapes that can be told apart without colour; `aria-hidden`, because every cell says its verdict in words. */
const shapes: Record<Verdict, string> = {
  yes: '<circle cx="8" cy="8" r="5.5" fill="currentColor"/>',
  rows: '<circle cx="8" cy="8" r="5" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M8 3a5 5 0 0 0 0 10z" fill="currentColor"/>',
  function: '<rect x="3" y="3" width="10" height="10" rx="2" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M6 5l2 3M8 8l-2 3M7.6 7.4 10 11" stroke="currentColor" stroke-width="1.3" fill="none"/>',
  no: '<path d="M4.5 8h7" stroke="currentColor" stroke-width="1.5"/>',
};

export const legend = (['yes', 'rows', 'function', 'no'] as const)
  .map((verdict) => `<span class="${verdict}">${shape(verdict)} ${words[verdict]}</span>`)
  .join('');

/** Draws the matrix: a table for each resource, a line for each way in, a cell for each role. Everything of the project is escaped. */
export function draw(matrix: Matrix): Drawn {
  const places: Place[] = [];
  const at = (place: Place | undefined): string => (place === undefined ? '' : ` data-at="${places.push(place) - 1}"`);
  const parts = matrix.resources.map((resource) => {
    const head = matrix.roles.map((role) => `<th scope="col">${escape(role)}</th>`).join('');
    const body = resource.rows.map((row) => line(resource.id, row, at)).join('');
    return (
      `<section data-name="${escape(resource.id)}"><h2><button class="link" data-key="${escape(resource.id)}"${at(resource.location)}>${escape(resource.name)}</button></h2>` +
      `<table role="grid" aria-label="${escape(resource.name)}"><thead><tr><th scope="col">operation</th>${head}</tr></thead><tbody>${body}</tbody></table></section>`
    );
  });
  const warning = matrix.complete ? '' : '<p class="warning" role="status">The definitions have errors. What is shown is not what is compiled.</p>';
  const empty = matrix.resources.length === 0 ? '<p>There is no resource with a policy.</p>' : '';
  return { html: warning + parts.join('') + empty, places };
}

function line(resource: string, row: Row, at: (place: Place | undefined) => string): string {
  const key = `${resource} ${row.kind} ${row.name}`;
  const name = `<th scope="row"><button class="link" data-key="${escape(key)}"${at(row.location)}>${escape(row.name)}</button> <code>${escape(`${row.method} ${row.path}`)}</code></th>`;
  return `<tr>${name}${row.cells.map((cell) => drawCell(key, row, cell, at)).join('')}</tr>`;
}

function drawCell(key: string, row: Row, cell: Cell, at: (place: Place | undefined) => string): string {
  const said = `${row.name}: ${cell.role} ${words[cell.verdict] ?? cell.verdict}`;
  const why = [cell.condition ? `WHERE ${cell.condition}` : '', ...cell.because].filter((text) => text !== '').join('\n');
  return (
    `<td role="gridcell"><button class="cell ${escape(cell.verdict)}" tabindex="-1" data-key="${escape(`${key} ${cell.role}`)}" data-said="${escape(said)}" data-why="${escape(why)}"` +
    `${at(cell.location ?? row.location)} aria-label="${escape(why === '' ? said : `${said}. ${why}`)}">${shape(cell.verdict)}</button></td>`
  );
}

function shape(verdict: Verdict): string {
  return `<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">${shapes[verdict] ?? ''}</svg>`;
}

/** Escapes text for HTML, quoted attributes included. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
