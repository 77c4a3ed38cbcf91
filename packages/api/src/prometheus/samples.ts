/**
 * Counts per minute → the samples that PromQL is evaluated over.
 *
 * Counts are kept per minute, so times are taken up to the end of their minute and ranges as whole minutes; what grew in the
 * minutes of a range is scaled to its length, and the minute that is not over counts as far as it has come. There are no
 * stored counters: a counter at some time is what was counted since a midnight (UTC) that is the same for all times of one
 * question, and at least an hour before the first.
 *
 * Never knows: how spans are counted, expressions.
 */
import { limits } from '../limits.ts';
import type { Count, Counted } from './counted.ts';
import type { Family } from './families.ts';
import { familiesOf } from './matching.ts';
import { PromqlError } from './promql/errors.ts';
import type { Samples, SamplesAsk } from './promql/evaluate.ts';
import { keyOf, type Series } from './promql/series.ts';

const minuteMs = 60_000;
const dayMinutes = 24 * 60;

export function createSamples(count: Count, nowMs: number): Samples {
  return {
    values: async (ask) => {
      const ends = endsOf(ask);
      const zero = zeroOf(ends[0]!);
      const series = await readGrowth(count, ask, { ends, lengths: ends.map((end) => end - zero) });
      return series.map(({ labels, values }) => ({
        labels,
        // Before anything was counted there is no counter.
        values: values.map((value) => (value === 0 ? null : value)),
      }));
    },
    increases: async (ask) => {
      const { lengthMs } = ask;
      const ends = endsOf(ask);
      const length = Math.max(1, Math.ceil(lengthMs / minuteMs));
      const series = await readGrowth(count, ask, { ends, lengths: ends.map(() => length) });
      return series.map(({ labels, values }) => ({
        labels,
        values: values.map((value, at) => {
          const toMs = Math.min(
            ends[at]! * minuteMs,
            Math.max(nowMs, (ends[at]! - 1) * minuteMs + 1),
          );
          const coveredMs = toMs - (ends[at]! - length) * minuteMs;
          return value === null ? null : (value * lengthMs) / coveredMs;
        }),
      }));
    },
  };
}

/** Minutes since 1970 at whose end each time is. */
function endsOf({ times, selector }: SamplesAsk): readonly number[] {
  return times.map((timeMs) => Math.ceil((timeMs - selector.offsetMs) / minuteMs));
}

/** The minute in which counters start at 0. */
function zeroOf(end: number): number {
  return Math.floor((end - 60) / dayMinutes) * dayMinutes;
}

type Windows = {
  /** Minutes at which windows end, in order. */
  readonly ends: readonly number[];
  /** How many minutes each is long. */
  readonly lengths: readonly number[];
};

async function readGrowth(
  count: Count,
  { selector, keep }: SamplesAsk,
  windows: Windows,
): Promise<readonly Series[]> {
  const all: Series[] = [];
  for (const family of familiesOf(selector.matchers)) {
    const own = keep === null || family.part !== 'bucket' ? keep : [...keep, 'le'];
    all.push(
      ...(await growthOf(count, { family, matchers: selector.matchers, keep: own }, windows)),
    );
    if (all.length * windows.ends.length > limits.promqlPointsMax) throw tooMany();
  }
  return all;
}

type FamilyAsk = {
  readonly family: Family;
  readonly matchers: SamplesAsk['selector']['matchers'];
  readonly keep: readonly string[] | null;
};

/**
 * Windows that start together are long and end apart, so what lies before the first end is read as one slot; else all
 * slots are as long as the windows and the distances between them allow.
 */
async function growthOf(count: Count, ask: FamilyAsk, { ends, lengths }: Windows) {
  const from = ends[0]! - lengths[0]!;
  const to = ends.at(-1)!;
  const startsTogether = ends.every((end, at) => end - lengths[at]! === from);
  const borders = startsTogether ? ends : [...ends, ...ends.map((end, at) => end - lengths[at]!)];
  const base = startsTogether ? ends[0]! : from;
  const slotMinutes = borders.reduce((all, border) => divisor(all, border - base), 0) || to - from;
  const counted = [
    ...(base > from
      ? slotsAt(await read(count, ask, from, base, base - from), from, base - from)
      : []),
    ...(to > base ? slotsAt(await read(count, ask, base, to, slotMinutes), base, slotMinutes) : []),
  ];
  return windowed(counted, { ends, lengths });
}

function read(count: Count, ask: FamilyAsk, from: number, to: number, slotMinutes: number) {
  const ns = (minute: number) => BigInt(minute) * 60_000_000_000n;
  if (from < 0) throw new PromqlError('times before 1970 cannot be asked about');
  return count({ ...ask, range: { fromNs: ns(from), toNs: ns(to) }, slotMinutes });
}

/** What was counted by the minute at whose end it is known. */
type Known = Omit<Counted, 'slot'> & { readonly end: number };

function slotsAt(counted: readonly Counted[], from: number, slotMinutes: number): readonly Known[] {
  return counted.map(({ labels, count, slot }) => ({
    labels,
    count,
    end: from + (slot + 1) * slotMinutes,
  }));
}

function windowed(counted: readonly Known[], { ends, lengths }: Windows): readonly Series[] {
  const byLabels = new Map<string, { readonly labels: Known['labels']; readonly all: Known[] }>();
  for (const one of counted) {
    const key = keyOf(one.labels);
    const own = byLabels.get(key) ?? { labels: one.labels, all: [] };
    own.all.push(one);
    byLabels.set(key, own);
  }
  if (byLabels.size * ends.length > limits.promqlPointsMax) throw tooMany();
  return [...byLabels.values()].map(({ labels, all }) => {
    all.sort((a, b) => a.end - b.end);
    const upTo = running(all);
    return {
      labels,
      values: ends.map((end, at) => upTo(end) - upTo(end - lengths[at]!)),
    };
  });
}

/** How much was counted up to a minute. */
function running(all: readonly Known[]): (minute: number) => number {
  const sums: number[] = [0];
  for (const { count } of all) sums.push(sums.at(-1)! + count);
  return (minute) => {
    let [low, high] = [0, all.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (all[middle]!.end <= minute) low = middle + 1;
      else high = middle;
    }
    return sums[low]!;
  };
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

function tooMany(): PromqlError {
  return new PromqlError(
    `the query would look at more than ${limits.promqlPointsMax} samples: ask by fewer labels, of a shorter time or in longer steps`,
    'execution',
  );
}
