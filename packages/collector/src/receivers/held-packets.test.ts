import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHeldPackets } from './held-packets.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'clew-held-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const packets = ['one', '', 'three'].map((text) => Buffer.from(text));

test('packets are read as they were written, and none where there is no file', async () => {
  const held = createHeldPackets(join(dir, 'deep', 'xray_udp'));
  expect(await held.read()).toEqual([]);
  await held.write(packets);
  await held.write(packets.slice(0, 2));
  expect(await held.read()).toEqual(packets.slice(0, 2));
  await held.write([]);
  expect(await held.read()).toEqual([]);
});

test('of a file that is cut off the whole packets are read', async () => {
  const path = join(dir, 'xray_udp');
  const held = createHeldPackets(path);
  await held.write(packets);
  const { length } = await readFile(path);
  for (let cut = 1; cut <= 9; cut += 1) {
    await truncate(path, length - cut);
    expect(await held.read()).toEqual(packets.slice(0, 2));
  }
});
