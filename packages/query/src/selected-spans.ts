/**
 * Which spans of one trace a search selects.   before: query.ts   after: spanset/evaluate.ts
 *
 * Never knows: SQL, what is shown of the spans.
 */
import type { SearchExpression } from '@clew/traceql';
import type { Ask } from './ask.ts';
import { readTraceId } from './ids.ts';
import { askedOf } from './lower.ts';
import type { Question } from './question.ts';
import { createEvaluation } from './spanset/evaluate.ts';

/**
 * Span ids, 16 hex digits each; none of a trace that is not there. Those that start in the question's range.
 * @param id of the trace, whole
 * @throws QuestionError `bad-trace-id`, `wrong-kind-of-query`
 */
export async function selectedSpans(
  ask: Ask,
  id: string,
  { query, range }: Question,
): Promise<ReadonlySet<string>> {
  const { tenant, run, limits } = ask;
  // Refuses what is no search.
  askedOf(query);
  const search = query.body as SearchExpression;
  const spansMax = limits.traceSpansMax;
  const evaluation = createEvaluation({ search, tenant, range, run, spansMax });
  const evaluated = await evaluation.evaluate([readTraceId(id)]);
  return new Set(
    evaluated.flatMap(({ trace, spansets }) =>
      spansets.flatMap(({ rows }) => rows.map((row) => trace.spanId(row))),
    ),
  );
}
