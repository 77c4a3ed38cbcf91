/**
 * The load statement alone: the engine reads segments of 100,000 spans, with and without the views.
 *
 * CPU of the engine's process per span; merging, which goes on behind the loads, is counted apart.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine } from '@clew/store';
import { createRequests } from './payload.mjs';
import { processOf } from './processes.mjs';
import { writeSegment } from './segments.mjs';

const SPANS = 100_000;
const VIEWS = ['trace_ix_mv', 'span_metrics_mv', 'operations_mv', 'attribute_catalogue_mv'];

export const name = 'load';
export const says = 'the load statement alone: CPU per span, with and without views';

/** @param {{ segments?: number }} options */
export async function run({ segments = 10 } = {}) {
  const withViews = await measure(segments, true);
  const bare = await measure(segments, false);
  return { bare, withViews, ratio: round(withViews.loadMicrosPerSpan / bare.loadMicrosPerSpan) };
}

async function measure(count, hasViews) {
  const dir = mkdtempSync(join(tmpdir(), 'clew-load-'));
  const engine = await openEngine({ place: { kind: 'embedded', dataDir: dir }, log: () => {} });
  try {
    if (!hasViews) {
      for (const view of VIEWS)
        await engine.command({ text: `drop view if exists ${view}`, params: {} });
    }
    const requests = createRequests(16);
    const files = Array.from({ length: count + 1 }, (_, at) =>
      writeSegment(dir, BigInt(at + 1), requests, { spans: SPANS, startMs: Date.now() - 60_000 }),
    );
    // The first load warms the planner and the page cache.
    await engine.load(files[0]);
    await quiet(engine);
    return await measureLoads(engine, files.slice(1));
  } finally {
    await engine.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function measureLoads(engine, files) {
  const cpu = () => processOf(engine.pid()).cpuSeconds;
  await engine.command({ text: 'system stop merges', params: {} });
  const spans = files.length * SPANS;
  const before = cpu();
  const start = performance.now();
  for (const file of files) await engine.load(file);
  const seconds = (performance.now() - start) / 1000;
  const loaded = cpu();
  await engine.command({ text: 'system start merges', params: {} });
  await new Promise((resolve) => setTimeout(resolve, 2000));
  await quiet(engine);
  const merged = cpu();
  return {
    loadMicrosPerSpan: round(((loaded - before) * 1e6) / spans),
    mergedMicrosPerSpan: round(((merged - before) * 1e6) / spans),
    spansPerSecond: Math.round(spans / seconds),
    rssMiB: Math.round(processOf(engine.pid()).rssBytes / 2 ** 20),
    diskBytesPerSpan: round(await settledDisk(engine, spans)),
  };
}

/** Waits until no merge runs, looking a few times since one may follow another. */
async function quiet(engine) {
  for (let calm = 0; calm < 5; ) {
    const { rows } = await engine.rows(
      { text: 'select count() as n from system.merges', params: {} },
      { secondsMax: 10, rowsMax: 1 },
    );
    calm = Number(rows[0].n) === 0 ? calm + 1 : 0;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function settledDisk(engine, spans) {
  const { rows } = await engine.rows(
    {
      text: 'select sum(bytes_on_disk) as bytes from system.parts where active and database = currentDatabase()',
      params: {},
    },
    { secondsMax: 10, rowsMax: 1 },
  );
  return Number(rows[0].bytes) / (spans + SPANS);
}

const round = (value) => Math.round(value * 100) / 100;
