/** Counts of spans and of calls between services, slot by slot. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createQuery, type Query } from '../src/index.ts';
import { baseNs, minuteNs, openTestEngine, type TestEngine } from './engine.ts';

let store: TestEngine;
let query: Query;

const shop = `
t1  web    GET /a       1s 500ms  server
      web    call       1100ms 300ms  client
        cart   POST /b  1200ms 100ms  server  error
          cart   select  1250ms 10ms  client  db.system=postgresql  db.name=carts
t2  web    GET /a      70s 100ms  server
      web    send      71s 2ms  producer
        mail   receive  75s 3ms  consumer
`;

beforeAll(async () => {
  store = await openTestEngine();
  query = createQuery(store.engine);
  await store.load({ '': shop });
});
afterAll(() => store?.close());

const range = { fromNs: baseNs, toNs: baseNs + 2n * minuteNs };

describe('calls between services', () => {
  const by = ['client', 'server', 'connection'] as const;

  test('come from pairs of spans, from names of databases, and from outside', async () => {
    const { edges, sampling } = await query.edgeCounts({
      range,
      slotMinutes: 1,
      by,
      durations: true,
    });
    expect(sampling).toBe(1);
    const lines = edges.map(
      ({ client, server, connection, slot, calls, failed, clientSeconds, serverSeconds }) =>
        `${slot} ${client} > ${server} ${connection} ${calls} ${failed} ${clientSeconds} ${serverSeconds}`,
    );
    expect(lines.sort()).toEqual([
      '0 cart > carts database 1 0 0.01 0.01',
      '0 user > web virtual_node 1 0 0.5 0.5',
      '0 web > cart  1 1 0.3 0.1',
      '1 user > web virtual_node 1 0 0.1 0.1',
      '1 web > mail messaging_system 1 0 0.002 0.003',
    ]);
    const cart = edges.find(({ server }) => server === 'cart')!;
    expect(cart.serverDurations).toEqual([[Math.floor(8 * Math.log2(1e8))], [1]]);
  });

  test('are added up and chosen as asked', async () => {
    const { edges } = await query.edgeCounts({
      range,
      slotMinutes: 2,
      by: ['server'],
      client: [{ operator: '=~', value: 'we.|user' }],
      server: [{ operator: '!=', value: 'mail' }],
      durations: false,
    });
    const lines = edges.map(({ client, server, calls }) => `${client}>${server} ${calls}`);
    expect(lines.sort()).toEqual(['>cart 1', '>web 2']);
  });
});

describe('spans', () => {
  test('are counted by what is told apart', async () => {
    const counts = await query.spanCounts({
      range,
      slotMinutes: 2,
      by: ['service', 'status'],
      durations: false,
    });
    const lines = counts.map(({ service, name, kind, status, spans }) =>
      [service, name, kind, status, spans].join(' '),
    );
    expect(lines.sort()).toEqual([
      'cart   error 1',
      'cart   unset 1',
      'mail   unset 1',
      'web   unset 4',
    ]);
  });

  test('are chosen by name, kind and status', async () => {
    const counts = await query.spanCounts({
      range,
      slotMinutes: 1,
      by: ['name'],
      name: [{ operator: '!~', value: 'GET.*' }],
      kinds: ['server', 'client'],
      statuses: ['unset'],
      durations: true,
    });
    const lines = counts.map(({ name, slot, seconds }) => `${slot} ${name} ${seconds}`);
    expect(lines.sort()).toEqual(['0 call 0.3', '0 select 0.01']);
  });

  test('are counted in whole minutes only', async () => {
    const asked = { range: { ...range, fromNs: baseNs + 1n }, slotMinutes: 1, by: [] };
    await expect(query.spanCounts({ ...asked, durations: false })).rejects.toMatchObject({
      code: 'bad-step',
    });
  });
});
