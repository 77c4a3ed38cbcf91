import { encodeTraces } from '@clew/wire';
import { decodeTraces } from '@clew/wire/decode';
import { describe, expect, it } from 'vitest';
import { createPace } from './pace.ts';
import { createReplay } from './replay.ts';

const TRACE = new Uint8Array(16).fill(7);
const ROOT = new Uint8Array(8).fill(1);
const CHILD = new Uint8Array(8).fill(2);
const MINUTE = 60_000_000_000n;

const request = (spanId: Uint8Array, parentSpanId: Uint8Array, endTimeUnixNano: bigint) =>
  encodeTraces({
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: [
              {
                traceId: TRACE,
                spanId,
                parentSpanId,
                name: 'kept',
                startTimeUnixNano: endTimeUnixNano - MINUTE,
                endTimeUnixNano,
                events: [{ name: 'e', timeUnixNano: endTimeUnixNano - 1n }, { name: 'never' }],
                links: [{ traceId: TRACE, spanId: ROOT }],
              },
            ],
          },
        ],
      },
    ],
  });

const captures = [
  { body: request(ROOT, new Uint8Array(8), 100n * MINUTE), spans: 1 },
  { body: request(CHILD, ROOT, 99n * MINUTE), spans: 1 },
];
const spanOf = (body: Uint8Array) => decodeTraces(body).resourceSpans[0]!.scopeSpans[0]!.spans[0]!;
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('replay', () => {
  it('gives fresh ids that stay together within a round', () => {
    const replay = createReplay(captures);
    const seen = [1, 2].map(() => {
      const round = replay.round(0n);
      const [root, child] = [0, 1].map((at) => spanOf(round.rewrite(at)));
      expect(hex(child!.traceId)).toBe(hex(root!.traceId));
      expect(hex(child!.parentSpanId)).toBe(hex(root!.spanId));
      expect(hex(child!.links[0]!.spanId)).toBe(hex(root!.spanId));
      expect(hex(child!.links[0]!.traceId)).toBe(hex(root!.traceId));
      // A parent of zeros means none, and must not become one.
      expect(hex(root!.parentSpanId)).toBe('0000000000000000');
      expect(root!.name).toBe('kept');
      return hex(root!.traceId);
    });
    expect(new Set([...seen, hex(TRACE)]).size).toBe(3);
  });

  it('moves every time that is set by the same amount, and leaves the capture alone', () => {
    const replay = createReplay(captures);
    expect(replay.endNs).toBe(100n * MINUTE);
    const span = spanOf(replay.round(5n).rewrite(1));
    expect(span.endTimeUnixNano).toBe(99n * MINUTE + 5n);
    expect(span.startTimeUnixNano).toBe(98n * MINUTE + 5n);
    expect(span.events.map(({ timeUnixNano }) => timeUnixNano)).toEqual([99n * MINUTE + 4n, 0n]);
    expect(hex(spanOf(captures[1]!.body).traceId)).toBe(hex(TRACE));
  });
});

describe('pace', () => {
  it('does not wait without a rate, nor once it is over', async () => {
    const over = new AbortController();
    const free = createPace(0, () => 0, over.signal);
    await free.wait(1e9);
    over.abort();
    const slow = createPace(1, () => 0, over.signal);
    await slow.wait(1e6);
    await slow.wait(1);
  });
});
