/** Services and their looks, operations, attributes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkoutNotation } from '../../testkit/src/cast.ts';
import { createQuery, lookSlots, type Query } from '../src/index.ts';
import { baseNs, minuteNs, openTestEngine, type TestEngine } from './engine.ts';

let store: TestEngine;
let query: Query;

beforeAll(async () => {
  store = await openTestEngine();
  query = createQuery(store.engine);
  const many = Array.from({ length: lookSlots + 2 }, (_, at) => {
    const number = String(at).padStart(2, '0');
    return `t${number}  service${number}  GET /  ${at}ms 1ms`;
  });
  await store.load({ '': checkoutNotation, many: many.join('\n'), empty: '' });
});
afterAll(() => store?.close());

describe('services', () => {
  test('are counted over all time', async () => {
    const services = await query.services();
    expect(services.map(({ name, spans, errors }) => [name, spans, errors])).toEqual([
      ['cart', 1, 0],
      ['db', 1, 0],
      ['frontend', 2, 0],
      ['payment', 2, 1],
      ['warehouse', 1, 0],
    ]);
    const baseMs = Number(baseNs / 1_000_000n);
    expect(services[0]).toMatchObject({ firstSeenMs: baseMs, lastSeenMs: baseMs });
  });

  test('are counted within a range', async () => {
    const inside = { fromNs: baseNs, toNs: baseNs + minuteNs };
    expect((await query.services(inside)).map((service) => service.name)).toContain('payment');
    const before = { fromNs: baseNs - 10n * minuteNs, toNs: baseNs };
    expect(await query.services(before)).toEqual([]);
  });

  test('of a tenant without spans are none', async () => {
    expect(await query.services(undefined, { tenant: 'empty' })).toEqual([]);
  });

  test('keep their looks over a restart, and share them only when all are taken', async () => {
    const asker = { tenant: 'many' };
    const looks = (await query.services(undefined, asker)).map((service) => service.look);
    expect(looks).toEqual([...Array.from({ length: lookSlots }, (_, slot) => slot), 0, 1]);
    const restarted = createQuery(store.engine);
    expect((await restarted.services(undefined, asker)).map(({ look }) => look)).toEqual(looks);
  });

  test('get different looks when asked about side by side', async () => {
    await store.load({ race: checkoutNotation });
    const asker = { tenant: 'race' };
    const fresh = createQuery(store.engine);
    const answers = await Promise.all([1, 2, 3].map(() => fresh.services(undefined, asker)));
    const looks = answers.map((services) => services.map(({ look }) => look));
    expect(new Set(looks[0])).toHaveProperty('size', 5);
    expect(looks[1]).toEqual(looks[0]);
    expect(looks[2]).toEqual(looks[0]);
  });
});

describe('operations', () => {
  test('are names and kinds of a service', async () => {
    const operations = await query.operations('frontend');
    expect(operations.map(({ name, kind, spans }) => [name, kind, spans])).toEqual([
      ['GET /checkout', 'server', 1],
      ['publish order', 'producer', 1],
    ]);
    expect(await query.operations('nobody')).toEqual([]);
  });
});

describe('attributes', () => {
  test('have scope, type, uses and samples, the most used first', async () => {
    const attributes = await query.attributes({ scope: 'span', prefix: 'http.' });
    expect(attributes).toEqual([
      {
        scope: 'span',
        key: 'http.response.status_code',
        type: 'int',
        uses: 4,
        samples: ['200', '504'],
      },
      { scope: 'span', key: 'http.request.method', type: 'string', uses: 1, samples: ['GET'] },
    ]);
  });

  test('of all scopes, at most as many as wanted', async () => {
    expect(await query.attributes({ limit: 3 })).toHaveLength(3);
    const events = await query.attributes({ scope: 'event' });
    expect(events.map((attribute) => attribute.key)).toContain('exception.type');
    await expect(query.attributes({ limit: 0 })).rejects.toMatchObject({ code: 'bad-limit' });
  });
});
