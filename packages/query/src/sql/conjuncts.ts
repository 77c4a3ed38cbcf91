/**
 * A condition as parts that must all hold, for a `where` whose skip indexes the engine uses.
 *
 * It uses none for `or` where all conditions together have more than 32 terms and connectives (docs/decisions/0017). So
 * the parts that rule out most come first until the terms are spent; each of the others is one term, which no index
 * looks into.
 *
 * Never knows: how a part becomes SQL.
 */
import type { Attribute, FieldExpression, Static } from '@clew/traceql';
import { condition } from './condition.ts';
import { type Fragment, sql } from './fragment.ts';

/** What tenant, time and traces leave of the 32. */
const termsMost = 20;

export function conjuncts(where: FieldExpression): readonly Fragment[] {
  const parts = partsOf(where);
  const ranked = [...parts].sort((one, other) => rankOf(one) - rankOf(other));
  const open = new Set<FieldExpression>();
  let terms = 0;
  for (const part of ranked) {
    terms += termsOf(part);
    if (terms > termsMost && open.size > 0) break;
    open.add(part);
  }
  return parts.map((part) =>
    open.has(part) ? condition(part) : sql`(${condition(part)}) + 0 = 1`,
  );
}

function partsOf(where: FieldExpression): readonly FieldExpression[] {
  return where.kind === 'binary' && where.operator === '&&'
    ? [...partsOf(where.left), ...partsOf(where.right)]
    : [where];
}

/** What costs nothing first, then values that few spans have, then what only names rule out. */
function rankOf(part: FieldExpression): number {
  if (termsOf(part) === 1) return 0;
  if (part.kind !== 'binary' || part.operator !== '=') return 3;
  const constant = part.right.kind === 'static' ? part.right : part.left;
  if (constant.kind !== 'static') return 3;
  return constant.type === 'string' ? 1 : 2;
}

/** Terms and connectives of a part, as sql/lookup.ts prints attributes: text is in one map, a number in one of two. */
function termsOf(of: FieldExpression): number {
  switch (of.kind) {
    case 'binary': {
      const { left, right } = of;
      if (left.kind === 'attribute' && right.kind === 'static') return looksOf(left, right);
      if (right.kind === 'attribute' && left.kind === 'static') return looksOf(right, left);
      return left.kind === 'static' || right.kind === 'static'
        ? Math.max(termsOf(left), termsOf(right))
        : termsOf(left) + termsOf(right) + 1;
    }
    case 'unary':
      return termsOf(of.of);
    case 'attribute':
      return 7;
    default:
      return 1;
  }
}

function looksOf({ scope, also = [] }: Attribute, { type }: Static): number {
  const isHinted = scope === 'any' || also.length > 0;
  if (type === 'string') return isHinted ? 7 : 3;
  return isHinted ? 11 : 7;
}
