/** The parts of forwarding by themselves: batches from disk, waits, positions, settings, shedding. */
import { mkdir, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { frame, walkLimits, walkTraces } from '@clew/wire';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { request } from '../../test/traffic.ts';
import { countSpans } from './count-spans.ts';
import type { Destination } from './destinations.ts';
import { readDestinations } from './destinations.ts';
import { type Forwarder, openForwarder } from './forwarder.ts';
import { retryAfterMs } from './http-post.ts';
import { grpcTarget } from './otlp-grpc.ts';
import { otlpUrl } from './otlp-http.ts';
import { readPosition, START, writePosition } from './position.ts';
import { readBatch } from './read-batch.ts';
import { backOffMs, createRetry } from './retry.ts';
import type { ForwardRequest, Sender } from './sender.ts';
import { TAKEN } from './sender.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'clew-forward-parts-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function framed(body: Uint8Array): Buffer {
  const facts = { tenant: 'default', listener: 'otlp_http', arrivedMs: 1 };
  const { head, trailer } = frame(body, facts, crc32);
  return Buffer.concat([head, body, trailer]);
}

async function batchesOf(bytes: Buffer, bytesMax: number) {
  const path = join(dir, 'segment');
  await writeFile(path, bytes);
  const file = await open(path, 'r');
  const batches: { bodies: Buffer[]; damagedBytes: number }[] = [];
  try {
    for (let at = 0; ; ) {
      const batch = await readBatch(file, at, bytesMax);
      if (batch === undefined) return batches;
      expect(batch.end).toBeGreaterThan(at);
      at = batch.end;
      const { bodies, damagedBytes } = batch;
      batches.push({ bodies: bodies.map((body) => Buffer.from(body)), damagedBytes });
      batch.release();
    }
  } finally {
    await file.close();
  }
}

describe('batches', () => {
  const bodies = Array.from({ length: 40 }, (_, n) => request({ spans: 1 + (n % 7) }));

  test.each([1, 700, 5_000, 1_000_000])(
    'of %i bytes give every body once, as it came',
    async (max) => {
      const batches = await batchesOf(Buffer.concat(bodies.map(framed)), max);
      const found = batches.flatMap((batch) => batch.bodies);
      expect(found.map((body) => body.toString('hex'))).toEqual(
        bodies.map((body) => Buffer.from(body).toString('hex')),
      );
      expect(batches.every(({ damagedBytes }) => damagedBytes === 0)).toBe(true);
      for (const batch of batches) {
        const bytes = batch.bodies.reduce((sum, { length }) => sum + length, 0);
        if (batch.bodies.length > 1) expect(bytes).toBeLessThanOrEqual(max);
      }
    },
  );

  test.each([300, 5_000, 1_000_000])('of %i bytes pass over a damaged frame', async (max) => {
    const frames = bodies.map(framed);
    const bad = frames[5] as Buffer;
    bad[bad.length >> 1] = (bad[bad.length >> 1] ?? 0) ^ 0x55;
    const batches = await batchesOf(Buffer.concat(frames), max);
    expect(batches.flatMap((batch) => batch.bodies)).toHaveLength(39);
    expect(batches.reduce((sum, { damagedBytes }) => sum + damagedBytes, 0)).toBe(bad.length);
  });

  test.each([300, 1_000_000])('of %i bytes pass over a damaged length', async (max) => {
    const frames = bodies.map(framed);
    (frames[5] as Buffer)[0] = 0xff;
    (frames[5] as Buffer)[1] = 0xff;
    const batches = await batchesOf(Buffer.concat(frames), max);
    expect(batches.flatMap((batch) => batch.bodies)).toHaveLength(39);
  });

  test('count their spans as the walk does', () => {
    for (const body of bodies) {
      expect(countSpans(body)).toBe(walkTraces(body, walkLimits, Date.now()).spans);
    }
    expect(countSpans(Buffer.from('no protobuf'))).toBe(0);
  });
});

describe('waits', () => {
  test('double up to a maximum, half of each by chance', () => {
    expect([1, 2, 3].map((failures) => backOffMs(failures, 0))).toEqual([125, 250, 500]);
    expect([1, 2, 3].map((failures) => backOffMs(failures, 1))).toEqual([250, 500, 1000]);
    expect(backOffMs(1000, 1)).toBe(30_000);
  });

  test('failures of several requests at once are one', () => {
    const retry = createRetry({ onFailed: () => undefined, onRecovered: () => undefined });
    for (let n = 0; n < 4; n += 1) retry.failed('away', undefined);
    expect(retry.failures).toBe(1);
    retry.succeeded();
    expect(retry.failures).toBe(0);
  });

  test('while a destination fails only the first may try', async () => {
    const retry = createRetry({
      onFailed: () => undefined,
      onRecovered: () => undefined,
      random: () => 0,
    });
    retry.failed('away', undefined);
    const order: string[] = [];
    const signal = new AbortController().signal;
    const second = retry.turn(() => false, signal).then(() => order.push('second'));
    await retry.turn(() => true, signal).then(() => order.push('first'));
    expect(order).toEqual(['first']);
    retry.succeeded();
    await second;
    expect(order).toEqual(['first', 'second']);
  });

  test('Retry-After is seconds or a date, and bounded', () => {
    const now = Date.parse('2026-11-21T00:00:00Z');
    expect(retryAfterMs('7', now)).toBe(7000);
    expect(retryAfterMs('Sat, 21 Nov 2026 00:00:05 GMT', now)).toBe(5000);
    expect(retryAfterMs('Fri, 20 Nov 2026 00:00:05 GMT', now)).toBe(0);
    expect(retryAfterMs('999999', now)).toBe(300_000);
    expect(retryAfterMs('soon', now)).toBeUndefined();
    expect(retryAfterMs(undefined, now)).toBeUndefined();
  });
});

describe('positions', () => {
  test('are read as they were written; a damaged one means everything again', async () => {
    const path = join(dir, 'a.position.json');
    expect(await readPosition(path)).toBeUndefined();
    const position = { segment: 7_529_751_841_774_629_824n, offset: 17, spans: 3 };
    await writePosition(path, position);
    expect(await readPosition(path)).toEqual(position);
    for (const text of ['', '{"segment":7}', '{"segment":"7","offset":"1","spans":0}', 'null']) {
      await writeFile(path, text);
      expect(await readPosition(path)).toEqual(START);
    }
  });
});

describe('addresses', () => {
  test.each([
    ['http://a:4318', 'http://a:4318/v1/traces'],
    ['http://a:4318/', 'http://a:4318/v1/traces'],
    ['https://a/otlp', 'https://a/otlp/v1/traces'],
    ['https://a/v1/traces', 'https://a/v1/traces'],
    ['https://a/v1/traces?key=1', 'https://a/v1/traces?key=1'],
  ])('%s → %s', (endpoint, url) => expect(otlpUrl(endpoint).href).toBe(url));

  test.each([
    ['http://a', 'a:4317'],
    ['https://a', 'a:443'],
    ['http://[::1]:4317', '[::1]:4317'],
  ])('gRPC %s → %s', (endpoint, target) => expect(grpcTarget(new URL(endpoint))).toBe(target));
});

/** A destination whose answers a test holds back. */
function slowSender() {
  const waiting: { request: ForwardRequest; answer: () => void }[] = [];
  let isOpen = false;
  const sender: Sender = {
    send: (sent) =>
      new Promise((resolve) => {
        const answer = () => resolve(TAKEN);
        if (isOpen) answer();
        else waiting.push({ request: sent, answer });
      }),
    close: async () => undefined,
  };
  const release = () => {
    isOpen = true;
    for (const { answer } of waiting.splice(0)) answer();
  };
  return { sender, waiting, release };
}

describe('a destination that is slow', () => {
  const segmentSpans = 50;
  let notes: { reason: string; spans: number }[];

  async function start(sender: Sender, more: object = {}): Promise<Forwarder> {
    notes = [];
    const row = { name: 'slow', endpoint: 'http://a', batch_bytes: 4096, ...more };
    const destinations: readonly Destination[] = readDestinations(
      (key) => (key === 'forward.destinations' ? JSON.stringify([row]) : undefined),
      {},
    );
    await mkdir(join(dir, 'spool'), { recursive: true });
    const forwarder = await openForwarder({
      dir: join(dir, 'forward'),
      destinations,
      createSender: async () => sender,
      found: [],
      ledger: { note: ({ reason, spans }) => notes.push({ reason, spans }) },
      log: () => undefined,
      nowMs: Date.now,
    });
    forwarder.start();
    return forwarder;
  }

  async function hold(forwarder: Forwarder, count: number): Promise<number> {
    let bytes = 0;
    for (let n = 0; n < count; n += 1) {
      const id = (BigInt(Date.now()) << 22n) | BigInt(held++);
      const path = join(dir, 'spool', `${id}.segment`);
      const content = Buffer.concat(
        Array.from({ length: 10 }, () => framed(request({ spans: segmentSpans / 10 }))),
      );
      await writeFile(path, content);
      await forwarder.hold({ id, path, bytes: content.length, spans: segmentSpans, frames: 10 });
      bytes += content.length;
    }
    return bytes;
  }
  let held = 0;

  test('has a few requests under way and no more, however much waits', async () => {
    const { sender, waiting, release } = slowSender();
    const forwarder = await start(sender);
    await hold(forwarder, 20);
    await sleep(100);
    expect(waiting.length).toBeGreaterThan(0);
    expect(waiting.length).toBeLessThanOrEqual(4);
    expect(waiting.every(({ request: { bytes } }) => bytes <= 4096)).toBe(true);
    release();
    while ((forwarder.status()[0]?.waitingBytes ?? 0) > 0) await sleep(10);
    expect(forwarder.status()[0]).toMatchObject({ sentSpans: 20 * segmentSpans });
    await forwarder.stop();
  });

  test('gives room when the disk is low, counted, and goes on with what comes', async () => {
    const { sender, release } = slowSender();
    const forwarder = await start(sender);
    await hold(forwarder, 5);
    await sleep(50);
    forwarder.shed();
    expect(forwarder.status()[0]).toMatchObject({ waitingBytes: 0 });
    expect(notes.reduce((sum, { spans }) => sum + spans, 0)).toBe(5 * segmentSpans);
    expect(notes.every(({ reason }) => reason === 'forward-disk-low')).toBe(true);
    release();
    await hold(forwarder, 2);
    while ((forwarder.status()[0]?.waitingBytes ?? 0) > 0) await sleep(10);
    expect(forwarder.status()[0]).toMatchObject({ sentSpans: 2 * segmentSpans });
    await forwarder.stop();
    expect(
      (await readdir(join(dir, 'forward'))).filter((name) => name.endsWith('.segment')),
    ).toEqual([]);
  });

  test('takes up where it was when it is stopped in the middle', async () => {
    const first = slowSender();
    const forwarder = await start(first.sender);
    const bytes = await hold(forwarder, 3);
    await sleep(50);
    expect(forwarder.status()[0]?.waitingBytes).toBe(bytes);
    await forwarder.stop();
    const second = slowSender();
    second.release();
    const again = await start(second.sender);
    while ((again.status()[0]?.waitingBytes ?? 0) > 0) await sleep(10);
    expect(again.status()[0]).toMatchObject({ sentSpans: 3 * segmentSpans });
    await again.stop();
  });
});
