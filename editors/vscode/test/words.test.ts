import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddress } from '../src/previews/address';
import { projectOf, within } from '../src/projects';
import type { State } from '../src/protocol';
import { statusText } from '../src/status-text';

test('the status bar has words for every state', () => {
  const words = (state: State, trusted = true) => statusText({ project: 'file:///p', state, message: 'because' }, trusted);
  assert.match(words('upToDate').text, /up to date/);
  assert.match(words('written').tooltip, /documents about it follow/);
  assert.match(words('stale').text, /stale/);
  assert.match(words('compiling').text, /compiling/);
  assert.match(words('failed').text, /failed/);
  assert.match(words('failed').tooltip, /because/);
  assert.deepEqual([words('upToDate').level, words('stale').level, words('failed').level], ['plain', 'warning', 'error']);
  assert.doesNotMatch(words('stale').tooltip, /not trusted/);
  assert.match(words('stale', false).tooltip, /not trusted/);
  assert.match(statusText(undefined, false).tooltip, /not trusted/);
});

test('addresses of previews are read back', () => {
  assert.deepEqual(parseAddress('/policy.md', 'project=file:///p/a%20b&resource=jobs/jobs'), { kind: 'policy', uri: 'file:///p/a%20b', resource: 'jobs/jobs' });
  assert.deepEqual(parseAddress('/changes.diff', 'project=file:///p/a&b'), { kind: 'changes', uri: 'file:///p/a&b' });
  assert.equal(parseAddress('/policy.md', ''), undefined);
  assert.equal(parseAddress('/../x/policy.md', 'project=file:///p'), undefined);
});

test('a file belongs to the innermost project around it', () => {
  const projects = [{ uri: 'file:///w' }, { uri: 'file:///w/apps/one' }, { uri: 'file:///w/apps/on' }];
  assert.equal(projectOf(projects, 'file:///w/apps/one/features/a.ts')?.uri, 'file:///w/apps/one');
  assert.equal(projectOf(projects, 'file:///w/apps/oneness/a.ts')?.uri, 'file:///w');
  assert.equal(projectOf(projects, 'file:///elsewhere/a.ts'), undefined);
  assert.ok(within('file:///C:/w', 'file:///c%3A/w/a.ts'), 'drives of Windows, in both spellings');
  assert.ok(within('file:///w/a b', 'file:///w/a%20b/c.ts'));
});
