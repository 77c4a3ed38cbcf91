import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Frame, SealedSegment } from './segment.ts';
import { collectorOptions, type SyncPolicy } from './settings.ts';
import { createSpool, type Spool } from './spool.ts';
import { createSpoolBounds } from './spool-bounds.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'clew-spool-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const frame = (text: string): Frame => ({
  parts: [Buffer.from(text)],
  bytes: text.length,
  spans: 1,
  tenant: 'default',
  listener: 'otlp_http',
  arrivedMs: 0,
});

function setUp(sync: SyncPolicy = 'interval', bytesMax = 1e6) {
  const sealed: SealedSegment[] = [];
  const fatal: Error[] = [];
  const bounds = createSpoolBounds({ dir, bytesMax, diskFreeMin: 0, onLow: () => undefined });
  let id = 0n;
  const { spool: options } = collectorOptions({ data_dir: dir, 'spool.sync': sync });
  const spool: Spool = createSpool({
    options: { ...options, dir, segmentBytes: 100 },
    bounds,
    nextId: () => ++id,
    log: () => undefined,
    firstSeq: 0,
    onFirstFrame: () => undefined,
    onSealed: (segment) => void sealed.push(segment),
    onFatal: (error) => fatal.push(error),
  });
  return { spool, bounds, sealed, fatal };
}

describe('the writer', () => {
  test('puts frames of one tick into one segment in their order', async () => {
    const { spool, sealed } = setUp();
    await Promise.all(['a', 'b', 'c'].map((text) => spool.append(frame(text))));
    await spool.seal();
    expect(sealed).toMatchObject([{ bytes: 3, frames: 3, lastSeq: 3 }]);
    await spool.close();
  });

  test('seals when a segment is full, and numbers go on', async () => {
    const { spool, sealed } = setUp();
    for (let n = 0; n < 5; n += 1) await spool.append(frame('x'.repeat(50)));
    await spool.close();
    expect(sealed.map(({ frames, lastSeq }) => [frames, lastSeq])).toEqual([
      [2, 2],
      [2, 4],
      [1, 5],
    ]);
  });

  test('seals nothing when nothing was written', async () => {
    const { spool, sealed } = setUp();
    await spool.seal();
    await spool.close();
    expect(sealed).toEqual([]);
  });

  test('under always has synced before it answers', async () => {
    const { spool } = setUp('always');
    await spool.append(frame('a'));
    expect(spool.syncs()).toBe(1);
    await spool.close();
  });

  test('under always answers many with one sync', async () => {
    const { spool } = setUp('always');
    await Promise.all(Array.from({ length: 40 }, () => spool.append(frame('a'))));
    expect(spool.syncs()).toBeLessThan(5);
    await spool.close();
  });

  test('takes nothing after it was closed', async () => {
    const { spool } = setUp();
    await spool.close();
    await expect(spool.append(frame('a'))).rejects.toMatchObject({ code: 'STOPPING' });
  });

  test('refuses beyond the bound and counts nothing for it', async () => {
    const { spool, bounds } = setUp('interval', 10);
    await spool.append(frame('12345678'));
    await expect(spool.append(frame('123'))).rejects.toMatchObject({ code: 'SPOOL_FULL' });
    expect(bounds.bytes).toBe(8);
    bounds.release(8);
    await spool.append(frame('123'));
    await spool.close();
  });
});

describe('a folder that cannot be written', () => {
  test('refuses with a wait, and works again when it is back', async () => {
    const { spool, bounds, fatal } = setUp();
    await rm(dir, { recursive: true });
    await expect(spool.append(frame('a'))).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    expect(bounds.bytes).toBe(0);
    expect(fatal).toEqual([]);
    dir = await mkdtemp(dir);
    await spool.close();
  });
});

describe('a sync that fails', () => {
  /** Makes every fdatasync of this process fail, as a dying disk does. */
  async function breakSync() {
    const handle = await open(dir, 'r');
    const prototype = Object.getPrototypeOf(handle) as { datasync: () => Promise<void> };
    await handle.close();
    const error = Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
    return vi.spyOn(prototype, 'datasync').mockRejectedValue(error);
  }
  afterEach(() => void vi.restoreAllMocks());

  test('under always refuses what waited for it and all that follows, and is not tried again', async () => {
    const { spool, fatal } = setUp('always');
    const datasync = await breakSync();
    await expect(spool.append(frame('a'))).rejects.toMatchObject({ code: 'SYNC_FAILED' });
    await expect(spool.append(frame('b'))).rejects.toMatchObject({ code: 'SYNC_FAILED' });
    expect(datasync).toHaveBeenCalledTimes(1);
    expect(spool.isHealthy()).toBe(false);
    expect(fatal).toHaveLength(1);
    await spool.close();
    expect(datasync).toHaveBeenCalledTimes(1);
  });

  test('under interval stops everything after the interval', async () => {
    const { spool, fatal } = setUp('interval');
    await breakSync();
    await spool.append(frame('a'));
    while (fatal.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await expect(spool.append(frame('b'))).rejects.toMatchObject({ code: 'SYNC_FAILED' });
    await spool.close();
  });
});
