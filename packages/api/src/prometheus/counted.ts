/**
 * Counts of one metric per slot of minutes and label set, as the metric's own labels name them.   after: samples.ts
 *
 * Never knows: times of samples, rates.
 */
import type { DurationCounts, EdgeLabel, Query, SpanLabel, TimeRange } from '@clew/query';
import { bounds, type Family, type Measure } from './families.ts';
import { edgeTests, isBoundAsked, kindLabel, spanTests, statusLabel } from './matching.ts';
import type { LabelSet } from './promql/series.ts';
import type { Matcher } from './promql/tree.ts';

export type CountedAsk = {
  readonly family: Family;
  readonly matchers: readonly Matcher[];
  /** Labels that must be told apart; null: all. */
  readonly keep: readonly string[] | null;
  /** Whole minutes. */
  readonly range: TimeRange;
  readonly slotMinutes: number;
};

/** What was counted in one slot. Of a histogram's buckets there is one of these each. */
export type Counted = { readonly labels: LabelSet; readonly slot: number; readonly count: number };

export type Count = (ask: CountedAsk) => Promise<readonly Counted[]>;

/** @param warn is told what makes an answer less than exact */
export function createCount(
  query: Query,
  signal: AbortSignal,
  warn: (warning: string) => void,
): Count {
  return async (ask) => {
    const rows =
      ask.family.subject === 'spans'
        ? await spanRows(query, ask, signal)
        : await edgeRows(query, ask, signal, warn);
    return rows.flatMap((row) => countedOf(ask, row));
  };
}

type Row = {
  readonly labels: LabelSet;
  readonly slot: number;
  readonly counts: Readonly<Record<Measure, number>>;
  readonly durations: DurationCounts;
};

const spanLabelOf: Readonly<Record<string, SpanLabel>> = {
  service: 'service',
  span_name: 'name',
  span_kind: 'kind',
  status_code: 'status',
};

const edgeLabelOf: Readonly<Record<string, EdgeLabel>> = {
  client: 'client',
  server: 'server',
  connection_type: 'connection',
};

function toldApart<Own>(all: Readonly<Record<string, Own>>, keep: readonly string[] | null): Own[] {
  return Object.entries(all).flatMap(([label, own]) =>
    keep === null || keep.includes(label) ? [own] : [],
  );
}

async function spanRows(query: Query, ask: CountedAsk, signal: AbortSignal): Promise<Row[]> {
  const { range, slotMinutes, matchers, keep, family } = ask;
  const durations = family.part === 'bucket';
  const by = toldApart(spanLabelOf, keep);
  const filter = { range, slotMinutes, by, durations, ...spanTests(matchers) };
  const rows = await query.spanCounts(filter, { signal });
  return rows.map(({ service, name, kind, status, slot, spans, seconds, durations }) => ({
    labels: labelSet({
      service,
      span_name: name,
      span_kind: kindLabel(kind),
      status_code: statusLabel(status),
    }),
    slot,
    counts: { calls: spans, failed: 0, seconds, clientSeconds: 0, serverSeconds: 0 },
    durations,
  }));
}

async function edgeRows(
  query: Query,
  ask: CountedAsk,
  signal: AbortSignal,
  warn: (warning: string) => void,
): Promise<Row[]> {
  const { range, slotMinutes, matchers, keep, family } = ask;
  const durations = family.part === 'bucket';
  const by = toldApart(edgeLabelOf, keep);
  const filter = { range, slotMinutes, by, durations, ...edgeTests(matchers) };
  const { edges, sampling } = await query.edgeCounts(filter, { signal });
  if (sampling > 1) {
    warn(`calls between services are counted in one trace of ${sampling} and scaled up by that`);
  }
  return edges.map((edge) => ({
    labels: labelSet({
      client: edge.client,
      server: edge.server,
      connection_type: edge.connection,
    }),
    slot: edge.slot,
    counts: {
      calls: edge.calls,
      failed: edge.failed,
      seconds: 0,
      clientSeconds: edge.clientSeconds,
      serverSeconds: edge.serverSeconds,
    },
    durations: family.measure === 'clientSeconds' ? edge.clientDurations : edge.serverDurations,
  }));
}

/** A label that is '' is none. */
function labelSet(labels: LabelSet): LabelSet {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
}

function countedOf({ family, matchers }: CountedAsk, row: Row): readonly Counted[] {
  const { counts, durations, slot } = row;
  const labels = { __name__: family.name, ...row.labels };
  switch (family.part) {
    case 'counter':
      // A service that never failed has no series of failures.
      return counts[family.measure] === 0 ? [] : [{ labels, slot, count: counts[family.measure] }];
    case 'sum':
      return [{ labels, slot, count: counts[family.measure] }];
    case 'count':
      return [{ labels, slot, count: counts.calls }];
    case 'bucket':
      return bounds.flatMap(({ le, below }) =>
        isBoundAsked(matchers, le)
          ? [{ labels: { ...labels, le }, slot, count: countBelow(durations, below) }]
          : [],
      );
  }
}

function countBelow([buckets, spans]: DurationCounts, below: number): number {
  let total = 0;
  for (const [at, bucket] of buckets.entries()) if (bucket < below) total += spans[at]!;
  return total;
}
