/**
 * Generated metrics queries over generated traces, answered twice: by the engine and by the slow evaluator. No difference;
 * and counts kept per minute give the same number about a whole range as spans do.
 *
 * QUERIES=5000 asks more, SEED=n asks others.
 */
import { TraceqlError } from '@clew/traceql';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createQuery, type Label, type Query, type Question, textQuestion } from '../src/index.ts';
import { baseNs, openTestEngine, type TestEngine } from './engine.ts';
import { metricsSlowly } from './slow-metrics.ts';
import { queryText } from './slow-queries.ts';
import { type SlowSpan, slowSpans, tracesOfSlow } from './slow-spans.ts';

const queries = Number(process.env['QUERIES'] ?? 100);
const seed = Number(process.env['SEED'] ?? 1);
const dataSets = 6;
const second = 1_000_000_000n;

let store: TestEngine;
let query: Query;
let data: (readonly SlowSpan[])[];

beforeAll(async () => {
  store = await openTestEngine();
  query = createQuery(store.engine);
  // A span that was sent twice is counted twice: here, none was.
  data = fc
    .sample(slowSpans, { seed: seed + 7, numRuns: dataSets })
    .map((spans) => [...new Set(spans)]);
  for (const [at, spans] of data.entries()) await store.loadTraces(`t${at}`, tracesOfSlow(spans));
});
afterAll(() => store?.close());

const number = fc.constantFrom('duration', 'duration', 'span.n', '.m', 'event.n', 'traceDuration');
const call = fc.oneof(
  fc.constantFrom('rate()', 'count_over_time()'),
  fc
    .tuple(fc.constantFrom('min', 'max', 'avg', 'sum', 'histogram'), number)
    .map(([name, of]) => `${name}_over_time(${of})`),
  number.map((of) => `quantile_over_time(${of}, 0.5, 0.9)`),
);
const by = fc
  .array(
    fc.constantFrom(
      'name',
      'kind',
      'status',
      'resource.service.name',
      'span.s',
      '.n',
      'rootName',
      'statusMessage',
    ),
    { maxLength: 2 },
  )
  .map((fields) => (fields.length === 0 ? '' : ` by(${[...new Set(fields)].join(', ')})`));

const source = fc.oneof(
  fc.constantFrom('{ }', '{ status = error }', '{ name = "a" || kind = server }'),
  // Ids of links have spellings of their own, which the differential test of searches is about.
  queryText.filter((text) => !text.includes('link:')),
);

const asked = fc.record({
  text: fc.tuple(source, call, by).map((parts) => `${parts[0]} | ${parts[1]}${parts[2]}`),
  set: fc.nat(dataSets - 1),
  stepNs: fc.constantFrom(7n * second, 60n * second, 300n * second),
  fromS: fc.constantFrom(-60n, 30n, 101n),
  toS: fc.constantFrom(900n, 330n),
});

test(`${queries} queries`, { timeout: 600_000 }, async () => {
  let valid = 0;
  const property = fc.asyncProperty(asked, async ({ text, set, stepNs, fromS, toS }) => {
    const range = { fromNs: baseNs + fromS * second, toNs: baseNs + toS * second };
    const question = questionOf(text, range);
    const body = question?.query.body;
    if (question === null || body?.kind !== 'metrics') return;
    valid += 1;
    const asker = { tenant: `t${set}` };
    const found = await query.seriesRange(question, { stepNs, rollups: false }, asker);
    const wanted = metricsSlowly(body, data[set]!, range, stepNs);
    expect(linesOf(found.series, stepNs)).toEqual(linesOfSlow(wanted));
    const [kept, counted] = await Promise.all([
      query.seriesInstant(question, {}, asker),
      query.seriesInstant(question, { rollups: false }, asker),
    ]);
    expect(kept.series.map(rounded)).toEqual(counted.series.map(rounded));
  });
  await fc.assert(property, { seed, numRuns: queries });
  expect(valid).toBeGreaterThan(queries / 3);
});

function questionOf(text: string, range: Question['range']): Question | null {
  try {
    return textQuestion(text, range);
  } catch (error) {
    if (error instanceof TraceqlError) return null;
    throw error;
  }
}

type Found = Awaited<ReturnType<Query['seriesRange']>>['series'];

/** Steps without a value and steps with 0 are the same here. */
function linesOf(series: Found, stepNs: bigint): readonly string[] {
  return series
    .flatMap(({ labels, samples }) =>
      samples.flatMap(({ timeMs, value }) =>
        value === 0 ? [] : [`${labelText(labels)} @${slotOf(timeMs, stepNs)} ${round(value)}`],
      ),
    )
    .sort();
}

function slotOf(timeMs: number, stepNs: bigint): string {
  return `${(BigInt(timeMs) * 1_000_000n) / stepNs}`;
}

/** Values of labels without their names, as the slow evaluator gives them; a missing one is not there. */
function labelText(labels: readonly Label[]): string {
  return labels
    .flatMap(({ name, value }) => {
      if (name === '__name__' || value.value === 'nil') return [];
      if (name === 'p') return [`p=${value.value}`];
      return [name === '__bucket' ? `b=${value.value}` : `${value.type}:${value.value}`];
    })
    .join(' ');
}

function linesOfSlow(wanted: Record<string, Record<string, number>>): readonly string[] {
  return Object.entries(wanted)
    .flatMap(([labels, steps]) => {
      const named = labels.split(' ').filter((one) => one !== '' && one !== 'nil');
      return Object.entries(steps).flatMap(([slot, value]) =>
        value === 0 ? [] : [`${named.join(' ')} @${slot} ${round(value)}`],
      );
    })
    .sort();
}

/** Sums of floats depend on their order. */
function round(value: number): string {
  return String(Number(value.toPrecision(9)));
}

function rounded({ labels, value }: { labels: readonly Label[]; value: number }): string {
  return `${labelText(labels)} ${round(value)}`;
}
