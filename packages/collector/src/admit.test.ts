import { randomBytes } from 'node:crypto';
import { walkLimits } from '@clew/wire';
import { describe, expect, test } from 'vitest';
import { request } from '../test/traffic.ts';
import { createAdmit } from './admit.ts';
import { CollectorError } from './errors.ts';
import type { LedgerNote } from './ledger.ts';
import { createCounters } from './metrics.ts';
import { createRepeats } from './repeats.ts';
import type { Frame } from './segment.ts';

function setUp(append?: (frame: Frame) => Promise<void>) {
  const frames: Frame[] = [];
  const notes: LedgerNote[] = [];
  const counters = createCounters();
  const admit = createAdmit({
    limits: walkLimits,
    repeats: createRepeats({ windowMs: 60_000, requestsMax: 1000 }),
    append: append ?? (async (frame) => void frames.push(frame)),
    counters,
    ledger: {
      note: (note) => void notes.push(note),
      accepted: async () => undefined,
      noteOnce: async () => undefined,
      flush: async () => undefined,
      close: async () => undefined,
    },
    nowMs: Date.now,
  });
  return { admit, frames, notes, counters };
}

describe('a clean request', () => {
  test('is appended as the very bytes that came', async () => {
    const { admit, frames } = setUp();
    const body = request({ spans: 7 });
    await admit(body, 'otlp_http');
    expect(frames[0]?.parts[1]).toBe(body);
    expect(frames[0]).toMatchObject({ spans: 7, tenant: 'default', listener: 'otlp_http' });
  });
});

describe('a repeated request', () => {
  test('is acknowledged and not stored again, whichever listener it comes to', async () => {
    const { admit, frames, notes, counters } = setUp();
    const body = request({ spans: 4 });
    await admit(body, 'otlp_http');
    await admit(Buffer.from(body), 'otlp_grpc');
    expect(frames).toHaveLength(1);
    expect(counters.requestsRepeated.get('otlp_grpc')).toBe(1);
    expect(notes).toMatchObject([{ outcome: 'dropped', reason: 'repeat', spans: 4 }]);
  });

  test('gets the answer of the first, partial success included', async () => {
    const { admit } = setUp();
    const body = request({
      change: (span, n) => (n === 0 ? { ...span, spanId: randomBytes(5) } : span),
    });
    const first = await admit(body, 'otlp_http');
    expect(first.rejected).toBe(1);
    expect(await admit(body, 'otlp_http')).toEqual(first);
  });

  test('while the first is being written waits for its outcome', async () => {
    let finish: () => void = () => undefined;
    let appended = 0;
    const { admit } = setUp(() => {
      appended += 1;
      return new Promise((resolve) => {
        finish = resolve;
      });
    });
    const body = request();
    const both = [admit(body, 'otlp_http'), admit(body, 'otlp_http')];
    await new Promise(setImmediate);
    expect(appended).toBe(1);
    finish();
    await Promise.all(both);
  });

  test('is stored after all when the first one failed', async () => {
    let isFull = true;
    const { admit, counters } = setUp(async () => {
      if (isFull) throw new CollectorError('DISK_FULL', { reason: 'test' });
    });
    const body = request();
    const both = [admit(body, 'otlp_http'), admit(body, 'otlp_http')];
    for (const each of both) await expect(each).rejects.toMatchObject({ code: 'DISK_FULL' });
    isFull = false;
    await admit(body, 'otlp_http');
    expect(counters.requestsAccepted.get('otlp_http')).toBe(1);
  });

  test('that differs in one bit is another request', async () => {
    const { admit, frames } = setUp();
    const body = request();
    await admit(body, 'otlp_http');
    const other = Buffer.from(body);
    const at = other.indexOf('value 3');
    other[at] = (other[at] as number) ^ 1;
    await admit(other, 'otlp_http');
    expect(frames).toHaveLength(2);
  });
});

describe('a refused request', () => {
  test('names reason and byte offset', async () => {
    const { admit, frames } = setUp();
    const body = request();
    const broken = body.subarray(0, body.length - 1);
    await expect(admit(broken, 'otlp_http')).rejects.toThrow(/truncated at byte \d+/);
    expect(frames).toHaveLength(0);
  });
});
