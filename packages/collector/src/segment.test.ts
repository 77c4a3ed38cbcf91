import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSegment, createSegmentIds, type Frame, segmentId, segmentPath } from './segment.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'clew-segment-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const frame = (text: string, spans = 1): Frame => ({
  parts: [Buffer.from(text.slice(0, 1)), Buffer.from(text.slice(1))],
  bytes: text.length,
  spans,
  tenant: 'default',
  listener: 'otlp_http',
  arrivedMs: 60_000 * 7 + 5,
});

describe('a segment', () => {
  test('holds the bytes of its frames one after the other, and counts them', async () => {
    const segment = await createSegment(dir, 42n);
    await segment.append([frame('one', 2), frame('two', 3)]);
    await segment.append([frame('three')]);
    await segment.sync();
    const sealed = await segment.seal(3);
    expect(await readFile(sealed.path, 'utf8')).toBe('onetwothree');
    expect(sealed).toMatchObject({ id: 42n, bytes: 11, frames: 3, spans: 6, lastSeq: 3 });
    expect(sealed.tally.rows()).toEqual([
      {
        tenant: 'default',
        minuteS: 420,
        listener: 'otlp_http',
        requests: 3,
        spans: 6,
        bytes: 11,
      },
    ]);
  });

  test('is never written over', async () => {
    await (await createSegment(dir, 42n)).seal(0);
    await expect(createSegment(dir, 42n)).rejects.toMatchObject({ code: 'EEXIST' });
  });
});

describe('ids', () => {
  test('are found again in file names, and nothing else is', () => {
    expect(segmentId(segmentPath('/spool', 7_543_210_987_654_321_098n))).toBe(
      7_543_210_987_654_321_098n,
    );
    for (const name of ['00000000000000000042.segment.part', '42.segment', 'lost+found']) {
      expect(segmentId(name)).toBeUndefined();
    }
  });

  test('grow even when the clock goes back, and stay below 2^63', () => {
    let ms = Date.now();
    const next = createSegmentIds(() => ms);
    let last = 0n;
    for (let n = 0; n < 1000; n += 1) {
      ms += n % 2 === 0 ? 1 : -3_600_000;
      const id = next();
      expect(id > last && id < 2n ** 63n).toBe(true);
      last = id;
    }
  });

  test('of two processes that start in the same millisecond differ', () => {
    const ids = new Set(Array.from({ length: 100 }, () => createSegmentIds(() => 1e12)()));
    expect(ids.size).toBeGreaterThan(98);
  });
});
