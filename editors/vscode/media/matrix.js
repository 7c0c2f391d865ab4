// The script of the matrix panel: draws what the extension sends, filters, says why, and tells the extension what was chosen.
(() => {
  const vscode = acquireVsCodeApi();
  const matrix = document.getElementById('matrix');
  const filter = document.getElementById('filter');
  const [said, why] = document.getElementById('why').children;

  const tell = (target) => {
    const cell = target instanceof Element ? target.closest('.cell') : null;
    if (cell === null) return;
    said.textContent = cell.dataset.said;
    why.textContent = cell.dataset.why;
  };

  // One cell of each table can be reached with Tab, the others with the arrow keys, as in every grid.
  const reachable = () => {
    for (const table of matrix.querySelectorAll('table')) {
      const cells = table.querySelectorAll('.cell');
      if (cells.length > 0 && !table.querySelector('.cell[tabindex="0"]')) cells[0].tabIndex = 0;
    }
  };

  const hide = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const section of matrix.querySelectorAll('section')) {
      const name = section.dataset.name.toLowerCase();
      let some = false;
      for (const row of section.querySelectorAll('tbody tr')) {
        const text = `${name} ${row.textContent} ${[...row.querySelectorAll('.cell:not(.no)')].map((c) => c.dataset.key).join(' ')}`.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        some ||= !row.hidden;
      }
      section.hidden = !some;
    }
    vscode.setState({ filter: filter.value });
  };

  const draw = (html) => {
    // Only what somebody is in keeps the focus: to focus an element would take it away from the definition that is being typed.
    const focused = document.hasFocus() ? document.activeElement?.getAttribute?.('data-key') : undefined;
    matrix.innerHTML = html;
    reachable();
    hide();
    const again = [...matrix.querySelectorAll('[data-key]')].find((it) => it.dataset.key === focused);
    if (focused && again) again.focus();
    tell(again);
  };

  const neighbour = (cell, key) => {
    const line = cell.closest('tr');
    const rows = [...cell.closest('tbody').querySelectorAll('tr:not([hidden])')];
    const column = [...line.querySelectorAll('.cell')].indexOf(cell);
    const row = rows.indexOf(line);
    const in_ = (r, c) => rows[r]?.querySelectorAll('.cell')[c];
    switch (key) {
      case 'ArrowRight': return in_(row, column + 1);
      case 'ArrowLeft': return in_(row, column - 1);
      case 'ArrowDown': return in_(row + 1, column);
      case 'ArrowUp': return in_(row - 1, column);
      case 'Home': return in_(row, 0);
      case 'End': return in_(row, line.querySelectorAll('.cell').length - 1);
      default: return undefined;
    }
  };

  matrix.addEventListener('mouseover', (event) => tell(event.target));
  matrix.addEventListener('focusin', (event) => tell(event.target));
  matrix.addEventListener('click', (event) => {
    const at = event.target.closest('[data-at]')?.dataset.at;
    if (at !== undefined) vscode.postMessage({ type: 'reveal', at: Number(at) });
  });
  matrix.addEventListener('keydown', (event) => {
    const cell = event.target.closest('.cell');
    const next = cell && neighbour(cell, event.key);
    if (!next) return;
    event.preventDefault();
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
  filter.addEventListener('input', hide);
  addEventListener('message', (event) => {
    if (event.data?.type === 'draw') draw(event.data.html);
  });

  filter.value = vscode.getState()?.filter ?? '';
  vscode.postMessage({ type: 'ready' });
})();
