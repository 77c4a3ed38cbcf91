/**
 * Part of a trace by its id: the spans that TraceQL selects, and how much of what is above and below them.
 * `q`, `keep_hierarchy`, `ancestor_depth`, `match_depth` of https://grafana.com/docs/tempo/latest/api_docs/#query-v2
 *
 * Never knows: HTTP, how spans are selected.
 */
import { type Question, type Span, textQuestion } from '@clew/query';
import { BadAsk, first, type Parameters } from '../ask/parameters.ts';
import { quoted } from './ask.ts';

export type TraceFilter = {
  readonly question: Question;
  /** Levels of parents and of children that stay beside each selected span; infinite for all. */
  readonly above: number;
  readonly below: number;
};

/** Null when the whole trace is asked for. @throws BadAsk · TraceqlError */
export function traceFilterOf(given: Parameters): TraceFilter | null {
  const q = first(given, 'q');
  const keepsAbove = flagOf(given, 'keep_hierarchy');
  const above = levelsOf(given, 'ancestor_depth', Number.POSITIVE_INFINITY);
  const below = levelsOf(given, 'match_depth', 0);
  if (q === '') return null;
  return { question: textQuestion(q, ever), above: keepsAbove ? above : 0, below };
}

/** A trace is what it is, whenever it was. */
const ever = { fromNs: 0n, toNs: 2n ** 63n - 1n };

/** As Go reads flags. */
function flagOf(given: Parameters, name: string): boolean {
  const written = first(given, name);
  if (/^(1|t|T|TRUE|true|True)$/.test(written)) return true;
  if (/^(0|f|F|FALSE|false|False)?$/.test(written)) return false;
  throw new BadAsk(`invalid ${name}: found ${quoted(written)}, wanted true or false`);
}

/** −1 asks for all. */
function levelsOf(given: Parameters, name: string, byDefault: number): number {
  const written = first(given, name);
  if (written === '') return byDefault;
  if (written === '-1') return Number.POSITIVE_INFINITY;
  if (/^\d{1,9}$/.test(written)) return Number(written);
  throw new BadAsk(
    `invalid ${name}: found ${quoted(written)}, wanted -1 for all levels, or a number`,
  );
}

/** The spans that stay, in their order. @param selected span ids */
export function filteredSpans(
  spans: readonly Span[],
  selected: ReadonlySet<string>,
  { above, below }: TraceFilter,
): readonly Span[] {
  const parentOf = new Map(spans.map(({ spanId, parentSpanId }) => [spanId, [parentSpanId]]));
  const childrenOf = new Map<string, string[]>();
  for (const { spanId, parentSpanId } of spans) {
    const siblings = childrenOf.get(parentSpanId);
    if (siblings === undefined) childrenOf.set(parentSpanId, [spanId]);
    else siblings.push(spanId);
  }
  const stay = new Set([
    ...reached(selected, parentOf, above),
    ...reached(selected, childrenOf, below),
  ]);
  return spans.filter(({ spanId }) => stay.has(spanId));
}

/** Level by level, so that each id is met by its shortest way; those met before are not gone on from, also in a circle. */
function reached(
  from: ReadonlySet<string>,
  next: ReadonlyMap<string, readonly string[]>,
  levels: number,
): ReadonlySet<string> {
  const met = new Set(from);
  let level = [...from];
  for (let left = levels; left > 0 && level.length > 0; left--) {
    level = level.flatMap((id) => next.get(id) ?? []).filter((id) => !met.has(id));
    for (const id of level) met.add(id);
  }
  return met;
}
