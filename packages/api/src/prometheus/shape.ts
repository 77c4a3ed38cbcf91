/**
 * Answers as Prometheus' HTTP API gives them. Never knows: how they were found.
 */
import type { Result, Series } from './promql/series.ts';

type Sample = readonly [seconds: number, value: string];

export function success(data: unknown, warnings: readonly string[] = []) {
  return { status: 'success', data, ...(warnings.length === 0 ? {} : { warnings }) };
}

export function instantShape(result: Result, timeMs: number) {
  switch (result.kind) {
    case 'scalar':
      return { resultType: 'scalar', result: sample(timeMs, result.values[0]!) };
    case 'text':
      return { resultType: 'string', result: [timeMs / 1000, result.value] };
    case 'vector':
      return {
        resultType: 'vector',
        result: result.series.flatMap(({ labels, values: [value] }) =>
          value === null || value === undefined
            ? []
            : [{ metric: labels, value: sample(timeMs, value) }],
        ),
      };
  }
}

export function rangeShape(result: Result, times: readonly number[]) {
  const all: readonly Series[] =
    result.kind === 'vector'
      ? result.series
      : [{ labels: {}, values: result.kind === 'scalar' ? result.values : [] }];
  const matrix = all.map(({ labels, values }) => ({
    metric: labels,
    values: values.flatMap((value, at): Sample[] =>
      value === null ? [] : [sample(times[at]!, value)],
    ),
  }));
  return { resultType: 'matrix', result: matrix.filter(({ values }) => values.length > 0) };
}

function sample(timeMs: number, value: number): Sample {
  return [timeMs / 1000, printNumber(value)];
}

export function printNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}
