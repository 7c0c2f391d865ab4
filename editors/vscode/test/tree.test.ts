import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Project } from '../src/protocol';
import { nodesOf, type Node } from '../src/tree/nodes';

const place = (line: number) => ({ uri: 'file:///p/c.ts', range: { start: { line, character: 0 }, end: { line, character: 1 } } });

const project: Project = {
  name: 'recruiting', uri: 'file:///p', complete: true,
  features: [{
    name: 'candidates',
    resources: [
      {
        id: 'candidates/candidates', name: 'candidates', internal: false, location: place(3), who: ['interviewer', 'owner'],
        routes: [
          { name: 'list', kind: 'operation', method: 'GET', path: '/api/v1/candidates', location: place(9), who: [{ role: 'interviewer', some: true }, { role: 'owner', some: false }] },
          { name: 'delete', kind: 'operation', method: 'DELETE', path: '/api/v1/candidates/:id', who: [] },
        ],
        views: [],
        actions: [{ name: 'hire', kind: 'action', method: 'POST', path: '/api/v1/candidates/:id/hire', location: place(20), who: [{ role: 'owner', some: false }] }],
      },
      { id: 'candidates/log', name: 'log', internal: true, location: place(1), who: [], routes: [], views: [], actions: [] },
    ],
  }],
};

const lines = (nodes: Node[], depth = 0): string[] =>
  nodes.flatMap((n) => [`${'  '.repeat(depth)}${n.label}${n.description ? ` (${n.description})` : ''}`, ...lines(n.children, depth + 1)]);

test('features hold resources, and those their routes, actions and roles', () => {
  assert.deepEqual(lines(nodesOf([project])), [
    'candidates',
    '  candidates',
    '    Routes (2)',
    '      list (GET /api/v1/candidates)',
    '        interviewer (some rows)',
    '        owner',
    '      delete (DELETE /api/v1/candidates/:id)',
    '    Actions (1)',
    '      hire (POST /api/v1/candidates/:id/hire)',
    '        owner',
    '    Who (interviewer, owner)',
    '      interviewer',
    '      owner',
    '  log (internal)',
  ]);
});

test('a line leads to where it is written', () => {
  const find = (label: string): Node | undefined => {
    const search = (list: Node[]): Node | undefined => list.map((n) => (n.label === label ? n : search(n.children))).find(Boolean);
    return search(nodesOf([project])[0]?.children ?? []);
  };
  assert.equal(find('candidates')?.location?.range.start.line, 3);
  assert.equal(find('list')?.location?.range.start.line, 9);
  assert.equal(find('hire')?.location?.range.start.line, 20);
  assert.equal(find('delete')?.location, undefined);
  assert.equal(find('delete')?.icon, 'circle-slash', 'what nobody may is marked');
  assert.equal(find('log')?.context, 'internal');
});

test('several projects are a level of their own, and say when they have errors', () => {
  const two = nodesOf([project, { ...project, name: 'other', uri: 'file:///q', complete: false }]);
  assert.deepEqual(two.map((n) => [n.label, n.description]), [['recruiting', undefined], ['other', 'has errors']]);
});

test('no two lines have the same identity', () => {
  const ids = (nodes: Node[]): string[] => nodes.flatMap((n) => [n.id, ...ids(n.children)]);
  const all = ids(nodesOf([project, { ...project, uri: 'file:///q' }]));
  assert.equal(new Set(all).size, all.length);
});
