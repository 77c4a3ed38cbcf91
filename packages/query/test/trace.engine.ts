/** One trace: whole, as columns, summed up, one span of it; under every way to write its id. */
import { decodeArray } from '@clew/wire/decode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkoutNotation, checkoutTraces } from '../../testkit/src/cast.ts';
import { traceIdOf } from '../../testkit/src/notation-otlp.ts';
import { createQuery, type Query } from '../src/index.ts';
import { baseNs, openTestEngine, type TestEngine } from './engine.ts';

const checkoutId = traceIdOf('checkout');

let store: TestEngine;
let query: Query;

beforeAll(async () => {
  store = await openTestEngine();
  query = createQuery(store.engine);
  await store.loadTraces('', checkoutTraces(baseNs));
});
afterAll(() => store?.close());

describe('a trace by id', () => {
  test('has every span in start order', async () => {
    const trace = await query.trace(checkoutId);
    expect(trace).toMatchObject({ traceId: checkoutId, complete: true });
    expect(trace!.spans.map((span) => [span.service, span.name, span.parentSpanId])).toEqual([
      ['frontend', 'GET /checkout', ''],
      ['cart', 'GET /cart', '0000000000000001'],
      ['db', 'SELECT items', '0000000000000002'],
      ['payment', 'POST /charge', '0000000000000001'],
      ['payment', 'POST /charge', '0000000000000001'],
      ['frontend', 'publish order', '0000000000000001'],
    ]);
  });

  test('is found in upper case, with dashes, and unpadded', async () => {
    const upper = checkoutId.toUpperCase();
    const dashed = `${upper.slice(0, 8)}-${upper.slice(8, 12)}-${upper.slice(12)}`;
    expect((await query.trace(dashed))!.traceId).toBe(checkoutId);
    await store.load({ ids: '00000000000000000000000000abcdef  a  short  0ms 1ms' });
    expect((await query.trace('ABCDEF', { tenant: 'ids' }))!.spans).toHaveLength(1);
  });

  test('is found by its lower 64 bits when no other trace has these as its whole id', async () => {
    await store.load({ low: '1111111111111111aaaaaaaaaaaaaaaa  a  long  0ms 1ms' });
    const found = await query.trace('aaaaaaaaaaaaaaaa', { tenant: 'low' });
    expect(found!.traceId).toBe('1111111111111111aaaaaaaaaaaaaaaa');
    await store.load({ low: '0000000000000000aaaaaaaaaaaaaaaa  a  whole  0ms 1ms' });
    const whole = await query.trace('aaaaaaaaaaaaaaaa', { tenant: 'low' });
    expect(whole!.spans[0]!.name).toBe('whole');
  });

  test('belongs to its tenant', async () => {
    expect(await query.trace(checkoutId, { tenant: 'other' })).toBeNull();
    expect(await query.traceColumns(checkoutId, { tenant: 'other' })).toBeNull();
    expect(await query.traceSummary(checkoutId, { tenant: 'other' })).toBeNull();
  });

  test.each(['', 'xyz', '0', '0'.repeat(32), 'a'.repeat(33), "1' or '1"])(
    'refuses %j',
    async (id) => {
      await expect(query.trace(id)).rejects.toMatchObject({ code: 'bad-trace-id' });
    },
  );

  test('keeps types, events, links and the resource', async () => {
    const trace = await query.trace(checkoutId);
    const [frontend, , , payment] = trace!.spans;
    expect(payment).toMatchObject({
      status: 'error',
      statusMessage: 'card issuer timed out',
      kind: 'server',
      durationNs: 90_000_000,
      attributes: [
        { key: 'attempt', type: 'int', value: '1' },
        { key: 'http.response.status_code', type: 'int', value: '504' },
      ],
      events: [{ name: 'exception', timeNs: (baseNs + 165_000_000n).toString() }],
    });
    expect(frontend!.resource.attributes).toEqual([
      { key: 'deployment.environment.name', type: 'string', value: 'prod' },
      { key: 'service.name', type: 'string', value: 'frontend' },
    ]);
    const warehouse = await query.trace(traceIdOf('warehouse'));
    expect(warehouse!.spans[0]!.links).toMatchObject([
      { traceId: checkoutId, spanId: '0000000000000006' },
    ]);
  });

  test('keeps what JSON would bend', async () => {
    const values = {
      resourceSpans: [
        {
          scopeSpans: [
            {
              spans: [
                {
                  traceId: Uint8Array.from(Buffer.from(traceIdOf('bent'), 'hex')),
                  spanId: Uint8Array.from([255, 255, 255, 255, 255, 255, 255, 255]),
                  name: 'line\nbreak \u0000 "quote" \\ 😀',
                  startTimeUnixNano: baseNs + 1n,
                  endTimeUnixNano: baseNs + 1n + 9_007_199_254_740_993n,
                  attributes: [
                    { key: 'nan', value: { type: 'double' as const, value: Number.NaN } },
                    { key: 'inf', value: { type: 'double' as const, value: -Infinity } },
                    { key: 'big', value: { type: 'int' as const, value: 2n ** 63n - 1n } },
                    { key: '__proto__', value: { type: 'string' as const, value: 'x' } },
                    { key: 'none', value: { type: 'empty' as const } },
                    {
                      key: 'bytes',
                      value: { type: 'bytes' as const, value: Uint8Array.of(0, 255) },
                    },
                    {
                      key: 'list',
                      value: {
                        type: 'array' as const,
                        value: [{ type: 'int' as const, value: 7n }],
                      },
                    },
                  ],
                },
              ],
            },
          ],
        },
      ],
    };
    await store.loadTraces('bent', values);
    const span = await query.span(traceIdOf('bent'), 'FFFFFFFFFFFFFFFF', { tenant: 'bent' });
    expect(span).toMatchObject({
      name: 'line\nbreak \u0000 "quote" \\ 😀',
      startNs: (baseNs + 1n).toString(),
      endNs: (baseNs + 1n + 9_007_199_254_740_993n).toString(),
    });
    const value = (key: string) => span!.attributes.find((one) => one.key === key)?.value;
    expect(value('nan')).toBeNaN();
    expect(value('inf')).toBe(-Infinity);
    expect(value('big')).toBe('9223372036854775807');
    expect(value('__proto__')).toBe('x');
    expect(value('none')).toBeNull();
    expect([...(value('bytes') as Uint8Array)]).toEqual([0, 255]);
    expect(decodeArray(value('list') as Uint8Array)).toEqual([{ type: 'int', value: 7n }]);
  });
});

