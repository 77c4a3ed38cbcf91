/** The views of users' SQL on a real engine: every one answers, and keeps to its tenant. */
import { encodeTraces } from '@clew/wire';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkoutTraces } from '../../testkit/src/cast.ts';
import { frameBytes, writeSegment } from '../../testkit/src/segment-file.ts';
import { type Engine, openEngine } from '../src/index.ts';
import { sqlOrder } from '../src/sql-files.ts';
import { quiet, scratch } from './scratch.ts';

const run = { secondsMax: 20, rowsMax: 1000 };
const baseNs = 4_102_444_800_000_000_000n;
const range = { since: '1970-01-01 00:00:00', until: '2262-01-01 00:00:00' };
const { dir, remove } = scratch();
let engine: Engine;
let traceId = '';

beforeAll(async () => {
  engine = await openEngine({ place: { kind: 'embedded', dataDir: dir }, log: quiet });
  const traces = encodeTraces(checkoutTraces(baseNs));
  const path = writeSegment(
    dir,
    's1',
    frameBytes(traces, { tenant: 'one' }),
    frameBytes(traces, { tenant: 'two' }),
  );
  await engine.load({ id: 1n, path, token: 's1' });
  const found = await ask(
    "select trace_id from sql_spans(tenant = 'one', since = '1970-01-01', until = '2262-01-01') where name = 'GET /checkout'",
    {},
  );
  traceId = String(found[0]?.['trace_id']);
});
afterAll(async () => {
  await engine.close();
  remove();
});

async function ask(text: string, params: Record<string, unknown>) {
  return (await engine.rows<Record<string, unknown>>({ text, params }, run)).rows;
}
const call = (view: string) =>
  view === 'sql_trace_tree'
    ? `${view}(tenant = {tenant:String}, trace = {trace:String})`
    : `${view}(tenant = {tenant:String}, since = {since:String}, until = {until:String})`;

test.each(sqlOrder('user-views'))('%s answers for its tenant only', async (view) => {
  const count = async (tenant: string) => {
    const params = { tenant, trace: traceId, ...range };
    const [row] = await ask(`select count() as n from ${call(view)}`, params);
    return Number(row?.['n']);
  };
  expect(await count('one')).toBeGreaterThan(0);
  expect(await count('two')).toBe(await count('one'));
  expect(await count('three')).toBe(0);
});

test('a start finds the views as they are in the files, whatever an earlier version left', async () => {
  await engine.command({ text: 'drop view sql_spans', params: {} });
  await engine.command({ text: 'create view sql_spans as select 1 as old', params: {} });
  await engine.close();
  engine = await openEngine({ place: { kind: 'embedded', dataDir: dir }, log: quiet });
  const params = { tenant: 'one', ...range };
  expect(await ask(`select count() as n from ${call('sql_spans')}`, params)).toEqual([{ n: '7' }]);
});
