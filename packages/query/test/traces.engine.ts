/** Many traces at once are what each of them is alone. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkoutTraces } from '../../testkit/src/cast.ts';
import { traceIdOf } from '../../testkit/src/notation-otlp.ts';
import { createQuery, type Query, type Trace } from '../src/index.ts';
import { baseNs, openTestEngine, type TestEngine } from './engine.ts';

let store: TestEngine;
let query: Query;

beforeAll(async () => {
  store = await openTestEngine();
  query = createQuery(store.engine);
  await store.loadTraces('', checkoutTraces(baseNs));
  await store.load({ '': '1111111111111111aaaaaaaaaaaaaaaa  a  long  0ms 1ms' });
});
afterAll(() => store?.close());

async function read(ids: readonly string[]) {
  const found: [string, Trace | null][] = [];
  for await (const { id, trace } of query.traces(ids)) found.push([id, trace]);
  return found;
}

const alone = async (id: string) => ({ ...(await query.trace(id)), took: expect.anything() });

test('in the order asked for, with what is missing', async () => {
  const ids = [traceIdOf('warehouse'), 'f'.repeat(32), traceIdOf('checkout').toUpperCase()];
  expect(await read(ids)).toEqual([
    [ids[0], await alone(ids[0]!)],
    [ids[1], null],
    [ids[2], await alone(ids[2]!)],
  ]);
  expect(await read([])).toEqual([]);
});

test('by their lower halves, and twice when asked twice', async () => {
  const found = await read(['aaaaaaaaaaaaaaaa', 'aaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb']);
  expect(found.map(([, trace]) => trace?.traceId)).toEqual([
    '1111111111111111aaaaaaaaaaaaaaaa',
    '1111111111111111aaaaaaaaaaaaaaaa',
    undefined,
  ]);
});

test('over more than one batch', async () => {
  const ids = Array.from({ length: 120 }, (_, at) =>
    at % 2 ? traceIdOf('checkout') : 'f'.repeat(32),
  );
  const found = await read(ids);
  expect(found.map(([, trace]) => trace?.spans.length)).toEqual(
    ids.map((_, at) => (at % 2 ? 6 : undefined)),
  );
});

test('one by one when a batch would be too large', async () => {
  const sent = (digit: number) =>
    Array.from({ length: 10_001 }, (_, at) => {
      const spanId = new Uint8Array(8).fill(1);
      new DataView(spanId.buffer).setUint32(4, at);
      const traceId = new Uint8Array(16).fill(digit);
      return { traceId, spanId, startTimeUnixNano: baseNs, endTimeUnixNano: baseNs };
    });
  const spans = [...sent(2), ...sent(3)];
  await store.loadTraces('', { resourceSpans: [{ scopeSpans: [{ spans }] }] });
  const found = await read(['03'.repeat(16), '02'.repeat(16)]);
  expect(found.map(([, trace]) => trace?.spans.length)).toEqual([10_001, 10_001]);
});

test('refuse what is no id', async () => {
  await expect(read(['x'])).rejects.toMatchObject({ code: 'bad-trace-id' });
});