describe('the columns of a trace', () => {
  test('say where each span stands', async () => {
    const columns = await query.traceColumns(checkoutId);
    expect(columns).toMatchObject({ baseNs: baseNs.toString(), spans: 6, complete: true });
    expect([...columns!.parent]).toEqual([-1, 0, 1, 0, 0, 0]);
    expect([...columns!.start]).toEqual([0, 10e6, 20e6, 80e6, 180e6, 270e6]);
    expect([...columns!.duration]).toEqual([300e6, 60e6, 40e6, 90e6, 80e6, 10e6]);
    expect([...columns!.kind]).toEqual([2, 2, 3, 2, 2, 4]);
    expect([...columns!.status]).toEqual([0, 0, 0, 2, 0, 0]);
    expect([...columns!.flags]).toEqual([0, 0, 0, 1 + 8, 0, 0]);
    expect(columns!.names).toContain('POST /charge');
    expect([...columns!.spanId.subarray(8, 16)]).toEqual([0, 0, 0, 0, 0, 0, 0, 2]);
  });

  test('say when they were cut', async () => {
    const narrow = createQuery(store.engine, { traceSpansMax: 4 });
    expect(await narrow.traceColumns(checkoutId)).toMatchObject({ spans: 4, complete: false });
    const trace = await narrow.trace(checkoutId);
    expect(trace).toMatchObject({ complete: false });
    expect(trace!.spans).toHaveLength(4);
  });

  test('and everything else count the repeats of a retry once', async () => {
    const notation = checkoutNotation;
    await store.load({ twice: notation });
    await store.load({ twice: notation });
    const asker = { tenant: 'twice' };
    expect((await query.traceColumns(checkoutId, asker))!.spans).toBe(6);
    expect((await query.trace(checkoutId, asker))!.spans).toHaveLength(6);
    expect(await query.traceSummary(checkoutId, asker)).toMatchObject({ spans: 6, errors: 1 });
  });
});

describe('the summary of a trace', () => {
  test('is one look at the whole', async () => {
    const summary = await query.traceSummary(checkoutId);
    expect(summary).toMatchObject({
      rootService: 'frontend',
      rootName: 'GET /checkout',
      startNs: baseNs.toString(),
      endNs: (baseNs + 300_000_000n).toString(),
      durationNs: 300_000_000,
      spans: 6,
      errors: 1,
      depth: 3,
      missingParents: 0,
    });
    expect(summary!.services.map(({ name, spans, errors }) => [name, spans, errors])).toEqual([
      ['frontend', 2, 0],
      ['cart', 1, 0],
      ['db', 1, 0],
      ['payment', 2, 1],
    ]);
  });

  test('counts parents that are missing, and names the earliest span when there is no root', async () => {
    await store.load({
      torn: 't1  cart  GET /cart  10ms 60ms  orphan\n      db  SELECT  20ms 40ms',
    });
    const summary = await query.traceSummary(traceIdOf('t1'), { tenant: 'torn' });
    expect(summary).toMatchObject({ rootService: 'cart', missingParents: 1, depth: 2 });
  });

  test('reaches over hours', async () => {
    await store.load({ long: 't1  a  batch  0ms 3h\n      a  end  170m 10m' });
    const asker = { tenant: 'long' };
    expect(await query.traceSummary(traceIdOf('t1'), asker)).toMatchObject({
      spans: 2,
      durationNs: 3 * 3600e9,
    });
  });
});
