/**
 * What a search selects as far as single spans and their parents decide it: the same operators over filters that each
 * span's own row answers.
 *
 * What cannot be said that way is widened, so that the shape selects at least what the search does; and narrowed where it
 * is denied, for there one span too many would deny too much.
 *
 * Never knows: SQL, time.
 */
import type { Filter, Pipeline, SearchExpression, SpansetExpression, Stage } from '@clew/traceql';
import { isOfSpan } from './fields.ts';
import type { Where } from './plan.ts';
import { fold } from './question.ts';

/** More operators are not worked out in the engine, whose lambdas nest no deeper than 64: they narrow nothing down. */
const operatorsMax = 12;

/** Null when nothing is denied: pairs of spans say as much, for less. */
export function shapeOf(search: SearchExpression): SpansetExpression | null {
  const shape = bounded(search, 'most', everything);
  return shape !== null && denies(shape) && operatorsIn(shape) <= operatorsMax ? shape : null;
}

function operatorsIn(of: SpansetExpression): number {
  return of.kind === 'filter' ? 0 : 1 + operatorsIn(of.left) + operatorsIn(of.right);
}

function denies(of: SpansetExpression): boolean {
  if (of.kind === 'filter') return false;
  return of.operator.startsWith('!') || denies(of.left) || denies(of.right);
}

/** At least what is selected, or at most. */
type Bound = 'most' | 'least';

/** Which spans the stages before have left; null where that is none for certain. */
type Within = { readonly [bound in Bound]: Filter | null };

const every: Filter = { kind: 'filter', where: null };
const everything: Within = { most: every, least: every };

const opposite: Readonly<Record<Bound, Bound>> = { most: 'least', least: 'most' };

/** Null when there is nothing. */
function bounded(
  of: SearchExpression | SpansetExpression,
  bound: Bound,
  within: Within,
): SpansetExpression | null {
  if (of.kind === 'filter') return both(within[bound], boundedFilter(of, bound));
  if (of.kind === 'pipeline') return boundedPipeline(of, bound);
  const { operator } = of;
  const isDenied = operator.startsWith('!');
  const left = bounded(of.left, isDenied ? opposite[bound] : bound, within);
  const right = bounded(of.right, bound, within);
  if (left !== null && right !== null) return { kind: 'spanset-binary', operator, left, right };
  if (operator === '||') return left ?? right;
  return isDenied ? right : null;
}

/** Filters in a row are one, and what is done after the first operator only takes spans away. */
function boundedPipeline({ stages }: Pipeline, bound: Bound): SpansetExpression | null {
  let within = everything;
  for (const [at, stage] of stages.entries()) {
    if (stage.kind === 'select') continue;
    if (stage.kind === 'filter') {
      within = {
        most: both(within.most, boundedFilter(stage, 'most')),
        least: both(within.least, boundedFilter(stage, 'least')),
      };
      continue;
    }
    const isOperator = stage.kind === 'spanset-binary';
    const later = isOperator ? stages.slice(at + 1) : stages.slice(at);
    if (bound === 'least' && !later.every(keepsSpans)) return null;
    return isOperator ? bounded(stage, bound, within) : within[bound];
  }
  return within[bound];
}

function keepsSpans({ kind }: Stage): boolean {
  return kind === 'select' || kind === 'group' || kind === 'coalesce';
}

function both(one: Filter | null, other: Filter | null): Filter | null {
  if (one === null || other === null) return null;
  if (one.where === null || other.where === null) return one.where === null ? other : one;
  return { kind: 'filter', where: fold('&&', [one.where, other.where]) };
}

function boundedFilter({ where }: Filter, bound: Bound): Filter | null {
  if (bound === 'most') return { kind: 'filter', where: onOneSpan(where) };
  return where === null || isOfSpan(where) ? { kind: 'filter', where } : null;
}

/** What is left of a condition when only the span's own row is looked at: it then holds more often, never less. */
export function onOneSpan(where: Where): Where {
  if (where === null || isOfSpan(where)) return where;
  if (where.kind !== 'binary' || where.operator !== '&&') return null;
  const parts = [onOneSpan(where.left), onOneSpan(where.right)].filter((part) => part !== null);
  return parts.length === 0 ? null : fold('&&', parts);
}
