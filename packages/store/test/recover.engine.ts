/**
 * What power loss can leave behind: parts whose files are torn or empty. The engine sets them aside
 * without a word; recovery finds them and brings every row back once, derived tables included.
 */
import { readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import {
  frameBytes,
  requestBytes,
  someSpans,
  writeSegment,
} from '../../testkit/src/segment-file.ts';
import {
  brokenParts,
  type Engine,
  type KeptSegment,
  openEngine,
  type RunOptions,
  replayLost,
  segmentRowCounts,
} from '../src/index.ts';
import { quiet, scratch } from './scratch.ts';

const run: RunOptions = { secondsMax: 20, rowsMax: 100_000 };
const hourMs = 3_600_000;
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type Stand = { engine: Engine; dir: string; segments: KeptSegment[] };

/** An engine with four loaded segments, each over two hours; two of them merged into one part. */
async function loaded(): Promise<Stand> {
  const { dir, remove } = scratch();
  cleanups.push(remove);
  const engine = await reopen(dir);
  // Both hours lie inside one UTC day, whatever the time is: yesterday at 10 and 11.
  const base = Math.floor(Date.now() / (24 * hourMs)) * 24 * hourMs - 14 * hourMs;
  const segments = [1, 2, 3, 4].map((id) => ({
    id: BigInt(id),
    token: `lost-${id}`,
    spans: 300,
    path: writeSegment(
      dir,
      `l${id}`,
      frameBytes(requestBytes('lost', someSpans(id, 200, BigInt(base + id) * 1_000_000n))),
      frameBytes(
        requestBytes('other', someSpans(id + 50, 100, BigInt(base + hourMs) * 1_000_000n)),
      ),
    ),
  }));
  for (const segment of segments) await engine.load(segment);
  return { engine, dir, segments };
}

async function reopen(dir: string): Promise<Engine> {
  const engine = await openEngine({ place: { kind: 'embedded', dataDir: dir }, log: quiet });
  cleanups.push(() => engine.close());
  return engine;
}

/** Everything that anybody could ask of the tables, as text. */
async function contents(engine: Engine) {
  const questions = {
    spans:
      'select segment, count(), uniqExact(trace_id, span_id) from spans group by segment order by segment',
    trace_ix:
      'select hex(trace_id), min(start), max(end) from trace_ix group by trace_id order by trace_id',
    span_metrics:
      'select minute, service, name, bucket, sum(n), sum(sum_ns) from span_metrics group by all order by all',
    operations:
      'select hour, service, name, min(first_seen), max(last_seen), sum(seen), sum(errors) from operations group by all order by all',
    attribute_catalogue:
      'select scope, key, type, service from attribute_catalogue group by all order by all',
  };
  const answers = Object.entries(questions).map(async ([table, text]) => {
    const { rows } = await engine.rows({ text, params: {} }, run);
    return [table, rows];
  });
  return Object.fromEntries(await Promise.all(answers));
}

/**
 * Tears parts of a table: the first is cut in half, the others emptied. Parts that a merge replaced
 * are there for some minutes and the engine falls back on them; with `all` they are torn as well.
 * @returns how many were torn
 */
async function tear(stand: Stand, table: string, howMany: number, all = false) {
  const { rows } = await stand.engine.rows<{ path: string }>(
    {
      text: 'select path from system.parts where (active or {all:Bool}) and database = currentDatabase() and table = {t:String} order by name',
      params: { t: table, all },
    },
    run,
  );
  await stand.engine.close();
  for (const [at, { path }] of rows.slice(0, howMany).entries()) {
    const files = readdirSync(path).filter((name) => name.endsWith('.bin'));
    for (const name of files) {
      const file = join(path, name);
      truncateSync(file, at === 0 ? Math.floor(statSync(file).size / 2) : 0);
    }
  }
  return Math.min(rows.length, howMany);
}

for (const merged of [false, true]) {
  test(`torn parts of spans come back, nothing doubles (${merged ? 'merged' : 'fresh'} parts)`, async () => {
    const stand = await loaded();
    if (merged) await stand.engine.command({ text: 'optimize table spans final', params: {} });
    const before = await contents(stand.engine);
    const torn = await tear(stand, 'spans', 3 + Number(merged) * 100, merged);

    const engine = await reopen(stand.dir);
    expect((await brokenParts(engine)).length).toBeGreaterThanOrEqual(merged ? 2 : torn);
    const counts = await segmentRowCounts(
      engine,
      stand.segments.map(({ id }) => id),
    );
    expect([...counts.values()].some((rows) => rows < 300)).toBe(true);
    // The trap: the same token is remembered, so a plain replay restores nothing.
    const [first] = stand.segments.filter(({ id }) => (counts.get(id) ?? 0) < 300);
    expect((await engine.load(first as KeptSegment)).rows).toBeLessThan(300);

    const recovery = await replayLost(engine, stand.segments);
    expect(recovery).toMatchObject({ gone: [], damaged: [], rebuilt: [] });
    expect(recovery.replayed.length).toBeGreaterThan(0);
    expect(await contents(engine)).toEqual(before);
    expect(await brokenParts(engine)).toEqual([]);
    expect(await replayLost(engine, stand.segments)).toMatchObject({ broken: [], replayed: [] });
  });
}

test('torn parts of derived tables are derived again from the spans', async () => {
  const stand = await loaded();
  const before = await contents(stand.engine);
  let torn = 0;
  for (const table of ['trace_ix', 'span_metrics', 'operations', 'attribute_catalogue']) {
    torn += await tear(stand, table, 2);
    stand.engine = await reopen(stand.dir);
  }
  expect(await contents(stand.engine)).not.toEqual(before);
  expect(await brokenParts(stand.engine)).toHaveLength(torn);
  const recovery = await replayLost(stand.engine, stand.segments);
  expect(recovery.replayed).toEqual([]);
  expect(recovery.rebuilt.map(({ table }) => table).sort()).toEqual([
    'attribute_catalogue',
    'operations',
    'span_metrics',
    'trace_ix',
  ]);
  expect(await contents(stand.engine)).toEqual(before);
  expect(await brokenParts(stand.engine)).toEqual([]);
});

test('a torn ledger is reported as gone, and a damaged segment file changes nothing', async () => {
  const stand = await loaded();
  const row = {
    tenant: 'x',
    minute: Math.floor(Date.now() / 60_000) * 60,
    outcome: 'accepted',
    reason: '',
    listener: '',
    requests: 1,
    spans: 1,
    bytes: 1,
  };
  await stand.engine.insert('ingest_ledger', [row], 'ledger');
  await tear(stand, 'ingest_ledger', 1);
  stand.engine = await reopen(stand.dir);
  await tear(stand, 'spans', 1);
  const engine = await reopen(stand.dir);
  const counts = await segmentRowCounts(
    engine,
    stand.segments.map(({ id }) => id),
  );
  const short = stand.segments.filter(({ id }) => counts.get(id) !== 300);
  const wrong = short.map((segment) => ({ ...segment, spans: 999 }));
  const recovery = await replayLost(engine, wrong);
  expect(recovery.gone.map(({ table }) => table)).toEqual(['ingest_ledger']);
  expect(recovery.damaged).toEqual(wrong.map(({ id }) => id));
  expect(
    await segmentRowCounts(
      engine,
      stand.segments.map(({ id }) => id),
    ),
  ).toEqual(counts);
});
