/**
 * The filters of a search as lists of conditions that must all hold.
 *
 * Never knows: counts.
 */
import type {
  CheckedQuery,
  FieldExpression,
  Filter,
  SearchExpression,
  SpansetExpression,
  Stage,
} from '@clew/traceql';
import { QuestionError } from '../errors.ts';

export type FilterParts = {
  readonly filter: Filter;
  readonly conditions: readonly FieldExpression[];
};

/** The search of a query; of a metrics query, what its spans come from. @throws QuestionError `unsupported-query` */
export function searchIn({ body }: CheckedQuery): SearchExpression {
  if (body.kind === 'metrics') return body.source;
  if (body.kind === 'metrics-binary') {
    throw new QuestionError('unsupported-query', { found: 'an explanation of arithmetic' });
  }
  return body;
}

/** In the order of the text, each condition once. */
export function filtersIn(
  of: SearchExpression | SpansetExpression | Stage,
): readonly FilterParts[] {
  switch (of.kind) {
    case 'filter':
      return of.where === null ? [] : [{ filter: of, conditions: partsOf(of.where) }];
    case 'pipeline':
      return of.stages.flatMap(filtersIn);
    case 'pipeline-binary':
    case 'spanset-binary':
      return [...filtersIn(of.left), ...filtersIn(of.right)];
    default:
      return [];
  }
}

function partsOf(where: FieldExpression): readonly FieldExpression[] {
  return where.kind === 'binary' && where.operator === '&&'
    ? [...partsOf(where.left), ...partsOf(where.right)]
    : [where];
}

/** The same tree with one node, known by its identity, in place of another. */
export function replaced<Tree>(tree: Tree, from: object, to: object): Tree {
  if ((tree as unknown) === from) return to as Tree;
  if (Array.isArray(tree)) return tree.map((one) => replaced(one, from, to)) as Tree;
  if (typeof tree !== 'object' || tree === null) return tree;
  const parts = Object.entries(tree).map(([name, part]) => [name, replaced(part, from, to)]);
  return Object.fromEntries(parts) as Tree;
}
