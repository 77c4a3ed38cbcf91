/** Calls between services, what a service talks to, and counts over time. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkoutNotation } from '../../testkit/src/cast.ts';
import { createQuery, type Query } from '../src/index.ts';
import { baseNs, minuteNs, openTestEngine, type TestEngine } from './engine.ts';

let store: TestEngine;
let query: Query;
const range = { fromNs: baseNs, toNs: baseNs + minuteNs };

beforeAll(async () => {
  store = await openTestEngine();
  query = createQuery(store.engine);
  await store.load({ '': checkoutNotation });
  // A client's retry: the same spans once more.
  await store.load({ twice: checkoutNotation });
  await store.load({ twice: checkoutNotation });
});
afterAll(() => store?.close());

const cast = [
  { parent: 'frontend', child: 'payment', calls: 2, errors: 1 },
  { parent: 'cart', child: 'db', calls: 1, errors: 0 },
  { parent: 'frontend', child: 'cart', calls: 1, errors: 0 },
];

describe('dependencies', () => {
  test('are the calls from one service into another, with failures', async () => {
    const found = await query.dependencies(range);
    expect(found).toMatchObject({ links: cast, sampling: 1, complete: true });
  });

  test('count a span that was sent twice once', async () => {
    expect((await query.dependencies(range, { tenant: 'twice' })).links).toEqual(cast);
  });

  test('find a caller that started before the range', async () => {
    const later = { fromNs: baseNs + 150_000_000n, toNs: baseNs + minuteNs };
    expect((await query.dependencies(later)).links).toEqual([
      { parent: 'frontend', child: 'payment', calls: 1, errors: 0 },
    ]);
  });

  test('of a range without spans are none', async () => {
    const before = { fromNs: baseNs - 10n * minuteNs, toNs: baseNs };
    expect((await query.dependencies(before)).links).toEqual([]);
  });
});

test('peers are what the spans of a service name', async () => {
  expect(await query.peers('cart', range)).toEqual([]);
  expect(await query.peers('db', range)).toEqual(['postgresql']);
  expect(await query.peers("' or 1 --", range)).toEqual([]);
});

describe('counts over time', () => {
  const filter = { services: ['payment', 'db'], kinds: ['server'], range, stepMinutes: 1 } as const;

  test('are kept per service or per operation, of the kinds asked for', async () => {
    const steps = await query.red({ ...filter, byOperation: true });
    expect(steps).toEqual([
      {
        service: 'payment',
        name: 'POST /charge',
        startMs: Number(baseNs / 1_000_000n),
        spans: 2,
        errors: 1,
        durations: [
          [210, 211],
          [1, 1],
        ],
      },
    ]);
    const whole = await query.red({ ...filter, kinds: ['client'], byOperation: false });
    expect(whole).toMatchObject([{ service: 'db', name: '', spans: 1, errors: 0 }]);
  });

  test('of nothing are none', async () => {
    expect(await query.red({ ...filter, services: [], byOperation: false })).toEqual([]);
  });
});
