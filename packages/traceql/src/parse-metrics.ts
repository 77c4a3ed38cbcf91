/**
 * The metrics functions that end a pipeline: `rate()`, `quantile_over_time(duration, .99) by(name)`, `compare({…})`.
 *
 * Never knows: what a series is.
 */
import type { Compare, Field, Filter, MetricsCall } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parseField } from './parse-field.ts';
import { parseFields } from './parse-stage.ts';

const counts = ['rate', 'count_over_time'] as const;
const ofField = [
  'min_over_time',
  'max_over_time',
  'avg_over_time',
  'sum_over_time',
  'histogram_over_time',
] as const;

export const metricsFunctions: readonly string[] = [
  ...counts,
  ...ofField,
  'quantile_over_time',
  'compare',
];

export function isMetricsFunction(word: string): boolean {
  return metricsFunctions.includes(word);
}

/** Parses the call at the cursor. `parseFilter` is handed in: filters belong to the parser above. */
export function parseMetricsCall(
  cursor: Cursor,
  parseFilter: (cursor: Cursor) => Filter,
): MetricsCall {
  const token = cursor.take();
  const word = cursor.source.slice(token.from, token.to);
  cursor.expectSymbol('(', `after ${word}`);
  if (word === 'compare') return parseCompare(cursor, token.from, parseFilter);
  if (word === 'quantile_over_time') return parseQuantile(cursor, token.from);
  const isCount = (counts as readonly string[]).includes(word);
  const of: Field | undefined = isCount ? undefined : parseField(cursor);
  cursor.expectSymbol(')', isCount ? `since ${word} takes nothing` : `to close ${word}`);
  const by = parseBy(cursor);
  const at = cursor.since(token.from);
  return of === undefined
    ? { kind: 'count-over-time', name: word as (typeof counts)[number], by, at }
    : { kind: 'field-over-time', name: word as (typeof ofField)[number], of, by, at };
}

/** by = "by" "(" field { "," field } ")", or nothing. */
function parseBy(cursor: Cursor): readonly Field[] {
  if (!cursor.isWord('by')) return [];
  cursor.take();
  return parseFields(cursor, 'by');
}

function parseQuantile(cursor: Cursor, from: number): MetricsCall {
  const of = parseField(cursor);
  const quantiles: number[] = [];
  cursor.expectSymbol(',', 'and a quantile such as .99 after the field');
  do quantiles.push(parseNumber(cursor, 'a quantile between 0 and 1'));
  while (cursor.takeSymbol(','));
  cursor.expectSymbol(')', 'to close quantile_over_time');
  const by = parseBy(cursor);
  return { kind: 'quantile-over-time', of, quantiles, by, at: cursor.since(from) };
}

function parseNumber(cursor: Cursor, wanted: string): number {
  const { token } = cursor;
  const isNumber =
    token.is === 'constant' && (token.value.type === 'int' || token.value.type === 'float');
  if (!isNumber) throw cursor.unexpected(wanted);
  cursor.take();
  return Number(token.value.value);
}

/** compare = "compare" "(" filter [ "," int [ "," int "," int ] ] ")". */
function parseCompare(
  cursor: Cursor,
  from: number,
  parseFilter: (cursor: Cursor) => Filter,
): Compare {
  const selection = parseFilter(cursor);
  const numbers: bigint[] = [];
  while (numbers.length < 3 && cursor.takeSymbol(',')) numbers.push(parseInteger(cursor));
  const close = cursor.token;
  cursor.expectSymbol(')', 'or "," and a number');
  if (numbers.length === 2) {
    throw cursor.error(
      'compare takes a start and an end: wanted the end as a fourth argument',
      close,
    );
  }
  const [top, startNs, endNs] = numbers;
  const window = startNs === undefined || endNs === undefined ? null : { startNs, endNs };
  const at = cursor.since(from);
  return { kind: 'compare', selection, top: top === undefined ? null : Number(top), window, at };
}

function parseInteger(cursor: Cursor): bigint {
  const { token } = cursor;
  if (token.is !== 'constant' || token.value.type !== 'int') {
    throw cursor.unexpected('a whole number');
  }
  cursor.take();
  return token.value.value;
}
