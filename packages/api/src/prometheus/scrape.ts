/**
 * Calls, errors and durations of spans as a page that a Prometheus server scrapes, with exemplars: OpenMetrics text.
 *
 * https://prometheus.io/docs/specs/om/open_metrics_spec/. Counters start anew at a midnight (UTC), which a server takes for
 * a restart. Never knows: how spans are counted.
 */
import { type Exemplar, type Query, type SpanCount, textQuestion } from '@clew/query';
import { limits } from '../limits.ts';
import type { ApiParts } from '../parts.ts';
import type { App } from '../typed-app.ts';
import { bounds } from './families.ts';
import { kindLabel, statusLabel } from './matching.ts';
import { printNumber } from './shape.ts';

const contentType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
const minuteMs = 60_000;
const dayMinutes = 24 * 60;

/** Powers of two from 1 ms to 69 s: a page with all bounds would have three times the lines. */
const shown = bounds.filter(
  ({ below }) =>
    below === Number.POSITIVE_INFINITY || (below % 8 === 0 && below >= 160 && below <= 288),
);

export function scrapeRoute(app: App, { query, nowMs = Date.now }: ApiParts): void {
  app.get('/scrape', { schema: { hide: true } }, async ({ signal }, reply) => {
    reply.type(contentType).header('cache-control', 'no-store');
    return scrapePage(query, nowMs(), signal);
  });
}

export async function scrapePage(query: Query, nowMs: number, signal: AbortSignal) {
  const to = Math.ceil(nowMs / minuteMs);
  // A server takes what stands after a restart for new, so that must be nearly nothing: no earlier midnight will do.
  const from = Math.floor((to - 1) / dayMinutes) * dayMinutes;
  const ns = (minute: number) => BigInt(minute) * 60_000_000_000n;
  const range = { fromNs: ns(from), toNs: ns(to) };
  const by = ['service', 'name', 'kind', 'status'] as const;
  const filter = { range, slotMinutes: to - from, by, durations: true };
  const counts = await query.spanCounts(filter, { signal });
  const busiest = [...counts].sort((a, b) => b.spans - a.spans || (keyOf(a) < keyOf(b) ? -1 : 1));
  const kept = busiest.slice(0, limits.scrapeSeriesMax);
  const exemplars = await recentExemplars(query, ns(to), signal);
  return pageOf(kept, exemplars, { createdS: from * 60, leftOut: counts.length - kept.length });
}

const recentNs = 5n * 60_000_000_000n;

/** By label set and by the bound of the bucket that its duration falls into. */
async function recentExemplars(query: Query, toNs: bigint, signal: AbortSignal) {
  const text = '{ } | histogram_over_time(duration) by(resource.service.name, name, kind, status)';
  const question = textQuestion(text, { fromNs: toNs - recentNs, toNs });
  const options = { stepNs: 60_000_000_000n, exemplars: 100 };
  const { series } = await query.seriesRange(question, options, { signal });
  const found = new Map<string, Exemplar>();
  for (const one of series.flatMap(({ exemplars }) => exemplars)) {
    const bound = shown.find(({ le }) => le === '+Inf' || one.value <= Number(le))!;
    const label = (name: string) =>
      String(one.labels.find((each) => each.name === name)?.value.value ?? '');
    const labels = {
      service: label('resource.service.name'),
      name: label('name'),
      kind: label('kind'),
      status: label('status'),
    };
    found.set(`${keyOf(labels)} ${bound.le}`, one);
  }
  return found;
}

type Labelled = Pick<SpanCount, 'service' | 'name'> & {
  readonly kind: string;
  readonly status: string;
};

function keyOf({ service, name, kind, status }: Labelled): string {
  return JSON.stringify([service, name, kind, status]);
}

type Facts = { readonly createdS: number; readonly leftOut: number };

function pageOf(
  counts: readonly SpanCount[],
  exemplars: ReadonlyMap<string, Exemplar>,
  { createdS, leftOut }: Facts,
): string {
  const lines = [
    '# HELP traces_spanmetrics_calls Spans',
    '# TYPE traces_spanmetrics_calls counter',
    ...counts.flatMap((one) => [
      `traces_spanmetrics_calls_total{${labelsOf(one)}} ${one.spans}`,
      `traces_spanmetrics_calls_created{${labelsOf(one)}} ${createdS}`,
    ]),
    '# HELP traces_spanmetrics_latency Duration of spans in seconds',
    '# TYPE traces_spanmetrics_latency histogram',
    ...counts.flatMap((one) => [
      ...bucketLines(one, exemplars),
      `traces_spanmetrics_latency_count{${labelsOf(one)}} ${one.spans}`,
      `traces_spanmetrics_latency_sum{${labelsOf(one)}} ${one.seconds}`,
      `traces_spanmetrics_latency_created{${labelsOf(one)}} ${createdS}`,
    ]),
    '# HELP traces_spanmetrics_left_out Label sets that this page had no room for: those with the fewest spans',
    '# TYPE traces_spanmetrics_left_out gauge',
    `traces_spanmetrics_left_out ${leftOut}`,
    '# EOF',
  ];
  return `${lines.join('\n')}\n`;
}

function bucketLines(one: SpanCount, exemplars: ReadonlyMap<string, Exemplar>): readonly string[] {
  const [buckets, spans] = one.durations;
  return shown.map(({ le, below }) => {
    const count = spans.reduce((sum, n, at) => (buckets[at]! < below ? sum + n : sum), 0);
    const line = `traces_spanmetrics_latency_bucket{${labelsOf(one)},le="${le}"} ${printNumber(count)}`;
    const exemplar = exemplars.get(`${keyOf(one)} ${le}`);
    return exemplar === undefined ? line : `${line} ${exemplarText(exemplar)}`;
  });
}

function exemplarText({ traceId, spanId, value, timeNs }: Exemplar): string {
  const ids = `trace_id="${traceId}",span_id="${spanId}"`;
  return `# {${ids}} ${value} ${Number(BigInt(timeNs) / 1_000_000n) / 1000}`;
}

function labelsOf({ service, name, kind, status }: SpanCount): string {
  const labels = {
    service,
    span_name: name,
    span_kind: kindLabel(kind),
    status_code: statusLabel(status),
  };
  return Object.entries(labels)
    .map(([label, value]) => `${label}="${escaped(value)}"`)
    .join(',');
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

function escaped(value: string): string {
  return value.replaceAll(/[\\"\n]/g, (sign) => escapes[sign]!);
}
