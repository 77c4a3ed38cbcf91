import { decodeTraces } from '@clew/wire/decode';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { postSpansOf } from '../test/jaeger-spans.ts';
import { jaegerPostSpansToOtlp } from './jaeger-proto.ts';
import { jaegerSpanOfJson } from './jaeger-span-json.ts';
import { TranslateError } from './translate-error.ts';

function take(message: object) {
  const span = jaegerSpanOfJson(new TextEncoder().encode(JSON.stringify(message)));
  return decodeTraces(jaegerPostSpansToOtlp(postSpansOf([span])));
}

/** As Jaeger 1.60 writes it. */
const span = {
  traceId: 'AAAAAAAAAAAAAAAAAAAAEQ==',
  spanId: 'AAAAAAAAAAM=',
  operationName: 'GET /cart',
  references: [{ traceId: 'AAAAAAAAAAAAAAAAAAAAEQ==', spanId: 'AAAAAAAAAAI=' }],
  flags: 1,
  startTime: '2026-11-21T10:00:00.000001Z',
  duration: '0.250000001s',
  tags: [
    { key: 'span.kind', vStr: 'server' },
    { key: 'retries', vType: 'INT64', vInt64: '9007199254740993' },
    { key: 'ratio', vType: 'FLOAT64', vFloat64: 0.5 },
    { key: 'cached', vType: 'BOOL', vBool: true },
  ],
  logs: [{ timestamp: '2026-11-21T10:00:00.1Z', fields: [{ key: 'event', vStr: 'cache miss' }] }],
  process: { serviceName: 'cart', tags: [{ key: 'hostname', vStr: 'node-1' }] },
};

test('a span keeps its ids, times, parent, tags, logs and process', () => {
  const [resource] = take(span).resourceSpans;
  const [found] = resource?.scopeSpans[0]?.spans ?? [];
  expect(found).toMatchObject({ name: 'GET /cart', kind: 2 });
  expect(Buffer.from(found?.traceId ?? []).toString('hex')).toBe(`${'0'.repeat(30)}11`);
  expect(Buffer.from(found?.parentSpanId ?? []).toString('hex')).toBe('0000000000000002');
  const start = BigInt(Date.parse('2026-11-21T10:00:00Z')) * 1_000_000n + 1000n;
  expect(found?.startTimeUnixNano).toBe(start);
  expect(found?.endTimeUnixNano).toBe(start + 250_000_001n);
  expect(found?.attributes).toContainEqual({
    key: 'retries',
    value: { type: 'int', value: 9_007_199_254_740_993n },
  });
  expect(found?.events[0]?.name).toBe('cache miss');
  expect(resource?.resource?.attributes).toContainEqual({
    key: 'service.name',
    value: { type: 'string', value: 'cart' },
  });
});

describe('what is no such span', () => {
  test.each([
    [[], /the message: found an array, wanted an object/],
    [{ ...span, traceId: 5 }, /traceId: found 5, wanted base64/],
    [{ ...span, startTime: 'today' }, /startTime: found "today", wanted a time/],
    [{ ...span, duration: '5' }, /duration: found "5", wanted seconds/],
    [{ ...span, tags: {} }, /tags: found an object, wanted a list/],
    [{ ...span, tags: [{ key: 'a', vType: 'MAP' }] }, /vType: found "MAP", wanted one of STRING/],
  ])('%j', (message, words) => expect(() => take(message)).toThrow(words));

  test('of any shape is taken or refused with words, never anything else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(span)), (value, key) => {
        try {
          take({ ...span, [key]: value });
        } catch (error) {
          expect(error).toBeInstanceOf(TranslateError);
        }
      }),
      { numRuns: 2000, seed: 1 },
    );
  });
});
