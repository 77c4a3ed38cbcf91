import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { holdsTrace } from './holds.ts';
import { limits } from './limits.ts';
import { segmentPath } from './segment.ts';

const id = Buffer.from('0af7651916cd43dd8448eb211c80319c', 'hex');
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'clew-holds-'));
});
afterEach(() => rm(dir, { recursive: true }));

test('an id is found wherever it lies, across the border of two reads too', async () => {
  for (const at of [0, 100, limits.holdsChunkBytes - 7, limits.holdsChunkBytes + 5]) {
    const bytes = Buffer.alloc(limits.holdsChunkBytes + 64);
    id.copy(bytes, at);
    await writeFile(segmentPath(dir, 1n), bytes);
    expect(await holdsTrace(dir, id), `at ${at}`).toBe(true);
  }
});

test('other bytes and other files are no reason to load', async () => {
  await writeFile(segmentPath(dir, 1n), Buffer.alloc(1000, 7));
  await writeFile(join(dir, 'notes.txt'), id);
  expect(await holdsTrace(dir, id)).toBe(false);
});
