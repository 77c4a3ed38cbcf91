import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { lockDataDirectory } from './lock.ts';

const dir = mkdtempSync(join(tmpdir(), 'clew-lock-'));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('a directory is held once, and free after it is given back', () => {
  const release = lockDataDirectory(dir);
  expect(() => lockDataDirectory(dir)).toThrow(`is in use by process ${process.pid}`);
  release();
  lockDataDirectory(dir)();
  expect(readdirSync(dir)).toEqual([]);
});

test.each([
  ['a process that is gone', '{"pid":999999999,"started":"7"}'],
  ['an earlier process with the same pid', `{"pid":${process.pid},"started":"1"}`],
  ['half a lock', '{"pid":'],
])('the lock of %s is taken over', (_, content) => {
  lockDataDirectory(dir)();
  writeFileSync(join(dir, 'instance.lock'), content);
  lockDataDirectory(dir)();
});
