/** Metrics questions beyond single cases: sources that must agree, exemplars, one number per series, limits. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createQuery, type Query, textQuestion } from '../src/index.ts';
import { baseNs, minuteNs, openTestEngine, type TestEngine } from './engine.ts';

let store: TestEngine;
let query: Query;

/** 600 spans over 10 minutes; durations and starts are odd, so that none lies on a border. */
const busy = Array.from({ length: 600 }, (_, at) => {
  const service = ['web', 'api', 'db'][at % 3];
  const kind = ['server', 'client'][at % 2];
  const duration = 1 + ((at * 7919) % 1000);
  const error = at % 11 === 0 ? '  error' : '';
  const number = at % 5 === 0 ? `  size=${at}` : '';
  return `t${at + 1}  ${service}  GET /${at % 7}  ${at * 1000 + 13}ms ${duration}ms  ${kind}${error}${number}`;
}).join('\n');

beforeAll(async () => {
  store = await openTestEngine();
  query = createQuery(store.engine);
  await store.load({ '': busy });
});
afterAll(() => store?.close());

const second = 1_000_000_000n;
const range = { fromNs: baseNs, toNs: baseNs + 10n * minuteNs };

function ask(text: string, over = range) {
  return textQuestion(text, over);
}

describe('counts kept per minute', () => {
  const questions = [
    '{ } | rate()',
    '{ } | count_over_time() by(resource.service.name)',
    '{ status = error } | count_over_time() by(resource.service.name, name)',
    '{ kind = server && (name = "GET /1" || name =~ "GET /[23]") } | rate() by(name, kind, status)',
    '{ !(resource.service.name = "db") } | quantile_over_time(duration, .5, .99) by(resource.service.name)',
    '{ } | histogram_over_time(duration) by(status)',
    '{ } | sum_over_time(duration) by(resource.service.name)',
    '{ } | avg_over_time(duration)',
    '({ status = error } | rate() by(resource.service.name)) / ({ } | rate() by(resource.service.name))',
    '{ } | rate() by(name) | topk(2)',
  ];
  const ranges = [
    range,
    { fromNs: baseNs + 31n * second, toNs: baseNs + 400n * second + 7n },
    { fromNs: baseNs + 61n * second, toNs: baseNs + 119n * second },
  ];

  test.each(questions)('give what spans give: %s', async (text) => {
    for (const over of ranges) {
      for (const stepNs of [minuteNs, 5n * minuteNs]) {
        const kept = await query.seriesRange(ask(text, over), { stepNs });
        const spans = await query.seriesRange(ask(text, over), { stepNs, rollups: false });
        expect(spans.sources).toEqual(['spans']);
        expect(kept.series).toEqual(spans.series.map(nearly));
      }
      const kept = await query.seriesInstant(ask(text, over));
      const spans = await query.seriesInstant(ask(text, over), { rollups: false });
      expect(kept.series).toEqual(
        spans.series.map((one) => ({ ...one, value: expect.closeTo(one.value, 9) })),
      );
    }
  });

  test('are used for whole minutes, spans for what is left', async () => {
    const sources = async (over: typeof range, stepNs = minuteNs) =>
      (await query.seriesRange(ask('{ } | rate() by(name)', over), { stepNs })).sources;
    expect(await sources(range)).toEqual(['span_metrics']);
    expect(await sources({ ...range, fromNs: baseNs + 1n })).toEqual(['span_metrics', 'spans']);
    expect(await sources(ranges[2]!)).toEqual(['spans']);
    expect(await sources(range, 30n * second)).toEqual(['spans']);
  });

  test.each([
    '{ span.size > 3 } | rate()',
    '{ duration > 100ms } | rate()',
    '{ } | rate() by(span.size)',
    '{ } | max_over_time(duration)',
    '{ } | sum_over_time(span.size)',
    '{ resource.service.name != nil } | rate()',
  ])('are not used for %s', async (text) => {
    const { sources } = await query.seriesRange(ask(text), { stepNs: minuteNs });
    expect(sources).toEqual(['spans']);
  });
});

type RangeSeries = Awaited<ReturnType<Query['seriesRange']>>['series'][number];

/** Sums of floats depend on their order. */
function nearly(series: RangeSeries) {
  const samples = series.samples.map(({ timeMs, value }) => ({
    timeMs,
    value: expect.closeTo(value, 9),
  }));
  return { ...series, samples };
}

describe('one number', () => {
  test('is about the whole range', async () => {
    const { series } = await query.seriesInstant(ask('{ } | rate()'));
    expect(series).toEqual([
      { labels: [{ name: '__name__', value: { type: 'string', value: 'rate' } }], value: 1 },
    ]);
    const slow = await query.seriesInstant(ask('{ } | max_over_time(duration) by(kind)'));
    expect(slow.series.map(({ value }) => value)).toEqual([
      expect.closeTo(0.999, 1),
      expect.closeTo(1, 1),
    ]);
  });

  test('is left out where nothing was measured', async () => {
    const { series } = await query.seriesInstant(
      ask('{ name = "none" } | max_over_time(duration)'),
    );
    expect(series).toEqual([]);
  });
});

