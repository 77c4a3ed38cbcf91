/**
 * `query_exemplars`: for the series that an expression selects, spans that they count, with the ids of their traces.
 *
 * https://prometheus.io/docs/prometheus/latest/querying/api/#querying-exemplars. Calls between two services have none.
 * Never knows: HTTP, how spans are found.
 */
import { type Exemplar, type Query, textQuestion } from '@clew/query';
import { bounds, type Family } from './families.ts';
import { familiesOf, kindLabel, matches, statusLabel } from './matching.ts';
import type { Expression, Matcher, Selector } from './promql/tree.ts';

/** Epoch milliseconds. */
export type ExemplarsAsk = { readonly startMs: number; readonly endMs: number };

type Labels = Readonly<Record<string, string>>;

export type ExemplarSeries = {
  readonly seriesLabels: Labels;
  readonly exemplars: readonly {
    readonly labels: Labels;
    readonly value: string;
    readonly timestamp: number;
  }[];
};

/** Selectors of one expression whose spans are looked for; more are left out. */
const selectorsMost = 8;
const exemplarsMost = 100;
const minuteMs = 60_000;
const stepsMost = 60;

export async function findExemplars(
  query: Query,
  expression: Expression,
  ask: ExemplarsAsk,
  signal: AbortSignal,
): Promise<readonly ExemplarSeries[]> {
  const found = new Map<string, ExemplarSeries>();
  for (const { matchers } of selectorsIn(expression).slice(0, selectorsMost)) {
    const families = familiesOf(matchers).filter(hasExemplars);
    if (families.length === 0) continue;
    for (const exemplar of await spansOf(query, matchers, ask, signal)) {
      for (const family of families) add(found, labelsOf(family, exemplar), matchers, exemplar);
    }
  }
  return [...found.values()];
}

/** As Prometheus keeps them: with counters and buckets. */
function hasExemplars({ subject, part }: Family): boolean {
  return subject === 'spans' && (part === 'counter' || part === 'bucket');
}

function selectorsIn(of: Expression): readonly Selector[] {
  switch (of.kind) {
    case 'selector':
      return [of];
    case 'range':
    case 'negation':
    case 'aggregation':
      return selectorsIn(of.of);
    case 'call':
      return of.arguments.flatMap(selectorsIn);
    case 'binary':
      return [...selectorsIn(of.left), ...selectorsIn(of.right)];
    default:
      return [];
  }
}

async function spansOf(
  query: Query,
  matchers: readonly Matcher[],
  { startMs, endMs }: ExemplarsAsk,
  signal: AbortSignal,
): Promise<readonly Exemplar[]> {
  const by = 'by(resource.service.name, name, kind, status)';
  const text = `{ ${filterOf(matchers)} } | histogram_over_time(duration) ${by}`;
  const stepMs = Math.ceil(Math.max(1, endMs - startMs) / stepsMost / minuteMs) * minuteMs;
  const ns = (ms: number) => BigInt(ms) * 1_000_000n;
  const question = textQuestion(text, { fromNs: ns(startMs), toNs: ns(endMs) + 1n });
  const options = { stepNs: ns(stepMs), exemplars: exemplarsMost };
  const { series } = await query.seriesRange(question, options, { signal });
  return series.flatMap(({ exemplars }) => exemplars);
}

const fields: Readonly<Record<string, string>> = {
  service: 'resource.service.name',
  span_name: 'name',
};

/** What of the matchers TraceQL says alike; all of them are held against what is found. JSON's escapes are TraceQL's too. */
function filterOf(matchers: readonly Matcher[]): string {
  const said = matchers.flatMap(({ label, operator, value }) => {
    const field = operator === '=' ? fields[label] : undefined;
    return field === undefined ? [] : [`${field} = ${JSON.stringify(value)}`];
  });
  return said.join(' && ');
}

function labelsOf({ name, part }: Family, { labels, value }: Exemplar): Labels {
  const text = (field: string) =>
    String(labels.find((each) => each.name === field)?.value.value ?? '');
  const bound = bounds.find(({ le }) => le === '+Inf' || value <= Number(le))!;
  return {
    __name__: name,
    service: text('resource.service.name'),
    span_name: text('name'),
    span_kind: kindLabel(text('kind')),
    status_code: statusLabel(text('status')),
    ...(part === 'bucket' ? { le: bound.le } : {}),
  };
}

function add(
  found: Map<string, ExemplarSeries>,
  seriesLabels: Labels,
  matchers: readonly Matcher[],
  { traceId, spanId, value, timeNs }: Exemplar,
): void {
  if (!matchers.every((matcher) => matches(matcher, seriesLabels[matcher.label] ?? ''))) return;
  const key = JSON.stringify(seriesLabels);
  const exemplars = found.get(key)?.exemplars ?? [];
  if (exemplars.some((one) => one.labels['span_id'] === spanId)) return;
  const exemplar = {
    labels: { trace_id: traceId, span_id: spanId },
    value: String(value),
    timestamp: Number(BigInt(timeNs) / 1_000_000n) / 1000,
  };
  found.set(key, { seriesLabels, exemplars: [...exemplars, exemplar] });
}
