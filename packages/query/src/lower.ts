/**
 * Checked query → plan.   before: question.ts (or the checker)   after: sql/print.ts
 *
 * A search that each span answers by itself becomes a plan that gives the answer. Any other becomes a plan for candidates:
 * traces with spans that can be part of an answer, which are then evaluated whole (spanset/evaluate.ts).
 *
 * Never knows: SQL text.
 */
import {
  type CheckedQuery,
  type FieldExpression,
  printQuery,
  type SearchExpression,
} from '@clew/traceql';
import { candidatesOf } from './candidates.ts';
import { QuestionError } from './errors.ts';
import { isOfSpan } from './fields.ts';
import type { Place, Plan } from './plan.ts';
import { fold, type TimeRange } from './question.ts';

/** What a search asks of one stretch of time. */
export type SearchStep = {
  readonly by: 'trace' | 'span';
  readonly tenant: string;
  readonly range: TimeRange;
  readonly limit: number;
  readonly after: Place | null;
};

/** @throws QuestionError `wrong-kind-of-query` when the query is no search. */
export function lower(query: CheckedQuery, step: SearchStep): Plan {
  const asked = askedOf(query);
  const { tenant, range } = step;
  const scan: Plan = { kind: 'scan', tenant, range };
  if (asked.kind === 'filter') return pageOf(filtered(scan, asked.where), step);
  const { given, ...needs } = candidatesOf(asked.search);
  const possible = filtered(scan, given);
  const { alsoHas, related, child, shape } = needs;
  const isMet = alsoHas.length + related.length === 0 && child === null && shape === null;
  const met: Plan = isMet ? possible : { kind: 'meet', input: possible, tenant, range, ...needs };
  return pageOf(met, { ...step, by: 'trace' });
}

function filtered(input: Plan, where: FieldExpression | null): Plan {
  return where === null ? input : { kind: 'filter', input, where };
}

function pageOf(input: Plan, step: SearchStep): Plan {
  const rows: Plan = step.by === 'trace' ? { kind: 'group', input, by: 'trace' } : input;
  const selected: Plan = { kind: 'select', input: rows, row: step.by };
  const ordered: Plan = { kind: 'order', input: selected, by: 'newest' };
  return { kind: 'page', input: ordered, limit: step.limit, after: step.after };
}

/** What is searched for: spans of which a condition holds (null: of all), or what whole traces decide. */
export type Asked =
  | { readonly kind: 'filter'; readonly where: FieldExpression | null }
  | { readonly kind: 'spansets'; readonly search: SearchExpression };

/**
 * Filters in a row are one filter, and `select` chooses nothing, so these stay questions about single spans.
 * @throws QuestionError `wrong-kind-of-query` for a metrics query
 */
export function askedOf(query: CheckedQuery): Asked {
  const { body } = query;
  if (body.kind === 'metrics' || body.kind === 'metrics-binary') {
    const found = `the metrics query ${printQuery(query)}`;
    throw new QuestionError('wrong-kind-of-query', { found, wanted: 'a search' });
  }
  const conditions: FieldExpression[] = [];
  if (body.kind !== 'pipeline') return { kind: 'spansets', search: body };
  for (const stage of body.stages) {
    if (stage.kind === 'select') continue;
    if (stage.kind !== 'filter') return { kind: 'spansets', search: body };
    if (stage.where !== null) conditions.push(stage.where);
  }
  if (!conditions.every(isOfSpan)) return { kind: 'spansets', search: body };
  return { kind: 'filter', where: conditions.length === 0 ? null : fold('&&', conditions) };
}