describe('exemplars', () => {
  const exemplarsOf = async (text: string, exemplars = 20) => {
    const { series } = await query.seriesRange(ask(text), { stepNs: minuteNs, exemplars });
    return series.flatMap((one) => one.exemplars.map((exemplar) => ({ one, exemplar })));
  };

  test.each([
    '{ } | rate()',
    '{ } | rate() by(resource.service.name)',
    '{ } | quantile_over_time(duration, .5, .9) by(kind)',
    '{ span.size > 100 } | max_over_time(span.size)',
    '{ } >> { } || { status = error } | count_over_time()',
  ])('are at most one per trace, within the range, spread over it: %s', async (text) => {
    const found = await exemplarsOf(text);
    expect(found.length).toBeGreaterThan(5);
    expect(found.length).toBeLessThanOrEqual(20);
    expect(new Set(found.map(({ exemplar }) => exemplar.traceId)).size).toBe(found.length);
    const times = found.map(({ exemplar }) => BigInt(exemplar.timeNs));
    for (const time of times) expect(time >= range.fromNs && time < range.toNs).toBe(true);
    const spreadNs =
      times.reduce((a, b) => (a > b ? a : b)) - times.reduce((a, b) => (a < b ? a : b));
    expect(spreadNs > 5n * minuteNs).toBe(true);
    for (const { exemplar } of found) {
      const span = await query.span(exemplar.traceId, exemplar.spanId);
      expect(span?.startNs).toBe(exemplar.timeNs);
    }
  });

  test('carry the value that was measured, and stand in their bucket', async () => {
    for (const { one, exemplar } of await exemplarsOf('{ } | histogram_over_time(duration)')) {
      const span = await query.span(exemplar.traceId, exemplar.spanId);
      expect(exemplar.value).toBeCloseTo(span!.durationNs / 1e9, 9);
      const bucket = Number(one.labels.find(({ name }) => name === '__bucket')!.value.value);
      expect(exemplar.value).toBeLessThanOrEqual(bucket);
      expect(exemplar.value).toBeGreaterThan(bucket / 2);
    }
  });

  test('stay when their own value passes a comparison', async () => {
    const found = await exemplarsOf('{ } | max_over_time(duration) > 600ms');
    expect(found.length).toBeGreaterThan(0);
    for (const { exemplar } of found) expect(exemplar.value).toBeGreaterThan(0.6);
  });

  test('are given when a hint asks for them, and none when nobody does', async () => {
    expect(await exemplarsOf('{ } | rate()', 0)).toEqual([]);
    expect(await exemplarsOf('{ } | rate() with (exemplars = 3)', 0)).toHaveLength(3);
    expect(await exemplarsOf('{ } | rate() with (exemplars = false)')).toEqual([]);
  });
});

test('a range beyond the times that minutes have is answered up to its end', async () => {
  const over = { fromNs: baseNs, toNs: 2n ** 63n - 1n };
  const { series } = await query.seriesInstant(ask('{ } | count_over_time()', over));
  expect(series[0]!.value).toBe(600);
});

test('more series than are wanted are cut, and the answer says so', async () => {
  const asked = ask('{ } | rate() by(name)');
  const { series, complete, seriesFound } = await query.seriesRange(asked, {
    stepNs: minuteNs,
    seriesMax: 3,
  });
  expect([series.length, complete, seriesFound]).toEqual([3, false, 7]);
});

test('compare tells the window of the selection apart', async () => {
  const [from, to] = [range.fromNs, range.fromNs + minuteNs];
  const { series, sampling } = await query.seriesInstant(
    ask(`{ } | compare({ status = error }, 2, ${from}, ${to})`),
  );
  expect(sampling).toBe(1);
  const total = (type: string) =>
    series.find(
      ({ labels }) => labels[0]!.value.value === `${type}_total` && labels[1]!.name === 'status',
    )!.value;
  expect([total('selection'), total('baseline')]).toEqual([6, 594]);
});

test('compare of what whole traces decide gives what single spans give', async () => {
  const totals = async (text: string) => {
    const { series, sources } = await query.seriesInstant(ask(text));
    const lines = series.map(({ labels, value }) => {
      const named = labels.map((label) => `${label.name}=${label.value.value}`);
      return `${named.join(' ')} ${value}`;
    });
    return { sources, lines: lines.sort() };
  };
  const single = await totals('{ kind = server } | compare({ duration > 400ms }, 20)');
  const whole = await totals(
    '{ kind = server } && { traceDuration >= 0ms } | compare({ duration > 400ms }, 20)',
  );
  expect(single.sources).toEqual(['spans']);
  expect(whole.sources).toEqual(['traces']);
  expect(whole.lines.length).toBeGreaterThan(20);
  const sided = await totals(
    '{ kind = server } | compare({ duration > 400ms && traceDuration >= 0ms }, 20)',
  );
  expect(sided.lines).toEqual(single.lines);
  expect(sided.sources).toEqual(['traces']);
});

describe('an explanation says what is counted', () => {
  test.each([
    ['{ } | rate() by(name)', 'from span_metrics for whole minutes', 'from span_metrics'],
    ['{ span.size > 3 } | rate()', 'from spans', 'from spans'],
    ['({ } | rate()) / ({ duration > 1s } | rate())', 'from spans', 'from span_metrics'],
    ['{ } >> { } | rate()', 'from traces that are evaluated whole', 'from spans'],
    ['{ } | compare({ status = error })', 'the values of both sides', 'countIf'],
  ])('%s', async (text, plan, sql) => {
    const explained = await query.explain(ask(text), 'trace', { limit: 20 });
    expect(explained.plan).toContain(plan);
    expect(explained.statement.text).toContain(sql);
  });
});
