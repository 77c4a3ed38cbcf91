/**
 * What a metrics function means, written as plainly as possible: no SQL, no buckets kept, loops in loops. Only tests use it.
 *
 * It shares nothing with the engine but the syntax tree.
 */
import type { Field, Metrics, MetricsCall } from '@clew/traceql';
import { searchSlowly, valueSlowly } from './slow-evaluator.ts';
import type { SlowSpan } from './slow-spans.ts';

type Range = { readonly fromNs: bigint; readonly toNs: bigint };

/** `labels` → step → value, all as text; `labels` are the values of `by` and what the function adds. */
export function metricsSlowly(
  of: Metrics,
  all: readonly SlowSpan[],
  range: Range,
  stepNs: bigint,
): Record<string, Record<string, number>> {
  const { call, source } = of;
  if (call.kind === 'compare') throw new Error('not measured here');
  const counted = searchSlowly(source, all, range).flatMap(({ sets }) => [
    ...new Set(sets.flatMap(({ spans }) => spans)),
  ]);
  const groups = new Map<string, Map<string, SlowSpan[]>>();
  for (const span of counted) {
    const labels = call.by.map((field) => shown(valueSlowly(field, span, all))).join(' ');
    const slot = `${(span.startNs + stepNs - 1n) / stepNs}`;
    const steps = groups.get(labels) ?? new Map<string, SlowSpan[]>();
    steps.set(slot, [...(steps.get(slot) ?? []), span]);
    groups.set(labels, steps);
  }
  const found: Record<string, Record<string, number>> = {};
  for (const [labels, steps] of groups) {
    for (const [slot, spans] of steps) {
      for (const [more, value] of valuesOf(call, spans, all, Number(stepNs) / 1e9)) {
        const series = `${labels}${more}`;
        found[series] = { ...found[series], [slot]: value };
      }
    }
  }
  return found;
}

type SpanCall = Exclude<MetricsCall, { kind: 'compare' }>;

function valuesOf(
  call: SpanCall,
  spans: readonly SlowSpan[],
  all: readonly SlowSpan[],
  seconds: number,
): readonly (readonly [string, number])[] {
  if (call.kind === 'count-over-time') {
    return [['', call.name === 'rate' ? spans.length / seconds : spans.length]];
  }
  const numbers = spans.flatMap((span) => numberOf(call.of, span, all));
  const unit = isTime(call.of) ? 1e9 : 1;
  if (call.kind === 'quantile-over-time') {
    const powers = powersOf(numbers);
    return powers.length === 0
      ? []
      : call.quantiles.map((share) => [` p=${share}`, quantile(powers, share) / unit] as const);
  }
  if (call.name === 'histogram_over_time') {
    const powers = powersOf(numbers);
    return [...new Set(powers)].map((power) => [
      ` b=${2 ** power / unit}`,
      powers.filter((other) => other === power).length,
    ]);
  }
  if (numbers.length === 0) return [];
  const total = numbers.reduce((sum, number) => sum + number, 0);
  switch (call.name) {
    case 'min_over_time':
      return [['', Math.min(...numbers) / unit]];
    case 'max_over_time':
      return [['', Math.max(...numbers) / unit]];
    case 'sum_over_time':
      return [['', total / unit]];
    case 'avg_over_time':
      return [['', total / numbers.length / unit]];
  }
}

function numberOf(of: Field, span: SlowSpan, all: readonly SlowSpan[]): readonly number[] {
  const value = valueSlowly(of, span, all);
  return value !== null && ['int', 'float', 'duration'].includes(value.type)
    ? [Number(value.value)]
    : [];
}

const times = ['duration', 'traceDuration', 'event:timeSinceStart'];

function isTime(of: Field): boolean {
  return of.kind === 'intrinsic' && times.includes(of.name);
}

/** The power of two that is not below each; what is less than 2 is left out. */
function powersOf(numbers: readonly number[]): readonly number[] {
  return numbers
    .filter((number) => number >= 2)
    .map((number) => {
      let power = 0;
      while (2 ** power < number) power += 1;
      return power;
    })
    .sort((a, b) => a - b);
}

function quantile(powers: readonly number[], share: number): number {
  const target = Math.max(1, Math.ceil(share * powers.length));
  const power = powers[target - 1]!;
  const before = powers.filter((other) => other < power).length;
  const own = powers.filter((other) => other === power).length;
  return 2 ** (power - 1 + (target - before) / own);
}

function shown(value: { readonly type: string; readonly value: unknown } | null): string {
  return value === null ? 'nil' : `${value.type}:${value.value}`;
}
