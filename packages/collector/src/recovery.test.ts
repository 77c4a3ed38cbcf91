import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { frame, walkLimits } from '@clew/wire';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { request } from '../test/traffic.ts';
import type { LedgerNote } from './ledger.ts';
import { createCounters } from './metrics.ts';
import { createQuarantine } from './quarantine.ts';
import { recoverSpool } from './recovery.ts';
import { segmentPath } from './segment.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'clew-recovery-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** The bytes of a frame of `spans` spans. */
function framed(spans: number): Buffer {
  const facts = { tenant: 'default', listener: 'otlp_http', arrivedMs: Date.now() };
  const { head, body, trailer } = frame(request({ spans }), facts, crc32);
  return Buffer.concat([head, body, trailer]);
}

async function recover(id = 1n) {
  const counters = createCounters();
  const notes: LedgerNote[] = [];
  const recovered = await recoverSpool({
    dir,
    limits: walkLimits,
    counters,
    quarantine: createQuarantine(join(dir, 'quarantine'), () => undefined, counters),
    ledger: {
      note: (note) => void notes.push(note),
      accepted: async () => undefined,
      noteOnce: async () => undefined,
      flush: async () => undefined,
      close: async () => undefined,
    },
    log: () => undefined,
  });
  return { ...recovered, counters, notes, path: segmentPath(dir, id) };
}

describe('a torn tail', () => {
  test('at every byte of the last frame leaves the frames before it', async () => {
    const [first, last] = [framed(3), framed(1)];
    const whole = Buffer.concat([first, last]);
    const path = segmentPath(dir, 1n);
    for (let cut = first.length + 1; cut < whole.length; cut += 1) {
      await writeFile(path, whole.subarray(0, cut));
      const { segments, counters } = await recover();
      expect(segments).toMatchObject([{ frames: 1, spans: 3, bytes: first.length, lastSeq: 1 }]);
      expect(counters.tornBytes).toBe(cut - first.length);
      expect((await stat(path)).size).toBe(first.length);
    }
  });

  test('of the only frame leaves no segment', async () => {
    await writeFile(segmentPath(dir, 1n), framed(2).subarray(0, 50));
    expect((await recover()).segments).toEqual([]);
    expect(await readdir(dir)).toEqual([]);
  });

  test('of zeroes, as power loss leaves, is cut likewise', async () => {
    const good = framed(2);
    await writeFile(segmentPath(dir, 1n), Buffer.concat([good, Buffer.alloc(10_000)]));
    const { segments, path } = await recover();
    expect(segments).toMatchObject([{ frames: 1, bytes: good.length }]);
    expect((await stat(path)).size).toBe(good.length);
  });
});

describe('flipped bits', () => {
  test('anywhere in a frame lose that frame only, and never pass', async () => {
    const frames = [framed(1), framed(1), framed(1)] as const;
    const whole = Buffer.concat(frames);
    const { length } = frames[0];
    for (let at = length; at < length + frames[1].length; at += 3) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] as number) ^ (1 << (at % 8));
      await writeFile(segmentPath(dir, 1n), flipped);
      const { segments, counters, notes, path } = await recover();
      expect(segments).toMatchObject([{ frames: 2, spans: 2 }]);
      expect(counters.framesDamaged).toBeGreaterThan(0);
      expect(notes[0]).toMatchObject({ outcome: 'quarantined', reason: 'damaged-on-disk' });
      expect(await readFile(path)).toEqual(Buffer.concat([frames[0], frames[2]]));
    }
  });
});

test('recovering twice is recovering once', async () => {
  await writeFile(segmentPath(dir, 1n), Buffer.concat([framed(2), framed(3), Buffer.from('torn')]));
  const first = await recover();
  const second = await recover();
  expect(second.segments[0]?.tally.rows()).toEqual(first.segments[0]?.tally.rows());
  expect(second.fingerprints).toEqual(first.fingerprints);
});

test('segments come back oldest first, numbered on', async () => {
  for (const id of [3n, 1n, 2n]) await writeFile(segmentPath(dir, id), framed(Number(id)));
  const { segments, frames } = await recover();
  expect(segments.map(({ id, lastSeq }) => [id, lastSeq])).toEqual([
    [1n, 1],
    [2n, 2],
    [3n, 3],
  ]);
  expect(frames).toBe(3);
});
