/**
 * Which metrics questions the counts kept per minute (`span_metrics`) can answer, and for which part of their range.
 *
 * They know service, name, kind, status and the duration's place on a logarithmic scale. Whole minutes of the range are
 * answered from them, what is left at both ends from spans, so the counts are those of the spans themselves. Two things
 * differ by a hair: a span that starts on the very nanosecond where two steps meet counts in the later one, and a
 * duration that is exactly a power of two of nanoseconds in the bucket above it.
 *
 * Never knows: SQL.
 */
import type { Field, FieldExpression } from '@clew/traceql';
import type { TimeRange } from '../question.ts';
import type { SeriesRead } from '../sql/series.ts';
import type { SpanCall } from './calls.ts';

const minuteNs = 60_000_000_000n;

/** The range's whole minutes, and what is left of it. */
export type RangeParts = { readonly minutes: TimeRange; readonly ends: readonly TimeRange[] };

/** Null when only spans can answer. */
export function rollupParts(read: SeriesRead, call: SpanCall): RangeParts | null {
  const { stepNs, where, by } = read;
  if (stepNs !== null && stepNs % minuteNs !== 0n) return null;
  if (!isKept(call) || !by.every(({ field }) => isLabel(field))) return null;
  if (where !== null && !isAnswerable(where)) return null;
  const { fromNs, toNs } = read.range;
  const first = ((fromNs + minuteNs - 1n) / minuteNs) * minuteNs;
  const last = (toNs / minuteNs) * minuteNs;
  if (first >= last) return null;
  const ends = [
    { fromNs, toNs: first },
    { fromNs: last, toNs },
  ].filter((end) => end.fromNs < end.toNs);
  return { minutes: { fromNs: first, toNs: last }, ends };
}

/** Least and most are not kept. */
function isKept(call: SpanCall): boolean {
  if (call.kind === 'count-over-time') return true;
  const isDuration = call.of.kind === 'intrinsic' && call.of.name === 'duration';
  const needsExtremes =
    call.kind === 'field-over-time' && ['min_over_time', 'max_over_time'].includes(call.name);
  return isDuration && !needsExtremes;
}

function isLabel(field: Field): boolean {
  if (field.kind === 'intrinsic') return ['name', 'kind', 'status'].includes(field.name);
  return field.scope === 'resource' && field.name === 'service.name' && !field.ofParent;
}

/** Comparisons of labels with constants, however they are joined. */
function isAnswerable(where: FieldExpression): boolean {
  if (where.kind === 'static') return true;
  if (where.kind === 'unary') return where.operator === '!' && isAnswerable(where.of);
  if (where.kind !== 'binary') return false;
  const { operator, left, right } = where;
  if (operator === '&&' || operator === '||') return isAnswerable(left) && isAnswerable(right);
  const isSide = (side: FieldExpression) =>
    side.kind === 'static' ||
    ((side.kind === 'attribute' || side.kind === 'intrinsic') && isLabel(side));
  return isSide(left) && isSide(right);
}
