import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draw, escape, legend } from '../src/matrix/html';
import { page } from '../src/matrix/page';
import type { Matrix, Place, Verdict } from '../src/protocol';

const place = (line: number): Place => ({ uri: 'file:///p/candidates.ts', range: { start: { line, character: 0 }, end: { line, character: 4 } } });

const matrix: Matrix = {
  uri: 'file:///p',
  complete: true,
  roles: ['interviewer', 'owner'],
  resources: [{
    id: 'candidates/candidates', name: 'candidates', location: place(1),
    rows: [{
      name: 'list', kind: 'operation', method: 'GET', path: '/api/v1/candidates', location: place(5),
      cells: [
        { role: 'interviewer', verdict: 'rows', condition: "stage IN ('offer') AND a < b", because: ['has role of interviewer'], location: place(7) },
        { role: 'owner', verdict: 'no', because: [] },
      ],
    }],
  }],
};

// The buttons of a drawing, with their attributes.
function buttons(html: string): Record<string, string>[] {
  return [...html.matchAll(/<button ([^>]*)>/g)].map(([, attributes]) =>
    Object.fromEntries([...(attributes ?? '').matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name ?? '', value ?? ''])));
}

test('every decision has a cell that says it and leads to the line that decides', () => {
  const { html, places } = draw(matrix);
  const all = buttons(html);
  const leads = (key: string): number | undefined => places[Number(all.find((b) => b['data-key'] === key)?.['data-at'])]?.range.start.line;
  assert.equal(leads('candidates/candidates'), 1, 'the name of the resource');
  assert.equal(leads('candidates/candidates operation list'), 5, 'the operation');
  assert.equal(leads('candidates/candidates operation list interviewer'), 7, 'a cell with a place');
  assert.equal(leads('candidates/candidates operation list owner'), 5, 'a cell without one leads to its operation');
  const cells = all.filter((b) => b['class']?.startsWith('cell'));
  assert.deepEqual(cells.map((c) => c['class']), ['cell rows', 'cell no']);
  assert.equal(cells[0]?.['data-said'], 'list: interviewer may, for some rows');
  assert.match(cells[0]?.['data-why'] ?? '', /^WHERE stage IN \(&#39;offer&#39;\) AND a &#60; b\nhas role/);
  assert.equal(cells[1]?.['aria-label'], 'list: owner may not');
});

test('nothing of the project becomes markup', () => {
  const evil = '"><img src=x onerror=alert(1)>';
  const { html } = draw({
    ...matrix,
    roles: [evil],
    resources: [{ id: evil, name: evil, rows: [{ name: evil, kind: evil, method: 'GET', path: evil, cells: [{ role: evil, verdict: evil as Verdict, condition: evil, because: [evil] }] }] }],
  });
  assert.ok(!html.includes('<img'));
  assert.ok(!html.includes('"><'.concat('img')));
  assert.equal(escape(`&<>"'`), '&#38;&#60;&#62;&#34;&#39;');
});

test('definitions with errors are said to be that', () => {
  assert.match(draw({ ...matrix, complete: false }).html, /have errors/);
  assert.doesNotMatch(draw(matrix).html, /have errors/);
  assert.match(draw({ ...matrix, resources: [] }).html, /no resource with a policy/);
});

test('verdicts differ by shape, not by colour alone', () => {
  const shapes = [...legend.matchAll(/<svg[^>]*>(.*?)<\/svg>/g)].map(([, shape]) => shape);
  assert.equal(new Set(shapes).size, 4);
});

test('the page allows its own style sheet and script, and nothing else', () => {
  const html = page({ style: 'https://w/matrix.css', script: 'https://w/matrix.js', source: 'https://w', nonce: 'abc' });
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.replaceAll('&#39;', "'");
  assert.equal(policy, "default-src 'none'; style-src https://w; script-src 'nonce-abc'");
  assert.equal([...html.matchAll(/<script/g)].length, 1);
  assert.doesNotMatch(html, /style="|onclick|<style/);
});
