/**
 * Spans to show beside series: at most one per trace, spread over time and over labels.
 *
 * They are looked for where the counts say that there are some: in a few of the steps, and of a long step with many spans
 * in one of its minutes, so that examples cost little beside the counts.
 *
 * Never knows: which series an example stands beside.
 */
import type { Pipeline } from '@clew/traceql';
import { examplesStatement } from '../sql/examples.ts';
import type { MetricsAsk } from './asked.ts';
import type { SpanCall } from './calls.ts';
import { type Rows, type SeriesRow, seriesReadOf } from './rows.ts';

export type Example = {
  readonly traceId: string;
  readonly spanId: string;
  readonly startNs: string;
  readonly slot: number;
  /** Its labels, as cells. */
  readonly cells: readonly string[];
  /** Its measured field, as stored; null when spans are only counted. */
  readonly number: number | null;
};

type ExampleRow = {
  readonly traceId: string;
  readonly spanId: string;
  readonly startNs: string;
  readonly slot: string;
  readonly number: number | null;
  readonly [label: `c${number}`]: string;
};

/** Steps that are looked into; more would show no more on a chart. */
const stepsMax = 60;

/** Rows per example that are read, so that there are enough after those of one trace are left out. */
const spare = 8;

export async function readExamples(
  asked: MetricsAsk,
  source: Pipeline,
  call: SpanCall,
  { rows, examples }: Rows,
): Promise<readonly Example[]> {
  const { exemplarsMax, stepNs } = asked;
  if (exemplarsMax === 0 || rows.length === 0) return [];
  if (examples !== null) return spread(examples, exemplarsMax);
  const read = seriesReadOf(asked, source, call);
  if (read === null || stepNs === null) return [];
  const minutes = minutesOf(rows, stepNs, Math.min(stepsMax, exemplarsMax));
  const limit = exemplarsMax * spare;
  const found = await asked.ask.run.rows<ExampleRow>(examplesStatement(read, minutes, limit));
  return spread(
    found.map(
      (row): Example => ({
        traceId: row.traceId,
        spanId: row.spanId,
        startNs: row.startNs,
        slot: Number(row.slot),
        cells: call.by.map((_, at) => row[`c${at}`] ?? ''),
        number: row.number,
      }),
    ),
    exemplarsMax,
  );
}

/** The first of each trace; of too many, those at equal distances in time. */
function spread(all: readonly Example[], most: number): readonly Example[] {
  const once = new Map<string, Example>();
  for (const one of all) if (!once.has(one.traceId)) once.set(one.traceId, one);
  const sorted = [...once.values()].sort((a, b) =>
    BigInt(a.startNs) < BigInt(b.startNs) ? -1 : 1,
  );
  return evenly(sorted, most);
}

function evenly<One>(all: readonly One[], most: number): readonly One[] {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, at) => all[Math.floor((at * all.length) / most)]!);
}

const minuteNs = 60_000_000_000n;

/** A minute of a step with this many spans a minute has one for sure enough. */
const denseSpans = 8;

/** Epoch seconds of minutes in which spans were counted. */
function minutesOf(
  rows: readonly SeriesRow[],
  stepNs: bigint,
  stepsMost: number,
): readonly number[] {
  const counts = new Map<number, number>();
  for (const { slot, n } of rows) {
    counts.set(Number(slot), (counts.get(Number(slot)) ?? 0) + Number(n));
  }
  const slots = evenly(
    [...counts.keys()].sort((a, b) => a - b),
    stepsMost,
  );
  const minutes = slots.flatMap((slot) => {
    const [from, to] = [
      ((BigInt(slot) - 1n) * stepNs) / minuteNs,
      (BigInt(slot) * stepNs) / minuteNs,
    ];
    const all = Array.from({ length: Number(to - from) + 1 }, (_, at) => Number(from) + at);
    const isDense = counts.get(slot)! >= denseSpans * all.length;
    return isDense && all.length > 2 ? [all[Math.floor(all.length / 2)]!] : all;
  });
  return [...new Set(minutes)].map((minute) => minute * 60);
}
