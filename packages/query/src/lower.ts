/**
 * Checked query → plan.   before: question.ts (or the checker)   after: sql/print.ts
 *
 * Today one `{ … }` filter becomes a plan; pipelines and structural operators are refused by name.
 *
 * Never knows: SQL text.
 */
import { type CheckedQuery, type FieldExpression, printQuery } from '@clew/traceql';
import { QuestionError } from './errors.ts';
import type { Place, Plan } from './plan.ts';
import type { TimeRange } from './question.ts';

/** What a search asks of one stretch of time. */
export type SearchStep = {
  readonly by: 'trace' | 'span';
  readonly tenant: string;
  readonly range: TimeRange;
  readonly limit: number;
  readonly after: Place | null;
};

/** @throws QuestionError `unsupported-query` when the query is more than one filter. */
export function lower(query: CheckedQuery, step: SearchStep): Plan {
  const where = filterOf(query);
  const scan: Plan = { kind: 'scan', tenant: step.tenant, range: step.range };
  const filtered: Plan = where === null ? scan : { kind: 'filter', input: scan, where };
  const rows: Plan =
    step.by === 'trace' ? { kind: 'group', input: filtered, by: 'trace' } : filtered;
  const selected: Plan = { kind: 'select', input: rows, row: step.by };
  const ordered: Plan = { kind: 'order', input: selected, by: 'newest' };
  return { kind: 'page', input: ordered, limit: step.limit, after: step.after };
}

/** The condition of a query that is a single filter; null when it takes every span. */
export function filterOf(query: CheckedQuery): FieldExpression | null {
  const { body } = query;
  const [stage, ...more] = body.kind === 'pipeline' ? body.stages : [];
  if (stage?.kind !== 'filter' || more.length > 0) {
    throw new QuestionError('unsupported-query', { found: printQuery(query) });
  }
  return stage.where;
}
