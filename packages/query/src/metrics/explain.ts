/**
 * How a metrics question would be answered, before anything is run: what is counted where, and the first statement.
 *
 * Never knows: what comes out.
 */
import type { Statement } from '@clew/store';
import {
  type Compare,
  type Metrics,
  type MetricsExpression,
  markChecked,
  printQuery,
} from '@clew/traceql';
import type { Ask } from '../ask.ts';
import type { Question } from '../question.ts';
import { createEvaluation } from '../spanset/evaluate.ts';
import { selectedStatement } from '../sql/compare.ts';
import { rollupStatement } from '../sql/rollup.ts';
import { seriesStatement } from '../sql/series.ts';
import type { MetricsAsk } from './asked.ts';
import { compareReadOf } from './compare.ts';
import { rollupParts } from './rollup.ts';
import { seriesReadOf } from './rows.ts';

export type ExplainedMetrics = {
  readonly traceql: string;
  readonly plan: string;
  readonly statement: Statement;
};

/** The step that is taken for an explanation: the shortest that counts kept per minute can answer. */
const stepNs = 60_000_000_000n;

export function explainMetrics(ask: Ask, { query, range }: Question): ExplainedMetrics {
  const asked: MetricsAsk = {
    ask,
    range,
    stepNs,
    exemplarsMax: 0,
    rollups: true,
    sources: new Set(),
    sampling: { least: 1 },
  };
  const explained = callsIn(query.body as MetricsExpression).map((call) =>
    explainCall(asked, call),
  );
  const lines = explained.map(({ text, from }) => `${text}\n  from ${from}`);
  const plan = ['series, in steps of 1m', ...lines].join('\n').replaceAll('\n', '\n  ');
  return { traceql: printQuery(query), plan, statement: explained[0]!.statement };
}

function callsIn(of: MetricsExpression): readonly Metrics[] {
  if (of.kind === 'metrics') return [of];
  return [of.left, of.right].flatMap((side) => (side.kind === 'static' ? [] : callsIn(side)));
}

type Explained = { readonly text: string; readonly from: string; readonly statement: Statement };

function explainCall(asked: MetricsAsk, of: Metrics): Explained {
  const { call, source } = of;
  const text = printQuery(markChecked({ kind: 'query', body: of, secondStages: [], hints: [] }));
  if (call.kind === 'compare') return { text, ...explainCompare(asked, of, call) };
  const read = seriesReadOf(asked, source, call);
  if (read === null) return { text, ...explainTraces(asked, of) };
  const parts = rollupParts(read, call);
  if (parts === null) return { text, from: 'spans', statement: seriesStatement(read) };
  const ends = parts.ends.length === 0 ? '' : ', and from spans for the ends of the range';
  const statement = rollupStatement({ ...read, range: parts.minutes });
  return { text, from: `span_metrics for whole minutes${ends}`, statement };
}

function explainTraces({ ask, range }: MetricsAsk, { source }: Metrics) {
  const { tenant, run, limits } = ask;
  const spansMax = limits.traceSpansMax;
  const evaluation = createEvaluation({ search: source, tenant, range, run, spansMax });
  return { from: 'traces that are evaluated whole', statement: evaluation.statement([]) };
}

function explainCompare(asked: MetricsAsk, of: Metrics, call: Compare) {
  const read = compareReadOf(asked, of.source, call);
  if (read === null) return explainTraces(asked, of);
  const statement = selectedStatement({ ...read, sampling: 1 });
  return { from: 'spans: how many are selected, then the values of both sides', statement };
}
