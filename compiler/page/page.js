'use strict';
(() => {
  const detail = document.getElementById('detail'), search = document.getElementById('search'), found = document.getElementById('found');
  const table = document.querySelector('table.matrix');

  // The condition of a cell, for the mouse and for the keyboard.
  const say = (cell) => { if (cell?.dataset.say) detail.textContent = cell.dataset.say; };
  table?.addEventListener('mouseover', (event) => say(event.target.closest('td')));
  const cells = table ? [...table.querySelectorAll('td[data-say]')] : [];
  if (cells[0]) cells[0].tabIndex = 0;
  table?.addEventListener('focusin', (event) => say(event.target.closest('td')));
  table?.addEventListener('keydown', (event) => {
    const cell = event.target.closest('td[data-say]');
    if (!cell) return;
    const row = cell.parentElement, column = [...row.children].indexOf(cell);
    const rows = [...table.querySelectorAll('tr:has(td[data-say])')].filter((r) => !r.closest('[hidden]'));
    const at = rows.indexOf(row);
    const next = {
      ArrowRight: () => cell.nextElementSibling, ArrowLeft: () => cell.previousElementSibling,
      ArrowDown: () => rows[at + 1]?.children[column], ArrowUp: () => rows[at - 1]?.children[column],
    }[event.key]?.();
    if (!next?.dataset.say) return;
    event.preventDefault();
    for (const c of cells) c.removeAttribute('tabindex');
    next.tabIndex = 0;
    next.focus();
  });

  // Search: what does not contain every word is hidden.
  const parts = [...document.querySelectorAll('[data-find]')].map((part) => [part, part.textContent.toLowerCase()]);
  search.addEventListener('input', () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let n = 0;
    for (const [part, text] of parts) {
      const fits = words.every((word) => text.includes(word));
      part.hidden = !fits;
      n += fits ? 1 : 0;
    }
    found.textContent = words.length ? `${n} of ${parts.length} parts` : '';
  });
})();
