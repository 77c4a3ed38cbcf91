import type { Query, TraceHit } from '@clew/query';
import { expect, test } from 'vitest';
import { emptyQuery, noStats, partsWith } from '../../test/parts.ts';
import { createFresh } from '../fresh.ts';
import { createStatus } from './status.ts';

const hit = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  rootService: 'cart',
  rootName: 'GET /',
  startNs: '1',
} as TraceHit;
const latest = { traceId: hit.traceId, service: 'cart', name: 'GET /', startNs: '1' };

function world() {
  const at = { nowMs: 1_000_000_000_000, acceptedSpans: 0, pendingBytes: 0 };
  const did = { searches: 0, loads: 0 };
  let hits: TraceHit[] = [];
  let state: 'ready' | 'down' = 'ready';
  const searchTraces: Query['searchTraces'] = async () => {
    did.searches += 1;
    return { hits, complete: true, cursor: null, traceql: '{ }', took: { ms: 0, rowsRead: 0 } };
  };
  const parts = partsWith({
    query: { ...emptyQuery, searchTraces },
    engine: { state: () => state },
    collector: {
      sealAndLoad: async () => {
        did.loads += 1;
        at.pendingBytes = 0;
        hits = [hit];
      },
      stats: () => ({
        ...noStats,
        acceptedSpans: at.acceptedSpans,
        openSegmentBytes: at.pendingBytes,
      }),
    },
    nowMs: () => at.nowMs,
  });
  const status = createStatus(parts, createFresh(parts.collector, parts.log));
  return {
    at,
    did,
    status,
    store: () => {
      hits = [hit];
    },
    lose: () => {
      state = 'down';
    },
  };
}

test('nothing stored is asked for once, and not again while nothing arrives', async () => {
  const { status, did, at } = world();
  expect((await status.read()).latest).toBeNull();
  const { searches } = did;
  at.nowMs += 60_000;
  await status.read();
  expect(did).toEqual({ searches, loads: 0 });
});

test('the first span is loaded and named at once', async () => {
  const { status, did, at } = world();
  await status.read();
  at.acceptedSpans = 1;
  at.pendingBytes = 100;
  expect((await status.read()).latest).toEqual(latest);
  expect(did.loads).toBe(1);
});

test('what an earlier process stored is found', async () => {
  const { status, store } = world();
  store();
  expect(await status.read()).toMatchObject({ acceptedSpans: 0, latest });
});

test('many readers cost one search every two seconds', async () => {
  const { status, did, at, store } = world();
  store();
  await status.read();
  at.acceptedSpans = 10;
  await Promise.all(Array.from({ length: 50 }, () => status.read()));
  expect(did.searches).toBe(1);
  at.nowMs += 2_000;
  await Promise.all(Array.from({ length: 50 }, () => status.read()));
  expect(did.searches).toBe(2);
});

test('without the engine the last known trace is still told', async () => {
  const { status, at, store, lose } = world();
  store();
  await status.read();
  lose();
  at.acceptedSpans = 10;
  at.nowMs += 60_000;
  expect(await status.read()).toMatchObject({ engine: 'down', latest });
});
