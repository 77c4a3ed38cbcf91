/** Migrations, the cluster form, and statements over two shards, on a real engine. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  frameBytes,
  requestBytes,
  someSpans,
  writeSegment,
} from '../../testkit/src/segment-file.ts';
import { createEngineClient } from '../src/client.ts';
import { type HostAddress, superviseHost } from '../src/host-process.ts';
import { clusterStatements, type Engine, onTwoShards, openEngine } from '../src/index.ts';
import { createDatabase, type Migration, migrate } from '../src/schema.ts';
import { sqlOrder, sqlText } from '../src/sql-files.ts';
import { quiet, scratch } from './scratch.ts';

const run = { secondsMax: 20, rowsMax: 1000 };
let engine: Engine;
const { dir, remove } = scratch();

beforeAll(async () => {
  engine = await openEngine({ place: { kind: 'embedded', dataDir: dir }, log: quiet });
});
afterAll(async () => {
  await engine.close();
  remove();
});

test('the engine understands every statement of the cluster form', async () => {
  for (const folder of ['tables', 'views'] as const) {
    for (const name of sqlOrder(folder)) {
      for (const statement of clusterStatements(sqlText(folder, name), 'prod')) {
        await engine.command({ text: `explain ast ${statement}`, params: {} });
      }
    }
  }
});

test('a statement over two shards merges what both hold', async () => {
  const spans = someSpans(1, 30, BigInt(Date.now() - 60_000) * 1_000_000n);
  const path = writeSegment(dir, 'shards', frameBytes(requestBytes('shop', spans)));
  await engine.load({ id: 1n, path, token: 'shards' });
  const one = {
    text: 'select count() as n, uniqExact(trace_id) as traces from spans where service = {s:String}',
    params: { s: 'shop' },
  };
  expect((await engine.rows(one, run)).rows).toEqual([{ n: '30', traces: '3' }]);
  expect((await engine.rows(onTwoShards(one), run)).rows).toEqual([{ n: '60', traces: '3' }]);
  const joined = {
    text: 'select uniqExact(s.span_id) as n from spans as s any left join trace_ix as i using (trace_id)',
    params: {},
  };
  expect(onTwoShards(joined).text).toBe(
    "select uniqExact(s.span_id) as n from remote('127.0.0.1,localhost', clew, spans) as s any left join remote('127.0.0.1,localhost', clew, trace_ix) as i using (trace_id)",
  );
  expect((await engine.rows(onTwoShards(joined), run)).rows).toEqual([{ n: '30' }]);
});

test('migrations run once, in order, and a broken one is taken up where it stopped', async () => {
  const { dir: other, remove: removeOther } = scratch();
  let address: HostAddress | undefined;
  const options = {
    directory: other,
    querySessions: 1,
    loadSessions: 1,
    waitingMax: 8,
    waitMsMax: 5000,
    bodyBytesMax: 65_536,
    engineArguments: [],
  };
  const onReady = async (ready: HostAddress) => {
    address = ready;
  };
  const host = await superviseHost(options, onReady, quiet);
  const { url, token: password } = address as HostAddress;
  const outside = createEngineClient({ url, password, database: 'default' });
  await createDatabase(outside, 'moving');
  const client = createEngineClient({ url, password, database: 'moving' });
  const versions = async () =>
    (
      await client.rows<{ v: number }>(
        { text: 'select version as v from schema_version final order by v', params: {} },
        run,
      )
    ).rows.map((row) => row.v);

  expect(await migrate(client, { migrations: [] })).toEqual({ applied: [] });
  expect(await versions()).toEqual([1]);

  const add = 'alter table service_looks add column if not exists note String';
  const second: Migration = {
    version: 2,
    name: '0002_note',
    text: `${add}\n;\nalter table nowhere drop column x`,
  };
  await expect(migrate(client, { migrations: [second] })).rejects.toMatchObject({ code: 60 });
  expect(await versions()).toEqual([1]);
  const mended = { ...second, text: add };
  const third: Migration = {
    version: 3,
    name: '0003_note',
    text: 'alter table service_looks drop column if exists note',
  };
  expect(await migrate(client, { migrations: [mended, third] })).toEqual({
    applied: ['0002_note', '0003_note'],
  });
  expect(await migrate(client, { migrations: [mended, third] })).toEqual({ applied: [] });
  expect(await versions()).toEqual([1, 2, 3]);

  // A new database is made in its present form: nothing to apply, everything recorded.
  await createDatabase(outside, 'fresh');
  const fresh = createEngineClient({ url, password, database: 'fresh' });
  expect(await migrate(fresh, { migrations: [second, third] })).toEqual({ applied: [] });
  for (const each of [outside, client, fresh]) await each.close();
  await host.stop();
  removeOther();
});
